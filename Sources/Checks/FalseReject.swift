import Contract

/// Property: no access by the current holder is refused for its token.
///
/// The current holder has the latest grant and believes in it, and nobody else believes to hold the lock.
/// A holder whose lease the service has acted on as expired is the current one no more. Refusals of a
/// version, and of an access that was delivered before, do not count. Judged only where the guard looks at
/// tokens or owners.
/// - Witness: the holder's grant, and the refusal.
/// - Complexity: O(1) for each record; memory for open beliefs and the accesses of each lock's latest grant.
/// - Source: Kleppmann 2016, "How to do distributed locking"; the liveness half of fencing.
public struct FalseReject: Check {
  public static let name = "false-reject"
  public static let summary = "an access by the current holder is refused for its token"
  public static let question = Question.resource
  public static let reads: RecordKinds = Beliefs.reads + [
    .granted, .readApplied, .writeApplied, .effectApplied, .readRejected, .writeRejected, .leaseExpired,
  ]

  private let wording: Wording
  private var beliefs: Beliefs
  /// For each lock, its latest grant.
  private var latest = Rows<Record?>(nil)
  /// For each lock, the accesses of its latest grant that arrived so far.
  private var arrived = Rows<[Int64]>([])
  private var finding = Finding()

  public init?(_ facts: RunFacts) {
    guard facts.accesses, facts.hasService, facts.guardJudgesTokens else { return nil }
    wording = Wording(facts)
    beliefs = Beliefs(facts)
  }

  public var verdict: Verdict { finding.verdict }

  public mutating func saw(_ record: Record) {
    switch record.kind {
    case .granted:
      latest[record.lock] = record
      arrived[record.lock] = []
    case .readApplied, .writeApplied, .effectApplied: _ = isFirstArrival(record)
    case .readRejected, .writeRejected: judge(record)
    case .leaseExpired where record.lock != .none:
      if latest[record.lock]?.client == record.client { latest[record.lock] = nil }
    default: beliefs.saw(record)
    }
  }

  private mutating func judge(_ record: Record) {
    guard let grant = latest[record.lock], isFirstArrival(record) else { return }
    guard record.b == Int64(AccessReply.Outcome.refusedToken.rawValue) else { return }
    let belief = beliefs.acquired(record.client, record.lock)
    if belief?.grant == grant.grant, beliefs.count(record.lock) == 1 { finding.add(grant, record) }
  }

  /// Whether this is an access of the latest grant that was not delivered before.
  private mutating func isFirstArrival(_ record: Record) -> Bool {
    guard record.grant == latest[record.lock]?.grant else { return false }
    if arrived[record.lock].contains(record.a) { return false }
    arrived[record.lock].append(record.a)
    return true
  }

  public func explanation(of witness: Witness, _ topology: Topology) -> String {
    let (first, second) = (witness.first, witness.second)
    let what = second.kind == .readRejected ? "read" : "write"
    return "\(topology.name(of: second.client))'s \(what)\(wording.with(first.token)) was refused for its "
      + "token at \(second.at.words), although it held \(wording.lock(second.lock)) by the latest grant, of "
      + "\(first.at.words), and nobody else believed to"
  }
}
