import Contract
import Lab

/// Reads a run from its start and notes what lasts: leases, beliefs, waiting, pauses, crashes, faults.
struct DiagramSpans: Sendable {
  private struct Open: Sendable {
    let lane: Int
    let kind: Diagram.Span.Kind
    let from: Int64
    let text: String
    /// The lever's number, of a fault.
    var lever: Int64 = -1
  }

  private let lanes: DiagramLanes
  private let plan: [PlanEntry]
  private let words: LeverWords
  private var book: LaneBook
  private let lock: LockID
  private var open: [Open] = []
  private(set) var spans: [Diagram.Span] = []
  private(set) var overlaps: [Diagram.Overlap] = []
  private var believers: (lanes: [Int], from: Int64) = ([], 0)

  /// - Parameter end: the moment at which the figure ends, where what still lasts is cut off.
  init(_ story: Story, _ chapter: Chapter, _ lanes: DiagramLanes, until end: Instant) {
    self.lanes = lanes
    plan = story.result.plan
    words = LeverWords(topology: story.topology)
    lock = chapter.lock
    book = LaneBook(lock: chapter.lock, quorum: story.subject.algorithm.quorum, story.records)
    for record in story.records where record.ordinal > 0 && record.at <= end { saw(record) }
    for last in open { close(last, at: end.nanos) }
    believed([], at: end.nanos)
  }

  private mutating func saw(_ record: Record) {
    let now = record.at.nanos
    book.saw(record)
    if record.kind == .leverBegan || record.kind == .leverEnded { lever(record) }
    if record.lock == lock || record.lock == .none, let lane = lanes[record.client] { waited(record, lane) }
    for node in lanes.alone {
      let standing = book.standing(of: node), lane = lanes[node]!
      note(.lease, lane, standing.hasLease, now)
      note(.belief, lane, standing.believes, now)
      note(.paused, lane, standing.isPaused, now)
      note(.down, lane, standing.isDown, now)
    }
    believed(book.beliefs.compactMap { lanes[$0.client] }.sorted(), at: now)
  }

  private mutating func waited(_ record: Record, _ lane: Int) {
    switch record.kind {
    case .waiting: note(.waiting, lane, true, record.at.nanos)
    case .acquired, .sectionEnded, .clientDone: note(.waiting, lane, false, record.at.nanos)
    default: break
    }
  }

  private mutating func lever(_ record: Record) {
    let lever = plan[Int(record.a)].lever
    let isBegin = record.kind == .leverBegan
    if case .pause = lever.action { book.pause(lever.nodes, began: isBegin) }
    guard let lane = lanes.faults, DiagramLanes.needsLane(lever) else { return }
    if isBegin {
      let text = words.began(lever) ?? ""
      open.append(Open(lane: lane, kind: .fault, from: record.at.nanos, text: text, lever: record.a))
    } else if let place = open.firstIndex(where: { $0.lever == record.a }) {
      close(open.remove(at: place), at: record.at.nanos)
    }
  }

  /// Opens or closes a span where what it stands for begins or ends.
  private mutating func note(_ kind: Diagram.Span.Kind, _ lane: Int, _ isOn: Bool, _ now: Int64) {
    let place = open.firstIndex { $0.lane == lane && $0.kind == kind }
    if let place, !isOn { close(open.remove(at: place), at: now) }
    if place == nil, isOn { open.append(Open(lane: lane, kind: kind, from: now, text: "")) }
  }

  private mutating func close(_ last: Open, at now: Int64) {
    spans.append(Diagram.Span(lane: last.lane, kind: last.kind, from: last.from, to: now, text: last.text))
  }

  private mutating func believed(_ lanes: [Int], at now: Int64) {
    guard lanes != believers.lanes else { return }
    if believers.lanes.count > 1, believers.from < now {
      overlaps.append(Diagram.Overlap(lanes: believers.lanes, from: believers.from, to: now))
    }
    believers = (lanes, now)
  }
}
