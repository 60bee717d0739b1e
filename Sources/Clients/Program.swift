import Contract

/// The program that every client runs: acquire, read, hold, check, write, release, think.
///
/// Promises: never writes once its code has learned that the lease is gone.
/// Assumes: nothing; a pause may fall between any two effects, which is what the article is about.
/// Breaks when: `gc-pause`, `gc-pause-after-check`, `packet-delay-90s`, `release-in-flight`.
/// Source: Kleppmann 2016, "Protecting a resource with a lock", with its `finally` that always releases.
public struct Program: Machine {
  public enum Timer: UInt8, TimerName { case holdOver = 1, thinkOver, accessTimeout, refreshDue, deadline }
  public typealias Message = AccessMessage
  enum Phase: Sendable { case idle, waiting, reading, holding, writing, releasing, thinking, done }

  let load: Load
  let lease: LeaseTerms
  /// Whether the lock client refreshes a lease of its own, so that the program need not.
  let leaseIsSeparate: Bool
  /// Whether the item lives in the lock's store and is reached through the lock client.
  let inStore: Bool
  /// This client's number, from 0.
  let number: Int
  let resource: NodeID

  var phase = Phase.idle
  var section: Int64 = 0
  /// The locks of this section, in the order in which they are taken.
  var wanted: [LockID] = []
  /// The locks now held, in the order of `wanted`.
  var held: [HeldLock] = []
  var accessCount: Int64 = 0
  var outcome = SectionEnd.done

  public init(load: Load, seat: Seat, leaseIsSeparate: Bool, inStore: Bool) {
    self.load = load
    lease = seat.lease
    self.leaseIsSeparate = leaseIsSeparate
    self.inStore = inStore
    number = seat.number - 1
    resource = seat.topology.resource
  }

  public mutating func handle(_ input: Input<AccessMessage, Timer>, _ turn: inout Turn) {
    switch input {
    case .start: beginSection(&turn)
    case .restarted:
      section = turn.sectionsDone
      beginSection(&turn)
    case .message(let message, _): if let reply = message.reply { accessed(reply, &turn) }
    case .timer(let timer, let key): due(timer, key, &turn)
    case .answer(let answer): hear(answer, &turn)
    case .call, .synced, .disturbed: break
    }
  }

  mutating func hear(_ answer: Answer, _ turn: inout Turn) {
    switch answer {
    case .acquired(let lock, let grant): acquired(lock, grant, &turn)
    case .gaveUp(let lock) where phase == .waiting && wanted[held.count] == lock:
      release(.notAcquired, &turn)
    case .refreshed(let lock, let number, let deadline): refreshed(lock, number, deadline, &turn)
    case .refreshTimedOut(let lock, let number, let deadline):
      refreshTimedOut(lock, number, deadline, &turn)
    case .lost(let lock): lost(lock, reason: 0, &turn)
    case .released(let lock): released(lock, &turn)
    case .accessed(let reply): accessed(reply, &turn)
    case .gaveUp: break
    }
  }

  mutating func due(_ timer: Timer, _ key: UInt64, _ turn: inout Turn) {
    switch timer {
    case .holdOver where phase == .holding: holdOver(&turn)
    case .thinkOver where phase == .thinking: beginSection(&turn)
    case .accessTimeout where phase == .reading || phase == .writing: release(.timedOut, &turn)
    case .refreshDue: refresh(LockID(Int32(truncatingIfNeeded: key)), &turn)
    case .deadline: lost(LockID(Int32(truncatingIfNeeded: key)), reason: 1, &turn)
    default: break
    }
  }
}

/// One lock that the program holds in this section.
struct HeldLock: Sendable {
  let lock: LockID
  let grant: Grant
  var deadline: LocalTime
  var refreshNumber: Int64 = 0
  var refreshSent = LocalTime(nanos: 0)
  /// The item that the section reads and writes.
  var item: UInt16 = 0
  /// The access now waited for; 0: none.
  var access: Int64 = 0
  /// What this section read.
  var version: Int64 = -1
  var content: Int64 = 0
  /// The other items that the section reads; empty unless the load says so.
  var others: [OtherRead] = []
  var isReleased = false

  var isAnswered: Bool { access == 0 && others.allSatisfy { $0.access == 0 } }

  /// Item and version of each of the others, as the write takes them along.
  var readSet: [Int64] { others.flatMap { [Int64($0.item), $0.version] } }
}

/// An item that a section reads and does not write.
struct OtherRead: Sendable, BitwiseCopyable {
  let item: UInt16
  /// The read now waited for; 0: none.
  var access: Int64 = 0
  var version: Int64 = -1
}

// MARK: taking locks

extension Program {
  mutating func beginSection(_ turn: inout Turn) {
    if let sections = load.sections, section >= sections { return finish(&turn) }
    section += 1
    outcome = .done
    phase = .waiting
    held.removeAll(keepingCapacity: true)
    choose(&turn)
    turn.record(Record(.waiting, a: section))
    turn.call(.acquire(wanted[0]))
  }

  /// The section's locks in ascending order, which is what keeps holders of several from deadlock.
  mutating func choose(_ turn: inout Turn) {
    let base =
      switch load.choice {
      case .fixed: number % load.locks
      case .disjoint: number * load.locksHeld % load.locks
      case .uniform: Int(turn.random(below: Int64(load.locks)))
      }
    wanted.removeAll(keepingCapacity: true)
    wanted.reserveCapacity(load.locksHeld)
    held.reserveCapacity(load.locksHeld)
    for step in 0..<load.locksHeld { wanted.append(LockID((base + step) % load.locks)) }
    if wanted.count > 1 { wanted.sort() }
  }

  /// The item to write and the others to read, all different.
  mutating func chooseItems(_ index: Int, _ turn: inout Turn) {
    let first = load.choice == .fixed
      ? number / load.locks % load.items : Int(turn.random(below: Int64(load.items)))
    held[index].item = UInt16(first)
    guard load.pattern != .blindWrite, load.pattern != .holdOnly else { return }
    for step in 1..<load.itemsRead {
      let others = held[index].others
      let distance = load.choice == .fixed ? step : otherDistance(step, among: others, first, &turn)
      held[index].others.append(OtherRead(item: UInt16((first + distance) % load.items)))
    }
  }

  /// How far from the first item the next one lies: every set of others is as likely as any.
  ///
  /// Source: Bentley and Floyd 1987, "Programming pearls: a sample of brilliance".
  func otherDistance(_ step: Int, among others: [OtherRead], _ first: Int, _ turn: inout Turn) -> Int {
    let most = load.items - load.itemsRead + step
    let drawn = 1 + Int(turn.random(below: Int64(most)))
    let item = UInt16((first + drawn) % load.items)
    return others.contains { $0.item == item } ? most : drawn
  }

  mutating func acquired(_ lock: LockID, _ grant: Grant, _ turn: inout Turn) {
    guard phase == .waiting, wanted[held.count] == lock else { return }
    held.append(HeldLock(lock: lock, grant: grant, deadline: grant.deadline))
    if load.items > 1 { chooseItems(held.count - 1, &turn) }
    turn.record(Record(.acquired, lock: lock, grant: grant.stamp, token: grant.token))
    if let every = lease.refresh, !leaseIsSeparate { arm(.refreshDue, lock, at: grant.asked + every, &turn) }
    armDeadline(held.count - 1, &turn)
    if held.count < wanted.count { turn.call(.acquire(wanted[held.count])) } else { read(&turn) }
  }

  mutating func finish(_ turn: inout Turn) {
    phase = .done
    turn.call(.finish)
    turn.record(Record(.clientDone))
  }

  func arm(_ timer: Timer, _ lock: LockID, at moment: LocalTime, _ turn: inout Turn) {
    let delay = moment - turn.now.monotonic
    turn.set(timer, key: UInt64(lock.index), after: max(delay, .zero))
  }

  func armDeadline(_ index: Int, _ turn: inout Turn) {
    guard load.check == .deadline else { return }
    arm(.deadline, held[index].lock, at: held[index].deadline, &turn)
  }
}

// MARK: keeping them

extension Program {
  /// Whether the section still counts on its locks: granted, and neither released nor abandoned.
  var isCounting: Bool {
    switch phase {
    case .waiting, .reading, .holding, .writing: true
    case .idle, .releasing, .thinking, .done: false
    }
  }

  mutating func refresh(_ lock: LockID, _ turn: inout Turn) {
    guard isCounting, let index = held.firstIndex(where: { $0.lock == lock }) else { return }
    held[index].refreshNumber += 1
    held[index].refreshSent = turn.now.monotonic
    turn.call(.refresh(lock, number: held[index].refreshNumber))
    turn.record(
      Record(.refreshSent, lock: lock, grant: held[index].grant.stamp, a: held[index].refreshNumber))
  }

  mutating func refreshed(_ lock: LockID, _ number: Int64, _ deadline: LocalTime, _ turn: inout Turn) {
    guard isCounting else { return }
    if lock == .none, !load.heedsSessionRefresh { return }
    for index in held.indices where held[index].lock == lock || lock == .none {
      held[index].deadline = deadline
      armDeadline(index, &turn)
      guard lock != .none else { continue }
      turn.record(Record(.refreshed, lock: lock, grant: held[index].grant.stamp, a: number))
      armNextRefresh(index, &turn)
    }
  }

  mutating func refreshTimedOut(
    _ lock: LockID, _ number: Int64, _ deadline: LocalTime?, _ turn: inout Turn
  ) {
    guard isCounting, let index = held.firstIndex(where: { $0.lock == lock }) else { return }
    if let deadline {
      held[index].deadline = deadline
      armDeadline(index, &turn)
    }
    turn.record(Record(.refreshFailed, lock: lock, grant: held[index].grant.stamp, a: number))
    armNextRefresh(index, &turn)
  }

  func armNextRefresh(_ index: Int, _ turn: inout Turn) {
    guard let every = lease.refresh else { return }
    arm(.refreshDue, held[index].lock, at: held[index].refreshSent + every, &turn)
  }

  /// The lease is gone and the program knows: it abandons the section without writing.
  mutating func lost(_ lock: LockID, reason: Int64, _ turn: inout Turn) {
    guard isCounting, held.contains(where: { $0.lock == lock || lock == .none }) else { return }
    for one in held where one.lock == lock || lock == .none {
      turn.record(Record(.leaseLost, lock: one.lock, grant: one.grant.stamp, a: reason))
    }
    release(.leaseLost, &turn)
  }
}

// MARK: working

extension Program {
  mutating func read(_ turn: inout Turn) {
    guard load.pattern != .blindWrite, load.pattern != .holdOnly else { return hold(&turn) }
    phase = .reading
    for index in held.indices {
      access(index, .read, &turn)
      for other in held[index].others.indices { readOther(index, other, &turn) }
    }
    armAccessTimeout(&turn)
  }

  mutating func hold(_ turn: inout Turn) {
    phase = .holding
    turn.set(Timer.holdOver, after: load.hold)
  }

  mutating func holdOver(_ turn: inout Turn) {
    if load.pattern == .holdOnly { return release(.done, &turn) }
    if load.check != .never, let late = held.first(where: { turn.now.monotonic >= $0.deadline }) {
      return lost(late.lock, reason: 1, &turn)
    }
    phase = .writing
    for index in held.indices {
      turn.record(Record(.beforeWrite, lock: held[index].lock, grant: held[index].grant.stamp))
      access(index, load.pattern == .effect ? .effect : .write, &turn)
      turn.record(
        Record(
          .writeSent, lock: held[index].lock, item: held[index].item, grant: held[index].grant.stamp,
          token: held[index].grant.token, a: held[index].access, b: held[index].version))
    }
    if load.release == .withoutWaiting { release(.done, &turn) } else { armAccessTimeout(&turn) }
  }

  mutating func nextAccess(_ restarts: Int32) -> Int64 {
    accessCount += 1
    return Int64(restarts) << 40 | accessCount
  }

  mutating func access(_ index: Int, _ kind: AccessMessage.Kind, _ turn: inout Turn) {
    held[index].access = nextAccess(turn.restarts)
    let one = held[index]
    let access = Access(
      lock: one.lock, item: one.item, writes: kind != .read, id: one.access, token: one.grant.token,
      stamp: one.grant.stamp, base: kind == .read ? -1 : one.version,
      value: kind == .read ? 0 : one.content + 1)
    if inStore { return turn.call(.access(access)) }
    if kind == .write, !one.others.isEmpty {
      turn.send(AccessMessage(kind, access), to: resource, parcel: one.readSet)
    } else {
      turn.send(AccessMessage(kind, access), to: resource)
    }
  }

  mutating func readOther(_ index: Int, _ other: Int, _ turn: inout Turn) {
    held[index].others[other].access = nextAccess(turn.restarts)
    let one = held[index]
    let access = Access(
      lock: one.lock, item: one.others[other].item, writes: false, id: one.others[other].access,
      token: one.grant.token, stamp: one.grant.stamp)
    turn.send(AccessMessage(.read, access), to: resource)
  }

  func armAccessTimeout(_ turn: inout Turn) {
    if let timeout = load.timeout { turn.set(Timer.accessTimeout, after: timeout) }
  }

  mutating func accessed(_ reply: AccessReply, _ turn: inout Turn) {
    guard phase == .reading || phase == .writing,
      let index = held.firstIndex(where: { $0.lock == reply.lock })
    else { return }
    if held[index].access == reply.id {
      guard reply.outcome == .done else { return release(.refused, &turn) }
      held[index].access = 0
      if phase == .reading { take(reply, index, item: held[index].item, &turn) }
    } else if let other = held[index].others.firstIndex(where: { $0.access == reply.id }) {
      guard reply.outcome == .done else { return release(.refused, &turn) }
      held[index].others[other].access = 0
      held[index].others[other].version = reply.version
      take(reply, index, item: held[index].others[other].item, &turn)
    } else {
      return
    }
    guard held.allSatisfy(\.isAnswered) else { return }
    turn.cancel(Timer.accessTimeout)
    if phase == .reading { hold(&turn) } else { release(.done, &turn) }
  }

  mutating func take(_ reply: AccessReply, _ index: Int, item: UInt16, _ turn: inout Turn) {
    if held[index].item == item {
      held[index].version = reply.version
      held[index].content = reply.value
    }
    turn.record(
      Record(
        .read, lock: reply.lock, item: item, grant: held[index].grant.stamp, a: reply.id, b: reply.version,
        c: reply.value))
  }
}

// MARK: giving them back

extension Program {
  /// Releases whatever is held, as the article's `finally` does, however the section went.
  ///
  /// A lock that it waits for when the lease of another is lost is no longer wanted either.
  mutating func release(_ end: SectionEnd, _ turn: inout Turn) {
    outcome = end
    if phase == .waiting, end != .notAcquired { turn.call(.release(wanted[held.count])) }
    phase = .releasing
    turn.cancel(Timer.holdOver)
    turn.cancel(Timer.accessTimeout)
    guard !held.isEmpty else { return endSection(&turn) }
    for one in held {
      turn.cancel(Timer.refreshDue, key: UInt64(one.lock.index))
      turn.cancel(Timer.deadline, key: UInt64(one.lock.index))
      turn.call(.release(one.lock))
      turn.record(Record(.releaseSent, lock: one.lock, grant: one.grant.stamp))
    }
  }

  mutating func released(_ lock: LockID, _ turn: inout Turn) {
    guard phase == .releasing, let index = held.firstIndex(where: { $0.lock == lock && !$0.isReleased })
    else {
      return
    }
    held[index].isReleased = true
    turn.record(Record(.released, lock: lock, grant: held[index].grant.stamp))
    if held.allSatisfy(\.isReleased) { endSection(&turn) }
  }

  mutating func endSection(_ turn: inout Turn) {
    turn.record(Record(.sectionEnded, a: outcome.rawValue, b: section))
    if let sections = load.sections, section >= sections { return finish(&turn) }
    phase = .thinking
    turn.set(Timer.thinkOver, after: load.think)
  }
}
