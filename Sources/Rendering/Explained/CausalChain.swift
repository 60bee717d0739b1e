import Contract
import Lab

/// How it came to a violation: the rows of its figure that lie in the causal past of the witnesses.
struct CausalChain: Sendable {
  /// More steps than these are no longer kept in mind.
  static let mostSteps = 10

  /// Indexed by ordinal: whether the record could have had a part in it.
  private let isPast: [Bool]
  let rows: [SpaceTime.Row]
  /// Of whom the violation tells.
  let client: NodeID

  /// The ordinal of a last step that no record stands for.
  static let end = Int64.max

  /// The steps end with the violation; where it is one of waiting, with what the check says of it.
  ///
  /// - Parameter sentence: what the check says of the violation.
  init(_ story: Story, _ chapter: Chapter, _ witness: Witness, _ sentence: String) {
    isPast = CausalChain.past(story.records, of: [witness.first, witness.second])
    client = witness.second.client
    let isOfWaiting = chapter.check.question == .progress
    let told = Narrator.told(story, chapter).rows.filter { $0.kind == .event && !$0.isQuiet }
    let climax = told.firstIndex { $0.ordinal >= chapter.climax }
    let before = isOfWaiting ? told[...] : told.prefix((climax ?? told.count - 1) + 1)
    let isTold = isOfWaiting || climax != nil && told[climax!].ordinal == chapter.climax
    let rows = CausalChain.cut(before.filter { [isPast] in
      $0.ordinal == 0 || isPast[Int($0.ordinal)] || $0.ink == .warning || $0.ordinal == chapter.climax
        || $0.text.hasSuffix("HOLDERS")
    }, climax: chapter.climax, most: CausalChain.mostSteps - (isOfWaiting || !isTold ? 1 : 0))
    let at = isOfWaiting ? story.result.endedAt : witness.second.at
    self.rows = isTold && !isOfWaiting ? rows : rows + [CausalChain.last(at, sentence, like: rows)]
  }

  private static func last(_ at: Instant, _ sentence: String, like rows: [SpaceTime.Row]) -> SpaceTime.Row {
    SpaceTime.Row(
      at: at, ordinal: end, text: sentence, ink: .bad, signs: rows.last?.signs.map { _ in nil } ?? [],
      standings: rows.last?.standings ?? [])
  }

  /// Marks every record from which messages and the order of each node's own steps lead to one of these.
  private static func past(_ records: [Record], of roots: [Record]) -> [Bool] {
    let nodes = (records.map { Int(max($0.node.index, $0.client.index)) }.max() ?? 0) + 1
    var isReached = [Bool](repeating: false, count: nodes)
    var isPast = [Bool](repeating: false, count: Int(records.map(\.ordinal).max() ?? 0) + 1)
    var wanted: Set<Int64> = []
    let ordinals = roots.map(\.ordinal)
    for record in records.reversed() where record.node != .none {
      let node = Int(record.node.index)
      if record.kind == .messageSent, wanted.contains(record.a) { isReached[node] = true }
      if record.ordinal > 0, ordinals.contains(record.ordinal) { isReached[node] = true }
      guard isReached[node] else { continue }
      if record.kind == .messageArrived { wanted.insert(record.a) }
      if record.ordinal > 0 { isPast[Int(record.ordinal)] = true }
    }
    return isPast
  }

  /// The rows that matter most: the violation, what is wrong, faults, what the violation is about, the rest;
  /// of equal ones the latest.
  private static func cut(_ rows: [SpaceTime.Row], climax: Int64, most: Int) -> [SpaceTime.Row] {
    func rank(_ row: SpaceTime.Row) -> Int {
      if row.ordinal == climax { return 0 }
      if row.weight > 0 { return row.weight + 3 }
      return row.ink == .bad ? 1 : row.ink == .warning ? 2 : 3
    }
    let order = rows.indices.sorted { (rank(rows[$0]), -$0) < (rank(rows[$1]), -$1) }
    return order.prefix(most).sorted().map { rows[$0] }
  }

  /// The token that goes with a row, as a step says it.
  static func token(_ row: SpaceTime.Row) -> String {
    guard let token = row.signs.compactMap({ $0?.token }).first(where: { !$0.isEmpty }) else { return "" }
    return " (token \(token))"
  }
}
