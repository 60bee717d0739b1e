import Contract

/// One directed link: its own stream of delays, and when its last message arrives.
struct Link: Sendable, BitwiseCopyable {
  var chance: Chance
  /// Nothing that travels in order arrives before this.
  var lastArrival = Instant(nanos: 0)

  /// Draws a delay and returns when the message arrives, after all before it unless links reorder.
  mutating func travel(_ terms: NetworkTerms, _ slowness: (Int64, Int64), _ now: Instant) -> Instant {
    var delay = terms.latency + chance.span(below: terms.jitter)
    if slowness.0 != 1000 { delay = delay * slowness.0 / 1000 }
    if slowness.1 != 1000 { delay = delay * slowness.1 / 1000 }
    let arrival = now + delay
    if arrival <= lastArrival { return terms.reorder ? arrival : lastArrival }
    lastArrival = arrival
    return arrival
  }
}

extension Host {
  /// Takes a message along one of its links; see `Link.travel`.
  @inline(__always) mutating func travel(
    _ place: Int, _ terms: NetworkTerms, _ slowness: (Int64, Int64), _ now: Instant
  ) -> Instant {
    latestLink = Int32(truncatingIfNeeded: place)
    return links[place].travel(terms, slowness, now)
  }

  @inline(__always) mutating func keep(_ link: Link, at place: Int) {
    latestLink = Int32(truncatingIfNeeded: place)
    links[place] = link
  }
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
    send(turn.effects.envelopes.put(envelope), from: from, to: to)
  }

  /// Sends the message in this slot, which it keeps until it is delivered or lost.
  mutating func send(_ slot: Int32, from: Int, to: Int) {
    counts.messages &+= 1
    inFlight &+= 1
    let event = Event(
      messageIn: slot, from: from, to: to, incarnation: hosts[to].incarnation, number: counts.messages)
    let host = max(from, to), place = World.placeOfLink(from, to)
    if hosts[host].links.count <= place { openLinks(host, upTo: min(from, to)) }
    if isSendingRough { return sendRough(event, from, to) }
    let slowness = (hosts[from].slowness, hosts[to].slowness)
    enterLink(event, hosts[host].travel(place, setup.network, slowness, now))
  }

  /// Sends where there is more to it than a delay.
  mutating func sendRough(_ event: Event, _ from: Int, _ to: Int) {
    var event = event
    if setup.network.userTimeout != nil { event.connection = connection(of: event) }
    if let kind = setup.transaction {
      let envelope = envelope(of: event)
      if kind.word == envelope.word, kind.tag == envelope.tag { counts.transactions += 1 }
    }
    if setup.isTraced { trace(.messageSent, event) }
    let slowness = (hosts[from].slowness, hosts[to].slowness)
    let host = max(from, to), place = World.placeOfLink(from, to)
    var link = hosts[host].links[place]
    let arrival = link.travel(setup.network, slowness, now)
    let isLost = link.chance.happens(setup.network.loss)
    var second: Instant?
    if link.chance.happens(setup.network.duplicate) { second = link.travel(setup.network, slowness, now) }
    hosts[host].keep(link, at: place)
    if let second { enterLink(repeated(event), second) }
    if isLost { return lose(event, 0) }
    enterLink(event, arrival)
  }

  mutating func enterLink(_ event: Event, _ arrival: Instant) {
    if lineFaults.isEmpty { queue.push(event, at: arrival) } else { sendThroughFaults(event, arrival) }
  }

  /// Where a link stands among those of the node of higher number, which has both directions.
  ///
  /// So a client's messages and their answers find their links side by side, and with the client's own
  /// memory, instead of in a row of fifty thousand links that a server has to clients.
  @inline(__always) static func placeOfLink(_ from: Int, _ to: Int) -> Int {
    from > to ? to &* 2 : from &* 2 &+ 1
  }

  mutating func openLinks(_ host: Int, upTo peer: Int) {
    hosts[host].links.reserveCapacity(peer * 2 + 2)
    while hosts[host].links.count <= peer * 2 + 1 {
      let next = hosts[host].links.count / 2
      let own = setup.topology.address(of: NodeID(host)), other = setup.topology.address(of: NodeID(next))
      hosts[host].links.append(Link(chance: Chance(seed: setup.seed, "link", own, other)))
      hosts[host].links.append(Link(chance: Chance(seed: setup.seed, "link", other, own)))
    }
  }

  /// The same message once more, on its way with a parcel of its own.
  mutating func repeated(_ event: Event) -> Event {
    var envelope = envelope(of: event)
    if envelope.parcel >= 0 { envelope.parcel = turn.parcels.put(turn.parcels.words(in: envelope.parcel)) }
    var second = event
    second.slot = turn.effects.envelopes.put(envelope)
    inFlight += 1
    return second
  }

  mutating func lose(_ event: Event, _ reason: Int64) {
    inFlight -= 1
    if setup.isTraced { trace(.messageLost, event, reason) }
    discard(event.slot)
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

  @inline(__always) mutating func arrive(_ event: Event) {
    let index = Int(event.node.index)
    if !lineFaults.isEmpty, stopsOnTheLine(event) { return }
    if setup.network.userTimeout != nil, transportTakes(event) { return }
    if turn.effects.envelopes.tag(event.slot) == ConnectionMessage.tag, kernelTakes(event) { return }
    if hosts[index].isReady(for: event.incarnation) { return hand(event, index) }
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
    let envelope = envelope(of: event)
    var record = Record(
      kind, a: Int64(bitPattern: event.key), b: Int64(event.node.index), c: Int64(envelope.tag.code),
      d: reason ?? Int64(envelope.word))
    record.node = kind == .messageSent ? event.from : event.node
    record.client = event.from
    record.at = now
    records.append(record)
  }
}
