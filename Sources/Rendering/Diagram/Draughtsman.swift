import Contract
import Lab

/// Makes the diagram of a violation: what its chain tells, and what surrounds it.
struct Draughtsman: Sendable {
  /// More arrows than these are a thicket.
  static let mostArrows = 80
  /// More spans or marks of one kind on one lane than these are no longer told apart.
  static let mostOfAKind = 40

  let story: Story
  let chapter: Chapter
  let chain: CausalChain
  let lanes: DiagramLanes
  let flights: Flights
  /// Numbers of the grants whose messages are drawn.
  let told: [Int64]
  var diagram = Diagram()
  /// The ordinals of the marks, in their order.
  var ordinals: [Int64] = []
  var drawn: [Flight] = []
  /// The latest grant of which an access was applied.
  private var latestAccess: Int64 = 0

  init(_ story: Story, _ chapter: Chapter, _ chain: CausalChain) {
    self.story = story
    self.chapter = chapter
    self.chain = chain
    lanes = DiagramLanes(story, chapter, chain)
    flights = Flights(story.records)
    let steps = chain.rows.map(\.ordinal)
    told = story.records.filter { $0.grant > 0 && steps.contains($0.ordinal) }.map(\.grant) + chapter.grants
    diagram.lanes = lanes.lanes
  }

  /// The diagram, with the chain's steps at their marks.
  func drawing() -> Diagram {
    var maker = self
    maker.setBounds()
    for record in story.records where record.ordinal > 0 && record.ordinal <= chapter.ordinals.upperBound {
      maker.saw(record)
    }
    if chapter.check.question == .progress { maker.addAttempts() }
    maker.addStrays()
    maker.addSteps()
    maker.addSpans()
    maker.thin()
    return maker.diagram
  }

  /// From the request that led to the first grant, or a step before it, to what came of the violation.
  private mutating func setBounds() {
    let inside = story.records.filter { chapter.ordinals.contains($0.ordinal) }
    var from = inside.first?.at ?? .start
    let to = chapter.check.question == .progress ? story.result.endedAt : inside.last?.at ?? from
    if let first = inside.first(where: { $0.kind == .granted && told.contains($0.grant) }) {
      from = min(from, asked(first)?.at ?? first.at)
    }
    diagram.from = from.nanos
    diagram.to = max(to.nanos, from.nanos + 1)
  }

  /// The request of the attempt that was granted.
  func asked(_ grant: Record) -> Record? {
    let own = story.records.last {
      $0.kind == .acquireSent && $0.client == grant.client && $0.lock == grant.lock
        && $0.token.unique == grant.token.unique && $0.token.unique != 0 && $0.ordinal < grant.ordinal
    }
    return own ?? story.records.last {
      $0.kind == .acquireSent && $0.client == grant.client && $0.lock == grant.lock
        && $0.ordinal < grant.ordinal
    }
  }

  // MARK: records

  private mutating func saw(_ record: Record) {
    defer { if record.isAccepted { latestAccess = max(latestAccess, record.grant) } }
    guard record.at.nanos >= diagram.from else { return }
    if record.kind == .leverBegan { return lever(record) }
    guard record.lock == chapter.lock || record.lock == .none else { return }
    switch record.kind {
    case .granted: granted(record)
    case .acquired where isTold(record): learned(record)
    case .leaseExpired where lanes[record.client] != nil: expired(record)
    case .removed, .extended: touched(record)
    case .leaseLost where isTold(record): arrive(flights.cause(of: record))
    case .read where told.contains(record.grant): arrive(flights.cause(of: record))
    case .crashed: mark(record, .crash, LeverWords(topology: story.topology).loss(record))
    case .restarted: mark(record, .restart, "is back")
    case .itemRestored: mark(record, .restart, "restored: version \(record.c)")
    default: if record.isAccess { accessed(record) }
    }
  }

  func isTold(_ record: Record) -> Bool {
    told.contains(record.grant) || chain.rows.contains { $0.ordinal == record.ordinal }
  }

  mutating func mark(
    _ record: Record, _ kind: Diagram.Mark.Kind, _ text: String, isTold: Bool = true, at node: NodeID? = nil
  ) {
    guard let lane = lanes[node ?? record.node] else { return }
    ordinals.append(record.ordinal)
    diagram.marks.append(
      Diagram.Mark(lane: lane, at: record.at.nanos, kind: kind, text: text, step: 0, isTold: isTold))
  }

  private mutating func granted(_ record: Record) {
    guard lanes[record.client] != nil else { return }
    guard story.topology.kind(of: record.node) != .client else { return }
    let isTold = isTold(record)
    mark(record, .grant, isTold ? token(record, else: "granted") : "", isTold: isTold)
    if isTold { drawVotes(record) }
  }

  /// The answer by which a client learns of its grant, and what the layer that sent it had heard.
  private mutating func learned(_ record: Record) {
    let reply = flights.cause(of: record)
    arrive(reply)
    let grant = story.records.first { $0.kind == .granted && $0.grant == record.grant }
    guard let reply, let grant, story.topology.kind(of: reply.from) == .layer else { return }
    arrive(flights.last(from: grant.node, to: reply.from, before: reply.sent))
  }

  private mutating func expired(_ record: Record) {
    let isFirst = !diagram.marks.contains {
      $0.kind == .expiry && $0.lane == lanes[record.node] && record.at.nanos - $0.at < 1_000_000_000
    }
    let isTold = isTold(record) || lanes.alone.contains(record.node) && told.contains(record.grant)
    if isFirst { mark(record, .expiry, isTold ? "lease expires" : "", isTold: isTold) }
  }

  private mutating func touched(_ record: Record) {
    guard record.a >= 0, record.a != Int64(record.client.index) else { return }
    let owner = story.topology.name(of: NodeID(Int32(truncatingIfNeeded: record.a)))
    mark(record, .harm, (record.kind == .removed ? "REMOVES " : "PROLONGS ") + "\(owner)'s lock")
    arrive(flights.cause(of: record), .harms)
  }

  private mutating func accessed(_ record: Record) {
    let isStale = record.changes && record.grant > 0 && record.grant < latestAccess
    let isHarm = isStale || record.ordinal == chapter.climax
    let isTold = isTold(record)
    let kind: Diagram.Mark.Kind = !record.isAccepted ? .refused
      : isHarm ? .harm : record.kind == .readApplied ? .read : .write
    mark(record, kind, isTold ? access(record, isStale) : "", isTold: isTold)
    guard isTold else { return }
    let cause = flights.cause(of: record, from: record.client)
    arrive(cause, kind == .refused ? .refused : isHarm ? .harms : .arrives)
  }

  /// "writes v4 over v3, token 624c3ece".
  private func access(_ record: Record, _ isStale: Bool) -> String {
    let token = token(record, else: "")
    let item = story.facts.items > 1 ? " of item-\(record.item + 1)" : ""
    let tail = item + (token.isEmpty ? "" : ", \(token)")
    switch record.kind {
    case .readApplied: return "reads v\(record.b)\(tail)"
    case .readRejected: return "read REFUSED\(tail)"
    case .writeRejected: return "write REFUSED\(tail)"
    case .effectApplied: return "does job \(record.b)\(record.c == 1 ? " AGAIN" : "")"
    default: return "\(isStale ? "STALE: " : "")writes v\(record.c)\(tail)"
    }
  }

  func token(_ record: Record, else other: String) -> String {
    record.token.spoken(story.subject.algorithmType.token) ?? other
  }

  private mutating func lever(_ record: Record) {
    let lever = story.result.plan[Int(record.a)].lever
    guard !DiagramLanes.needsLane(lever) else { return }
    let words = LeverWords(topology: story.topology)
    for node in lever.nodes.prefix(3) where lanes[node] != nil {
      switch lever.action {
      case .crash, .nothing: break
      case .clockStep, .clockDrift, .clockFreeze, .clockStrobe:
        mark(record, .clock, words.short(lever), at: node)
      default: mark(record, .other, words.short(lever), at: node)
      }
    }
  }
}
