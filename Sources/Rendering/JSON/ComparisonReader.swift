import Contract
import Lab

/// Reads a comparison that was written as JSON; rendered again it gives the same bytes.
public enum ComparisonReader {
  /// The kind of results that a file holds, once its schema is one that is known here.
  ///
  /// - Throws: `ScenarioProblem` where the file is no JSON, no results, or of another schema.
  public static func kind(_ value: JSONValue, path: String) throws(ScenarioProblem) -> String {
    let tree = ResultTree(value, path: path)
    let schema = try tree.count("schema")
    guard schema == JSONReport.schema else {
      throw try tree.member("schema").wrong("\(JSONReport.schema), the schema of results that is read here")
    }
    return try tree.text("kind")
  }

  /// - Throws: `ScenarioProblem` at the first place that is not as results are.
  public static func comparison(_ value: JSONValue, path: String) throws(ScenarioProblem) -> Comparison {
    let tree = ResultTree(value, path: path)
    guard try kind(value, path: path) == "comparison" else {
      throw try tree.member("kind").wrong("\"comparison\"")
    }
    var rows: [String] = []
    for row in try tree.list("rows") { rows.append(try row.text()) }
    var scenarios: [ComparedScenario] = []
    for part in try tree.list("scenarios") { scenarios.append(try scenario(part, rows)) }
    var comparison = Comparison(
      name: try tree.text("name"), command: try tree.text("command"), scenarios: scenarios, rows: rows)
    comparison.isComplete = try tree.flag("complete")
    return comparison
  }

  private static func scenario(
    _ tree: ResultTree, _ rows: [String]
  ) throws(ScenarioProblem) -> ComparedScenario {
    var cases: [ComparedCase] = []
    for part in try tree.list("cases") {
      let one = try one(part)
      guard rows.contains(one.name) else {
        throw try part.member("algorithm").wrong("a case that \"rows\" names")
      }
      cases.append(one)
    }
    var absent: [AbsentCase] = []
    for part in try tree.list("doesNotApply") {
      absent.append(
        AbsentCase(
          algorithm: try part.text("algorithm"), guardName: try part.text("guard"),
          reason: try part.text("reason")))
    }
    return ComparedScenario(
      name: try tree.text("scenario"), about: try tree.text("about"), source: try tree.text("source"),
      seeds: try tree.text("seeds"), cases: cases, absent: absent)
  }

  private static func one(_ tree: ResultTree) throws(ScenarioProblem) -> ComparedCase {
    let runs = Int(try tree.count("runs"))
    let questions = try tree.member("violatedRuns")
    var violatedRuns: [Int?] = []
    for question in Question.allCases {
      let isJudged = try !questions.isNull(question.rawValue)
      violatedRuns.append(isJudged ? try upTo(runs, questions, question.rawValue) : nil)
    }
    var checks: [ComparedCheck] = []
    for part in try tree.list("checks") {
      if runs == 0 { throw try tree.member("checks").wrong("an empty list, as the case has no runs") }
      checks.append(try check(part, runs))
    }
    return ComparedCase(
      algorithm: try tree.text("algorithm"), guardName: try tree.text("guard"),
      status: try tree.word("status", Outcome.Status.self), runs: runs,
      vacuous: try upTo(runs, tree, "vacuous"), vacuity: try tree.optionalText("vacuity"),
      inconclusive: try upTo(runs, tree, "inconclusive"), violatedRuns: violatedRuns, checks: checks,
      costs: try costs(try tree.member("costs")),
      rescue: try tree.isNull("fencing") ? nil : try rescue(try tree.member("fencing")))
  }

  /// A number of runs, which cannot be more than there were.
  private static func upTo(_ runs: Int, _ tree: ResultTree, _ key: String) throws(ScenarioProblem) -> Int {
    let count = try tree.count(key)
    guard count <= runs else { throw try tree.member(key).wrong("at most the \(runs) runs of the case") }
    return Int(count)
  }

  private static func check(_ tree: ResultTree, _ runs: Int) throws(ScenarioProblem) -> ComparedCheck {
    var example: ComparedExample?
    if try !tree.isNull("example") {
      let part = try tree.member("example")
      example = ComparedExample(
        seed: try part.seed("seed"), sentence: try part.text("sentence"), replay: try part.text("replay"),
        figure: try part.isNull("figure") ? nil : try figure(part.member("figure")))
    }
    return ComparedCheck(
      name: try tree.text("check"), question: try tree.word("question", Question.self),
      summary: try tree.text("summary"), violated: try upTo(runs, tree, "violated"),
      undecided: try upTo(runs, tree, "undecided"), example: example)
  }

  /// What is kept as it stands has to be right all the same, or a page would lack a figure without a word.
  private static func figure(_ tree: ResultTree) throws(ScenarioProblem) -> JSONValue {
    _ = try Explanation(tree)
    return tree.value
  }

  private static func costs(_ tree: ResultTree) throws(ScenarioProblem) -> CaseCosts {
    var costs = CaseCosts()
    for field in CaseCosts.counts { costs[keyPath: field.path] = try tree.count(field.name) }
    for field in CaseCosts.optionalCounts { costs[keyPath: field.path] = try tree.optionalCount(field.name) }
    for field in CaseCosts.spans { costs[keyPath: field.path] = try spans(try tree.member(field.name)) }
    return costs
  }

  private static func spans(_ tree: ResultTree) throws(ScenarioProblem) -> SpanFigures {
    var spans = SpanFigures()
    spans.count = try tree.count("count")
    spans.median = try tree.optionalSpan("p50")
    spans.rare = try tree.optionalSpan("p99")
    spans.longest = try tree.optionalSpan("max")
    return spans
  }

  private static func rescue(_ tree: ResultTree) throws(ScenarioProblem) -> Rescue {
    let harmed = Int(try tree.count("harmed"))
    let rerun = try upTo(harmed, tree, "rerun")
    var guards: [Rescue.Saving] = []
    for part in try tree.list("guards") {
      guards.append(
        Rescue.Saving(guardName: try part.text("guard"), unharmed: try upTo(rerun, part, "unharmed")))
    }
    return Rescue(
      harmed: harmed, rerun: rerun, isOrdered: try tree.flag("orderedTokens"), guards: guards)
  }
}
