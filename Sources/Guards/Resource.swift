import Contract

/// The storage that the locks protect: one item and one guard for each lock, on one disk.
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

  /// - Parameter guardType: the guard of every item.
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
    let index = place(of: access.lock)
    switch kind {
    case .read: read(access, index, client, &turn)
    case .write: write(access, index, client, &turn)
    case .effect: carryOut(access, index, client, &turn)
    case .readReply, .writeReply: break
    }
  }

  // MARK: accesses

  mutating func read(_ access: Access, _ index: Int, _ client: NodeID, _ turn: inout Turn) {
    let before = places[index].content
    let outcome = Resource.outcome(of: places[index].admitsRead(access))
    keep(index, since: before, &turn)
    let item = places[index].item
    if outcome == .done {
      let highest = highest(index)
      turn.record(access.record(.readApplied, client, b: item.version, c: item.content, d: highest))
    } else {
      turn.record(access.record(.readRejected, client, b: Int64(outcome.rawValue)))
    }
    commit.answer(access.reply(outcome, item, isWrite: false), to: client, isUpdate: false, &turn)
  }

  mutating func write(_ access: Access, _ index: Int, _ client: NodeID, _ turn: inout Turn) {
    let before = places[index].content
    let ruling = places[index].admitsWrite(access)
    let outcome = Resource.outcome(of: ruling)
    if ruling == .accept { places[index].item.put(access.value) }
    keep(index, since: before, &turn)
    let item = places[index].item
    if ruling == .accept {
      turn.record(access.record(.writeApplied, client, b: access.base, c: item.version, d: highest(index)))
    } else if outcome != .done {
      turn.record(access.record(.writeRejected, client, b: Int64(outcome.rawValue)))
    }
    let reply = access.reply(outcome, item, isWrite: true)
    commit.answer(reply, to: client, isUpdate: outcome == .done, &turn)
  }

  /// Sends the e-mail for a job. The item's version is the number of the next job; no guard can call a mail
  /// back.
  mutating func carryOut(_ access: Access, _ index: Int, _ client: NodeID, _ turn: inout Turn) {
    let before = places[index].content
    let job = access.base
    let wasDone = job < before.item.version
    if !wasDone { places[index].item.version = job + 1 }
    keep(index, since: before, &turn)
    turn.record(access.record(.effectApplied, client, b: job, c: wasDone ? 1 : 0))
    let item = places[index].item
    commit.answer(access.reply(.done, item, isWrite: true), to: client, isUpdate: false, &turn)
  }

  static func outcome(of ruling: Ruling) -> AccessReply.Outcome {
    switch ruling {
    case .accept, .alreadyApplied: .done
    case .refuseToken: .refusedToken
    case .refuseVersion: .refusedVersion
    }
  }

  /// The highest token of the guard; -1 where it keeps none.
  func highest(_ index: Int) -> Int64 {
    guardType.keepsHighest ? places[index].keeper.memory.highest : -1
  }

  mutating func place(of lock: LockID) -> Int {
    let index = Int(lock.index)
    while places.count <= index { places.append(Place(keeper: guardType.init())) }
    return index
  }

  // MARK: disk

  /// Writes what an access changed. A replaced unique value goes first, so that no crash can forget it alone.
  mutating func keep(_ index: Int, since before: Place.Content, _ turn: inout Turn) {
    let after = places[index].content
    guard after != before else { return }
    if after.memory.unique != before.memory.unique, before.memory.unique != 0 {
      places[index].superseded += 1
      let slot = Slot(lock: index, superseded: places[index].superseded)
      turn.persist(slot.number, DiskValue(Int64(bitPattern: before.memory.unique)))
    }
    turn.persist(Slot(lock: index, superseded: 0).number, after.onDisk)
    commit.wrote(&turn)
  }

  /// Rebuilds items and guards; what an earlier process left unsynced must be safe before anyone is told of
  /// it.
  mutating func recover(_ turn: inout Turn) {
    let disk = turn.disk
    for entry in disk {
      let slot = Slot(number: entry.slot)
      let index = place(of: LockID(slot.lock))
      if slot.superseded == 0 {
        restore(index, Place.Content(onDisk: entry.value), &turn)
      } else {
        places[index].superseded = max(places[index].superseded, slot.superseded)
        places[index].keeper.recall(superseded: UInt64(bitPattern: entry.value.a))
      }
    }
    if disk.isEmpty {
      turn.record(Record(.itemRestored, d: guardType.keepsHighest ? 0 : -1))
    } else {
      commit.wrote(&turn)
    }
  }

  mutating func restore(_ index: Int, _ content: Place.Content, _ turn: inout Turn) {
    places[index].item = content.item
    places[index].keeper = guardType.init(restored: content.memory)
    let item = content.item
    turn.record(
      Record(.itemRestored, lock: LockID(index), b: item.content, c: item.version, d: highest(index)))
  }
}

/// An item and its guard.
struct Place: Sendable {
  /// What of a place must survive a crash.
  struct Content: Sendable, Equatable {
    var item: Item
    var memory: GuardMemory
  }

  var item = Item()
  var keeper: any Guard
  /// How many unique values the guard's memory has replaced.
  var superseded = 0

  init(keeper: any Guard) { self.keeper = keeper }

  var content: Content { Content(item: item, memory: keeper.memory) }

  mutating func admitsRead(_ access: Access) -> Ruling { keeper.admitsRead(access, of: item) }
  mutating func admitsWrite(_ access: Access) -> Ruling { keeper.admitsWrite(access, to: item) }
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
}

/// Where on the disk a lock's item lies, and where the unique values that its guard replaced, counted from 1.
///
/// Items come before all replaced values in slot order, which is the order of recovery.
struct Slot {
  var lock: Int
  /// 0 for the item itself.
  var superseded: Int

  var number: Int64 { Int64(superseded) << 32 | Int64(lock) }

  init(lock: Int, superseded: Int) {
    self.lock = lock
    self.superseded = superseded
  }

  init(number: Int64) {
    lock = Int(number & 0xffff_ffff)
    superseded = Int(number >> 32)
  }
}

extension Access {
  func record(_ kind: Record.Kind, _ client: NodeID, b: Int64 = 0, c: Int64 = 0, d: Int64 = 0) -> Record {
    Record(kind, lock: lock, client: client, grant: stamp, token: token, a: id, b: b, c: c, d: d)
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
