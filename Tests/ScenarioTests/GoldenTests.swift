import Contract
import Foundation
import Lab
import Testing

/// Digests that hold on every machine, in debug and release, with one thread or many.
///
/// One line each: scenario, case, seed, digest. A line that changes is a change of behaviour: find the first
/// event that differs with `sim verify` on both versions, and renew the file only with the reason in the
/// commit.
@Suite("golden digests")
struct GoldenTests {
  struct Line: Sendable, CustomTestStringConvertible {
    let scenario, algorithm, guardName, digest: String
    let seed: UInt64
    var testDescription: String { "\(scenario) \(algorithm)/\(guardName) seed \(seed)" }
  }

  static let lines: [Line] = {
    let file = packageFolder.appending(path: "Tests/ScenarioTests/golden.txt")
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 5, let seed = UInt64(words[3]) else { return nil }
      return Line(scenario: words[0], algorithm: words[1], guardName: words[2], digest: words[4], seed: seed)
    }
  }()

  @Test("there are golden digests, of calm and of chaotic runs")
  func thereAreLines() {
    #expect(GoldenTests.lines.count >= 8)
    #expect(GoldenTests.lines.contains { $0.scenario == "chaos-in-store" })
  }

  @Test("a run has the digest that it had on every other machine", arguments: GoldenTests.lines)
  func holds(_ line: Line) throws {
    let catalog = Catalog.standard
    let path = try #require(scenarioPaths.first { ScenarioReader.stem(of: $0) == line.scenario })
    let scenario = try ScenarioFile.load(path, catalog)
    let algorithm = try #require(catalog.algorithm(line.algorithm))
    let guardType = try #require(catalog.guardType(line.guardName))
    let runner = Runner(scenario, Case(algorithm, guardType, in: scenario), catalog)
    #expect(runner.run(seed: line.seed).digest.text == line.digest)
  }

  @Test("a run that is told in full has the digest of one that is not")
  func tracing() throws {
    let line = try #require(GoldenTests.lines.first)
    let catalog = Catalog.standard
    let path = try #require(scenarioPaths.first { ScenarioReader.stem(of: $0) == line.scenario })
    let scenario = try ScenarioFile.load(path, catalog)
    let subject = Case(catalog.algorithm(line.algorithm)!, catalog.guardType(line.guardName)!, in: scenario)
    #expect(Runner(scenario, subject, catalog).story(seed: line.seed).result.digest.text == line.digest)
  }
}
