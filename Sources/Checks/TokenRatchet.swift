import Contract

/// Property: the guard's highest accepted token never goes backwards, across a crash of the resource too.
///
/// - Witness: the record with the highest token so far, and the first one with a lower token.
/// - Complexity: O(1) for each record; memory of one record for each lock.
/// - Source: Kleppmann 2016, "How to do distributed locking" (storage remembers the highest token).
public struct TokenRatchet: Check {
  public static let name = "token-ratchet"
  public static let summary = "the guard's highest accepted token goes backwards"
  public static let question = Question.resource

  private let wording: Wording
  /// For each lock, the first record with the highest token so far.
  private var highest = Rows<Record?>(nil)
  private var finding = Finding()

  public init?(_ facts: RunFacts) {
    guard facts.accesses, facts.guardKeepsHighest else { return nil }
    wording = Wording(facts)
  }

  public var verdict: Verdict { finding.verdict }

  public mutating func saw(_ record: Record) {
    guard [.readApplied, .writeApplied, .itemRestored].contains(record.kind), record.d >= 0 else { return }
    if let highest = highest[record.lock], record.d < highest.d { finding.add(highest, record) }
    // What follows is compared with what the guard now keeps: one fall is one violation.
    if record.d != highest[record.lock]?.d { highest[record.lock] = record }
  }

  public func explanation(of witness: Witness, _ topology: Topology) -> String {
    let (first, second) = (witness.first, witness.second)
    let event = switch second.kind {
    case .itemRestored: "the resource came back from a crash"
    case .readApplied: "a read of \(topology.name(of: second.client)) was applied"
    default: "a write of \(topology.name(of: second.client)) was applied"
    }
    return "the guard's highest token\(wording.ofLock(second.lock)) fell from \(first.d) (kept since "
      + "\(first.at.words)) to \(second.d) when \(event) at \(second.at.words)"
  }
}
