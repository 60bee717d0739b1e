import Contract
import Guards
import Locks
import Testing
import World

@testable import Lab

/// A guard that refuses every write: whatever happens, the resource comes to no harm.
private struct Wall: Guard {
  static let name = "wall"
  static let summary = "refuses every write"
  static let source = "none"
  init() {}
  init(restored memory: GuardMemory) {}
  mutating func admitsWrite(_ access: Access, to item: Item) -> Ruling { .refuseToken }
  var memory: GuardMemory { GuardMemory() }
}

/// A guard that says it is one and lets everything through.
private struct Sieve: Guard {
  static let name = "sieve"
  static let summary = "accepts everything"
  static let source = "none"
  init() {}
  init(restored memory: GuardMemory) {}
  mutating func admitsWrite(_ access: Access, to item: Item) -> Ruling { .accept }
  var memory: GuardMemory { GuardMemory() }
}

@Suite("What can be asked of a seed by running it again")
struct InquiryTests {
  /// A holder stops for 15 s with a lease of 10 s; a second fault waits for the 99th write and never strikes.
  private static let text = """
    { name: 'asked', about: 'A story.', source: 'none', duration: '60s', lease: { ttl: '10s' },
      load: { clients: 2, sections: 2 },
      faults: [
        { fault: 'pause', node: 'holder', for: '15s', when: { event: 'before-write' } },
        { fault: 'clock-step', node: 'service-1', by: '40s', optional: true,
          when: { event: 'before-write', count: 99 } },
      ], expect: { redis: { unfenced: [] } } }
    """

  private func runner(_ catalog: Catalog = .standard, text: String = InquiryTests.text) throws -> Runner {
    let scenario = try ScenarioReader(catalog).scenario(text)
    return Runner(scenario, scenario.cases(catalog)[0], catalog)
  }

  @Test("a guard is said to save the resource only where a rerun under it says so")
  func guards() throws {
    let catalog = Catalog.standard.adding(guard: Wall.self).adding(guard: Sieve.self)
    let trials = try runner(catalog).guardTrials(seed: 1)
    let sieve = try #require(trials.first { $0.guardName == "sieve" })
    #expect(!sieve.saves)
    #expect(sieve.harms.contains("stale-write"))
    #expect(trials.first { $0.guardName == "wall" }?.saves == true)
    #expect(!trials.contains { $0.guardName == "unfenced" }, "the case's own guard is not tried")
    #expect(!trials.contains { $0.guardName == "read-write-ratchet" }, "Redis hands out no order")
    #expect(try runner(catalog).rescuers(seed: 1) == trials.filter(\.saves).map(\.guardName))
  }

  @Test("without the fault that does it nothing is violated, without another it is as before")
  func ablations() throws {
    let runner = try runner()
    let violated = runner.run(seed: 1).violated
    #expect(violated.contains("stale-write"))
    #expect(runner.ablations(seed: 1, most: 12) == [
      Ablation(fault: "pause", violated: []), Ablation(fault: "clock-step", violated: violated),
    ])
    #expect(runner.ablations(seed: 1, most: 1).count == 1)
  }

  @Test("a fault that is left out shifts no draw: without one that never struck, the digest is the same")
  func silence() throws {
    let runner = try runner()
    #expect(runner.silencing(1).run(seed: 1).digest == runner.run(seed: 1).digest)
    #expect(runner.silencing(0).run(seed: 1).digest != runner.run(seed: 1).digest)
  }

  @Test("a chaos is left out as a whole")
  func chaos() throws {
    let text = InquiryTests.text.replacing(
      "faults: [", with: "chaos: { faults: ['pause'], every: '5s', until: '40s' }, faults: [")
    #expect(try runner(text: text).ablations(seed: 1, most: 12).map(\.fault).last == "all of the chaos")
  }

  @Test("every neighbour of a sure violation violates it too, and a check that holds holds next door")
  func neighbours() throws {
    let runner = try runner()
    #expect(runner.neighbour(of: 1, holding: "stale-write", most: 9) == Neighbour(tried: 9, seed: nil))
    #expect(runner.neighbour(of: 1, holding: "wrong-release", most: 9) == Neighbour(tried: 1, seed: 2))
    let below = runner.neighbour(of: .max, holding: "wrong-release", most: 9)
    #expect(below == Neighbour(tried: 1, seed: .max - 1))
    #expect(runner.neighbour(of: 0, holding: "stale-write", most: 3) == Neighbour(tried: 3, seed: nil))
    #expect(runner.neighbour(of: 1, holding: "stale-write", most: 0) == Neighbour(tried: 0, seed: nil))
  }

  /// The clock of service-1 is 40 s ahead from the third second on, and frozen for a second at 5 s.
  @Test("a node's wall clock is read as the faults have set it")
  func clocks() throws {
    let faults = """
      { fault: 'clock-step', node: 'service-1', by: '40s', at: '3s' },
      { fault: 'clock-freeze', node: 'service-1', for: '1s', at: '5s' },
      """
    let runner = try runner(text: InquiryTests.text.replacing("faults: [", with: "faults: [\(faults)"))
    let node = try #require(runner.topology.node(.service, 1))
    let moments = [0, 2_999, 3_000, 4_000, 5_500, 7_000].map { Instant.start + .milliseconds($0) }
    let readings = runner.wallClock(of: node, seed: 1, at: moments)
    let shown = readings.map { ($0 - readings[0]).count / 1_000_000 }
    #expect(shown == [0, 2_999, 43_000, 44_000, 45_000, 47_000])
  }
}
