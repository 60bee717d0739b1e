import Clients
import Locks
import Testing

@testable import Contract
@testable import Lab
@testable import World

/// Three hundred leases at the lock layer, refreshed every 300 ms; looking ahead is switched on by hand.
@Suite("Looking ahead")
struct ForesightTests {
  private static let runner: Runner = {
    var load = Load(clients: 300)
    (load.locks, load.locksHeld, load.choice) = (600, 2, .disjoint)
    (load.pattern, load.hold, load.startEvery) = (.holdOnly, .seconds(20), .milliseconds(1))
    var scenario = Scenario(
      name: "crowd", about: "", source: "", duration: .seconds(2),
      lease: LeaseTerms(ttl: .seconds(1), refresh: .milliseconds(300)), load: load)
    scenario.faults = [GcPause.pause(.at(Instant(nanos: 1_000_000_000)), .milliseconds(700))]
    return GcPause.runner(scenario, FdbHybridLease.self)
  }()

  private func world(lookingAhead: Bool) -> World {
    var world = Self.runner.world(seed: 7)
    world.queue.wheel.isAnnouncing = lookingAhead
    return world
  }

  @Test("changes nothing about a run, at no event of it")
  func changesNothing() {
    var plain = world(lookingAhead: false), looking = world(lookingAhead: true)
    var events = 0
    var goesOn = true
    while goesOn {
      goesOn = plain.step()
      #expect(looking.step() == goesOn)
      guard looking.digest == plain.digest else {
        Issue.record("event \(events) differs at \(plain.now)")
        return
      }
      events += 1
    }
    #expect(plain.foresight.seen == 0)
    #expect(looking.foresight.seen != 0)
    #expect(events > 20_000)
  }

  @Test("sees the rows that refreshes are about to ask for, and no others")
  func rows() throws {
    var world = world(lookingAhead: true)
    while world.now < Instant(nanos: 1_500_000_000), world.step() {}
    // What the next looks find, without the world's own use of it.
    var foresight = Foresight()
    for client in world.setup.topology.indices(.client) {
      world.machines[client + world.setup.topology.clients].lookAhead(&foresight)
    }
    let kept = Set(world.hosts[1].disk.contents().map(\.slot))
    #expect(foresight.rows.count == 300)
    #expect(Set(foresight.rows).count == 300)
    #expect(foresight.rows.allSatisfy { kept.contains($0) })
  }

  @Test("begins at a crowd of clients: a small world is never announced its events")
  func crowd() {
    #expect(!Self.runner.world(seed: 1).queue.wheel.isAnnouncing)
    var scenario = GcPause.scenario(clients: Foresight.crowd + 1)
    scenario.duration = .milliseconds(1)
    #expect(GcPause.runner(scenario).world(seed: 1).queue.wheel.isAnnouncing)
  }
}
