import Contract

/// Property: the service honours a young lease whose holder believes, ran, was connected and refreshed.
///
/// Young means younger than a careful holder trusts. An outage excuses the service only where a refresh that
/// was sent in it failed and none succeeded since; a jump of versions never does. A lock without leases has
/// none to keep: the property does not apply.
/// - Witness: the grant, and the grant to another or the refusal; measure: nanoseconds for which the holder
///   could yet count on its lease.
/// - Complexity: O(open grants of the lock) for a grant, O(nodes struck) for a lever, O(1) for all else.
/// - Source: Gray and Cheriton 1989; Burrows 2006, "The Chubby lock service", section 2.8.
public struct LeaseKept: Check {
  public static let name = "lease-kept"
  public static let summary = "the service drops a young lease whose holder ran, was connected and refreshed"
  public static let question = Question.service
  public static let isSafety = false
  public static let reads: RecordKinds = OpenGrants.reads + Outages.reads + [.refreshRefused]

  private let wording: Wording
  private let terms: LeaseTerms
  private let trusted: Nanos
  /// How much later than due, in true time, a refresh still is on time.
  private let slack: Nanos
  /// One node's refusal is the service's own; several nodes may yet outvote it.
  private let oneNodeDecides: Bool
  private var grants: OpenGrants
  private var outages: Outages
  private var hindrances: Hindrances
  /// For each client, the grant whose lease was last found dropped: its refusal and its loss count once.
  private var reported = Rows<Int64>(0)
  private var finding = Finding()

  public init?(_ facts: RunFacts) {
    guard facts.hasService, facts.promisesLease else { return nil }
    wording = Wording(facts)
    terms = facts.lease
    trusted = facts.trustedAge
    let refresh = facts.lease.refresh ?? .zero
    slack = refresh.scaled(partsPerBillion: 2 * facts.declaredDrift) + .milliseconds(1)
    oneNodeDecides = facts.topology.services <= 1
    grants = OpenGrants(facts)
    outages = Outages(facts.topology)
    hindrances = Hindrances(facts.topology)
  }

  public var verdict: Verdict { finding.verdict }

  public mutating func saw(_ lever: Lever, number: Int, began: Bool, at now: Instant) {
    outages.saw(lever, began: began, at: now)
    hindrances.saw(lever, began: began, at: now)
  }

  public mutating func saw(_ records: Span<Record>, _ chosen: UInt64) {
    grants.lookAhead(records, chosen)
    sawEach(records, chosen)
  }

  public mutating func saw(_ record: Record) {
    switch record.kind {
    case .granted: granted(record)
    case .refreshRefused where oneNodeDecides: refused(record)
    case .leaseLost where record.a == 0: refused(record)
    default: break
    }
    outages.saw(record)
    grants.saw(record, isInOutage: outages.isOut(at: record.at))
  }

  private mutating func granted(_ record: Record) {
    var next = grants.first(record.lock)
    while let hold = next {
      next = grants.after(hold)
      if hold.granted.client != record.client { judge(hold, record) }
    }
  }

  private mutating func refused(_ record: Record) {
    let locks = record.lock == .none ? grants.locks(record.client) : [record.lock]
    for lock in locks {
      guard let hold = grants.of(lock, client: record.client) else { continue }
      // A late answer to a refresh of an earlier grant says nothing about this one.
      if record.grant == 0 || record.grant == hold.granted.grant { judge(hold, record) }
    }
  }

  private mutating func judge(_ hold: OpenGrants.Hold, _ record: Record) {
    let holder = hold.granted.client
    let lease = grants.lease(hold)
    guard hold.isBelieved, let counted = lease.counted, reported[holder] < hold.granted.grant else { return }
    let left = trusted - (record.at - counted)
    guard left > .zero, !lease.hasFailedInOutage, isRefreshed(lease, at: record.at) else { return }
    guard !hindrances.hindered(holder, since: lease.lastSent) else { return }
    reported[holder] = hold.granted.grant
    finding.add(hold.granted.whole, record, measure: left.count)
  }

  /// Whether no refresh is overdue: none falls due while the one before it is neither answered nor given up.
  private func isRefreshed(_ lease: LeaseClock, at now: Instant) -> Bool {
    guard let refresh = terms.refresh, !lease.isAsking else { return true }
    return now - lease.lastSent <= refresh + slack
  }

  public func explanation(of witness: Witness, _ topology: Topology) -> String {
    let (first, second) = (witness.first, witness.second)
    let holder = wording.holder(first, topology)
    let deed = second.kind == .granted
      ? "granted \(wording.lock(second.lock)) to \(wording.holder(second, topology))"
      : "dropped the lease of \(holder)"
    let who = second.kind == .granted ? holder : "it"
    return "the service \(deed) at \(second.at.words), although \(who) ran, was connected, had refreshed "
      + "when due and could count on its lease\(wording.ofLock(first.lock)) for another "
      + Nanos(witness.measure).words
  }
}
