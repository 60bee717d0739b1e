import Contract

/// One directed link: its own stream of delays, and when its last message arrives.
struct Link: Sendable, BitwiseCopyable {
  var chance: Chance
  /// Nothing that travels in order arrives before this.
  var lastArrival = Instant.start
}

/// A lever on links that is in force, with its link sets as tables.
struct LineFault: Sendable {
  let number: Int
  let action: Lever.Action
  let links: [LinkTable]
  var chance: Chance
  /// How many more messages it takes; nil: any number.
  var messagesLeft: Int64?
  /// What a clogged link keeps, in order of arrival.
  var kept: [Event] = []

  func concerns(_ from: Int, _ to: Int) -> Bool {
    from != to && links.contains { $0.from[from] && $0.to[to] }
  }
}

/// Which nodes are at either end, indexed by node.
struct LinkTable: Sendable {
  let from: [Bool]
  let to: [Bool]

  init(_ set: LinkSet, nodes: Int) {
    var senders = [Bool](repeating: false, count: nodes), receivers = senders
    for node in set.from { senders[Int(node.index)] = true }
    for node in set.to { receivers[Int(node.index)] = true }
    from = senders
    to = receivers
  }
}

/// Messages: sent, delayed, lost, doubled, kept, delivered.
extension World {
  mutating func send(_ envelope: Envelope, from: Int, to: Int) {
    counts.messages += 1
    var event = Event(.message, at: NodeID(to), incarnation: hosts[to].incarnation, envelope: envelope)
    event.from = NodeID(from)
    event.key = UInt64(bitPattern: counts.messages)
    trace(.messageSent, event)
    inFlight += 1
    openLink(from, to)
    let terms = setup.network
    let arrival = travel(from, to)
    let isLost = hosts[from].links[to].chance.happens(terms.loss)
    if terms.duplicate != .never, hosts[from].links[to].chance.happens(terms.duplicate) {
      let second = repeated(event)
      enterLink(second, travel(from, to))
    }
    if isLost { return lose(event, 0) }
    enterLink(event, arrival)
  }

  mutating func enterLink(_ event: Event, _ arrival: Instant) {
    if lineFaults.isEmpty { queue.push(event, at: arrival) } else { sendThroughFaults(event, arrival) }
  }

  mutating func openLink(_ from: Int, _ to: Int) {
    guard hosts[from].links.count <= to || hosts[from].links[to].lastArrival == .start else { return }
    while hosts[from].links.count <= to {
      let next = hosts[from].links.count
      let sender = setup.topology.address(of: NodeID(from)), receiver = setup.topology.address(of: NodeID(next))
      hosts[from].links.append(Link(chance: Chance(seed: setup.seed, "link", sender, receiver)))
    }
  }

  /// Draws a delay and returns when the message arrives, after all before it unless links reorder.
  mutating func travel(_ from: Int, _ to: Int) -> Instant {
    let terms = setup.network
    var delay = terms.latency + hosts[from].links[to].chance.span(below: terms.jitter)
    if hosts[from].slowness != 1000 { delay = slowed(delay, from) }
    if hosts[to].slowness != 1000 { delay = slowed(delay, to) }
    var arrival = now + delay
    if !terms.reorder { arrival = max(arrival, hosts[from].links[to].lastArrival) }
    hosts[from].links[to].lastArrival = max(arrival, hosts[from].links[to].lastArrival)
    return arrival
  }

  /// The same message once more, on its way with a parcel of its own.
  mutating func repeated(_ event: Event) -> Event {
    var second = event
    if event.envelope.parcel >= 0 {
      second.envelope.parcel = turn.parcels.put(turn.parcels.words(in: event.envelope.parcel))
    }
    inFlight += 1
    return second
  }

  mutating func lose(_ event: Event, _ reason: Int64) {
    inFlight -= 1
    if event.envelope.parcel >= 0 { _ = turn.parcels.take(event.envelope.parcel) }
    trace(.messageLost, event, reason)
  }

  /// What the levers on links do to a message as it is sent.
  mutating func sendThroughFaults(_ event: Event, _ arrival: Instant) {
    let from = Int(event.from.index), to = Int(event.node.index)
    if isCut(from, to) { return lose(event, 1) }
    var late = Nanos.zero
    var copies: [Nanos] = []
    var position = 0
    while position < lineFaults.count {
      let fault = lineFaults[position]
      position += 1
      guard fault.concerns(from, to) else { continue }
      switch fault.action {
      case .drop(let probability) where lineFaults[position - 1].chance.happens(probability):
        if use(position - 1) { position -= 1 }
        return lose(event, 4)
      case .delay(let by): late = late + by
      case .duplicate(let probability) where lineFaults[position - 1].chance.happens(probability):
        copies.append(lineFaults[position - 1].chance.span(below: overtaking))
      case .reorder(let probability) where lineFaults[position - 1].chance.happens(probability):
        late = late + lineFaults[position - 1].chance.span(below: overtaking)
      default: continue
      }
      if use(position - 1) { position -= 1 }
    }
    for later in copies { queue.push(repeated(event), at: arrival + late + later) }
    queue.push(event, at: arrival + late)
  }

  func isCut(_ from: Int, _ to: Int) -> Bool {
    lineFaults.contains { $0.action == .cut && $0.concerns(from, to) }
  }

  /// How much later a doubled or reordered message may come: ten times the longest ordinary delay.
  var overtaking: Nanos { (setup.network.latency + setup.network.jitter) * 10 + Nanos(1) }

  /// Counts a message that a lever took; true where that was its last and the lever is gone.
  mutating func use(_ position: Int) -> Bool {
    guard let left = lineFaults[position].messagesLeft else { return false }
    lineFaults[position].messagesLeft = left - 1
    guard left == 1 else { return false }
    endLever(lineFaults[position].number)
    return true
  }

  mutating func arrive(_ event: Event) {
    let index = Int(event.node.index)
    if !lineFaults.isEmpty, stopsOnTheLine(event) { return }
    if kernelTakes(event) { return }
    if hosts[index].isDown || hosts[index].incarnation != event.incarnation { return lose(event, 2) }
    if hosts[index].outages > 0, !setup.heeds.contains(.unavailable) { return lose(event, 3) }
    deliver(event)
  }

  /// Whether a link that is cut or clogged now keeps the message from arriving.
  mutating func stopsOnTheLine(_ event: Event) -> Bool {
    let from = Int(event.from.index), to = Int(event.node.index)
    for position in lineFaults.indices where lineFaults[position].concerns(from, to) {
      switch lineFaults[position].action {
      case .cut:
        lose(event, 1)
        return true
      case .clog:
        lineFaults[position].kept.append(event)
        return true
      default: continue
      }
    }
    return false
  }

  mutating func trace(_ kind: Record.Kind, _ event: Event, _ reason: Int64? = nil) {
    guard setup.isTraced else { return }
    var record = Record(
      kind, a: Int64(bitPattern: event.key), b: Int64(event.node.index), c: Int64(event.envelope.tag.code),
      d: reason ?? Int64(event.envelope.word))
    record.node = kind == .messageSent ? event.from : event.node
    record.client = event.from
    record.at = now
    records.append(record)
  }
}
