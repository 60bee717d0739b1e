import Contract
import Lab

/// Turns the records of a chapter into the rows of its figure.
///
/// It reads the run from the start, so that whoever holds or stands still when the chapter begins is known.
struct Narrator: Sendable {
  /// A thing with two ends, such as a grant and the client's learning of it, whose second is still to come.
  struct Untold: Sendable {
    enum Thing: Equatable, Sendable { case grant(Int64), write(Int64), release }

    let thing: Thing
    let client: NodeID
    let row: Int
    let at: Instant
  }

  let chapter: Chapter
  let plan: [PlanEntry]
  let topology: Topology
  let token: TokenKind
  let quorum: Int
  let words: LeverWords
  var figure: SpaceTime
  var book: LaneBook
  /// Levers pulled before the chapter that are still in force when it begins, and since when.
  private var inForce: [(number: Int64, since: Instant)] = []
  /// The latest grant of which the resource has applied an access.
  var latestAccess: Int64 = 0
  var untold: [Untold] = []
  /// The row of the latest expiry of each lease, and at how many nodes it was noticed.
  var expiries: [(row: Int, client: NodeID, unique: UInt64, nodes: Int)] = []
  /// The write that the resource is about to keep beside others.
  var sibling: Record?
  /// The most clients so far that believed to hold the lock.
  var mostHolders = 1

  init(_ story: Story, _ chapter: Chapter) {
    self.chapter = chapter
    plan = story.result.plan
    topology = story.topology
    token = story.subject.algorithmType.token
    quorum = story.subject.algorithm.quorum
    words = LeverWords(topology: story.topology)
    book = LaneBook(lock: chapter.lock, quorum: quorum, story.records)
    var lanes = chapter.clients.map { SpaceTime.Lane(part: .client($0), title: story.topology.name(of: $0)) }
    if story.facts.hasService { lanes.append(SpaceTime.Lane(part: .service, title: "service")) }
    if story.facts.accesses { lanes.append(SpaceTime.Lane(part: .resource, title: "resource")) }
    figure = SpaceTime(lanes: lanes, rows: [])
  }

  /// The figure of a run's most telling violation; nil where there was none.
  static func figure(_ story: Story, rows limit: Int) -> SpaceTime? {
    guard let chapter = Chapter(story) else { return nil }
    return Abridgement(story.records, chapter, story.topology).abridged(told(story, chapter), to: limit)
  }

  /// Everything that the chapter has to tell.
  static func told(_ story: Story, _ chapter: Chapter) -> SpaceTime {
    var narrator = Narrator(story, chapter)
    for record in story.records where record.ordinal > 0 && record.ordinal <= chapter.ordinals.upperBound {
      narrator.saw(record)
    }
    return narrator.figure
  }

  mutating func saw(_ record: Record) {
    let isBefore = record.ordinal < chapter.ordinals.lowerBound
    if record.ordinal == chapter.ordinals.lowerBound { tellWhatIsInForce() }
    book.saw(record)
    if record.kind == .leverBegan || record.kind == .leverEnded { stopOrGoOn(record) }
    if isBefore { remember(record) } else { tell(record) }
    settle(record.at)
    if record.isAccepted, record.lock == chapter.lock { latestAccess = max(latestAccess, record.grant) }
  }

  /// What follows a row at once belongs to it: the removal of a lock to its release, say.
  private mutating func settle(_ now: Instant) {
    guard let last = figure.rows.last, last.at + Narrator.sameMoment >= now else { return }
    figure.rows[figure.rows.count - 1].standings = standings
  }

  /// Two ends of one message that are no further apart share a row.
  static var sameMoment: Nanos { .milliseconds(100) }

  // MARK: levers

  private mutating func stopOrGoOn(_ record: Record) {
    let lever = plan[Int(record.a)].lever
    if case .pause = lever.action { book.pause(lever.nodes, began: record.kind == .leverBegan) }
  }

  private mutating func remember(_ record: Record) {
    if record.kind == .leverBegan { inForce.append((record.a, record.at)) }
    if record.kind == .leverEnded { inForce.removeAll { $0.number == record.a } }
  }

  private mutating func tellWhatIsInForce() {
    for (number, since) in inForce {
      guard let text = words.began(plan[Int(number)].lever) else { continue }
      add(since, 0, text, ink: .warning, weight: 1)
    }
  }

  // MARK: rows

  /// Adds a row with everybody as the book says they stand.
  mutating func add(
    _ at: Instant, _ ordinal: Int64, _ text: String, ink: Ink = .plain, weight: Int,
    arrow: SpaceTime.Arrow? = nil, sign: SpaceTime.Sign? = nil, in part: SpaceTime.Lane.Part = .service
  ) {
    var row = SpaceTime.Row(
      at: at, ordinal: ordinal, text: text, ink: ink, weight: weight, arrow: arrow,
      signs: figure.lanes.map { _ in nil }, standings: standings)
    if let sign, let lane = figure.lane(of: part) { row.signs[lane] = sign }
    figure.rows.append(row)
  }

  var standings: [SpaceTime.Standing] {
    figure.lanes.map { lane in
      if case .client(let client) = lane.part { return book.standing(of: client) }
      return SpaceTime.Standing()
    }
  }

  func arrow(
    from: SpaceTime.Lane.Part, to: SpaceTime.Lane.Part, _ end: SpaceTime.Arrow.End = .arrives
  ) -> SpaceTime.Arrow? {
    guard let from = figure.lane(of: from), let to = figure.lane(of: to) else { return nil }
    return SpaceTime.Arrow(from: from, to: to, end: end)
  }

  /// The next row tells the first end of a thing.
  mutating func expect(_ thing: Untold.Thing, _ record: Record) {
    untold.append(Untold(thing: thing, client: record.client, row: figure.rows.count, at: record.at))
  }

  /// The first end of a thing whose second end has now come.
  mutating func take(_ thing: Untold.Thing, of client: NodeID) -> Untold? {
    let place = untold.firstIndex { $0.thing == thing && $0.client == client }
    return place.map { untold.remove(at: $0) }
  }

  /// Whether a first end's row is the last one so far and as good as now.
  func isFresh(_ first: Untold, at now: Instant) -> Bool {
    first.row == figure.rows.count - 1 && now - first.at <= Narrator.sameMoment
  }

  func name(_ node: NodeID) -> String { topology.name(of: node) }
  func isInvolved(_ record: Record) -> Bool { chapter.grants.contains(record.grant) }
  func hasLane(_ node: NodeID) -> Bool { chapter.clients.contains(node) }

  /// "33", "33.2", "9f3a41c2": a token as it stands in a lane; empty where there is none.
  func label(_ token: Token) -> String { String(token.spoken(self.token)?.dropFirst("token ".count) ?? "") }
}
