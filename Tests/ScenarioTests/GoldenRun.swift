import Testing

@testable import Lab

/// One of the golden runs, with its records: calm and chaotic, of locks with and without leases and tokens.
struct GoldenRun: Sendable {
  let runner: Runner
  let story: Story

  init(_ line: GoldenTests.Line) throws {
    let catalog = Catalog.standard
    let path = try #require(scenarioPaths.first { ScenarioReader.stem(of: $0) == line.scenario })
    let scenario = try ScenarioFile.load(path, catalog)
    let subject = Case(catalog.algorithm(line.algorithm)!, catalog.guardType(line.guardName)!, in: scenario)
    runner = Runner(scenario, subject, catalog)
    story = runner.story(seed: line.seed)
  }
}
