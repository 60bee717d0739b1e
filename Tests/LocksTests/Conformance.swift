import Checks
import Clients
import Contract
import Faults
import Guards
import Lab
import Locks
import World

/// What every lock must do when nothing goes wrong, judged from the records of a run by the test itself.
struct Conformance {
  static let ttl = Nanos.seconds(4)

  let algorithm: any LockAlgorithm.Type
  let scenario: Scenario
  let records: [Record]
  let result: RunResult

  /// Three clients, four sections each on one lock, all starting at once.
  init(
    _ algorithm: any LockAlgorithm.Type, seed: UInt64 = 1, _ change: (inout Scenario) -> Void = { _ in }
  ) {
    var load = Load(clients: 3)
    load.sections = 4
    load.hold = .milliseconds(60)
    load.think = .milliseconds(30)
    load.startEvery = .zero
    var scenario = Scenario(
      name: "conformance", about: "", source: "", duration: .seconds(120),
      lease: LeaseTerms(ttl: Conformance.ttl, refresh: .milliseconds(1000)), load: load)
    change(&scenario)
    let catalog = Catalog(
      algorithms: [algorithm], guards: GuardCatalog.all, faults: FaultCatalog.all, checks: CheckCatalog.all)
    let runner = Runner(scenario, Case(algorithm, Unfenced.self, in: scenario), catalog)
    var records: [Record] = []
    result = runner.run(seed: seed) { record, _ in records.append(record) }
    self.records = records
    self.algorithm = algorithm
    self.scenario = scenario
  }

  /// The rules that the run broke, in words.
  var broken: [String] {
    var found: [String] = []
    if overlaps > 0 { found.append("two clients believed to hold the lock") }
    if result.reached.sections != Int64(scenario.load.clients) * scenario.load.sections!
      || result.reached.abandoned > 0
    {
      found.append("not every section was done")
    }
    if longestWait >= Conformance.ttl { found.append("somebody waited as long as a lease lasts") }
    if !grantsAreInOrder { found.append("beliefs without a grant of their own, or out of order") }
    if !tokensAreNew { found.append("tokens are not new, or not in order") }
    return found
  }

  /// How often a client learned of its grant while another believed.
  var overlaps: Int {
    var believers: [NodeID] = []
    var count = 0
    for record in records {
      switch record.kind {
      case .acquired:
        if !believers.isEmpty { count += 1 }
        believers.append(record.client)
      case .releaseSent, .leaseLost, .crashed:
        believers.removeAll { $0 == record.client || $0 == record.node }
      default: break
      }
    }
    return count
  }

  /// The longest time from the beginning of a section to its grant.
  var longestWait: Nanos {
    var since: [Instant?] = Array(repeating: nil, count: 64)
    var longest = Nanos.zero
    for record in records {
      let client = Int(record.client.index)
      if record.kind == .waiting { since[client] = record.at }
      if record.kind == .acquired, let start = since[client] { longest = max(longest, record.at - start) }
    }
    return longest
  }

  var acquired: [Record] { records.filter { $0.kind == .acquired } }
  var granted: [Record] { records.filter { $0.kind == .granted } }

  var grantsAreInOrder: Bool {
    granted.map(\.grant) == Array(1...max(1, Int64(granted.count)))
      && acquired.allSatisfy { belief in
        granted.contains { $0.grant == belief.grant && $0.client == belief.client && $0.at <= belief.at }
      }
      && zip(acquired, acquired.dropFirst()).allSatisfy { $0.grant < $1.grant }
  }

  var tokensAreNew: Bool {
    let tokens = acquired.map(\.token)
    if algorithm.token >= .unique, Set(tokens.map(\.unique)).count != tokens.count { return false }
    return algorithm.token < .ordered || zip(tokens, tokens.dropFirst()).allSatisfy { $0.order < $1.order }
  }
}
