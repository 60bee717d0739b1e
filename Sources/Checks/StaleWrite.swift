import Contract

/// Property: the resource applies no write of a grant to an item that a later grant of its lock has accessed.
///
/// - Witness: the first access of the latest grant so far, and the earlier grant's write applied after it.
/// - Complexity: O(1) for each record; memory of one record for each item.
/// - Source: Kleppmann 2016, "How to do distributed locking" (the write that arrives after the pause).
public struct StaleWrite: Check {
  public static let name = "stale-write"
  public static let summary = "the resource applies a write of a grant after an access by a later grant"
  public static let question = Question.resource
  public static let reads: RecordKinds = [.readApplied, .writeApplied, .effectApplied]

  private let wording: Wording
  private let items: Int
  /// For each item, the first applied access of its latest grant that had one.
  private var latest = Rows<Record?>(nil)
  private var finding = Finding()

  public init?(_ facts: RunFacts) {
    guard facts.accesses else { return nil }
    wording = Wording(facts)
    items = facts.items
  }

  public var verdict: Verdict { finding.verdict }

  public mutating func saw(_ record: Record) {
    switch record.kind {
    case .readApplied: advance(record)
    case .writeApplied, .effectApplied:
      if let latest = latest[ItemNumber(record, perLock: items)], record.grant > 0,
        record.grant < latest.grant
      {
        finding.add(latest, record)
      }
      advance(record)
    default: break
    }
  }

  private mutating func advance(_ record: Record) {
    let item = ItemNumber(record, perLock: items)
    guard record.grant > latest[item]?.grant ?? 0 else { return }
    latest[item] = record
  }

  public func explanation(of witness: Witness, _ topology: Topology) -> String {
    let (first, second) = (witness.first, witness.second)
    let what = second.kind == .effectApplied ? "effect" : "write"
    let done = second.kind == .effectApplied ? "carried out" : "applied"
    let had =
      switch first.kind {
      case .readApplied: "read"
      case .effectApplied: "carried out its own"
      default: "written"
      }
    return "\(topology.name(of: second.client))'s \(what)\(wording.with(second.token)) was \(done)"
      + "\(wording.toItem(second)) at \(second.at.words), although \(wording.holder(first, topology)) "
      + "had \(had) at \(first.at.words)"
  }
}
