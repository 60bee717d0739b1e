import Contract

/// Pauses, crashes and restarts of nodes.
extension World {
  mutating func pause(_ index: Int, _ frozen: Bool) {
    hosts[index].pauses += 1
    guard frozen else { return }
    if hosts[index].suspensions == 0 { hosts[index].clock.suspend(now: now) }
    hosts[index].suspensions += 1
  }

  mutating func resume(_ index: Int, _ frozen: Bool) {
    guard hosts[index].pauses > 0 else { return }
    hosts[index].pauses -= 1
    if frozen, hosts[index].suspensions > 0 {
      hosts[index].suspensions -= 1
      if hosts[index].suspensions == 0 {
        hosts[index].clock.wake(now: now)
        rescheduleTimers(index, revivingOverdue: true)
      }
    }
    if hosts[index].pauses == 0 { catchUp(index) }
  }

  /// First what was emitted after the record at which the pause struck, then what came meanwhile, in order.
  mutating func catchUp(_ index: Int) {
    while hosts[index].pauses == 0, !hosts[index].isDown, !hosts[index].deferred.isEmpty {
      let rest = hosts[index].deferred
      hosts[index].deferred = []
      for position in rest.indices {
        if hosts[index].pauses > 0 {
          hosts[index].deferred += rest[position...]
          break
        }
        if hosts[index].isDown {
          forget(rest[position...])
          break
        }
        depth += 1
        obey(rest[position].effect, index, rest[position].owner)
        depth -= 1
      }
      if !answers.isEmpty { giveAnswers() }
    }
    while hosts[index].pauses == 0, !hosts[index].isDown, !hosts[index].backlog.isEmpty {
      let event = hosts[index].backlog.removeFirst()
      dispatch(event, index)
    }
  }

  // MARK: crashes

  mutating func crash(_ index: Int, _ restart: Nanos?, _ loss: Lever.Loss, _ number: Int) {
    if loss != .memory { hosts[index].disk.losePending() }
    if loss == .disk { hosts[index].disk.wipe() }
    guard !hosts[index].isDown else {
      if loss != .memory { hosts[index].kernel.isOff = true }
      // Nothing is left to crash; the restart under way stays as it is, and this lever is over.
      if restart != nil { emitLever(.leverEnded, number) }
      return
    }
    hosts[index].isDown = true
    hosts[index].crashLever = number
    hosts[index].incarnation += 1
    dropMemory(index)
    var record = Record(.crashed, a: loss.rawValue)
    record.node = NodeID(index)
    emit(record, from: index)
    closeConnections(index, loss)
    guard let restart else {
      if kind(index) == .client { markDone(index) }
      return
    }
    queue.push(Event(.restart, at: NodeID(index), incarnation: hosts[index].incarnation), at: now + restart)
  }

  /// Timers, messages in the kernel's buffer and whatever was half done are gone with the process.
  mutating func dropMemory(_ index: Int) {
    for place in hosts[index].timers.indices {
      if let token = hosts[index].timers[place].token { _ = queue.cancel(token) }
    }
    hosts[index].timers.removeAll()
    forget(hosts[index].deferred[...])
    hosts[index].deferred = []
    let backlog = hosts[index].backlog
    hosts[index].backlog = []
    for event in backlog where event.kind == .message { lose(event, 2) }
    hosts[index].attempts = []
    for place in hosts[index].conversations.indices { hosts[index].conversations[place].giveUp() }
  }

  /// Effects that nobody will carry out give back their parcels.
  mutating func forget(_ effects: ArraySlice<Host.Deferred>) {
    for item in effects {
      if case .send(let envelope, _) = item.effect, envelope.parcel >= 0 {
        _ = turn.parcels.take(envelope.parcel)
      }
    }
  }

  mutating func restartIsDue(_ event: Event) {
    let index = Int(event.node.index)
    guard hosts[index].isDown, hosts[index].incarnation == event.incarnation else { return }
    guard kind(index) == .service, setup.restartDelay > .zero else { return start(index) }
    waitToBoot(index, until: hosts[index].clock.wall(now) + setup.restartDelay)
  }

  /// A delayed restart counts on the node's own wall clock, and is fooled by it.
  mutating func waitToBoot(_ index: Int, until reading: LocalTime) {
    hosts[index].bootAt = reading
    if let token = hosts[index].bootToken { queue.cancel(token) }
    let event = Event(.boot, at: NodeID(index), incarnation: hosts[index].incarnation)
    let moment = hosts[index].clock.instant(wall: reading, now: now)
    hosts[index].bootToken = moment.map { queue.push(event, at: $0) }
  }

  /// Somebody set the wall clock, or its rate: a delayed restart looks at it anew.
  mutating func wallClockChanged(_ index: Int) {
    if let reading = hosts[index].bootAt { waitToBoot(index, until: reading) }
  }

  mutating func bootIsDue(_ event: Event) {
    let index = Int(event.node.index)
    guard let reading = hosts[index].bootAt, hosts[index].incarnation == event.incarnation else { return }
    hosts[index].bootToken = nil
    if hosts[index].clock.wall(now) >= reading { start(index) } else { waitToBoot(index, until: reading) }
  }

  mutating func start(_ index: Int) {
    hosts[index].isDown = false
    hosts[index].kernel.isOff = false
    hosts[index].bootAt = nil
    hosts[index].restarts += 1
    let seat = Seat(node: NodeID(index), topology: setup.topology, lease: setup.lease)
    switch seat.kind {
    case .resource: machines[index] = setup.cast.resource(seat)
    case .service, .layer: machines[index] = setup.cast.server(seat)
    case .client:
      machines[index] = setup.cast.program(seat)
      machines[place(of: .lockClient, index)] = setup.cast.lockClient(seat)
    }
    let boot = Event(.restart, at: seat.node, incarnation: hosts[index].incarnation)
    let lever = hosts[index].crashLever
    var record = Record(.restarted)
    record.node = seat.node
    emit(record, from: index)
    if !plan[lever].lever.nodes.contains(where: { isDown($0, by: lever) }) { emitLever(.leverEnded, lever) }
    if hosts[index].incarnation == boot.incarnation { deliver(boot) }
  }

  func isDown(_ node: NodeID, by lever: Int) -> Bool {
    let host = hosts[Int(node.index)]
    return host.isDown && host.crashLever == lever
  }

  mutating func bootFromDisk(_ index: Int) {
    turn.disk = hosts[index].disk.contents()
    turn.sectionsDone = hosts[index].sectionsDone
    boot(index, .restarted)
    turn.disk = []
    if hosts[index].outages > 0, setup.heeds.contains(.unavailable) {
      run(index, .server, .disturbed(.unavailable, 1, 0))
    }
  }
}
