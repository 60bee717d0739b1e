import Contract
import Foundation
import Lab
import Testing

@testable import Rendering

/// Foundation's reader is the judge of what is JSON.
@Suite struct JSONTests {
  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  /// Whether the keys of every object in a text stand in the order of their bytes.
  private func hasSortedKeys(_ text: String) throws -> Bool {
    func isSorted(_ value: JSONValue) -> Bool {
      let keys = value.members?.map(\.key) ?? []
      let parts = (value.members?.map(\.value) ?? []) + (value.list ?? [])
      return keys == keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } && parts.allSatisfy(isSorted)
    }
    return isSorted(try JSON5.read(Array(text.utf8), limits: .results))
  }

  @Test("a sweep is whole after any number of runs", arguments: 0...3)
  func sweep(runs: Int) throws {
    let scenario = try Stories.scenario(Stories.gcPause)
    let runner = Runner(scenario, scenario.cases(.standard)[0], .standard)
    let campaign = Campaign(
      [runner], seeds: SeedList(ranges: [1...3]), shard: .whole, version: "1", catalogDigest: "2")
    var lines = SweepLines(campaign)
    var text = lines.header
    for number in 0..<runs {
      text += lines.add(JSONReport.sweepRun(runner, runner.run(seed: UInt64(number) + 1)))
    }
    text += lines.footer(isComplete: runs == 3)
    let sweep = try object(text)
    #expect(sweep["status"] as? String == (runs == 3 ? "complete" : "interrupted"))
    #expect((sweep["campaign"] as? [String: Any])?["runs"] as? Int == 3)
    #expect(sweep["kind"] as? String == "sweep")
    #expect(sweep["schema"] as? Int == 1)
    #expect(sweep["scenario"] as? String == "gc-pause")
    #expect((sweep["runs"] as? [Any])?.count == runs)
    #expect(try hasSortedKeys(text))
  }

  @Test("a run has the keys of the contract, its seed and digest as text, its plan as files have it")
  func run() throws {
    let scenario = try Stories.scenario(Stories.gcPause)
    let runner = Runner(scenario, scenario.cases(.standard)[0], .standard)
    let result = runner.run(seed: 18_446_744_073_709_551_615)
    let run = try object(JSONText.compact(JSONReport.run(runner, result)))
    #expect(run.keys.sorted() == ["algorithm", "digest", "guard", "plan", "seed", "vacuous", "verdicts"])
    #expect(run["seed"] as? String == "18446744073709551615")
    #expect(run["digest"] as? String == result.digest.text)
    #expect((run["verdicts"] as? [String: String])?["stale-write"] == "violated")
    #expect((run["verdicts"] as? [String: String])?["token-order"] == "not-applicable")
    let plan = try PlanText.plan(PlanText.json(result.plan, runner.topology), runner.topology)
    #expect(plan == result.plan)
    #expect((run["plan"] as? [[String: Any]])?.first?["lever"] as? String == "pause")
  }

  @Test("every verdict has its word")
  func words() {
    #expect(VerdictWord(Verdict.held).rawValue == "held")
    let witness = Witness(first: Record(.read), second: Record(.read))
    #expect(VerdictWord(.violated(witness)).rawValue == "violated")
    #expect(VerdictWord(Verdict.notApplicable).rawValue == "not-applicable")
    #expect(VerdictWord(Verdict.unknown).rawValue == "unknown")
  }

  @Test(
    "a check lists its cases with the keys of the contract, and how many runs there were",
    arguments: [Stories.gcPause, Stories.neverFires])
  func check(story: StoryText) throws {
    let text = JSONReport.check(try Stories.checked(story))
    #expect(try object(text)["complete"] as? Bool == true)
    let cut = JSONReport.check(try Stories.checked(story), isComplete: false)
    #expect(try object(cut)["complete"] as? Bool == false)
    let cases = try #require(try object(text)["cases"] as? [[String: Any]])
    let keys = ["algorithm", "guard", "missing", "reason", "scenario", "status", "unexpected", "violated"]
    #expect(cases.allSatisfy { $0.keys.sorted() == (keys + ["runs", "vacuous"]).sorted() })
    #expect(try hasSortedKeys(text))
  }

  @Test("the seeds that violate a check are listed as text")
  func seeds() throws {
    let text = JSONReport.check(try Stories.checked(Stories.gcPause, seeds: 1...2))
    let cases = try #require(try object(text)["cases"] as? [[String: Any]])
    #expect((cases[0]["violated"] as? [String: [String]])?["stale-write"] == ["1", "2"])
    #expect(cases[0]["status"] as? String == "met")
    #expect(cases[1]["status"] as? String == "unmet")
  }

  @Test("a verification says whether all was equal, and where it first was not")
  func verify() throws {
    var verification = Verification(scenario: "gc-pause")
    let equal = try object(JSONReport.verify(verification))
    #expect(equal["equal"] as? Bool == true)
    #expect(equal["firstDifference"] is NSNull)
    verification.difference = VerifyDifference(
      algorithm: "redis", guardName: "unfenced", seed: 1, digests: ["a", "b"], first: nil)
    let unequal = try object(JSONReport.verify(verification))
    #expect(unequal["equal"] as? Bool == false)
    let difference = try #require(unequal["firstDifference"] as? [String: Any])
    #expect(difference.keys.sorted() == ["event", "left", "right"])
    #expect(unequal.keys.sorted() == ["equal", "firstDifference", "kind", "schema"])
  }

  @Test("every line of a trace is an object with sorted keys, with names for nodes and messages")
  func trace() throws {
    let scenario = try Stories.scenario(Stories.gcPause)
    let runner = Runner(scenario, scenario.cases(.standard)[0], .standard)
    let protocols = runner.subject.algorithmType.protocols
    var kinds: [String] = []
    for record in runner.story(seed: 1).records {
      let line = TraceLines.line(record, runner.topology, protocols: protocols)
      #expect(!line.contains("\n"))
      #expect(try hasSortedKeys(line))
      let members = try object(line)
      #expect(members["at"] as? Int64 == record.at.nanos)
      kinds.append(try #require(members["kind"] as? String))
      if record.kind == .messageSent { #expect(members["word"] is String) }
    }
    let expected = [
      "waiting", "quorum-reached", "before-write", "fault-began", "fault-ended", "message-sent",
    ]
    for kind in expected { #expect(kinds.contains(kind)) }
  }
}
