import Contract
import Lab

/// Messages of a diagram, and what binds its parts together.
extension Draughtsman {
  /// Draws a message between two lanes, once.
  mutating func arrive(_ flight: Flight?, _ end: Diagram.Arrow.End = .arrives) {
    guard let flight, let from = lanes[flight.from], let to = lanes[flight.to], from != to,
      diagram.arrows.count < Draughtsman.mostArrows,
      !drawn.contains(where: { $0.number == flight.number && $0.ended == flight.ended })
    else { return }
    let ended = flight.ended?.nanos ?? diagram.to
    guard ended >= diagram.from, flight.sent.nanos <= diagram.to else { return }
    drawn.append(flight)
    diagram.arrows.append(
      Diagram.Arrow(
        from: from, to: to, sent: max(flight.sent.nanos, diagram.from), ended: min(ended, diagram.to),
        end: flight.isLost ? .lost : end))
  }

  /// The requests and votes that made a grant: one of each where the service has one lane.
  mutating func drawVotes(_ grant: Record) {
    let request = asked(grant)
    let asking = request.flatMap { flights.sent(by: grant.client, at: $0.at).first { !$0.isLost } }
    if let asking, asking.to != grant.node { arrive(flights.cause(of: grant, from: asking.to)) }
    let isFolded = !lanes.alone.contains(grant.node)
    if isFolded || story.subject.algorithm.quorum == 1 {
      let sent = request.map { flights.sent(by: grant.client, at: $0.at) } ?? []
      let cause = flights.cause(of: grant, from: grant.client)
      return arrive(sent.contains { $0.number == cause?.number } ? cause : sent.first { !$0.isLost } ?? cause)
    }
    for flight in request.map({ flights.sent(by: grant.client, at: $0.at) }) ?? [] { arrive(flight) }
    let votes = story.records.filter {
      $0.kind == .voted && $0.client == grant.client && $0.token.unique == grant.token.unique
        && $0.ordinal <= grant.ordinal && grant.at - $0.at < .seconds(1)
    }
    for vote in votes { arrive(flights.next(after: vote, from: vote.node, to: grant.client)) }
  }

  /// Of those who wait in vain the first attempt, with its answers.
  mutating func addAttempts() {
    for client in chapter.clients {
      let asking = story.records.first {
        $0.kind == .acquireSent && $0.client == client && $0.lock == chapter.lock
          && $0.at.nanos >= diagram.from
      }
      guard let asking else { continue }
      for flight in flights.sent(by: client, at: asking.at).prefix(7) {
        arrive(flight)
        guard let ended = flight.ended, !flight.isLost else { continue }
        arrive(flights.all.first { $0.from == flight.to && $0.to == client && $0.sent >= ended })
      }
    }
  }

  /// Messages that a fault lost or held back, of the clients that have lanes; two of each way.
  mutating func addStrays() {
    let usual = story.scenario.network.latency + story.scenario.network.jitter
    let late = max(usual * 20, .milliseconds(50))
    let end = story.records.first { $0.ordinal == chapter.climax }?.at.nanos ?? diagram.to
    var ways: [(from: Int, to: Int, count: Int)] = []
    for flight in flights.all {
      guard flight.sent.nanos >= diagram.from, flight.sent.nanos <= end,
        let from = lanes[flight.from], let to = lanes[flight.to],
        lanes.lanes[from].kind == .client || lanes.lanes[to].kind == .client,
        flight.isLost && !flight.isOrdinaryLoss || flight.span > late
      else { continue }
      let place = ways.firstIndex { $0.from == from && $0.to == to } ?? ways.count
      if place == ways.count { ways.append((from, to, 0)) }
      guard ways[place].count < 2 else { continue }
      ways[place].count += 1
      arrive(flight)
    }
  }

  // MARK: steps

  /// Numbers the marks that the chain's steps tell of, and adds those that are missing.
  mutating func addSteps() {
    for (number, row) in chain.rows.enumerated() {
      if let place = ordinals.firstIndex(of: row.ordinal), row.ordinal > 0 {
        diagram.marks[place].step = number + 1
        diagram.marks[place].isTold = true
      } else {
        add(row, number + 1)
      }
    }
    addClocks()
  }

  /// A mark for a step that has none yet.
  private mutating func add(_ row: SpaceTime.Row, _ step: Int) {
    let isEnd = row.ordinal == CausalChain.end
    let record = record(of: row)
    let own = isEnd ? lanes[chain.client] ?? chapter.clients.compactMap { lanes[$0] }.first
      : record.flatMap(lane)
    var text = isEnd ? chapter.check.name : record.map(short) ?? ""
    // Whoever has no lane is named where the step is drawn instead.
    if own == nil { text = row.text }
    ordinals.append(row.ordinal)
    diagram.marks.append(
      Diagram.Mark(
        lane: own ?? lanes.faults ?? lanes.service ?? diagram.lanes.count - 1,
        at: min(max((record?.at ?? row.at).nanos, diagram.from), diagram.to),
        kind: isEnd ? .harm : .other, text: text, step: step, isTold: true))
  }

  /// The record that a row ends with; of a fault that was in force before the chapter, its beginning.
  private func record(of row: SpaceTime.Row) -> Record? {
    if row.ordinal > 0 { return story.records.first { $0.ordinal == row.ordinal } }
    let words = LeverWords(topology: story.topology)
    return story.records.first {
      $0.kind == .leverBegan && $0.at == row.at
        && words.began(story.result.plan[Int($0.a)].lever) == row.text
    }
  }

  private func lane(_ record: Record) -> Int? {
    guard record.kind == .leverBegan || record.kind == .leverEnded else {
      return lanes[record.node] ?? lanes[record.client]
    }
    let lever = story.result.plan[Int(record.a)].lever
    if DiagramLanes.needsLane(lever) { return lanes.faults }
    return lever.nodes.compactMap { lanes[$0] }.first
  }

  private func short(_ record: Record) -> String {
    switch record.kind {
    case .acquired: return story.facts.hasService ? "has the lock" : "goes ahead"
    case .writeSent: return "sends its write"
    case .releaseSent: return "releases"
    case .leaseLost: return record.a == 0 ? "told: lease gone" : "past its own deadline"
    case .leverEnded:
      return LeverWords(topology: story.topology).shortEnd(story.result.plan[Int(record.a)].lever)
    case .leverBegan:
      return LeverWords(topology: story.topology).short(story.result.plan[Int(record.a)].lever)
    case .recovered: return "is back"
    case .waiting: return "waits"
    default: return ""
    }
  }

  /// What a node's own clock shows at its marks, where a fault bends its clock.
  private mutating func addClocks() {
    for node in lanes.alone {
      let isBent = DiagramLanes.levers(story, chapter).contains { lever in
        switch lever.action {
        case .clockStep, .clockDrift, .clockFreeze, .clockStrobe: lever.nodes.contains(node)
        default: false
        }
      }
      guard isBent, let lane = lanes[node] else { continue }
      let times = diagram.marks.filter { $0.lane == lane && $0.isTold }.map(\.at)
      var moments: [Int64] = []
      for time in ([diagram.from] + times + [diagram.to]).sorted() where !moments.contains(time) {
        moments.append(time)
      }
      addClock(of: node, lane, Array(moments.prefix(8)))
    }
  }

  private mutating func addClock(of node: NodeID, _ lane: Int, _ moments: [Int64]) {
    let runner = Runner(story.scenario, story.subject, story.catalog)
    let start = runner.wallClock(of: node, seed: story.result.seed, at: [.start])[0]
    let readings = runner.wallClock(
      of: node, seed: story.result.seed, at: moments.map { Instant(nanos: $0) })
    var lead: Int64?
    for (moment, reading) in zip(moments, readings) {
      // A clock that goes on as before says nothing new.
      let next = (reading - start).count - moment
      if let lead, (next - lead).magnitude < 1_000_000, moment != moments.last { continue }
      lead = next
      ordinals.append(-1)
      diagram.marks.append(
        Diagram.Mark(
          lane: lane, at: moment, kind: .clock, text: "own clock \(Draughtsman.clock(reading - start))",
          step: 0, isTold: true))
    }
  }

  private static func clock(_ span: Nanos) -> String {
    let sign = span.count < 0 ? "-" : ""
    return sign + Instant(nanos: Int64(span.count.magnitude)).spoken
  }

  // MARK: spans

  mutating func addSpans() {
    let found = DiagramSpans(story, chapter, lanes, until: Instant(nanos: diagram.to))
    let from = diagram.from
    diagram.spans = found.spans.filter { $0.to >= from }.map { span in
      var span = span
      span.from = max(span.from, from)
      return span
    }.sorted { ($0.from, $0.lane) < ($1.from, $1.lane) }
    diagram.overlaps = found.overlaps.filter { $0.to > from }
  }

  /// Keeps the figure's size in bounds, however long the run: what is told stays, of the rest the first.
  mutating func thin() {
    var missing = 0
    func keep<Part>(_ parts: [Part], _ isTold: (Part) -> Bool, _ key: (Part) -> [Int]) -> [Part] {
      var counts: [(key: [Int], count: Int)] = []
      return parts.filter { part in
        if isTold(part) { return true }
        let place = counts.firstIndex { $0.key == key(part) } ?? counts.count
        if place == counts.count { counts.append((key(part), 0)) }
        counts[place].count += 1
        if counts[place].count > Draughtsman.mostOfAKind { missing += 1 }
        return counts[place].count <= Draughtsman.mostOfAKind
      }
    }
    let told = diagram.marks.filter(\.isTold).map(\.at)
    diagram.spans = keep(
      diagram.spans, { span in told.contains { span.from <= $0 && $0 <= span.to } },
      { [$0.lane, Diagram.Span.Kind.allCases.firstIndex(of: $0.kind)!] })
    diagram.overlaps = keep(
      diagram.overlaps, { part in told.contains { part.from <= $0 && $0 <= part.to } }, \.lanes)
    diagram.marks = keep(diagram.marks, \.isTold, { [$0.lane] })
    guard missing > 0 else { return }
    diagram.note = "Left out: \(Quantity.grouped(missing)) bars and marks of other sections."
  }
}
