import Contract
import Lab
import Testing

@testable import Rendering

@Suite("One violation, explained")
struct ExplanationTests {
  private func gcPause() throws -> Explanation {
    try #require(try Stories.explained(Stories.gcPause, "unfenced"))
  }

  @Test("the headline is harm to the resource, and the last step is the write that does it")
  func headline() throws {
    let one = try gcPause()
    #expect(one.violations.map(\.check) == ["stale-write", "lost-update", "mutual-exclusion"])
    #expect(one.violations[0].question == "resource")
    #expect(one.steps.count <= 10)
    #expect(one.steps.last?.text.hasPrefix("STALE: client-1 writes") == true)
    #expect(one.steps.last?.isWrong == true)
    #expect(one.steps.contains { $0.text == "client-1 stops for 15 s (pause)" })
    #expect(one.steps.contains { $0.text.contains("TWO HOLDERS") })
    #expect(one.steps.first?.text.hasPrefix("3 of 5 grant it to client-1 (token ") == true)
  }

  @Test("guards, faults and seeds were tried, and it says what came of it")
  func reruns() throws {
    let one = try gcPause()
    #expect(one.guards.contains { $0.guardName == "compare-and-set" && $0.saves })
    #expect(one.guards.contains { $0.guardName == "unique-token" && !$0.saves })
    #expect(one.withoutToken.contains("no token with an order"))
    #expect(one.ablations == [Ablation(fault: "pause", violated: [])])
    #expect(one.neighbour == Neighbour(tried: 2, seed: nil))
    #expect(one.difference == nil)
    #expect(one.replay == "sim --scenario gc-pause --algorithm redlock --guard unfenced --seed 1")
  }

  @Test("a page of a guard that does not save names it as one that does not")
  func guardsOnThePage() throws {
    let page = ExplanationHTML.section(try gcPause(), id: "c1")
    let saved = try #require(page.firstMatch(of: /saved by<\/dt><dd>(.*?)<\/dd>/)).output.1
    let parts = saved.split(separator: "not saved by")
    #expect(parts.count == 2)
    #expect(parts[0].contains("compare-and-set") && !parts[0].contains("unique-token"))
    #expect(parts[1].contains("unique-token (stale-write"))
  }

  @Test("what is saved and read again is the same, to the last byte of its page", arguments: Stories.all)
  func roundTrip(story: StoryText) throws {
    let scenario = try Stories.scenario(story)
    for row in Stories.rows(scenario).prefix(2) {
      guard let one = Explanation(row.runner, row.result, command: "sim", neighbours: 2) else { continue }
      let text = JSONText.compact(one.json)
      let again = try Explanation(ResultTree(JSON5.read(Array(text.utf8), limits: .results), path: ""))
      #expect(again == one)
      #expect(ExplanationHTML.section(again, id: "c1") == ExplanationHTML.section(one, id: "c1"))
      #expect(JSONText.compact(again.json) == text)
    }
  }

  @Test("a saved explanation with a mistake is refused with its place")
  func broken() throws {
    let text = JSONText.compact(try gcPause().json)
    let wrong = [
      (text.replacing("\"kind\":\"lease\"", with: "\"kind\":\"leash\""), "diagram.spans["),
      (text.replacing("\"seed\":\"1\"", with: "\"seed\":1"), "seed"),
      (text.replacing("\"steps\":[", with: "\"steps\":[7,"), "steps[0]"),
      (text.replacing("\"from\":0,\"sent\"", with: "\"from\":99,\"sent\""), "diagram.arrows"),
      ("{}", ""),
    ]
    for (text, place) in wrong {
      let value = try JSON5.read(Array(text.utf8), limits: .results)
      let problem = #expect(throws: ScenarioProblem.self) {
        try Explanation(ResultTree(value, path: "saved.json"))
      }
      #expect(problem?.keyPath.description.hasPrefix(place) == true, "\(place)")
    }
  }

  @Test("a violation by waiting ends at the end of the run, with the one who waits")
  func progress() throws {
    let story = StoryText(
      name: "down",
      text: """
        { name: 'down', about: 'Nobody is granted anything.', source: 'none', duration: '60s',
          lease: { ttl: '10s' }, load: { clients: 2 }, faults: [
          { fault: 'crash', node: ['service-1', 'service-2', 'service-3'], restart: 'never', lose: 'memory',
            at: '1ms' } ], expect: { redlock: { unfenced: ['progress'] } } }
        """)
    let one = try #require(try Stories.explained(story, "unfenced"))
    #expect(one.violations[0].check == "progress")
    #expect(one.steps.last?.at == 60_000_000_000)
    #expect(one.steps.contains { $0.text.contains("crashes") })
    #expect(one.diagram?.spans.contains { $0.kind == .waiting && $0.to == 60_000_000_000 } == true)
    #expect(one.guards.isEmpty && !one.isHarmed)
  }
}

@Suite("The first difference of two runs")
struct FirstDifferenceTests {
  private func events(_ deeds: [String], at start: Int64 = 0) -> TellingEvents {
    TellingEvents(deeds.enumerated().map { number, deed in
      TellingEvents.Event(at: .start + .seconds(start + Int64(number)), deed: deed)
    })
  }

  @Test("it is the first deed that differs, whatever the times")
  func first() {
    let here = events(["client-1 reads", "client-1 writes", "client-2 reads"])
    let there = events(["client-1 reads", "client-2 reads", "client-1 writes"], at: 7)
    #expect(here.difference(from: there) == FirstDifference(
      here: "at 1.000 s client-1 writes", there: "at 8.000 s client-2 reads"))
    let later = events(["client-1 reads", "client-1 writes", "client-2 reads"], at: 9)
    #expect(here.difference(from: later) == nil)
  }

  @Test("a run that ends earlier does nothing more")
  func shorter() {
    let difference = events(["a", "b"]).difference(from: events(["a"]))
    #expect(difference == FirstDifference(here: "at 1.000 s b", there: "nothing more happens"))
  }

  @Test("a seed does the same as itself, and the sentence names a seed that passes")
  func real() throws {
    let scenario = try Stories.scenario(Stories.many)
    let runner = Stories.rows(scenario)[0].runner
    #expect(TellingEvents(runner, seed: 3).difference(from: TellingEvents(runner, seed: 3)) == nil)
    let difference = try #require(
      TellingEvents(runner, seed: 3).difference(from: TellingEvents(runner, seed: 4)))
    #expect(difference.here != difference.there)
    let text = CaseSentence.text(Neighbour(tried: 4, seed: 5), difference, check: "stale-write")
    #expect(text[0].hasPrefix("stale-write holds at seed 5; first difference: here "))
  }
}
