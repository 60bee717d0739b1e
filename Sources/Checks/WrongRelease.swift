import Contract

/// Property: no client's release or extension touches a lock that another client has set.
///
/// - Witness: the one record, `removed` or `extended`, whose owner is not the client that asked for it.
/// - Complexity: O(1), no memory.
/// - Source: Redis documentation, "SET" and "Distributed locks with Redis" (release by compare and delete).
public struct WrongRelease: Check {
  public static let name = "wrong-release"
  public static let summary = "one client's release or extension removes, or prolongs, another's lock"
  public static let question = Question.service
  public static let reads: RecordKinds = [.removed, .extended]

  private let wording: Wording
  private var finding = Finding()

  public init?(_ facts: RunFacts) {
    guard facts.hasService else { return nil }
    wording = Wording(facts)
  }

  public var verdict: Verdict { finding.verdict }

  public mutating func saw(_ record: Record) {
    guard record.kind == .removed || record.kind == .extended else { return }
    if record.a >= 0, record.a != Int64(record.client.index) { finding.add(record, record) }
  }

  public func explanation(of witness: Witness, _ topology: Topology) -> String {
    let record = witness.second
    let deed = record.kind == .removed ? "release removed" : "extension prolonged"
    return "\(topology.name(of: record.client))'s \(deed) \(wording.lock(record.lock)) at "
      + "\(record.at.words), although \(topology.name(of: NodeID(Int(record.a)))) had set it"
  }
}
