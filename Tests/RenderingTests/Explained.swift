import Contract
import Foundation
import Lab

@testable import Rendering

/// A violation with its chain and its diagram, without the reruns, which take most of the time.
struct Told: Sendable {
  let name: String
  let headline: CheckVerdict
  let chain: CausalChain
  let chapter: Chapter
  let story: Story
  let diagram: Diagram

  /// nil where nothing was violated.
  init?(_ runner: Runner, seed: UInt64) {
    let story = runner.story(seed: seed)
    guard let headline = story.result.tellingViolations.first, case .violated(let witness) = headline.verdict,
      var chapter = Chapter(story)
    else { return nil }
    if headline.check.question == .progress { chapter = chapter.toTheEnd(of: story) }
    name = runner.subject.name
    self.headline = headline
    self.chapter = chapter
    self.story = story
    chain = CausalChain(story, chapter, witness, CaseSentence.text(headline))
    diagram = Draughtsman(story, chapter, chain).drawing()
  }
}

/// Every scenario file of the package whose runs a debug build can bear.
enum PackageScenarios {
  static let paths: [String] = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Scenarios")
    return (try? ScenarioFile.files(under: [folder.path])) ?? []
  }()

  /// The first two cases of a file that are violated at its first seed, of those that it expects to be.
  static func told(_ path: String) throws -> [Told] {
    let scenario = try ScenarioFile.load(path, .standard)
    guard scenario.load.clients <= 100 else { return [] }
    let cases = scenario.cases(.standard).filter { scenario.expectation(of: $0)?.violated.isEmpty == false }
    return cases.prefix(2).compactMap { Told(Runner(scenario, $0, .standard), seed: scenario.seeds.first) }
  }
}

extension Stories {
  static func explained(_ story: StoryText, _ guardName: String) throws -> Explanation? {
    let row = rows(try scenario(story)).first { $0.runner.subject.guardName == guardName }
    return row.flatMap { Explanation($0.runner, $0.result, command: "sim", neighbours: 2) }
  }
}
