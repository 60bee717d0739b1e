import Contract

/// Property: no two clients believe to hold one lock at the same time.
///
/// - Witness: the `acquired` records of both; measure: nanoseconds until one of the two stopped believing.
/// - Complexity: O(1) for each record; memory for each open belief.
/// - Source: Dijkstra 1965, "Solution of a problem in concurrent programming control".
public struct MutualExclusion: Check {
  public static let name = "mutual-exclusion"
  public static let summary = "two clients believe to hold one lock at the same time"
  public static let question = Question.belief
  public static let reads: RecordKinds = Beliefs.reads

  private let wording: Wording
  private var beliefs: Beliefs
  private var finding = Finding()
  private var isOverlapping = false

  public init(_ facts: RunFacts) {
    wording = Wording(facts)
    beliefs = Beliefs(facts)
  }

  public var verdict: Verdict { finding.verdict }

  public mutating func saw(_ record: Record) {
    if record.kind == .acquired { judge(record) }
    beliefs.saw(record)
    if isOverlapping { close(at: record.at) }
  }

  public mutating func finish(at end: Instant, reason: EndReason) {
    if isOverlapping { measure(until: end) }
  }

  private mutating func judge(_ record: Record) {
    let own = beliefs.acquired(record.client, record.lock) == nil ? 0 : 1
    guard beliefs.count(record.lock) > own else { return }
    // Until the first violation a lock has at most one believer: the one that came last.
    let other = beliefs.acquired(beliefs.latest(record.lock), record.lock)
    isOverlapping = isOverlapping || finding.witness == nil
    finding.add(other ?? record, record)
  }

  private mutating func close(at now: Instant) {
    guard let witness = finding.witness else { return }
    let open = [witness.first, witness.second].allSatisfy {
      beliefs.acquired($0.client, $0.lock)?.ordinal == $0.ordinal
    }
    guard !open else { return }
    measure(until: now)
    isOverlapping = false
  }

  private mutating func measure(until end: Instant) {
    if let start = finding.witness?.second.at { finding.witness?.measure = (end - start).count }
  }

  public func explanation(of witness: Witness, _ topology: Topology) -> String {
    let (first, second) = (witness.first, witness.second)
    return "\(wording.holder(first, topology)) and \(wording.holder(second, topology)) both believed to "
      + "hold \(wording.lock(second.lock)) from \(second.at.words) to "
      + "\((second.at + Nanos(witness.measure)).words), for \(Nanos(witness.measure).words)"
  }
}
