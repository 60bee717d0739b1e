import Contract

/// Looking ahead, in a world of so many clients that what one needs has left the cache before its turn.
///
/// When the queue spreads a long list, its events come within some milliseconds: there are enough of them
/// that looking at all they need at once saves more than it costs, and they come soon enough that it stays
/// near. A run is the same with it and without it, event for event; with fifty thousand clients it takes a
/// tenth less time.
extension World {
  /// Looks at what the timers of clients among the announced events will need.
  @inline(never) mutating func lookAhead() {
    var events: [(node: Int32, machine: Int32)] = []
    events.reserveCapacity(queue.wheel.announced.count)
    let clients = setup.topology.indices(.client)
    for slot in queue.wheel.announced {
      let event = queue.cells[Int(slot)].payload
      guard event.kind == .timer, clients.contains(Int(event.node.index)) else { continue }
      let node = Int(event.node.index)
      events.append((Int32(node), Int32(place(of: event.owner, node))))
    }
    queue.wheel.announced.removeAll(keepingCapacity: true)
    queue.wheel.hasAnnounced = false
    for event in events { hosts[Int(event.node)].lookAhead(&foresight) }
    for event in events { machines[Int(event.machine)].lookAhead(&foresight) }
    if !foresight.rows.isEmpty { lookAheadAtRows() }
  }

  /// Looks at the rows that those clients will ask the services for, in memory and on disk.
  private mutating func lookAheadAtRows() {
    for service in setup.topology.indices(.service) {
      machines[Int(service)].lookAhead(&foresight)
      hosts[Int(service)].disk.lookAhead(&foresight)
    }
    foresight.rows.removeAll(keepingCapacity: true)
  }
}

extension Host {
  /// Looks at what a timer and the message that follows from it will need.
  func lookAhead(_ foresight: inout Foresight) {
    foresight.saw(Int64(pauses) &+ Int64(timers.count) &+ Int64(bitPattern: lockChance.index) &+ clock.rate)
    foresight.saw(clock.isPlain ? 1 : 0)
    if links.count > latestLink { foresight.saw(Int64(bitPattern: links[Int(latestLink)].chance.index)) }
  }
}

extension Wheel {
  /// Lists of this level and above are announced when they are spread; each list of it spans 17 ms.
  static var announcedLevel: Int { 4 }
  /// What more events than these need would be gone from the cache again when they come.
  private static var mostAnnounced: Int { 1024 }

  /// Notes the slots of the events of a list, from its first link on, in place of those noted before.
  @inline(never) mutating func announce(_ first: UInt32, _ head: Int, in links: Span<Link>) {
    var slot = first
    announced.removeAll(keepingCapacity: true)
    hasAnnounced = true
    while slot != head, announced.count < Wheel.mostAnnounced {
      announced.append(slot &- UInt32(Wheel.heads))
      slot = links[unchecked: Int(slot)].next
    }
  }
}
