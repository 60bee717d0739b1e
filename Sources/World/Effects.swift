import Contract

/// Running a machine and carrying out what it emitted.
extension World {
  /// Gives one input to one machine of a node and carries out its effects, and those of the calls among them.
  mutating func run(_ index: Int, _ owner: Owner, _ input: Input<Envelope, UInt8>) {
    let start = turn.effects.count
    prepare(index, owner)
    let drawn = turn.chance.index
    machines[place(of: owner, index)].handleErased(input, &turn)
    conclude(index, owner, from: start, drawn)
  }

  /// The same with a message, without a copy of its envelope.
  @inline(__always) mutating func receive(_ event: Event, _ index: Int, _ owner: Owner) {
    let start = turn.effects.count
    prepare(index, owner)
    let drawn = turn.chance.index
    machines[place(of: owner, index)].receive(Arrival(slot: event.slot, from: event.from), &turn)
    conclude(index, owner, from: start, drawn)
  }

  @inline(__always) mutating func prepare(_ index: Int, _ owner: Owner) {
    let isPlain = hosts[index].clock.isPlain
    turn.now = isPlain ? hosts[index].clock.readPlainly(now) : hosts[index].clock.read(now)
    turn.me = NodeID(Int32(truncatingIfNeeded: index))
    turn.restarts = hosts[index].restarts
    turn.chance = owner == .lockClient ? hosts[index].lockChance : hosts[index].chance
  }

  @inline(__always)
  mutating func conclude(_ index: Int, _ owner: Owner, from start: Int, _ drawn: UInt64) {
    // Most handlers draw nothing, and a look at a number is cheaper than a write to an array.
    if turn.chance.index != drawn { keepChance(index, owner) }
    if turn.effects.count > start { carryOut(index, owner, from: start) }
  }

  /// Where a machine of a node stands among all machines.
  @inline(__always) func place(of owner: Owner, _ index: Int) -> Int {
    owner == .lockClient ? index &+ setup.topology.clients : index
  }

  mutating func keepChance(_ index: Int, _ owner: Owner) {
    if owner == .lockClient {
      hosts[index].lockChance = turn.chance
    } else {
      hosts[index].chance = turn.chance
    }
  }

  mutating func carryOut(_ index: Int, _ owner: Owner, from start: Int) {
    let end = turn.effects.count
    depth &+= 1
    var position = start
    while position < end {
      if hosts[index].isStopped { break }
      let entry = turn.effects.entry(at: position)
      position &+= 1
      if entry.slot >= 0 {
        send(entry.slot, from: index, to: Int(entry.node.index))
      } else {
        obey(turn.effects.other(at: position &- 1), index, owner)
      }
    }
    if position < end { setAside(index, owner, position..<end) }
    turn.effects.cut(to: start)
    depth &-= 1
    if depth == 0, !answers.isEmpty { giveAnswers() }
  }

  /// The rest of a handler's effects when its node was paused or crashed half-way through them.
  mutating func setAside(_ index: Int, _ owner: Owner, _ rest: Range<Int>) {
    for position in rest {
      let slot = turn.effects.entry(at: position).slot
      if !hosts[index].isDown {
        hosts[index].deferred.append(Host.Deferred(owner: owner, effect: turn.effects[position]))
        if slot >= 0 { turn.effects.envelopes.drop(slot) }
      } else if slot >= 0 {
        discard(slot)
      }
    }
  }

  /// Answers reach the program after all else that led to them has been carried out.
  mutating func giveAnswers() {
    while !answers.isEmpty {
      let (index, answer) = answers.removeFirst()
      if hosts[index].isDown { continue }
      if hosts[index].pauses > 0 {
        hosts[index].deferred.append(Host.Deferred(owner: .lockClient, effect: .answer(answer)))
        continue
      }
      run(index, .program, .answer(stamped(answer, index)))
    }
  }

  mutating func obey(_ effect: Effect, _ index: Int, _ owner: Owner) {
    switch effect {
    case .send(let envelope, let node): send(envelope, from: index, to: Int(node.index))
    case .open(let number, let peer): open(number, index, with: peer)
    case .close(let number, let peer): close(number, index, with: peer)
    case .setTimer(let name, let key, let delay): setTimer(index, owner, name, key, after: delay)
    case .cancelTimer(let name, let key): cancelTimer(index, owner, name, key)
    case .call(let call): run(index, .lockClient, .call(call))
    case .answer(.refreshed(.none, _, _)) where !setup.heedsSessionRefresh: break
    case .answer(let answer): answers.append((index, answer))
    case .persist(let slot, let value): hosts[index].disk.write(slot, value)
    case .sync(let ticket): sync(index, owner, ticket)
    case .record(let record): emit(record, from: index)
    }
  }

  // MARK: timers

  mutating func setTimer(_ index: Int, _ owner: Owner, _ name: UInt8, _ key: UInt64, after delay: Nanos) {
    cancelTimer(index, owner, name, key)
    let (due, moment) = hosts[index].clock.alarm(after: delay, now: now)
    ledger.settings += 1
    var event = Event(.timer, at: NodeID(index), incarnation: hosts[index].incarnation)
    event.owner = owner
    event.name = name
    event.key = key
    event.mark = ledger.settings
    let token = queue.push(event, at: moment)
    hosts[index].timers.add(
      Timers.Timer(owner: owner, name: name, key: key, due: due, setting: ledger.settings, token: token))
  }

  mutating func cancelTimer(_ index: Int, _ owner: Owner, _ name: UInt8, _ key: UInt64) {
    if hosts[index].timers.isEmpty { return }
    if let token = hosts[index].timers.take(owner, name, key)?.token { _ = queue.cancel(token) }
  }

  @inline(__always) mutating func comeDue(_ event: Event) {
    let index = Int(event.node.index)
    guard hosts[index].incarnation == event.incarnation, !hosts[index].isDown else { return }
    if hosts[index].pauses == 0 { return expire(event, index) }
    guard let place = hosts[index].timers.index(event.owner, event.name, event.key) else { return }
    hosts[index].timers.setToken(nil, at: place)
    if hosts[index].suspensions == 0 { hosts[index].backlog.append(event) }
  }

  /// Hands a timer to its machine, unless it was stopped or set anew.
  mutating func expire(_ event: Event, _ index: Int) {
    let isDue = hosts[index].timers.expire(event.owner, event.name, event.key, setting: event.mark)
    if isDue { run(index, event.owner, .timer(event.name, key: event.key)) }
  }

  /// Moves a node's timers to where its monotonic clock, whose rate or reading changed, now puts them.
  mutating func rescheduleTimers(_ index: Int, revivingOverdue: Bool) {
    for place in hosts[index].timers.indices {
      let timer = hosts[index].timers[place]
      if let token = timer.token { _ = queue.cancel(token) } else if !revivingOverdue { continue }
      var event = Event(.timer, at: NodeID(index), incarnation: hosts[index].incarnation)
      event.owner = timer.owner
      event.name = timer.name
      event.key = timer.key
      event.mark = timer.setting
      let moment = hosts[index].clock.instant(monotonic: timer.due, now: now)
      hosts[index].timers.setToken(queue.push(event, at: moment), at: place)
    }
  }

  // MARK: disk

  mutating func sync(_ index: Int, _ owner: Owner, _ ticket: UInt64) {
    var event = Event(.synced, at: NodeID(index), incarnation: hosts[index].incarnation)
    event.owner = owner
    event.key = ticket
    event.mark = hosts[index].disk.mark
    counts.syncs += 1
    inFlight += 1
    queue.push(event, at: now + slowed(setup.fsync, index))
  }

  mutating func syncReturned(_ event: Event) {
    let index = Int(event.node.index)
    if hosts[index].disk.stalls > 0 {
      hosts[index].disk.overdue.append(event)
      return
    }
    inFlight -= 1
    hosts[index].disk.settle(upTo: event.mark)
    if hosts[index].incarnation == event.incarnation, !hosts[index].isDown { deliver(event) }
  }

  func slowed(_ span: Nanos, _ index: Int) -> Nanos {
    let slowness = hosts[index].slowness
    return slowness == 1000 ? span : span * slowness / 1000
  }
}
