import Clients
import Contract
import Lab

/// A lock layer on the versioned store: every client one lease and six locks, one refresh each three seconds.
enum LayerStory {
  /// - Parameter batch: how long a layer collects refreshes; zero: each has a transaction of its own.
  static func runner(leases: Int, batch: Nanos) -> Runner {
    var load = Load(clients: leases)
    load.locks = leases * 6
    load.locksHeld = 6
    load.choice = .disjoint
    load.pattern = .holdOnly
    load.hold = .seconds(600)
    load.startEvery = .seconds(10) / Int64(leases)
    var scenario = Scenario(
      name: "layer-at-scale", about: "Leases that are held and refreshed.",
      source: "forum thread Locking with FoundationDB", duration: .seconds(60),
      lease: LeaseTerms(ttl: .seconds(10), refresh: .seconds(3)), load: load)
    scenario.parameters = [
      ("fdb-hybrid-lease", [("layers", .count(8)), ("batchInterval", .duration(batch))])
    ]
    let catalog = Catalog.standard
    let subject = Case(
      catalog.algorithm("fdb-hybrid-lease")!, catalog.guardType("unfenced")!, in: scenario)
    return Runner(scenario, subject, catalog)
  }

  /// Runs that many seeds; returns the nanoseconds and the events they took.
  static func run(_ runner: Runner, seeds: Int) -> (nanos: Double, events: Double) {
    let sweep = Sweep([runner], seeds: SeedList(ranges: [1...UInt64(seeds)]), jobs: 1)
    var events: Int64 = 0
    let spent = ContinuousClock().measure { sweep.run { _, result in events += result.counts.events } }
    return (spent / .nanoseconds(1), Double(events))
  }
}

/// The thread's size, tens of thousands of leases and hundreds of thousands of locks, beside one that caches.
struct LayerAtScale: Benchmark {
  let name = "layer-at-scale"
  let unit = "ns/event"
  let peer: String? = "the same with 1,000 leases"

  func prepare(_ workshop: Workshop) throws -> () throws -> Sample {
    {
      let large = LayerStory.run(LayerStory.runner(leases: 50_000, batch: .zero), seeds: 1)
      let small = LayerStory.run(LayerStory.runner(leases: 1_000, batch: .zero), seeds: 20)
      return Sample(ours: large.nanos / large.events, peer: small.nanos / small.events)
    }
  }
}

/// How long a simulated second takes with refreshes in batches, as the thread's figures need them.
struct LayerAtScaleSpeed: Benchmark {
  let name = "layer-at-scale-speed"
  let unit = "ms per simulated second"
  let peer: String? = "the second itself"

  func prepare(_ workshop: Workshop) throws -> () throws -> Sample {
    {
      let runner = LayerStory.runner(leases: 50_000, batch: .milliseconds(10))
      return Sample(ours: LayerStory.run(runner, seeds: 1).nanos / 1e6 / 60, peer: 1_000)
    }
  }
}
