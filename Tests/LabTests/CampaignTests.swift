import Contract
import Testing

@testable import Lab

/// What makes two sweeps the same, and two programs different.
@Suite struct CampaignTests {
  static let story = """
    { name: "story", about: "Two clients.", source: "made for this test", duration: "60s", seeds: "1..4",
      lease: { ttl: "10s" }, load: { clients: 2, sections: 3 },
      faults: [{ fault: "pause", node: "holder", for: "15s", when: { event: "before-write" } }],
      expect: { redlock: { unfenced: ["mutual-exclusion", "stale-write", "lost-update"] } } }
    """

  func runner(_ text: String = story, _ catalog: Catalog = .standard) throws -> Runner {
    let scenario = try ScenarioReader(catalog).scenario(text)
    return Runner(scenario, scenario.cases(catalog)[0], catalog)
  }

  func digest(_ text: String) throws -> Digest {
    let runner = try runner(text)
    return runner.scenario.digest(nodes: runner.topology)
  }

  @Test func `A scenario's digest is of what it says, not of how it is laid out`() throws {
    let plain = try digest(CampaignTests.story)
    #expect(
      try digest("// a comment\n" + CampaignTests.story.replacing("name:", with: "\"name\" :")) == plain)
    let swapped = CampaignTests.story.replacing(
      "about: \"Two clients.\", source: \"made for this test\"",
      with: "source: \"made for this test\", about: \"Two clients.\"")
    #expect(try digest(swapped) == plain)
    for (old, new) in [("15s", "16s"), ("Two", "2"), ("1..4", "1..5"), ("sections: 3", "sections: 4")] {
      #expect(try digest(CampaignTests.story.replacing(old, with: new)) != plain)
    }
  }

  @Test func `A calibration is the same twice, and another one for another seed or story`() throws {
    let own = try runner().calibration(seed: 1)
    #expect(try runner().calibration(seed: 1) == own)
    #expect(try runner().calibration(seed: 2) != own)
    #expect(try runner(CampaignTests.story.replacing("15s", with: "16s")).calibration(seed: 1) != own)
  }

  @Test func `A program whose check judges otherwise has another calibration`() throws {
    var blind = Catalog.standard
    let place = try #require(blind.checks.firstIndex { $0.name == "stale-write" })
    blind.checks[place] = BlindStaleWrite.self
    #expect(try runner(CampaignTests.story, blind).calibration(seed: 1) != runner().calibration(seed: 1))
  }

  @Test func `A run too long for it is calibrated by its beginning`() throws {
    // 40 clients that ask 5 nodes some times a second have more than 20,000 events in a minute.
    let busy = CampaignTests.story.replacing("clients: 2, sections: 3", with: "clients: 40")
    let runner = try runner(busy)
    #expect(runner.run(seed: 1).counts.events > Runner.calibrationEvents)
    #expect(runner.calibration(seed: 1) == runner.calibration(seed: 1))
    // The beginning of a run of two minutes is that of a run of one.
    let longer = try self.runner(busy.replacing("60s", with: "120s"))
    #expect(longer.calibration(seed: 1) == runner.calibration(seed: 1))
  }

  @Test(arguments: [1, 2, 3, 9])
  func `The runs of all shards are those of the whole, in order`(count: Int) throws {
    let runner = try runner()
    let seeds = SeedList(ranges: [3...5, 9...12])
    func runs(_ shard: Shard) -> [UInt64] {
      let campaign = Campaign([runner, runner], seeds: seeds, shard: shard, version: "", catalogDigest: "")
      #expect(campaign.run(campaign.runs) == nil)
      return (0..<campaign.runs).map { campaign.run($0)!.seed * 2 + UInt64(campaign.run($0)!.subject) }
    }
    #expect((1...count).flatMap { runs(Shard(number: $0, of: count)) } == runs(.whole))
    #expect(runs(.whole) == [6, 7, 8, 9, 10, 11, 18, 19, 20, 21, 22, 23, 24, 25])
  }

  @Test func `What is left out of a sweep is its beginning`() throws {
    let runner = try runner()
    for jobs in [1, 2] {
      var sweep = Sweep([runner, runner], seeds: SeedList(ranges: [1...3]), jobs: jobs)
      sweep.skipped = 3
      var seen: [String] = []
      #expect(sweep.run { seen.append("\($1.seed)/\($0)") } == 3)
      #expect(seen == ["2/1", "3/0", "3/1"])
    }
  }

  @Test func `A digest of bytes knows their number and their order`() {
    func digest(_ text: String) -> Digest {
      var digest = Digest()
      digest.fold(text: text)
      return digest
    }
    let texts = ["", "\0", "\0\0", "a", "b", "ab", "ba", "12345678", "123456789", "12345678\0"]
    for (i, one) in texts.enumerated() {
      for (j, other) in texts.enumerated() { #expect((digest(one) == digest(other)) == (i == j)) }
    }
  }
}

/// A planted bug: a check of the same name that never finds anything.
private struct BlindStaleWrite: Check {
  static let name = "stale-write"
  static let summary = "nothing"
  static let question = Question.resource
  init?(_ facts: RunFacts) {}
  mutating func saw(_ record: Record) {}
  var verdict: Verdict { .held }
  func explanation(of witness: Witness, _ topology: Topology) -> String { "" }
}
