import Lab
import Testing

@testable import Rendering

@Suite struct ComparisonPageTests {
  /// A comparison of real runs of two stories, each case explained.
  private func compared() throws -> Comparison {
    var scenarios: [ComparedScenario] = []
    for story in [Stories.gcPause, Stories.twoPaused] {
      let scenario = try Stories.scenario(story)
      let cases = try Stories.checked(story).map { checked in
        let subject = scenario.cases(.standard).first {
          $0.algorithmName == checked.algorithm && $0.guardName == checked.guardName
        }!
        let runner = Runner(scenario, subject, .standard)
        var measures = CaseMeasures()
        for seed in UInt64(1)...3 { measures.add(runner.run(seed: seed)) }
        var one = ComparedCase(checked, measures, hasStore: false, rescue: nil, .standard) {
          "sim --seed \($0)"
        }
        one.explain(runner, command: "sim")
        return one
      }
      scenarios.append(
        ComparedScenario(
          name: scenario.name, about: scenario.about, source: scenario.source, seeds: "1..3", cases: cases))
    }
    return Comparison(name: "two", command: "sim compare", scenarios: scenarios, .standard)
  }

  @Test("every violated cell leads to a section with a figure, or with the link to one")
  func figures() throws {
    let page = ComparisonHTML.report(try compared())
    let targets = page.matches(of: #/<td class="(?:bad|half|warn)"[^>]*><a href="\#(f[0-9]+)">/#).map(\.1)
    #expect(targets.count == 4)
    for target in targets {
      let pattern = try Regex("(?s)<section class=\"case\" id=\"\(target)\".*?</section>")
      let section = try #require(page.firstMatch(of: pattern))
      let text = page[section.range]
      #expect(text.contains("<svg") || text.contains(#/Step by step as drawn for <a href="\#f[0-9]+">/#))
    }
    #expect(!page.contains("src=") && !page.contains("<script"))
  }

  @Test("the page of a saved comparison is the page of the comparison, to the byte")
  func saved() throws {
    let first = try compared()
    let text = JSONReport.comparison(first)
    let again = try ComparisonReader.comparison(
      JSON5.read(Array(text.utf8), limits: .results), path: "saved.json")
    #expect(ComparisonHTML.report(again) == ComparisonHTML.report(first))
    #expect(ComparisonPicture.report(again) == ComparisonPicture.report(first))
  }

  @Test("a saved figure with a mistake is refused with its place, not left out")
  func broken() throws {
    let text = JSONReport.comparison(try compared())
    let wrong = text.replacing("\"kind\": \"lease\"", with: "\"kind\": \"leash\"", maxReplacements: 1)
    #expect(wrong != text)
    let value = try JSON5.read(Array(wrong.utf8), limits: .results)
    let problem = #expect(throws: ScenarioProblem.self) {
      try ComparisonReader.comparison(value, path: "saved.json")
    }
    #expect(problem?.keyPath.description.contains("example.figure.diagram.spans[") == true)
  }

  @Test("compare-and-set that loses no update is told apart from a lock that does")
  func stale() throws {
    let page = ComparisonHTML.report(try compared())
    #expect(page.contains(#/<td class="bad"[^>]*><a href="\#f[0-9]+">✗ lost</a>/#))
    #expect(page.contains("◆ belief") || page.contains("✗ stale"))
  }

  @Test("a case with the same chain of causes, whose figure tells more, gets a figure of its own")
  func parted() throws {
    let scenario = try Stories.scenario(Stories.gcPause)
    let subject = try #require(scenario.cases(.standard).first)
    let runner = Runner(scenario, subject, .standard)
    let told = try #require(Explanation(runner, runner.run(seed: 1), command: "sim"))
    var other = told
    #expect(told.tellsTheStory(of: other))
    let arrow = try #require(other.diagram?.arrows.lastIndex { $0.end == .arrives })
    other.diagram?.arrows[arrow].end = .refused
    #expect(!told.tellsTheStory(of: other))
  }

  @Test("the picture of several scenarios is a grid with a square for each case")
  func picture() throws {
    let comparison = try compared()
    let picture = ComparisonPicture.report(comparison)
    #expect(picture.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\""))
    let cases = comparison.scenarios.flatMap(\.cases).count
    #expect(picture.matches(of: #/<rect class="q /#).count == cases)
    var alone = comparison
    alone.scenarios.removeLast()
    #expect(ComparisonPicture.report(alone).contains("class=\"st\""))
  }
}
