import Lab
import Rendering

/// `sim run`: every case of a scenario at its first seed, told in full.
enum RunCommand {
  /// The most runs that are told in full; more of them belong into a sweep.
  static let mostRuns = 10_000

  static func run(_ session: inout Session) throws(Failure) -> Int32 {
    let scenario = try session.scenario()
    let runners = try session.runners(scenario)
    let seeds = session.seeds ?? SeedList(ranges: [scenario.seeds.first...scenario.seeds.first])
    if session.format == .json {
      let sweep = Sweep(runners, seeds: seeds, jobs: session.jobs)
      return try SweepCommand.stream(sweep, session.campaign(sweep, .whole), &session)
    }
    if seeds.count * runners.count > mostRuns {
      throw .usage("run tells at most \(mostRuns) runs; `\(session.program) sweep` counts any number of them")
    }
    let sweep = Sweep(runners, seeds: seeds, jobs: session.jobs)
    return [.text, .html].contains(session.format)
      ? try tell(sweep, &session) : try SweepCommand.count(sweep, &session)
  }

  private static func tell(_ sweep: Sweep, _ session: inout Session) throws(Failure) -> Int32 {
    let scenario = sweep.runners[0].scenario
    var output = try Output(session.invocation[.out])
    var batch = try Batch(session, total: sweep.count)
    var tallies = Tallies(sweep, session.catalog)
    var rows: [RunRow] = []
    try batch.run(sweep, &session) { subject, result, session throws(Failure) in
      tallies.add(subject, result)
      let row = row(sweep.runners[subject], result, session.catalog)
      let isAsked = !session.isQuiet || session.format == .html
      if isAsked || row.outcome?.status != .met { rows.append(row) }
      return true
    }
    let isComplete = batch.isComplete
    try batch.finish(&session)
    if !rows.isEmpty { try output.write(Reports.run(scenario, rows, session), &session.console) }
    try output.finish()
    return try tallies.finish(isComplete, covers: sweep.seeds.covers(scenario.seeds), &session)
  }

  private static func row(_ runner: Runner, _ result: RunResult, _ catalog: Catalog) -> RunRow {
    let scenario = runner.scenario
    var tally = Tally(catalog)
    tally.add(result)
    let expected = scenario.expectation(of: runner.subject)
    let isComplete = SeedList(ranges: [result.seed...result.seed]).covers(scenario.seeds)
    let outcome = Outcome(tally, expected: expected, isComplete: isComplete, catalog)
    return RunRow(runner: runner, result: result, outcome: outcome, expected: expected)
  }
}
