import Contract
import Testing

@testable import Lab

/// Real runs under chaos, measured record by record and once more by looking to and fro in the whole list.
@Suite("Measures against a slow reckoning")
struct OutageOracleTests {
  /// All records of one run.
  struct Told {
    let records: [Record]
    let topology: Topology
    let end: Instant
    /// After each record: how many clients wait, by brute force.
    let waiting: [Int]

    init(_ records: [Record], _ topology: Topology, end: Instant) {
      self.records = records
      self.topology = topology
      self.end = end
      var waiters: Set<Int32> = []
      waiting = records.map { record in
        switch record.kind {
        case .waiting: waiters.insert(record.client.index)
        case .acquired, .sectionEnded: waiters.remove(record.client.index)
        case .crashed: waiters.remove(record.node.index)
        default: break
        }
        return waiters.count
      }
    }

    /// The outages after crashes of the service, in their order.
    func serviceOutages() -> [Nanos] {
      var outages: [Nanos] = []
      var from = 0
      while let crash = records.indices.first(where: { $0 >= from && isServiceCrash(records[$0]) }) {
        let next = records.indices.first { $0 > crash && records[$0].kind == .acquired }
        guard let next else {
          if waiting.last! > 0 { outages.append(end - max(records[crash].at, since(records.count - 1))) }
          break
        }
        outages.append(records[next].at - max(records[crash].at, since(next - 1)))
        from = next + 1
      }
      return outages
    }

    private func isServiceCrash(_ record: Record) -> Bool {
      guard record.kind == .crashed else { return false }
      return topology.kind(of: record.node) == .service || topology.kind(of: record.node) == .layer
    }

    /// From when on somebody has waited without a break up to this record.
    private func since(_ index: Int) -> Instant {
      var first = index
      while first > 0, waiting[first - 1] > 0 { first -= 1 }
      return records[first].at
    }
  }

  private func scenario(_ load: String) throws -> Scenario {
    try ScenarioReader(.standard).scenario(
      """
      {
        name: "storm", about: "Crashes and pauses.", source: "none", duration: "60s", seeds: "1..5",
        lease: { ttl: "3s", refresh: "1s" }, load: { \(load), hold: "100ms", think: "50ms" },
        chaos: { faults: ["crash", "pause", "partition"], every: "2s", until: "50s" },
        expect: { redis: { unfenced: [] }, redlock: { unfenced: [] },
                  "fdb-version-lease": { "read-write-ratchet": [] } },
      }
      """)
  }

  @Test("outages of the service, requests and fairness are those of the whole list", arguments: [2, 7])
  func reckoning(clients: Int) throws {
    let scenario = try scenario("clients: \(clients)")
    var outages = 0
    for subject in scenario.cases(.standard) {
      for seed in UInt64(1)...5 {
        var runner = Runner(scenario, subject, .standard)
        runner.isMeasured = true
        var records: [Record] = []
        let result = runner.run(seed: seed) { record, _ in records.append(record) }
        let measures = try #require(result.measures)
        let told = Told(records, runner.topology, end: result.endedAt)
        var all = SpanHistogram()
        for outage in told.serviceOutages() { all.add(outage) }
        #expect(measures.serviceOutages == all, "\(subject.name), seed \(seed)")
        outages += Int(all.total)
        #expect(measures.requests == records.count { $0.kind == .acquireSent })
        #expect(measures.fairness == fairness(records, clients: clients))
        #expect(measures.crowdedAcquisitions <= measures.waits.total)
      }
    }
    #expect(outages > 20)
  }

  private func fairness(_ records: [Record], clients: Int) -> Int64? {
    var counts: [Int32: Double] = [:]
    for record in records where record.kind == .acquired { counts[record.client.index, default: 0] += 1 }
    let sum = counts.values.reduce(0, +), squares = counts.values.reduce(0) { $0 + $1 * $1 }
    return sum == 0 ? nil : Int64((1000 * sum * sum / (Double(clients) * squares)).rounded())
  }

  // MARK: holders

  /// Whoever crashes with the lock in hand keeps the others out until its lease ends, three seconds at most.
  @Test("an outage of a holder is no longer than the lease and the next attempt, and not rare under crashes")
  func holders() throws {
    let scenario = try scenario("clients: 4")
    var all = SpanHistogram()
    for seed in UInt64(1)...20 {
      var runner = Runner(scenario, scenario.cases(.standard)[0], .standard)
      runner.isMeasured = true
      all.add(try #require(runner.run(seed: seed).measures).holderOutages)
    }
    #expect(all.total >= 5)
    let median = try #require(all.percentile(50))
    #expect(median > .seconds(1) && median < .milliseconds(3600))
  }
}
