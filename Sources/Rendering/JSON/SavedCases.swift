import Contract
import Lab

/// Reads the results of `sim sweep` and `sim check`, as far as reports tell of them.
public enum SavedCases {
  /// The cases of saved results; nil for a kind that has none.
  ///
  /// - Throws: `ScenarioProblem` at the first place that is not as results are.
  public static func read(
    _ value: JSONValue, path: String, _ catalog: Catalog
  ) throws(ScenarioProblem) -> [CheckedCase]? {
    let tree = ResultTree(value, path: path)
    switch try ComparisonReader.kind(value, path: path) {
    case "sweep": return try sweep(tree, catalog)
    case "check": return try check(tree, catalog)
    default: return nil
    }
  }

  // MARK: sweep

  private static func sweep(
    _ tree: ResultTree, _ catalog: Catalog
  ) throws(ScenarioProblem) -> [CheckedCase] {
    let scenario = try tree.text("scenario")
    var cases: [CheckedCase] = []
    var sums: [SavedTally] = []
    for run in try tree.list("runs") {
      let algorithm = try run.text("algorithm"), guardName = try run.text("guard")
      var place = cases.firstIndex { $0.algorithm == algorithm && $0.guardName == guardName }
      if place == nil {
        place = cases.count
        sums.append(SavedTally(catalog.checks.count))
        cases.append(one(scenario, algorithm, guardName, Tally(catalog)))
      }
      try sums[place!].add(run, catalog)
    }
    let seeds = try seeds(tree.member("campaign"))
    for index in cases.indices {
      cases[index].tally = sums[index].tally(catalog)
      cases[index].seeds = seeds
    }
    return cases
  }

  private static func seeds(_ campaign: ResultTree) throws(ScenarioProblem) -> SeedList {
    var ranges: [ClosedRange<UInt64>] = []
    for entry in try campaign.list("seeds") {
      guard let range = SeedText.range(try entry.text()) else { throw entry.wrong("seeds such as \"1..20\"") }
      ranges.append(range)
    }
    return SeedList(ranges: ranges)
  }

  private static func one(
    _ scenario: String, _ algorithm: String, _ guardName: String, _ tally: Tally
  ) -> CheckedCase {
    CheckedCase(
      scenario: scenario, path: "", algorithm: algorithm, guardName: guardName,
      outcome: Outcome(.met, reason: nil), tally: tally, expected: nil)
  }

  // MARK: check

  private static func check(
    _ tree: ResultTree, _ catalog: Catalog
  ) throws(ScenarioProblem) -> [CheckedCase] {
    var cases: [CheckedCase] = []
    for part in try tree.list("cases") {
      var sum = SavedTally(catalog.checks.count)
      sum.runs = Int(try part.count("runs"))
      sum.vacuous = Int(try part.count("vacuous", most: Int64(sum.runs)))
      for violated in try part.members("violated") {
        let index = try SavedTally.index(of: violated.key, violated.tree, catalog)
        for seed in try violated.tree.list() { sum.violations[index].append(try seed.seed()) }
        if sum.violations[index].count > sum.runs {
          throw violated.tree.problem("more seeds than the \(sum.runs) runs of the case")
        }
      }
      var one = one(
        try part.text("scenario"), try part.text("algorithm"), try part.text("guard"), sum.tally(catalog))
      one.outcome.status = try part.word("status", Outcome.Status.self)
      one.outcome.reason = try part.optionalText("reason")
      for name in try part.list("missing") { one.outcome.missing.append(try name.text()) }
      for name in try part.list("unexpected") { one.outcome.unexpected.append(try name.text()) }
      cases.append(one)
    }
    return cases
  }
}

/// The counts of a case while they are read.
private struct SavedTally {
  var runs = 0
  var vacuous = 0
  /// Indexed by check, in catalog order.
  var violations: [[UInt64]]
  private var unknown: [Int]
  private var notApplicable: [Int]

  init(_ checks: Int) {
    violations = Array(repeating: [], count: checks)
    unknown = Array(repeating: 0, count: checks)
    notApplicable = unknown
  }

  private enum Word: String, CaseIterable {
    case held, violated, unknown
    case notApplicable = "not-applicable"
  }

  static func index(
    of check: String, _ tree: ResultTree, _ catalog: Catalog
  ) throws(ScenarioProblem) -> Int {
    if let index = catalog.checks.firstIndex(where: { $0.name == check }) { return index }
    throw tree.problem("\(JSONText.quoted(check)) is no check; `sim list checks` names them all")
  }

  mutating func add(_ run: ResultTree, _ catalog: Catalog) throws(ScenarioProblem) {
    runs += 1
    if try run.flag("vacuous") { vacuous += 1 }
    let seed = try run.seed("seed")
    let verdicts = try run.member("verdicts")
    for verdict in try run.members("verdicts") {
      let index = try SavedTally.index(of: verdict.key, verdict.tree, catalog)
      switch try verdicts.word(verdict.key, Word.self) {
      case .held: break
      case .violated: violations[index].append(seed)
      case .unknown: unknown[index] += 1
      case .notApplicable: notApplicable[index] += 1
      }
    }
  }

  func tally(_ catalog: Catalog) -> Tally {
    Tally(
      catalog, runs: runs, vacuous: vacuous, violations: violations, unknown: unknown,
      notApplicable: notApplicable)
  }
}
