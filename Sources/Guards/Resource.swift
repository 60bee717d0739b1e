import Contract

/// The storage that the locks protect: the items of each lock and one guard for all of them, on one disk.
///
/// - Promises: accesses to an item are applied one at a time, in the order of arrival, each if the guard
///   accepts it. No answer leaves before everything applied up to it is on the disk, the guard's memory
///   included.
/// - Assumes: a disk that keeps what it synced; no clock. Without a guard, a write delivered twice is applied
///   twice.
/// - Breaks when: its disk is lost, and with it the items and the guards' highest tokens; or when the guard
///   accepts what it should not (`gc-pause` under `unfenced`).
/// - Source: Kleppmann 2016, "How to do distributed locking"; group commit: DeWitt et al. 1984,
///   "Implementation techniques for main memory database systems".
public struct Resource: Machine {
  public typealias Message = AccessMessage

  let guardType: any Guard.Type
  /// Indexed by lock; grown when a lock is first met.
  var places: [Place] = []
  var commit = GroupCommit()

  /// - Parameter guardType: the guard of every lock's items.
  public init(guardedBy guardType: any Guard.Type) { self.guardType = guardType }

  public mutating func handle(_ input: Input<AccessMessage, NoTimer>, _ turn: inout Turn) {
    switch input {
    case .message(let message, from: let client): serve(message.kind, message.access, client, &turn)
    case .synced(let ticket): commit.synced(ticket, &turn)
    case .restarted: recover(&turn)
    case .start, .timer, .call, .answer, .disturbed: break
    }
  }

  mutating func serve(_ kind: AccessMessage.Kind, _ access: Access, _ client: NodeID, _ turn: inout Turn) {
    let index = place(of: access.lock, access.item)
    var access = access
    access.sender = client
    switch kind {
    case .read: read(access, index, client, &turn)
    case .write: write(access, index, client, &turn)
    case .effect: carryOut(access, index, client, &turn)
    case .readReply, .writeReply: break
    }
  }

  // MARK: accesses

  mutating func read(_ access: Access, _ index: Int, _ client: NodeID, _ turn: inout Turn) {
    let before = places[index].content(access.item)
    let outcome = Resource.outcome(of: places[index].admitsRead(access))
    keep(index, access.item, since: before, &turn)
    let item = places[index].items[Int(access.item)]
    if outcome == .done {
      let highest = highest(index)
      turn.record(access.record(.readApplied, client, b: item.version, c: item.content, d: highest))
    } else {
      turn.record(access.record(.readRejected, client, b: Int64(outcome.rawValue)))
    }
    commit.answer(access.reply(outcome, item, isWrite: false), to: client, isUpdate: false, &turn)
  }

  mutating func write(_ access: Access, _ index: Int, _ client: NodeID, _ turn: inout Turn) {
    let before = places[index].content(access.item)
    let ruling = places[index].admitsWrite(access, readSet: turn.parcel)
    let outcome = Resource.outcome(of: ruling)
    if ruling == .accept { places[index].items[Int(access.item)].put(access.value) }
    if ruling == .keepBoth { places[index].items[Int(access.item)].keepBeside() }
    keep(index, access.item, since: before, &turn)
    let item = places[index].items[Int(access.item)]
    if ruling == .accept {
      turn.record(access.record(.writeApplied, client, b: access.base, c: item.version, d: highest(index)))
    } else if ruling == .keepBoth {
      // What is there now holds all that was there before, whatever the section had read.
      let base = before.item.version
      turn.record(access.record(.siblingKept, client, b: access.base, c: item.version))
      turn.record(access.record(.writeApplied, client, b: base, c: item.version, d: highest(index)))
    } else if outcome != .done {
      turn.record(access.record(.writeRejected, client, b: Int64(outcome.rawValue)))
    }
    let reply = access.reply(outcome, item, isWrite: true)
    commit.answer(reply, to: client, isUpdate: outcome == .done, &turn)
  }

  /// Sends the e-mail for a job. The item's version is the number of the next job; no guard can call a mail
  /// back.
  mutating func carryOut(_ access: Access, _ index: Int, _ client: NodeID, _ turn: inout Turn) {
    let before = places[index].content(access.item)
    let job = access.base
    let wasDone = job < before.item.version
    if !wasDone { places[index].items[Int(access.item)].version = job + 1 }
    keep(index, access.item, since: before, &turn)
    turn.record(access.record(.effectApplied, client, b: job, c: wasDone ? 1 : 0))
    let item = places[index].items[Int(access.item)]
    commit.answer(access.reply(.done, item, isWrite: true), to: client, isUpdate: false, &turn)
  }

  static func outcome(of ruling: Ruling) -> AccessReply.Outcome {
    switch ruling {
    case .accept, .keepBoth, .alreadyApplied: .done
    case .refuseToken: .refusedToken
    case .refuseVersion: .refusedVersion
    }
  }

  /// The highest token of the guard; -1 where it keeps none.
  func highest(_ index: Int) -> Int64 {
    guardType.keepsHighest ? places[index].keeper.memory.highest : -1
  }

  mutating func place(of lock: LockID, _ item: UInt16) -> Int {
    let index = Int(lock.index)
    while places.count <= index { places.append(Place(keeper: guardType.init())) }
    while places[index].items.count <= Int(item) { places[index].items.append(Item()) }
    return index
  }

  // MARK: disk

  /// Writes what an access changed. A replaced unique value goes first, so that no crash can forget it alone.
  mutating func keep(_ index: Int, _ item: UInt16, since before: Place.Content, _ turn: inout Turn) {
    let after = places[index].content(item)
    guard after != before else { return }
    if after.memory.unique != before.memory.unique, before.memory.unique != 0 {
      places[index].superseded += 1
      let slot = Slot(lock: index, .superseded(places[index].superseded))
      turn.persist(slot.number, DiskValue(Int64(bitPattern: before.memory.unique)))
    }
    if item == 0 || after.memory != before.memory {
      turn.persist(Slot(lock: index, .first).number, places[index].content(0).onDisk)
    }
    if item > 0, after.item != before.item {
      turn.persist(Slot(lock: index, .other(item)).number, DiskValue(after.item.version, after.item.content))
    }
    commit.wrote(&turn)
  }

  /// Rebuilds items and guards; what an earlier process left unsynced must be safe before anyone is told of
  /// it.
  mutating func recover(_ turn: inout Turn) {
    let disk = turn.disk
    for entry in disk {
      let slot = Slot(number: entry.slot), lock = LockID(slot.lock)
      switch slot.part {
      case .first:
        let content = Place.Content(onDisk: entry.value)
        let index = place(of: lock, 0)
        places[index].keeper = guardType.init(restored: content.memory)
        restore(content.item, 0, index, &turn)
      case .superseded(let count):
        let index = place(of: lock, 0)
        places[index].superseded = max(places[index].superseded, count)
        places[index].keeper.recall(superseded: UInt64(bitPattern: entry.value.a))
      case .other(let item):
        restore(Item(version: entry.value.a, content: entry.value.b), item, place(of: lock, item), &turn)
      }
    }
    if disk.isEmpty {
      turn.record(Record(.itemRestored, d: guardType.keepsHighest ? 0 : -1))
    } else {
      commit.wrote(&turn)
    }
  }

  mutating func restore(_ item: Item, _ number: UInt16, _ index: Int, _ turn: inout Turn) {
    places[index].items[Int(number)] = item
    turn.record(
      Record(
        .itemRestored, lock: LockID(index), item: number, b: item.content, c: item.version,
        d: highest(index)))
  }
}

/// The items of a lock and their guard.
struct Place: Sendable {
  /// What of a place must survive a crash, seen from one item.
  struct Content: Sendable, Equatable {
    var item: Item
    var memory: GuardMemory
  }

  /// Indexed by the item's number; grown when an item is first met.
  var items = [Item()]
  var keeper: any Guard
  /// How many unique values the guard's memory has replaced.
  var superseded = 0

  init(keeper: any Guard) { self.keeper = keeper }

  func content(_ item: UInt16) -> Content { Content(item: items[Int(item)], memory: keeper.memory) }

  mutating func admitsRead(_ access: Access) -> Ruling {
    keeper.admitsRead(access, of: items[Int(access.item)])
  }

  /// - Parameter readSet: item and version of each other item that the section read, one after the other.
  mutating func admitsWrite(_ access: Access, readSet: [Int64]) -> Ruling {
    if !readSet.isEmpty, !keeper.validates(reads(readSet)) { return .refuseVersion }
    return keeper.admitsWrite(access, to: items[Int(access.item)])
  }

  func reads(_ readSet: [Int64]) -> [ReadItem] {
    stride(from: 0, to: readSet.count, by: 2).map { place in
      let item = Int(readSet[place])
      let current = item < items.count ? items[item].version : 0
      return ReadItem(item: UInt16(item), version: readSet[place + 1], current: current)
    }
  }
}

extension Place.Content {
  init(onDisk value: DiskValue) {
    item = Item(version: value.a, content: value.b)
    memory = GuardMemory(highest: value.c, unique: UInt64(bitPattern: value.d))
  }

  var onDisk: DiskValue {
    DiskValue(item.version, item.content, memory.highest, Int64(bitPattern: memory.unique))
  }
}

extension Item {
  mutating func put(_ value: Int64) {
    version += 1
    content = value
  }

  /// One more update beside those that are there: the union of the siblings, as the next reader sees it.
  mutating func keepBeside() {
    version += 1
    content += 1
  }
}

/// Where on the disk the parts of a lock's place lie.
///
/// First items, with their guards, come before all else in slot order, which is the order of recovery.
struct Slot {
  enum Part: Equatable {
    /// The first item, and the guard's memory.
    case first
    /// A unique value that the guard replaced, counted from 1.
    case superseded(Int)
    /// An item after the first.
    case other(UInt16)
  }

  let lock: Int
  let part: Part

  private static let others: Int64 = 1 << 62

  init(lock: Int, _ part: Part) {
    self.lock = lock
    self.part = part
  }

  var number: Int64 {
    switch part {
    case .first: Int64(lock)
    case .superseded(let count): Int64(count) << 32 | Int64(lock)
    case .other(let item): Slot.others | Int64(item) << 32 | Int64(lock)
    }
  }

  init(number: Int64) {
    lock = Int(number & 0xffff_ffff)
    let upper = (number & (Slot.others - 1)) >> 32
    if number & Slot.others != 0 {
      part = .other(UInt16(upper))
    } else {
      part = upper == 0 ? .first : .superseded(Int(upper))
    }
  }
}

extension Access {
  func record(_ kind: Record.Kind, _ client: NodeID, b: Int64 = 0, c: Int64 = 0, d: Int64 = 0) -> Record {
    Record(
      kind, lock: lock, item: item, client: client, grant: stamp, token: token, a: id, b: b, c: c, d: d)
  }

  func reply(_ outcome: AccessReply.Outcome, _ item: Item, isWrite: Bool) -> AccessMessage {
    let reply = AccessReply(lock: lock, id: id, outcome: outcome, version: item.version, value: item.content)
    return AccessMessage(reply: reply, to: self, isWrite: isWrite)
  }
}

/// Answers that wait, in order, for the disk: one sync at a time, the next covers all that came meanwhile.
struct GroupCommit: Sendable {
  struct Held: Sendable, BitwiseCopyable {
    var message: AccessMessage
    var client: NodeID
    /// Whether the answer acknowledges a write to the item.
    var isUpdate: Bool
  }

  /// Oldest first; keeps its capacity, so that a steady load allocates nothing.
  private var held: [Held] = []
  /// How many of `held`, from the front, need no more than the sync under way.
  private var covered = 0
  /// The number of the latest sync.
  private var ticket: UInt64 = 0
  private var isSyncing = false
  /// Whether anything was written since the sync under way was asked for.
  private var isBehind = false

  /// Something was written to the disk that no sync covers yet.
  mutating func wrote(_ turn: inout Turn) {
    if isSyncing { isBehind = true } else { sync(&turn) }
  }

  private mutating func sync(_ turn: inout Turn) {
    ticket += 1
    isSyncing = true
    isBehind = false
    covered = held.count
    turn.sync(ticket)
  }

  /// Sends the answer once all that was written so far is safe: at once where it already is.
  mutating func answer(_ message: AccessMessage, to client: NodeID, isUpdate: Bool, _ turn: inout Turn) {
    let answer = Held(message: message, client: client, isUpdate: isUpdate)
    guard isSyncing else { return send(answer, &turn) }
    held.append(answer)
    if !isBehind { covered += 1 }
  }

  mutating func synced(_ number: UInt64, _ turn: inout Turn) {
    guard isSyncing, number == ticket else { return }
    for position in 0..<covered { send(held[position], &turn) }
    held.removeFirst(covered)
    covered = 0
    isSyncing = false
    if isBehind { sync(&turn) }
  }

  private func send(_ answer: Held, _ turn: inout Turn) {
    if answer.isUpdate {
      let access = answer.message.access
      turn.record(access.record(.writeAcknowledged, answer.client, c: access.base))
    }
    turn.send(answer.message, to: answer.client)
  }
}
