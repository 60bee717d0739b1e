import Contract

/// Levers: pulled, in force, over. What each does stands with the thing that it breaks.
extension World {
  mutating func pull(_ lever: Lever, anchor: PlanEntry.Anchor) {
    let number = plan.count
    plan.append(PlanEntry(anchor: anchor, lever: lever))
    if lever.action == .nothing { return }
    foldLever(lever)
    emitLever(.leverBegan, number)
    for node in lever.nodes { begin(lever, number, Int(node.index)) }
    if !lever.links.isEmpty { lay(lever, number) }
    if let span = length(of: lever) {
      if span > .zero { agenda.add(.end(number), at: now + span) } else { endLever(number) }
    }
  }

  /// How long a lever lasts; zero: over at once; nil: until the run ends, or until something else ends it.
  func length(of lever: Lever) -> Nanos? {
    if let lasts = lever.lasts { return lasts }
    switch lever.action {
    case .disturb(.recovery, let down, _): return Nanos(down)
    case .clockStep, .disturb(.unknownResult, _, _), .disturb(.failover, _, _), .disturb(.leaderChange, _, _):
      return .zero
    default: return nil
    }
  }

  mutating func emitLever(_ kind: Record.Kind, _ number: Int) {
    var record = Record(kind, a: Int64(number))
    let lever = plan[number].lever
    record.node = lever.nodes.first ?? lever.links.first?.from.first ?? setup.topology.resource
    emit(record, from: Int(record.node.index))
  }

  mutating func foldLever(_ lever: Lever) {
    var print = lever.action.print
    for node in lever.nodes { print.add(node) }
    for set in lever.links {
      for node in set.from { print.add(node) }
      for node in set.to { print.add(node) }
    }
    print.add(lever.lasts?.count ?? -1)
    print.add(lever.messages ?? -1)
    print.add(lever.salt)
    digest.fold(print.value)
  }

  mutating func endLever(_ number: Int) {
    let lever = plan[number].lever
    if !lever.links.isEmpty { lift(number) }
    emitLever(.leverEnded, number)
    for node in lever.nodes { finish(lever, Int(node.index)) }
  }

  // MARK: levers on nodes

  mutating func begin(_ lever: Lever, _ number: Int, _ index: Int) {
    switch lever.action {
    case .pause(let frozen): pause(index, frozen)
    case .crash(let restart, let loss): crash(index, restart, loss, number)
    case .diskStall: hosts[index].disk.stalls += 1
    case .clockStep(let jump): stepClock(index, jump)
    case .clockDrift(let change): changeRate(index, change)
    case .clockFreeze:
      hosts[index].clock.freeze(now: now)
      wallClockChanged(index)
    case .clockStrobe(let jump, let every):
      hosts[index].clock.startStrobe(by: jump, every: every, now: now)
      wallClockChanged(index)
    case .slow(let factor): hosts[index].slowBy(factor)
    case .disturb(let what, let first, let second): disturb(index, what, first, second)
    case .cut, .delay, .drop, .duplicate, .reorder, .clog, .nothing: break
    }
  }

  mutating func finish(_ lever: Lever, _ index: Int) {
    switch lever.action {
    case .pause(let frozen): resume(index, frozen)
    case .diskStall: unstall(index)
    case .clockDrift(let change): changeRate(index, -change)
    case .clockFreeze:
      hosts[index].clock.thaw()
      wallClockChanged(index)
    case .clockStrobe:
      hosts[index].clock.stopStrobe()
      wallClockChanged(index)
    case .slow(let factor): hosts[index].recover(from: factor)
    case .disturb(.versionRate, _, _): disturb(index, .versionRate, 0, 0)
    case .disturb(.unavailable, _, _): disturb(index, .unavailable, 0, 0)
    case .crash, .clockStep, .disturb, .cut, .delay, .drop, .duplicate, .reorder, .clog, .nothing: break
    }
  }

  mutating func changeRate(_ index: Int, _ change: Int64) {
    hosts[index].clock.changeRate(by: change, now: now)
    rescheduleTimers(index, revivingOverdue: false)
    wallClockChanged(index)
  }

  mutating func stepClock(_ index: Int, _ jump: Nanos) {
    hosts[index].clock.step(by: jump)
    wallClockChanged(index)
  }

  mutating func unstall(_ index: Int) {
    hosts[index].disk.stalls -= 1
    guard hosts[index].disk.stalls == 0 else { return }
    let overdue = hosts[index].disk.overdue
    hosts[index].disk.overdue = []
    for event in overdue { syncReturned(event) }
  }

  mutating func disturb(_ index: Int, _ what: Disturbance, _ first: Int64, _ second: Int64) {
    if what == .unavailable, isOutageOnTop(index, begins: first == 1) { return }
    guard setup.heeds.contains(what), !hosts[index].isDown else { return }
    var event = Event(.disturbed, at: NodeID(index), incarnation: hosts[index].incarnation)
    event.name = what.rawValue
    event.key = UInt64(bitPattern: first)
    event.mark = second
    deliver(event)
  }

  /// Counts the levers that keep a service from answering; true where another one does so anyway.
  mutating func isOutageOnTop(_ index: Int, begins: Bool) -> Bool {
    hosts[index].outages += begins ? 1 : -1
    return hosts[index].outages != (begins ? 1 : 0)
  }

  // MARK: levers on links

  mutating func lay(_ lever: Lever, _ number: Int) {
    lineFaults.append(
      LineFault(
        number: number, action: lever.action,
        links: lever.links.map { LinkTable($0, nodes: setup.topology.count) },
        chance: Chance(salt: lever.salt), messagesLeft: lever.messages))
  }

  mutating func lift(_ number: Int) {
    guard let position = lineFaults.firstIndex(where: { $0.number == number }) else { return }
    let kept = lineFaults.remove(at: position).kept
    agenda.cancelEnd(of: number)
    for event in kept { arrive(event) }
  }
}

extension Lever.Action {
  /// A hash of the action and its numbers, for the digest.
  var print: Fingerprint {
    var print = Fingerprint()
    for number in numbers { print.add(number) }
    return print
  }

  private var numbers: [Int64] {
    switch self {
    case .pause(let frozen): [1, frozen ? 1 : 0]
    case .crash(let restart, let loss): [2, restart?.count ?? -1, loss.rawValue]
    case .cut: [3]
    case .delay(let by): [4, by.count]
    case .drop(let probability): [5, probability.perBillion]
    case .duplicate(let probability): [6, probability.perBillion]
    case .reorder(let probability): [7, probability.perBillion]
    case .clog: [8]
    case .diskStall: [9]
    case .clockStep(let by): [10, by.count]
    case .clockDrift(let rate): [11, rate]
    case .clockFreeze: [12]
    case .clockStrobe(let by, let every): [13, by.count, every.count]
    case .slow(let factor): [14, factor]
    case .disturb(let what, let first, let second): [15, Int64(what.rawValue), first, second]
    case .nothing: [16]
    }
  }
}
