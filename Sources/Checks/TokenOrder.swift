import Contract

/// Property: the tokens handed out for a lock strictly increase in the order of its grants.
///
/// - Witness: the grant with the highest token so far, and the later one that is not above it.
/// - Complexity: O(1) for each record; memory of one record for each lock.
/// - Source: Kleppmann 2016, "How to do distributed locking" (fencing tokens).
public struct TokenOrder: Check {
  public static let name = "token-order"
  public static let summary = "tokens handed out for a lock are not strictly increasing in grant order"
  public static let question = Question.service
  public static let reads: RecordKinds = [.granted]

  private let wording: Wording
  private var highest: Rows<ShortRecord?>
  private var finding = Finding()

  public init?(_ facts: RunFacts) {
    guard facts.hasService, facts.token >= .ordered else { return nil }
    wording = Wording(facts)
    highest = Rows(nil, expecting: facts.locks)
  }

  public var verdict: Verdict { finding.verdict }

  public mutating func saw(_ record: Record) {
    guard record.kind == .granted else { return }
    if let highest = highest[record.lock], record.token.order <= highest.token.order {
      finding.add(highest.whole, record)
    } else {
      highest[record.lock] = ShortRecord(record)
    }
  }

  public func explanation(of witness: Witness, _ topology: Topology) -> String {
    let (first, second) = (witness.first, witness.second)
    return "\(topology.name(of: second.client)) was granted \(wording.lock(second.lock)) with token "
      + "\(second.token.order) at \(second.at.words), after \(topology.name(of: first.client)) had been "
      + "granted it with token \(first.token.order) at \(first.at.words)"
  }
}
