import Lab
import Rendering

/// `sim compare`: the same seeds, loads, delays and fault plans for different locks, side by side.
enum CompareCommand {
  /// Where reports go when neither a place nor a form is named.
  static let home = "Reports"

  static func run(_ session: inout Session) throws(Failure) -> Int32 {
    let scenarios = try scenarios(session)
    var lineups: [Lineup] = []
    for scenario in scenarios { lineups.append(try Lineup(scenario, session)) }
    try refuseEmpty(lineups)
    let given = session.invocation[.name]
    let stem = given ?? (scenarios.count == 1 ? scenarios[0].name : "compare")
    let target = try ReportTarget(session, name: stem)
    var batch = try Batch(
      session, total: lineups.reduce(0) { $0 + $1.runners.count * seeds(of: $1, session).count })
    var compared: [ComparedScenario] = []
    for lineup in lineups where batch.isComplete {
      compared.append(try compare(lineup, &batch, &session))
    }
    let isComplete = batch.isComplete
    try batch.finish(&session)
    var comparison = Comparison(
      name: given ?? FlagCheck.list(scenarios.map(\.name), last: "and"), command: commandLine(session),
      scenarios: compared, session.catalog)
    comparison.isComplete = isComplete
    let told = comparison
    try target.write(&session) { Reports.comparison(told, $0, $1) }
    guard isComplete else { return ExitStatus.interrupted }
    return Outcome.exitStatus(compared.flatMap(\.cases).map(\.status))
  }

  private static func seeds(of lineup: Lineup, _ session: Session) -> SeedList {
    session.seeds ?? lineup.scenario.seeds
  }

  private static func scenarios(_ session: Session) throws(Failure) -> [Scenario] {
    var scenarios: [Scenario] = []
    let words = session.invocation[.scenario] ?? ""
    for word in names(in: words) {
      if word.isEmpty {
        throw .usage("--scenario: found \(JSONText.quoted(words)), but a name in it is empty")
      }
      let paths: [String]
      do { paths = try ScenarioFile.paths(of: word) } catch { throw .rejected(error) }
      for path in paths {
        let scenario = try session.scenario(path)
        if scenarios.contains(where: { $0.name == scenario.name }) {
          throw .usage("--scenario names \(JSONText.quoted(scenario.name)) twice; expected it once")
        }
        scenarios.append(scenario)
      }
    }
    return scenarios
  }

  /// A comparison of nothing is a mistake, told by the first reason why there is nothing.
  private static func refuseEmpty(_ lineups: [Lineup]) throws(Failure) {
    guard lineups.allSatisfy(\.runners.isEmpty) else { return }
    let first = lineups.compactMap { lineup in lineup.absent.first.map { (lineup.scenario.name, $0) } }.first
    guard let (scenario, absent) = first else { throw .usage("--scenario leaves no case to compare") }
    throw .usage(
      "no scenario can have any of the cases; \(absent.name) in \(JSONText.quoted(scenario)):"
        + " \(absent.reason)")
  }

  // MARK: runs

  private static func compare(
    _ lineup: Lineup, _ batch: inout Batch, _ session: inout Session
  ) throws(Failure) -> ComparedScenario {
    let scenario = lineup.scenario
    let sweep = Sweep(lineup.runners, seeds: seeds(of: lineup, session), jobs: session.jobs)
    var tallies = Tallies(sweep, session.catalog)
    var measures = sweep.runners.map { _ in CaseMeasures() }
    if !sweep.runners.isEmpty {
      try batch.run(sweep, &session) { subject, result, _ throws(Failure) in
        tallies.add(subject, result)
        measures[subject].add(result)
        return true
      }
    }
    if session.isVerbose { tallies.tellReached(&session) }
    let covers = batch.isComplete && sweep.seeds.covers(scenario.seeds)
    let replay = Replay(session.program, scenario)
    var cases: [ComparedCase] = []
    for (index, checked) in tallies.cases(isComplete: covers).enumerated() {
      let runner = sweep.runners[index]
      let rescue = try rescue(runner, measures[index], &batch, &session)
      var one = ComparedCase(
        checked, measures[index], hasStore: runner.subject.algorithmType.transaction != nil,
        rescue: rescue, session.catalog
      ) { replay.command(algorithm: checked.algorithm, guardName: checked.guardName, seed: $0) }
      if batch.isComplete { one.explain(runner, command: session.program) }
      cases.append(one)
    }
    return ComparedScenario(
      name: scenario.name, about: scenario.about, source: scenario.source, seeds: sweep.seeds.text,
      cases: cases, absent: lineup.absent)
  }

  /// Runs the harmed seeds under the other guards; nil where none was harmed, or the user stopped it.
  private static func rescue(
    _ runner: Runner, _ measures: CaseMeasures, _ batch: inout Batch, _ session: inout Session
  ) throws(Failure) -> Rescue? {
    guard batch.isComplete, measures.harmed > 0 else { return nil }
    var search = RescueSearch(
      runner, harmed: measures.harmed, seeds: measures.harmedSeeds, jobs: session.jobs)
    guard let sweep = search.sweep else { return search.result }
    batch.expect(more: sweep.count)
    try batch.run(sweep, &session) { subject, result, _ throws(Failure) in
      search.add(subject, result)
      return true
    }
    return batch.isComplete ? search.result : nil
  }

  /// The command that makes the same report again, without what changes no figure.
  private static func commandLine(_ session: Session) -> String {
    var words = [session.program, session.invocation.command.name]
    for flag in [Flag.scenario, .algorithms, .guards, .seed, .seeds, .name] {
      if let value = session.invocation[flag] { words += [flag.word, Replay.word(value)] }
    }
    return words.joined(separator: " ")
  }
}

extension SeedList {
  /// As scenario files write them: `1..20, 30`.
  var text: String {
    ranges.map {
      $0.count == 1 ? String($0.lowerBound) : "\($0.lowerBound)..\($0.upperBound)"
    }.joined(separator: ", ")
  }
}
