import Contract

/// Property: no second has over ten connections, or lease creations, for each client and each usual one.
///
/// The usual is the median of the whole seconds before the first fault (of the run, where there is no fault);
/// "any one second" is any span of that length, wherever it begins.
/// - Witness: the record that completes the fullest second; measure: how many that second had.
/// - Complexity: O(1) amortised for each record; memory for the records of one second.
/// - Source: Bronson et al. 2021, "Metastable failures in distributed systems".
public struct ReconnectStorm: Check {
  public static let name = "reconnect-storm"
  public static let summary = "connections or lease creations in one second exceed ten times the usual"
  public static let question = Question.progress
  public static let isSafety = false
  public static let reads: RecordKinds = [.connected, .leaseSent]

  private let clients: Int
  private var connections = RateMeter()
  private var leases = RateMeter()
  /// Medians of connections and leases, known from the first fault on.
  private var usual: (connections: Int, leases: Int)?
  private var finding = Finding()

  public init?(_ facts: RunFacts) {
    guard facts.hasService else { return nil }
    clients = facts.topology.clients
  }

  public var verdict: Verdict { finding.verdict }

  public mutating func saw(_ record: Record) {
    switch record.kind {
    case .connected: connections.count(record)
    case .leaseSent: leases.count(record)
    default: break
    }
  }

  public mutating func saw(_ lever: Lever, number: Int, began: Bool, at now: Instant) {
    if usual == nil { usual = (connections.median(before: now), leases.median(before: now)) }
  }

  public mutating func finish(at end: Instant, reason: EndReason) {
    let usual = usual ?? (connections.median(before: end), leases.median(before: end))
    judge(connections, 10 * max(usual.connections, clients))
    judge(leases, 10 * max(usual.leases, clients))
  }

  private mutating func judge(_ meter: RateMeter, _ limit: Int) {
    guard meter.most > limit, let record = meter.latest else { return }
    finding.add(record, record, measure: Int64(meter.most))
  }

  public func explanation(of witness: Witness, _ topology: Topology) -> String {
    let what = witness.second.kind == .connected ? "connections were opened" : "leases were asked for"
    let usual = witness.second.kind == .connected ? self.usual?.connections : self.usual?.leases
    let before = usual.map { ", against \($0) in the median second before the first fault" } ?? ""
    return "\(witness.measure) \(what) by \(Int64(clients).counted("client")) in the one second up to "
      + "\(witness.second.at.words)\(before)"
  }
}
