import Clients
import Contract
import World
import Testing

@testable import Lab

@Suite("A scenario file is read")
struct ScenarioReaderTests {
  static let whole = """
    {
      name: "gc-pause",
      about: "A holder stops for longer than its lease, then writes.",
      source: "Kleppmann 2016, Protecting a resource with a lock",
      duration: "60s",
      seeds: "1..20",
      lease: { ttl: "10s", refresh: "3s" },
      load: {
        clients: 2, locks: 3, pattern: "append", hold: "501ms", think: "201ms", sections: 3,
        check: "before-write", release: "without-waiting", timeout: "never", locksHeld: 2,
        startEvery: "11ms", choice: "uniform",
      },
      network: { latency: "1.5ms", jitter: "0s", loss: 0.001, duplicate: 1e-9, reorder: true },
      clocks: { drift: "50.5ppm", offset: "10ms" },
      disk: { fsync: "2ms" },
      parameters: { redlock: { fsync: "always", nodes: 3 } },
      faults: [
        { fault: "pause", node: "holder", for: "15s", when: { event: "before-write", count: 1 } },
        { fault: "kinds", by: "-1.5s", restart: "never", messages: 1, oneWay: true, rate: "-50ppm",
          probability: 0.25, factor: 2.5, node: ["client-1", "all-services", "resource"],
          at: "12s", optional: true },
        { fault: "pause", node: "client-2",
          when: { event: "quorum-reached", node: "client-1", count: 4, after: "1us" } },
      ],
      chaos: { faults: ["pause", "partition"], every: "10s", until: "40s" },
      progress: "31s",
      expect: {
        redlock: { unfenced: ["mutual-exclusion", "stale-write?", "lost-update"] },
        "fdb-version-lease": { "write-ratchet": [], unfenced: ["early-grant?"] },
      },
    }
    """

  private func whole() throws -> Scenario {
    try ScenarioReader(samples).scenario(Self.whole, path: "Scenarios/gc-pause.json5")
  }

  @Test("The sections are read with every key")
  func sections() throws {
    let scenario = try whole()
    #expect(scenario.name == "gc-pause")
    #expect(scenario.duration == .seconds(60))
    #expect(scenario.seeds == SeedList(ranges: [1...20]))
    #expect(scenario.lease == LeaseTerms(ttl: .seconds(10), refresh: .seconds(3)))
    var load = Load(clients: 2)
    load.locks = 3
    load.pattern = .append
    load.hold = .milliseconds(501)
    load.think = .milliseconds(201)
    load.sections = 3
    load.check = .beforeWrite
    load.release = .withoutWaiting
    load.timeout = nil
    load.locksHeld = 2
    load.startEvery = .milliseconds(11)
    load.choice = .uniform
    #expect(scenario.load == load)
    #expect(scenario.network.latency == .microseconds(1500) && scenario.network.jitter == .zero)
    #expect(scenario.network.loss == Probability(perBillion: 1_000_000))
    #expect(scenario.network.duplicate == Probability(perBillion: 1) && scenario.network.reorder)
    #expect(scenario.clocks.drift == 50_500 && scenario.clocks.offset == .milliseconds(10))
    #expect(scenario.fsync == .milliseconds(2) && scenario.progress == .seconds(31))
    #expect(scenario.path == "Scenarios/gc-pause.json5")
  }

  @Test("Faults are read with fields, triggers and their order")
  func faults() throws {
    let faults = try whole().faults
    #expect(faults.map(\.name) == ["pause", "kinds", "pause"])
    #expect(faults[0].trigger == .when(.beforeWrite, node: nil, count: 1, after: .zero))
    #expect(faults[1].trigger == .at(Instant(nanos: 12_000_000_000)))
    #expect(
      faults[2].trigger
        == .when(.granted, node: .named(.client, number: 1), count: 4, after: .microseconds(1)))
    #expect(faults.map(\.isOptional) == [false, true, false])
    let expected: [SettingValue] = [
      .duration(.milliseconds(-1500)), .never, .count(1), .flag(true), .rate(-50_000),
      .probability(Probability(perBillion: 250_000_000)), .factor(2500),
      .nodes([.named(.client, number: 1), .allServices, .named(.resource, number: 1)]),
    ]
    #expect(faults[1].fields.map(\.value) == expected)
  }

  @Test("Cases, parameters and chaos are read in the order of the file")
  func cases() throws {
    let scenario = try whole()
    #expect(
      scenario.expect == [
        ExpectedCase(
          algorithm: "redlock", guardName: "unfenced", violated: ["mutual-exclusion", "lost-update"],
          optional: ["stale-write"]),
        ExpectedCase(algorithm: "fdb-version-lease", guardName: "write-ratchet", violated: [], optional: []),
        ExpectedCase(
          algorithm: "fdb-version-lease", guardName: "unfenced", violated: [], optional: ["early-grant"]),
      ])
    #expect(scenario.parameters.map(\.algorithm) == ["redlock"])
    #expect(scenario.made(SampleRedlock.self).services == 3)
    #expect(scenario.made(SampleRaft.self).services == 3)
    #expect(
      scenario.chaos
        == Chaos(faults: ["pause", "partition"], every: .seconds(10), until: Instant(nanos: 40_000_000_000)))
  }

  @Test("What is absent has the defaults of the interface")
  func defaults() throws {
    let scenario = try read(file())
    #expect(scenario.load == Load(clients: 2))
    #expect(scenario.network == NetworkTerms() && scenario.clocks == ClockTerms())
    #expect(scenario.fsync == .milliseconds(1) && scenario.progress == .seconds(30))
    #expect(scenario.seeds == SeedList(ranges: [1...1]))
    #expect(
      scenario.faults.isEmpty && scenario.chaos == nil && scenario.plan == nil && scenario.expect.isEmpty)
    #expect(scenario.lease.refresh == nil)
  }

  @Test(
    "Seeds are one, a range, or a list of these, decimal or hexadecimal",
    arguments: [
      ("7", [7...7]), ("0", [0...0]), ("\"0x2a\"", [42...42]), ("\"3..5\"", [3...5]),
      ("\"0xa..0xC\"", [10...12]),
      ("[9, \"1..3\", \"18446744073709551615\"]", [9...9, 1...3, UInt64.max...UInt64.max]),
      ("\"1..1000000\"", [1...1_000_000]),
    ] as [(String, [ClosedRange<UInt64>])])
  func seeds(text: String, ranges: [ClosedRange<UInt64>]) throws {
    #expect(try read(file(more: "seeds: \(text),")).seeds.ranges == ranges)
  }

  @Test("Every event word of the interface is known")
  func events() throws {
    let words = """
      acquire-sent quorum-reached acquired read before-write write-sent release-sent released refreshed \
      lease-lost read-applied write-applied write-rejected lease-expired crashed restarted recovered \
      leader-elected fault-ended
      """
    #expect(EventWords.all.map(\.word) == words.split(separator: " ").map(String.init))
    for event in EventWords.all {
      let scenario = try read(
        file(faults: "{ fault: \"pause\", node: \"holder\", when: { event: \"\(event.word)\" } }"))
      #expect(scenario.faults.first?.trigger == .when(event.kind, node: nil, count: 1, after: .zero))
    }
  }

  @Test(
    "Durations are exact to the nanosecond",
    arguments: [
      ("250us", 250_000), ("1.5s", 1_500_000_000), ("0.000000001s", 1), ("2m", 120_000_000_000), ("1ns", 1),
      ("1h", 3_600_000_000_000), ("0.5ns", nil), ("1.0ns", 1), ("0.0000000001s", nil),
      ("87600h", 315_360_000_000_000_000),
      ("87600.1h", nil), ("87601h", nil), ("99999999999999999999s", nil), ("0.00000000005m", 3), ("10", nil),
      ("10 ms", nil), ("+1s", nil), ("1e3s", nil), (".5s", nil), ("5.s", nil), ("ms", nil), ("", nil),
      ("1.2.3s", nil),
      ("1h30m", nil), ("-3s", -3_000_000_000), ("--3s", nil), ("10MS", nil), ("٣s", nil),
    ] as [(String, Int64?)])
  func durations(text: String, nanos: Int64?) {
    #expect(DurationText.nanos(text)?.count == nanos)
  }

  @Test(
    "A duration is written so that it is read back",
    arguments: [0, 1, 999, 1000, 60_000_000_000, 90_000_000_000, -5])
  func durationText(nanos: Int64) {
    #expect(DurationText.nanos(DurationText.text(Nanos(nanos))) == Nanos(nanos))
  }

  @Test("A damaged file is read or refused with a place, whatever the damage", arguments: 0..<500)
  func damage(seed: Int) throws {
    var chance = Chance(seed: UInt64(seed), "damage")
    var bytes = Array(Self.whole.utf8)
    for _ in 0...chance.below(3) {
      let start = Int(chance.below(Int64(bytes.count))), length = Int(chance.below(12))
      let end = min(bytes.count, start + length)
      let source = Int(chance.below(Int64(bytes.count - 12)))
      bytes.replaceSubrange(start..<end, with: bytes[source..<(source + Int(chance.below(12)))])
    }
    do {
      let scenario = try ScenarioReader(samples).scenario(bytes, path: "gc-pause.json5")
      #expect(scenario.name == "gc-pause")
    } catch {
      #expect(error.position > .none && !error.sentence.isEmpty)
    }
  }
}
