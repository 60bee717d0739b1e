import Lab
import Rendering

/// `sim compare`: the same seeds, loads, delays and fault plans for different locks, side by side.
enum CompareCommand {
  /// Where reports go when neither a place nor a form is named.
  static let home = "Reports"

  static func run(_ session: inout Session) throws(Failure) -> Int32 {
    let scenarios = try scenarios(session)
    var stages: [(scenario: Scenario, sweep: Sweep)] = []
    for scenario in scenarios {
      let runners = try session.runners(scenario).map {
        var runner = $0
        runner.isMeasured = true
        return runner
      }
      let sweep = Sweep(runners, seeds: session.seeds ?? scenario.seeds, jobs: session.jobs)
      stages.append((scenario, sweep))
    }
    let target = try ReportTarget(session, name: scenarios.count == 1 ? scenarios[0].name : "compare")
    var batch = try Batch(session, total: stages.reduce(0) { $0 + $1.sweep.count })
    var cases: [ComparedCase] = []
    for stage in stages where batch.isComplete {
      cases += try compare(stage.scenario, stage.sweep, &batch, &session)
    }
    let isComplete = batch.isComplete
    try batch.finish(&session)
    try target.write(Comparison(cases, command: commandLine(session)), &session)
    guard isComplete else { return ExitStatus.interrupted }
    return Outcome.exitStatus(cases.map(\.checked.outcome.status))
  }

  private static func scenarios(_ session: Session) throws(Failure) -> [Scenario] {
    var scenarios: [Scenario] = []
    for word in names(in: session.invocation[.scenario] ?? "") {
      let scenario = try session.scenario(word)
      if scenarios.contains(where: { $0.name == scenario.name }) {
        throw .usage("--scenario names \(JSONText.quoted(scenario.name)) twice; expected it once")
      }
      scenarios.append(scenario)
    }
    return scenarios
  }

  private static func compare(
    _ scenario: Scenario, _ sweep: Sweep, _ batch: inout Batch, _ session: inout Session
  ) throws(Failure) -> [ComparedCase] {
    var tallies = Tallies(sweep, session.catalog)
    var measures = sweep.runners.map { _ in CaseMeasures() }
    try batch.run(sweep, &session) { subject, result, _ throws(Failure) in
      tallies.add(subject, result)
      measures[subject].add(result)
      return true
    }
    if session.isVerbose { tallies.tellReached(&session) }
    let covers = batch.isComplete && sweep.seeds.covers(scenario.seeds)
    return zip(tallies.cases(isComplete: covers), measures).map {
      ComparedCase($0, $1, seeds: sweep.seeds)
    }
  }

  /// The command that makes the same report again, without what changes no figure.
  private static func commandLine(_ session: Session) -> String {
    var words = [session.program, session.invocation.command.name]
    for flag in [Flag.scenario, .algorithms, .guards, .seed, .seeds] {
      if let value = session.invocation[flag] { words += [flag.word, value] }
    }
    return words.joined(separator: " ")
  }
}

/// Where a comparison goes: in one form to the output or a file, or in two forms to a folder.
private struct ReportTarget {
  private var files: [(format: Format, output: Output)] = []
  /// The files of a folder, whose names the user did not give.
  private var paths: [String] = []

  /// - Parameter name: what the files of a folder are called.
  init(_ session: Session, name: String) throws(Failure) {
    let out = session.invocation[.out]
    guard !session.invocation.has(.format) else {
      files = [(session.format, try Output(out))]
      return
    }
    let place = out ?? CompareCommand.home
    try ResultFile.makeFolder(place)
    for (format, ending) in [(Format.markdown, "md"), (.json, "json")] {
      paths.append("\(place)/\(name).\(ending)")
      files.append((format, try Output("\(place)/\(name).\(ending)")))
    }
  }

  func write(_ comparison: Comparison, _ session: inout Session) throws(Failure) {
    for file in files {
      var output = file.output
      try output.write(Reports.comparison(comparison, file.format, session), &session.console)
      try output.finish()
    }
    if !paths.isEmpty, !session.isQuiet { session.note("wrote " + FlagCheck.list(paths, last: "and")) }
  }
}
