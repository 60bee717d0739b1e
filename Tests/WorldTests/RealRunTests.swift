import Checks
import Clients
import Faults
import Guards
import Locks
import Testing

@testable import Contract
@testable import Lab
@testable import World

/// The article's first story with real machines: two clients, a pause of 15 s on the first write.
enum GcPause {
  static let catalog = Catalog(
    algorithms: LockCatalog.all, guards: GuardCatalog.all, faults: FaultCatalog.all, checks: CheckCatalog.all)

  static func scenario(sections: Int64 = 3, clients: Int = 2) -> Scenario {
    var load = Load(clients: clients)
    load.sections = sections
    var scenario = Scenario(
      name: "gc-pause", about: "", source: "", duration: .seconds(60),
      lease: LeaseTerms(ttl: .seconds(10), refresh: nil), load: load)
    scenario.faults = [pause(.when(.beforeWrite, node: nil, count: 1, after: .zero))]
    return scenario
  }

  static func pause(_ trigger: Trigger, _ span: Nanos = .seconds(15)) -> ScriptedFault {
    fault("pause", [("node", .nodes([.holder])), ("for", .duration(span))], trigger)
  }

  static func fault(
    _ name: String, _ fields: [(name: String, value: SettingValue)], _ trigger: Trigger
  ) -> ScriptedFault {
    ScriptedFault(name: name, fields: fields, trigger: trigger)
  }

  static func runner(_ scenario: Scenario, _ algorithm: any LockAlgorithm.Type = Redlock.self) -> Runner {
    Runner(scenario, Case(algorithm, Unfenced.self, in: scenario), catalog)
  }
}

@Suite("A run of real machines")
struct RealRunTests {
  @Test("is a function of its seed")
  func seeds() {
    let runner = GcPause.runner(GcPause.scenario())
    let digests = (1...5).map { runner.run(seed: $0).digest.text }
    #expect(digests == (1...5).map { runner.run(seed: $0).digest.text })
    #expect(Set(digests).count == 5)
    #expect(digests.allSatisfy { $0.count == 32 })
  }

  @Test("can be forked at every event: both go on to the same end, and neither disturbs the other")
  func forks() {
    let runner = GcPause.runner(GcPause.scenario())
    let whole = runner.run(seed: 1)
    var world = runner.world(seed: 1)
    var events: Int64 = 0
    repeat {
      // Both continuations run to the end, step by step in turn, while the run itself has yet to go on.
      var original = world, fork = world
      while fork.step() { _ = original.step() }
      while original.step() {}
      #expect(fork.digest == whole.digest, "the fork at event \(events)")
      #expect(original.digest == whole.digest, "what was forked at event \(events)")
      events += 1
    } while world.step()
    #expect(world.digest == whole.digest)
    #expect(events == whole.counts.events + 1 && events > 500)
  }

  @Test("pauses the holder between its check and its write, as the article tells it")
  func pauseBeforeWrite() {
    var scenario = GcPause.scenario()
    scenario.load.check = .beforeWrite
    let records = GcPause.runner(scenario).story(seed: 1).records.filter { $0.ordinal > 0 }
    let check = records.firstIndex { $0.kind == .beforeWrite }!
    #expect(records[check + 1].kind == .leverBegan)
    let write = records.first { $0.kind == .writeSent && $0.client == records[check].client }!
    #expect(write.at - records[check].at == .seconds(15))
    #expect(GcPause.runner(scenario).run(seed: 1).violated.contains("stale-write"))
  }

  @Test("is not changed by being traced, nor by how often its records are drained")
  func tracing() {
    let runner = GcPause.runner(GcPause.scenario())
    let plain = runner.run(seed: 2), story = runner.story(seed: 2)
    #expect(plain.digest == story.result.digest)
    #expect(plain.counts == story.result.counts)
    #expect(story.records.contains { $0.kind == .messageArrived && $0.ordinal == 0 })
    #expect(Played(runner.world(seed: 2)).world.digest == plain.digest)
    var undrained = runner.world(seed: 2)
    while undrained.step() {}
    #expect(undrained.digest == plain.digest)
    #expect(undrained.records.map(\.ordinal) == Array(1...undrained.counts.records))
    #expect(zip(undrained.records, undrained.records.dropFirst()).allSatisfy { $0.at <= $1.at })
  }

  @Test("ends when every client has done its sections")
  func earlyEnd() {
    // 3 sections of two clients, 0.5 s of holding each, and a pause of 15 s: far below 60 s.
    let result = GcPause.runner(GcPause.scenario()).run(seed: 1)
    #expect(result.ended == .finished)
    #expect(result.reached.sections == 6)
    #expect(result.endedAt < Instant(nanos: 30_000_000_000))
  }

  static let stories: [(name: String, faults: [ScriptedFault])] = [
    ("pause", GcPause.scenario().faults),
    (
      "timed and after",
      [
        GcPause.fault(
          "crash", [("node", .nodes([.anyService])), ("restart", .duration(.seconds(2)))],
          .at(Instant(nanos: 900_000_000))),
        GcPause.fault(
          "clock-step", [("node", .nodes([.allServices])), ("by", .duration(.seconds(20)))],
          .when(.acquired, node: nil, count: 2, after: .milliseconds(300))),
      ]
    ),
    (
      "several at one record",
      [
        GcPause.pause(.when(.acquired, node: nil, count: 2, after: .zero), .seconds(3)),
        GcPause.fault(
          "crash", [("node", .nodes([.holder])), ("restart", .duration(.seconds(1)))],
          .when(.acquired, node: nil, count: 2, after: .zero)),
        GcPause.fault(
          "partition", [("isolate", .nodes([.anyService])), ("for", .duration(.seconds(4)))],
          .when(.acquired, node: nil, count: 2, after: .zero)),
      ]
    ),
    (
      "the network",
      [
        GcPause.fault(
          "drop",
          [
            ("from", .nodes([.allClients])), ("to", .nodes([.allServices])), ("for", .duration(.seconds(5))),
            ("probability", .probability(Probability(perBillion: 300_000_000))),
          ], .at(Instant(nanos: 100_000_000))),
        GcPause.fault(
          "delay",
          [
            ("from", .nodes([.holder])), ("to", .nodes([.named(.resource, number: 1)])),
            ("by", .duration(.seconds(9))), ("messages", .count(1)),
          ], .when(.beforeWrite, node: nil, count: 2, after: .zero)),
        GcPause.fault(
          "duplicate",
          [("from", .nodes([.allServices])), ("to", .nodes([.allClients])), ("for", .duration(.seconds(2)))],
          .when(.leverEnded, node: nil, count: 1, after: .zero)),
      ]
    ),
  ]

  @Test("replays its plan to the same digest without the faults that made it", arguments: stories.indices)
  func replay(story: Int) {
    var scenario = GcPause.scenario()
    scenario.faults = Self.stories[story].faults
    let original = GcPause.runner(scenario).run(seed: 3)
    #expect(original.vacuity == nil)
    scenario.faults = []
    scenario.plan = original.plan
    let replay = GcPause.runner(scenario).run(seed: 3)
    #expect(replay.digest == original.digest)
    #expect(replay.plan == original.plan)
    #expect(replay.violated == original.violated)
  }

  @Test("replays the plan of a chaos, on a network that loses and doubles, with clocks that drift")
  func replayChaos() {
    for algorithm in [Redis.self, Redlock.self] as [any LockAlgorithm.Type] {
      var scenario = GcPause.scenario(sections: 6)
      scenario.faults = []
      scenario.chaos = Chaos(
        faults: ["pause", "crash", "partition", "clog", "clock-drift", "clock-freeze", "slow", "delay"],
        every: .seconds(2), until: Instant(nanos: 20_000_000_000))
      scenario.network.loss = Probability(perBillion: 50_000_000)
      scenario.network.duplicate = Probability(perBillion: 50_000_000)
      scenario.clocks.drift = 100_000
      for seed in 1...4 as ClosedRange<UInt64> {
        scenario.plan = nil
        let original = GcPause.runner(scenario, algorithm).run(seed: seed)
        var replayed = scenario
        replayed.chaos = nil
        replayed.plan = original.plan
        let replay = GcPause.runner(replayed, algorithm).run(seed: seed)
        #expect(replay.digest == original.digest, "\(algorithm.name), seed \(seed)")
      }
    }
  }

  @Test("gives every case of one seed the same chaos, whatever a case cannot suffer")
  func sharedChaos() {
    var scenario = GcPause.scenario()
    scenario.faults = []
    scenario.duration = .seconds(300)
    scenario.chaos = Chaos(
      faults: ["recovery", "pause"], every: .seconds(1), until: Instant(nanos: 100_000_000_000))
    func pauses(_ heeds: [Disturbance]) -> [[Int64]] {
      let terms = ChaosTerms(
        topology: Topology(services: 1, layers: 2, clients: 2), lease: scenario.lease, heeds: heeds)
      return scenario.chaos!.drawn(seed: 5, terms, GcPause.catalog).filter { $0.fault is Pause }.map {
        armed in
        guard case .at(let time) = armed.trigger else { return [] }
        var scene = World.scene(of: terms.topology)
        return [time.nanos, armed.fault.levers(&scene).first?.lasts?.count ?? 0]
      }
    }
    #expect(pauses([]).count > 20)
    #expect(pauses([]) == pauses([.recovery]))
  }

  @Test("keeps nothing that grows: with its records drained it holds as much after 50 sections as after 5")
  func noGrowth() {
    func held(_ sections: Int64) -> [Int] {
      var scenario = GcPause.scenario(sections: sections)
      scenario.duration = .seconds(600)
      let world = Played(GcPause.runner(scenario, Redis.self).world(seed: 1)).world
      return [
        world.plan.count, world.answers.count, world.lineFaults.count, world.turn.effects.count,
        world.turn.parcels.slots.count, world.turn.effects.envelopes.count - world.inFlight,
      ]
        + world.hosts.map {
          $0.attempts.count + $0.timers.count + $0.backlog.count + $0.deferred.count
        }
    }
    #expect(held(50) == held(5))
  }
}

extension World {
  /// A scene in which nobody holds anything.
  static func scene(of topology: Topology) -> Scene {
    Scene(
      topology: topology, holder: NodeID(topology.count - 1), previousHolder: .none, leader: .none,
      chance: Chance(salt: 1))
  }
}
