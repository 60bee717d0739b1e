import Contract
import Foundation
import Lab
import Testing

/// Where the package lies, from this file's own place.
let packageFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// Every scenario file of the package, by path.
let scenarioPaths: [String] = {
  let home = packageFolder.appending(path: "Scenarios").path
  return (try? ScenarioFile.files(under: [home])) ?? []
}()

@Suite("every scenario in the package")
struct EveryScenarioTests {
  @Test("there are scenarios, and among them those that the first users look for")
  func thereAreScenarios() {
    let names = scenarioPaths.map { ScenarioReader.stem(of: $0) }
    #expect(names.count >= 30)
    for name in ["gc-pause", "packet-delay-90s", "redlock-clock-jump", "double-pause", "calm"] {
      #expect(names.contains(name))
    }
  }

  /// Debug runs are slow: `sim check` in a release build runs all seeds, here it is the first of each file.
  /// Crowds take minutes, and are left to it.
  @Test("does at its first seed what it expects, and nothing else", arguments: scenarioPaths)
  func meetsItsExpectation(_ path: String) throws {
    let catalog = Catalog.standard
    let scenario = try ScenarioFile.load(path, catalog)
    let cases = scenario.cases(catalog)
    #expect(!cases.isEmpty, "a scenario without cases expects nothing")
    for subject in cases where scenario.load.clients <= 10_000 {
      var tally = Tally(catalog)
      tally.add(Runner(scenario, subject, catalog).run(seed: scenario.seeds.first))
      let expected = scenario.expectation(of: subject)
      let outcome = Outcome(tally, expected: expected, isComplete: scenario.seeds.count == 1, catalog)
      #expect(outcome.unexpected.isEmpty, "\(subject.name) violates \(outcome.unexpected)")
      #expect(outcome.status != .inconclusive && outcome.status != .error)
    }
  }

  @Test("the schema beside the scenarios is the one that the decoder's tables give")
  func schemaIsCurrent() throws {
    let file = packageFolder.appending(path: "Scenarios/scenario.schema.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(
      text == ScenarioSchema.text(.standard),
      "renew it: swift run sim schema > Scenarios/scenario.schema.json")
  }
}
