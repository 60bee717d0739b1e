import Testing

@testable import Checks
@testable import Contract
@testable import Lab

/// Checks see 64 records at a time, each check those that it reads. On whole golden runs, with their levers.
@Suite("A jury")
struct JuryTests {
  private struct Told {
    let runner: Runner
    let story: Story

    init(_ line: GoldenTests.Line) throws {
      let catalog = Catalog.standard
      let path = try #require(scenarioPaths.first { ScenarioReader.stem(of: $0) == line.scenario })
      let scenario = try ScenarioFile.load(path, catalog)
      runner = Runner(
        scenario, Case(catalog.algorithm(line.algorithm)!, catalog.guardType(line.guardName)!, in: scenario),
        catalog)
      story = runner.story(seed: line.seed)
    }

    /// The verdicts and witnesses when so many records are shown at once.
    func verdicts(atOnce count: Int) -> [String] {
      var jury = runner.jury, left = story.records[...]
      while !left.isEmpty {
        jury.saw(Array(left.prefix(count)), story.result.plan)
        left = left.dropFirst(count)
      }
      jury.finish(at: story.result.endedAt, story.result.ended)
      return jury.verdicts(runner.topology).map(words)
    }
  }

  private static func words(_ verdict: CheckVerdict) -> String {
    "\(verdict.name): \(verdict.verdict) \(verdict.explanation ?? "")"
  }

  @Test("finds the same however many records it is shown at once", arguments: GoldenTests.lines)
  func batches(_ line: GoldenTests.Line) throws {
    let told = try Told(line)
    let oneByOne = told.verdicts(atOnce: 1)
    for count in [2, 63, 64, 65, 1_000, Int.max] { #expect(told.verdicts(atOnce: count) == oneByOne) }
    #expect(oneByOne == told.story.result.verdicts.map(JuryTests.words))
  }

  @Test("keeps whole what checks keep in short: grants and beliefs", arguments: GoldenTests.lines)
  func shortRecords(_ line: GoldenTests.Line) throws {
    let kept = try Told(line).story.records.filter { $0.kind == .granted || $0.kind == .acquired }
    #expect(!kept.isEmpty)
    for record in kept { #expect("\(ShortRecord(record).whole)" == "\(record)") }
  }
}
