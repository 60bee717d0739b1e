/// What a machine may look at and do while it handles one input.
///
/// Effects are carried out in the order in which they were emitted, after the handler returns.
public struct Turn: Sendable {
  /// The node's own clocks, frozen for the length of the handler.
  public package(set) var now = LocalClocks(wall: LocalTime(nanos: 0), monotonic: LocalTime(nanos: 0))
  /// The node that the machine runs on.
  public package(set) var me = NodeID.none
  /// How often this node's process was started before.
  public package(set) var restarts: Int32 = 0
  /// The words that came along with the message being handled; empty where none did.
  public package(set) var parcel: [Int64] = []
  /// On `.restarted`: what the disk kept, by slot number.
  public package(set) var disk: [DiskEntry] = []
  /// On `.restarted`: how many sections this client's program had finished.
  public package(set) var sectionsDone: Int64 = 0

  @usableFromInline package var effects = EffectList()
  @usableFromInline package var chance = Chance(salt: 0)
  @usableFromInline package var parcels = ParcelSlab()

  package init() {}
}

/// One slot of a disk and what it holds.
public struct DiskEntry: Sendable, BitwiseCopyable, Equatable {
  public var slot: Int64
  public var value: DiskValue

  public init(slot: Int64, value: DiskValue) {
    self.slot = slot
    self.value = value
  }
}

/// Four words: what one slot of a disk holds.
public struct DiskValue: Sendable, BitwiseCopyable, Equatable {
  public var a, b, c, d: Int64

  @inlinable public init(_ a: Int64 = 0, _ b: Int64 = 0, _ c: Int64 = 0, _ d: Int64 = 0) {
    self.a = a
    self.b = b
    self.c = c
    self.d = d
  }
}

extension Turn {
  // MARK: messages

  @inlinable public mutating func send(_ message: some Payload, to node: NodeID) {
    effects.post(message, to: node)
  }

  /// Sends a message with a list of words beside it, for what does not fit into 72 bytes.
  @inlinable public mutating func send(_ message: some Payload, to node: NodeID, parcel words: [Int64]) {
    var envelope = Envelope(message)
    var print = Fingerprint()
    print.add(envelope.print)
    for word in words { print.add(word) }
    envelope.print = print.value
    envelope.parcel = parcels.put(words)
    effects.send(envelope, to: node)
  }

  /// Sends one message to each of these nodes, lowest number first.
  @inlinable public mutating func broadcast(_ message: some Payload, to nodes: Range<Int32>) {
    let envelope = Envelope(message)
    for node in nodes { effects.send(envelope, to: NodeID(node)) }
  }

  /// Sends what was sealed before, such as an answer that waited for the disk.
  @inlinable public mutating func send(_ envelope: Envelope, to node: NodeID) {
    effects.send(envelope, to: node)
  }

  // MARK: connections

  /// Tells this node's kernel that the process has a connection open; see `ConnectionMessage`.
  @inlinable public mutating func open(_ connection: UInt64, with node: NodeID) {
    effects.append(.open(connection, with: node))
  }

  /// Closes a connection, and the kernel tells the other end; nothing happens where it is not open.
  @inlinable public mutating func close(_ connection: UInt64, with node: NodeID) {
    effects.append(.close(connection, with: node))
  }

  // MARK: timers

  /// Sets the timer of this name and key, in place of one that runs; it counts on the monotonic clock.
  @inlinable public mutating func set(_ name: some TimerName, key: UInt64 = 0, after delay: Nanos) {
    effects.append(.setTimer(name.rawValue, key: key, after: delay))
  }

  /// Stops the timer of this name and key; nothing happens where none runs.
  @inlinable public mutating func cancel(_ name: some TimerName, key: UInt64 = 0) {
    effects.append(.cancelTimer(name.rawValue, key: key))
  }

  // MARK: program and lock client

  /// The program calls its lock client, which runs at once, before the effects that follow.
  @inlinable public mutating func call(_ call: Call) { effects.append(.call(call)) }

  /// The lock client answers its program, which runs at once.
  @inlinable public mutating func answer(_ answer: Answer) { effects.append(.answer(answer)) }

  // MARK: disk

  /// Writes a slot; nil clears it. Survives a process crash at once, a power failure after a later `sync`.
  @inlinable public mutating func persist(_ slot: Int64, _ value: DiskValue?) {
    effects.append(.persist(slot, value))
  }

  /// Asks for all written so far to reach the disk; `.synced(ticket)` says when it has.
  @inlinable public mutating func sync(_ ticket: UInt64) { effects.append(.sync(ticket)) }

  // MARK: facts

  /// States a fact. Faults may strike at this very point; checks see it. Machines never see records.
  @inlinable public mutating func record(_ fact: Record) { effects.append(.record(fact)) }

  // MARK: chance

  @inlinable public mutating func random() -> UInt64 { chance.next() }
  @inlinable public mutating func random(below bound: Nanos) -> Nanos { chance.span(below: bound) }
  @inlinable public mutating func random(below bound: Int64) -> Int64 { chance.below(bound) }
  /// A value for a token; never 0, which means "no token".
  @inlinable public mutating func randomToken() -> UInt64 { chance.next() | 1 }
}

/// What a machine asks of the world; see the verbs of `Turn`.
@usableFromInline package enum Effect: Sendable, BitwiseCopyable {
  case send(Envelope, to: NodeID)
  case open(UInt64, with: NodeID)
  case close(UInt64, with: NodeID)
  case setTimer(UInt8, key: UInt64, after: Nanos)
  case cancelTimer(UInt8, key: UInt64)
  case call(Call)
  case answer(Answer)
  case persist(Int64, DiskValue?)
  case sync(UInt64)
  case record(Record)
}

/// Word lists that travel beside messages; the envelope holds the slot.
@usableFromInline package struct ParcelSlab: Sendable {
  @usableFromInline var slots: [[Int64]] = []
  @usableFromInline var free: [Int32] = []

  @usableFromInline init() {}

  @usableFromInline package mutating func put(_ words: [Int64]) -> Int32 {
    guard let slot = free.popLast() else {
      slots.append(words)
      return Int32(slots.count - 1)
    }
    slots[Int(slot)] = words
    return slot
  }

  package func words(in slot: Int32) -> [Int64] { slots[Int(slot)] }

  /// Empties a slot and returns what it held.
  package mutating func take(_ slot: Int32) -> [Int64] {
    var words: [Int64] = []
    swap(&words, &slots[Int(slot)])
    free.append(slot)
    return words
  }
}
