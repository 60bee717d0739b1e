import Contract
import Lab
import Testing

@testable import Rendering

/// Small comparisons whose figures stand in the test, and one of real runs.
@Suite struct ComparisonTests {
  // MARK: making

  func check(_ name: String, _ question: Question, violated: Int = 0, undecided: Int = 0) -> ComparedCheck {
    let example = ComparedExample(
      seed: 7, sentence: "client-1 did what it should not", replay: "sim --seed 7", figure: nil)
    return ComparedCheck(
      name: name, question: question, summary: "never", violated: violated, undecided: undecided,
      example: violated > 0 ? example : nil)
  }

  /// A case of 200 runs.
  func one(
    _ name: String, harmed: Int = 0, overlaps: Int = 0, broken: Int? = 0, stuck: Int = 0, vacuous: Int = 0,
    undecided: Int = 0, messages: Int64 = 100, rescue: Rescue? = nil
  ) -> ComparedCase {
    var costs = CaseCosts()
    costs.acquisitions = 10
    costs.messages = messages
    var checks = [
      check("mutual-exclusion", .belief, violated: overlaps),
      check("stale-write", .resource, violated: harmed),
      check("progress", .progress, violated: stuck, undecided: undecided),
    ]
    if let broken { checks.insert(check("early-grant", .service, violated: broken), at: 0) }
    let parts = name.split(separator: "/").map(String.init)
    return ComparedCase(
      algorithm: parts[0], guardName: parts[1], status: .met, runs: 200, vacuous: vacuous,
      vacuity: vacuous > 0 ? "faults[0] (pause) never fired" : nil, inconclusive: undecided,
      violatedRuns: [broken, overlaps, harmed, stuck], checks: checks, costs: costs, rescue: rescue)
  }

  func comparison(_ scenarios: [(name: String, cases: [ComparedCase], absent: [AbsentCase])]) -> Comparison {
    Comparison(
      name: "trial", command: "sim compare --scenario a",
      scenarios: scenarios.map {
        ComparedScenario(
          name: $0.name, about: "A story.", source: "A source", seeds: "1..200", cases: $0.cases,
          absent: $0.absent)
      }, .standard)
  }

  // MARK: cells

  @Test("a cell says the worst answer: harm before belief, promise and progress")
  func gravity() {
    #expect(one("redis/unfenced", harmed: 1, overlaps: 200).verdict == .violated(.resource, runs: 1))
    #expect(one("redis/unfenced", overlaps: 2, broken: 9).verdict == .violated(.belief, runs: 2))
    #expect(one("redis/unfenced", broken: 9, stuck: 200).verdict == .violated(.service, runs: 9))
    #expect(one("redis/unfenced", stuck: 3).verdict == .violated(.progress, runs: 3))
    #expect(one("redis/unfenced", undecided: 4).verdict == .inconclusive(["progress"]))
    #expect(one("redis/unfenced", vacuous: 20).verdict == .holds(runs: 180))
    #expect(
      one("redis/unfenced", vacuous: 200).verdict == .vacuous("faults[0] (pause) never fired"))
    #expect(one("redis/unfenced", overlaps: 1, vacuous: 200).verdict == .violated(.belief, runs: 1))
  }

  /// 50 of 200 are 25 %; Wilson gives 19.5 % to 31.4 %. 3 / 180 = 1.67 %.
  @Test("a cell has its rate with its interval, or the bound of none")
  func words() {
    let harmed = ComparisonCell(one("redis/unfenced", harmed: 50, overlaps: 200))
    #expect(harmed.words.claim == "resource harmed")
    #expect(harmed.words.figures == "25.0 % (19.5 % to 31.4 %)")
    #expect(harmed.marks == ".BH." && harmed.long == ".BH. 25.0 %")
    let held = ComparisonCell(one("no-lock/unfenced", broken: nil, vacuous: 20))
    #expect(held.words.claim == "holds" && held.words.figures == "0 of 180, below 1.67 % at 95 %")
    #expect(held.long == "-... <1.67 %")
    let stuck = ComparisonCell(one("redis/unfenced", stuck: 200))
    #expect(stuck.words.claim == "liveness lost" && stuck.marks == "...L")
    #expect(ComparisonCell(one("redis/unfenced", undecided: 1)).marks == "...?")
    #expect(ComparisonCell(one("redis/unfenced", vacuous: 200)).marks == nil)
  }

  // MARK: order

  /// In two scenarios together redis is harmed in 10 of 400 runs, redlock in 20 of 200, no-lock in none.
  @Test("rows stand in the order of harm over all scenarios, what never ran last")
  func order() {
    let absent = AbsentCase(
      algorithm: "redlock", guardName: "read-write-ratchet", reason: "it has no ordered tokens")
    let trial = comparison([
      ("first", [one("redlock/unfenced", harmed: 20), one("redis/unfenced", harmed: 10)], [absent]),
      ("second", [one("redis/unfenced"), one("no-lock/unfenced", overlaps: 200)], []),
    ])
    #expect(
      trial.rows == [
        "no-lock/unfenced", "redis/unfenced", "redlock/unfenced", "redlock/read-write-ratchet",
      ])
    #expect(trial.scenarios[0].cases.map(\.name) == ["redis/unfenced", "redlock/unfenced"])
    #expect(trial.cell("no-lock/unfenced", in: trial.scenarios[0]) == .notRun)
    #expect(
      trial.cell("redlock/read-write-ratchet", in: trial.scenarios[0])
        == .doesNotApply("it has no ordered tokens"))
  }

  @Test("of equal answers the cheaper comes first, then the order of the catalogs")
  func cost() {
    let trial = comparison([
      ("first", [
        one("redlock/unfenced", messages: 700), one("redis/unfenced", messages: 90),
        one("no-lock/unfenced", messages: 700),
      ], []),
    ])
    #expect(trial.rows == ["redis/unfenced", "no-lock/unfenced", "redlock/unfenced"])
  }

  // MARK: in short

  @Test("in short: who was never harmed, who was and what would have saved it, at which cost")
  func summary() {
    let rescue = Rescue(
      harmed: 60, rerun: 50, isOrdered: false,
      guards: [
        .init(guardName: "unique-token", unharmed: 12), .init(guardName: "compare-and-set", unharmed: 50),
      ])
    let sentences = ComparisonSummary(
      comparison([
        ("first", [
          one("redis/unfenced", messages: 90),
          one("redlock/unfenced", harmed: 60, messages: 700, rescue: rescue),
        ], []),
      ])).sentences
    #expect(sentences[0] == "Never harmed the resource (0 of 200 runs each): redis/unfenced.")
    #expect(
      sentences[1] == "redlock/unfenced: the resource was harmed in 60 of 200 runs (30.0 %); compare-and-set"
        + " would have saved all 50 that were run again.")
    #expect(sentences.contains("Beliefs overlap: in no run."))
    #expect(
      sentences.contains(
        "Messages per acquisition: from 9.00 (redis/unfenced) to 70.00 (redlock/unfenced)."))
    #expect(
      sentences.last == "The cheapest case that never harmed the resource is redis/unfenced, with 9.00"
        + " messages per acquisition.")
    #expect(
      RescueWords(rescue).sentence == "the lock hands out no token with an order; compare-and-set: 50 of 50"
        + " harmed runs unharmed; unique-token: 12 of 50; tried on the first 50 of the 60 harmed runs")
  }

  // MARK: text

  @Test("the matrix has a rate in each cell while there is room, and marks alone where there is not")
  func matrix() {
    let cases = [one("fdb-version-lease/read-write-ratchet", overlaps: 20), one("redis/unfenced", harmed: 50)]
    func text(_ count: Int) -> String {
      ComparisonText.report(
        comparison((1...count).map { ("s\($0)", cases, []) }), Style(color: false))
    }
    #expect(text(2).contains("redis/unfenced                        ..H. 25.0 %    ..H. 25.0 %\n"))
    #expect(text(9).contains("redis/unfenced                       ..H. ..H. ..H. ..H."))
    for count in [1, 2, 9, 30] {
      #expect(text(count).split(separator: "\n").allSatisfy { $0.count <= 100 })
    }
  }

  @Test("a case that no scenario can have has no row, and its reason stands once")
  func nowhere() {
    let absent = AbsentCase(algorithm: "redis", guardName: "in-store", reason: "its store holds no data")
    let other = AbsentCase(algorithm: "redlock", guardName: "unfenced", reason: "no leader")
    let trial = comparison([
      ("first", [one("redis/unfenced"), one("redlock/unfenced")], [absent]),
      ("second", [one("redis/unfenced")], [absent, other]),
    ])
    let text = ComparisonText.report(trial, Style(color: false))
    #expect(text.contains("redlock/unfenced  .... <1.50 %   n/a\n"))
    #expect(!text.contains("\nredis/in-store  n/a"))
    let page = ComparisonMarkdown.report(trial)
    for form in [text, page] {
      #expect(form.split(separator: "its store holds no data", omittingEmptySubsequences: false).count == 2)
      #expect(form.split(separator: "no leader", omittingEmptySubsequences: false).count == 2)
    }
    #expect(page.contains("## What does not apply anywhere\n\n- redis/in-store: its store holds no data\n"))
  }

  /// Ten acquisitions with 100 messages in each of two cases; of leases, outages and effects there are none.
  @Test("figures that are 0 or none in all cases have no row")
  func nothing() {
    let cases = [one("redis/unfenced"), one("no-lock/unfenced")]
    let page = ComparisonMarkdown.report(comparison([("first", cases, [])]))
    #expect(page.contains("| messages per acquisition | 10.00 | 10.00 |\n"))
    #expect(!page.contains("| leases lost |") && !page.contains("| duplicates in 1,000 sections |"))
  }

  // MARK: there and back

  @Test("a comparison read back from its JSON gives the same bytes in every form")
  func roundTrip() throws {
    let rescue = Rescue(
      harmed: 9, rerun: 9, isOrdered: true, guards: [.init(guardName: "write-ratchet", unharmed: 9)])
    var harmed = one("redis/unfenced", harmed: 9, rescue: rescue)
    let told = try #require(try Stories.explained(Stories.gcPause, "unfenced"))
    harmed.checks[2].example?.figure = told.json
    for (place, field) in CaseCosts.counts.enumerated() {
      harmed.costs[keyPath: field.path] = Int64(place) + 3
    }
    for (place, field) in CaseCosts.optionalCounts.enumerated() {
      harmed.costs[keyPath: field.path] = Int64(place) + 50
    }
    for (place, field) in CaseCosts.spans.enumerated() {
      var spans = SpanFigures()
      (spans.count, spans.median, spans.longest) = (Int64(place) + 70, Nanos(80), Nanos(90))
      harmed.costs[keyPath: field.path] = spans
    }
    let absent = AbsentCase(algorithm: "redis", guardName: "read-write-ratchet", reason: "no \"order\"")
    let trial = comparison([
      ("first", [harmed, one("no-lock/unfenced", broken: nil)], [absent]),
      ("second", [one("no-lock/unfenced", vacuous: 200)], []),
    ])
    let text = JSONReport.comparison(trial)
    let read = try ComparisonReader.comparison(tree(text), path: "trial.json")
    #expect(JSONReport.comparison(read) == text)
    #expect(ComparisonMarkdown.report(read) == ComparisonMarkdown.report(trial))
    let style = Style(color: true)
    #expect(ComparisonText.report(read, style) == ComparisonText.report(trial, style))
    #expect(read.scenarios[0].cases.map(\.costs) == trial.scenarios[0].cases.map(\.costs))
  }

  /// Every stored field of the costs is in one of the tables, or reading would lose it.
  @Test("no field of the costs is missing in the tables of names")
  func fields() {
    let optional = CaseCosts.optionalCounts.map(\.name)
    let names = CaseCosts.counts.map(\.name) + optional + CaseCosts.spans.map(\.name)
    #expect(Mirror(reflecting: CaseCosts()).children.count == names.count)
    #expect(Set(names + CaseCosts.derived.map(\.name)).count == names.count + CaseCosts.derived.count)
  }

  @Test(
    "what is wrong in a file of results is told with its place",
    arguments: [
      ("\"schema\": 1", "\"schema\": 2", "schema: found 2, expected 1"),
      ("\"kind\": \"comparison\"", "\"kind\": \"sweep\"", "kind: found \"sweep\", expected \"comparison\""),
      ("\"runs\": 200", "\"runs\": \"many\"", "scenarios[0].cases[0].runs: found \"many\", expected a whole"),
      ("\"runs\": 200", "\"runs\": 3", "expected at most the 3 runs of the case"),
      ("\"acquisitions\": 10", "\"acquisitions\": 1e17", "found 1e17, expected a whole number from 0 to 90"),
      ("\"question\": \"service\"", "\"question\": \"luck\"", "found \"luck\", expected \"service\""),
      ("\"status\": \"met\"", "\"state\": \"met\"", "scenarios[0].cases[0]: the key \"status\" is missing"),
      ("\"seed\": \"7\"", "\"seed\": 7.5", "example.seed: found 7.5, expected a seed in quotes"),
      ("\"redis/unfenced\"", "\"redis/none\"", "found \"redis\", expected a case that \"rows\" names"),
    ])
  func mistakes(right: String, wrong: String, sentence: String) throws {
    let text = JSONReport.comparison(comparison([("first", [one("redis/unfenced", harmed: 9)], [])]))
    let broken = text.replacing(right, with: wrong, maxReplacements: 1)
    #expect(broken != text)
    let problem = #expect(throws: ScenarioProblem.self) {
      _ = try ComparisonReader.comparison(tree(broken), path: "trial.json")
    }
    #expect(problem?.description.contains(sentence) == true, "\(String(describing: problem))")
    #expect(problem?.description.hasPrefix("trial.json:") == true)
  }

  private func tree(_ text: String) throws -> JSONValue {
    try JSON5.read(Array(text.utf8), path: "trial.json", limits: .results)
  }
}
