import Contract

/// A case of a scenario file after all its runs: what they came to, against what the file expects.
public struct CheckedCase: Sendable {
  /// The scenario's name; of a file that could not be read, the stem of its path.
  public var scenario: String
  public var path: String
  /// The scenario's own words on itself; empty where there are none.
  public var about = ""
  public var source = ""
  public var disagrees: String?
  /// The line in its file of what is expected of the case, or of what is wrong there; 0 where there is none.
  public var line = 0
  /// Empty where the file could not be read.
  public var algorithm: String
  public var guardName: String
  public var outcome: Outcome
  public var tally: Tally
  /// The seeds that were asked for; nil where nothing was run.
  public var seeds: SeedList?
  /// nil where the file expects nothing of this case.
  public var expected: ExpectedCase?

  public init(
    scenario: String, path: String, algorithm: String, guardName: String, outcome: Outcome, tally: Tally,
    expected: ExpectedCase?
  ) {
    self.scenario = scenario
    self.path = path
    self.algorithm = algorithm
    self.guardName = guardName
    self.outcome = outcome
    self.tally = tally
    self.expected = expected
  }

  /// A case that was run, judged by its scenario.
  ///
  /// - Parameter seeds: those that were asked for.
  public init(
    _ scenario: Scenario, _ subject: Case, _ tally: Tally, seeds: SeedList? = nil, isComplete: Bool,
    _ catalog: Catalog
  ) {
    let expected = scenario.expectation(of: subject)
    self.init(
      scenario: scenario.name, path: scenario.path ?? "", algorithm: subject.algorithmName,
      guardName: subject.guardName,
      outcome: Outcome(tally, expected: expected, isComplete: isComplete, catalog), tally: tally,
      expected: expected)
    about = scenario.about
    source = scenario.source
    disagrees = scenario.disagrees
    self.seeds = seeds ?? scenario.seeds
    let key = scenario.tree?["expect"]?[subject.algorithmName]?.member(subject.guardName)
    line = key?.keyPosition.line ?? 0
  }

  /// A file in which there is nothing to run: it is wrong, or expects nothing.
  public init(
    unrun path: String, _ status: Outcome.Status, reason: String, line: Int = 0, _ catalog: Catalog
  ) {
    self.init(
      scenario: ScenarioReader.stem(of: path), path: path, algorithm: "", guardName: "",
      outcome: Outcome(status, reason: reason), tally: Tally(catalog), expected: nil)
    self.line = line
  }
}

extension Outcome {
  /// An outcome that no run led to.
  public init(_ status: Status, reason: String?) {
    self.status = status
    missing = []
    unexpected = []
    self.reason = reason
  }
}
