import Lab

/// The cases that a comparison runs in one scenario, and those that the scenario cannot have.
struct Lineup {
  let scenario: Scenario
  let runners: [Runner]
  let absent: [AbsentCase]

  /// - Throws: `Failure` where the scenario expects nothing and no case is named.
  init(_ scenario: Scenario, _ session: Session) throws(Failure) {
    let cases = scenario.cases(algorithms: session.algorithms, guards: session.guards, session.catalog)
    if cases.isEmpty {
      throw .usage(
        "the scenario \(JSONText.quoted(scenario.name)) expects nothing, which leaves no case;"
          + " name one with --algorithms")
    }
    var runners: [Runner] = []
    var absent: [AbsentCase] = []
    for subject in cases {
      let problems = scenario.problems(for: subject.algorithm, under: subject.guardType, in: session.catalog)
      if let problem = problems.first {
        absent.append(
          AbsentCase(
            algorithm: subject.algorithmName, guardName: subject.guardName, reason: Lineup.reason(problem)))
      } else {
        var runner = Runner(scenario, subject, session.catalog)
        runner.isMeasured = true
        runners.append(runner)
      }
    }
    self.scenario = scenario
    self.runners = runners
    self.absent = absent
  }

  private static func reason(_ problem: ScenarioProblem) -> String {
    let place = problem.keyPath.isEmpty || problem.found == nil ? "" : problem.keyPath.description + ": "
    return place + (problem.found.map { "\($0), \(problem.sentence)" } ?? problem.sentence)
  }
}
