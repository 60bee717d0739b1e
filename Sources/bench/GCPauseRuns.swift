import Clients
import Contract
import Lab

/// The story of gc-pause with Redlock, seed after seed, all checks on and no trace.
enum GCPauseStory {
  static let runner: Runner = {
    var load = Load(clients: 2)
    load.sections = 3
    var scenario = Scenario(
      name: "gc-pause", about: "A holder stops for longer than its lease, then writes.",
      source: "Kleppmann 2016", duration: .seconds(60),
      lease: LeaseTerms(ttl: .seconds(10), refresh: .seconds(3)),
      load: load)
    scenario.faults = [
      ScriptedFault(
        name: "pause", fields: [("node", .nodes([.holder])), ("for", .duration(.seconds(15)))],
        trigger: .when(.beforeWrite, node: nil, count: 1, after: .zero))
    ]
    let catalog = Catalog.standard
    let subject = Case(catalog.algorithm("redlock")!, catalog.guardType("unfenced")!, in: scenario)
    return Runner(scenario, subject, catalog)
  }()

  /// Runs that many seeds; returns the nanoseconds and the events they took.
  static func run(seeds: Int, jobs: Int) -> (nanos: Double, events: Double) {
    let sweep = Sweep([runner], seeds: SeedList(ranges: [1...UInt64(seeds)]), jobs: jobs)
    var events: Int64 = 0
    let spent = ContinuousClock().measure { sweep.run { _, result in events += result.counts.events } }
    return (spent / .nanoseconds(1), Double(events))
  }
}

/// One job: how long an event takes, from the wheel through the machines to eleven checks.
struct GCPauseRuns: Benchmark {
  let name = "gc-pause-redlock"
  let unit = "ns/event"
  let peer: String? = nil

  func prepare(_ workshop: Workshop) throws -> () throws -> Sample {
    {
      let one = GCPauseStory.run(seeds: 10_000, jobs: 1)
      return Sample(ours: one.nanos / one.events, peer: nil)
    }
  }
}

/// Two jobs beside one.
struct GCPauseJobs: Benchmark {
  let name = "gc-pause-redlock-2-jobs"
  let unit = "ns/event"
  let peer: String? = "the same with 1 job"

  func prepare(_ workshop: Workshop) throws -> () throws -> Sample {
    {
      let two = GCPauseStory.run(seeds: 20_000, jobs: 2)
      let one = GCPauseStory.run(seeds: 20_000, jobs: 1)
      return Sample(ours: two.nanos / two.events, peer: one.nanos / one.events)
    }
  }
}
