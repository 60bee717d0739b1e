import Contract

/// Property: the service grants no lock that a careful earlier holder could still count on.
///
/// The holder counts from the moment it sent the request that was granted or last refreshed, trusts its lease
/// for the TTL less 2 x drift x TTL and 1 ms, and has neither given the lock up nor crashed. A lock without
/// leases gives nobody anything to count on by time: the property does not apply.
/// - Witness: the earlier grant and the new one; measure: how many nanoseconds too early.
/// - Complexity: O(open grants of the lock) for each grant, O(1) for all else.
/// - Source: Gray and Cheriton 1989, "Leases: an efficient fault-tolerant mechanism".
public struct EarlyGrant: Check {
  public static let name = "early-grant"
  public static let summary = "the service grants a lock that a careful earlier holder could still count on"
  public static let question = Question.service
  public static let reads: RecordKinds = OpenGrants.reads

  private let wording: Wording
  private let trusted: Nanos
  private var grants: OpenGrants
  private var finding = Finding()

  public init?(_ facts: RunFacts) {
    guard facts.hasService, facts.promisesLease else { return nil }
    wording = Wording(facts)
    trusted = facts.trustedAge
    grants = OpenGrants(facts)
  }

  public var verdict: Verdict { finding.verdict }

  public mutating func saw(_ records: Span<Record>, _ chosen: UInt64) {
    grants.lookAhead(records, chosen)
    sawEach(records, chosen)
  }

  public mutating func saw(_ record: Record) {
    if record.kind == .granted { judge(record) }
    grants.saw(record)
  }

  private mutating func judge(_ record: Record) {
    var robbed: Record?
    var most = Nanos.zero
    var next = grants.first(record.lock)
    while let hold = next {
      next = grants.after(hold)
      guard hold.granted.client != record.client, let counted = grants.lease(hold).counted else { continue }
      let left = trusted - (record.at - counted)
      if left > most { (robbed, most) = (hold.granted.whole, left) }
    }
    if let robbed { finding.add(robbed, record, measure: most.count) }
  }

  public func explanation(of witness: Witness, _ topology: Topology) -> String {
    let (first, second) = (witness.first, witness.second)
    return "the service granted \(wording.lock(second.lock)) to \(wording.holder(second, topology)) at "
      + "\(second.at.words), although \(wording.holder(first, topology)), granted it at \(first.at.words), "
      + "could count on its lease for another \(Nanos(witness.measure).words)"
  }
}
