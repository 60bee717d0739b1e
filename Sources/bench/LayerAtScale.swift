import Clients
import Contract
import Lab

/// A lock layer on the versioned store: every client one lease of ten seconds and six locks.
struct LayerStory {
  var leases: Int
  /// How long a layer collects refreshes; zero: each has a transaction of its own.
  var batch = Nanos.zero
  var refresh = Nanos.seconds(3)
  /// How long it takes until the last client has come.
  var arrivals = Nanos.seconds(10)
  var duration = Nanos.seconds(60)

  var runner: Runner {
    var load = Load(clients: leases)
    load.locks = leases * 6
    load.locksHeld = 6
    load.choice = .disjoint
    load.pattern = .holdOnly
    load.hold = .seconds(1200)
    load.startEvery = arrivals / Int64(leases)
    var scenario = Scenario(
      name: "layer-at-scale", about: "Leases that are held and refreshed.",
      source: "forum thread Locking with FoundationDB", duration: duration,
      lease: LeaseTerms(ttl: .seconds(10), refresh: refresh), load: load)
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
      let large = LayerStory.run(LayerStory(leases: 50_000).runner, seeds: 1)
      let small = LayerStory.run(LayerStory(leases: 1_000).runner, seeds: 20)
      return Sample(ours: large.nanos / large.events, peer: small.nanos / small.events)
    }
  }
}

/// How long a simulated second takes at the thread's couple of thousand transactions a second.
///
/// As in the scenario `lock-layer-at-scale`: refreshes in batches, and two hundred newcomers a second, as
/// each brings seven transactions. Five minutes, four of which bring the clients.
struct LayerAtScaleSpeed: Benchmark {
  let name = "layer-at-scale-speed"
  let unit = "ms per simulated second"
  let peer: String? = "the second itself"

  func prepare(_ workshop: Workshop) throws -> () throws -> Sample {
    {
      let story = LayerStory(
        leases: 50_000, batch: .milliseconds(10), refresh: .seconds(4), arrivals: .seconds(250),
        duration: .seconds(300))
      return Sample(ours: LayerStory.run(story.runner, seeds: 1).nanos / 1e6 / 300, peer: 1_000)
    }
  }
}
