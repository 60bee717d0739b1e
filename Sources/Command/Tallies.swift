import Lab
import Rendering

/// What the runs of each case came to, and the exit status that follows from it.
struct Tallies {
  private let runners: [Runner]
  private let catalog: Catalog
  /// The seeds that were asked for.
  private let seeds: SeedList
  /// Indexed by case.
  private var tallies: [Tally]
  /// How many runs were there before this command.
  private var kept = 0

  init(_ sweep: Sweep, _ catalog: Catalog) {
    runners = sweep.runners
    seeds = sweep.seeds
    self.catalog = catalog
    tallies = runners.map { _ in Tally(catalog) }
  }

  mutating func add(_ subject: Int, _ result: RunResult) { tallies[subject].add(result) }

  /// Adds a run that an earlier sweep did.
  mutating func add(_ subject: Int, seed: UInt64, verdicts: [VerdictWord], isVacuous: Bool) {
    kept += 1
    tallies[subject].add(seed: seed, verdicts: verdicts, isVacuous: isVacuous)
  }

  /// - Parameter isComplete: whether all seeds of the file were run, so that a missing violation counts.
  func cases(isComplete: Bool) -> [CheckedCase] {
    runners.indices.map {
      CheckedCase(
        runners[$0].scenario, runners[$0].subject, tallies[$0], seeds: seeds, isComplete: isComplete,
        catalog)
    }
  }

  /// The cases with what it takes to tell them.
  func reports(isComplete: Bool, _ session: Session) -> [CaseReport] {
    zip(cases(isComplete: isComplete), runners).map { CaseReport($0, $1, command: session.program) }
  }

  /// The exit status, with what the runs reached on the error output if asked for.
  func finish(_ isDone: Bool, covers: Bool, _ session: inout Session) throws(Failure) -> Int32 {
    if session.isVerbose { tellReached(&session) }
    guard isDone else { return ExitStatus.interrupted }
    return Outcome.exitStatus(cases(isComplete: covers).map(\.outcome.status))
  }

  func tellReached(_ session: inout Session) {
    if kept > 0 { session.note("what the \(kept) runs reached that were there before is not counted") }
    for (runner, tally) in zip(runners, tallies) {
      let reached = tally.reached
      session.note(
        "\(runner.scenario.name), \(runner.subject.name): \(tally.runs) runs, \(tally.events) events,"
          + " \(reached.grants) grants, \(reached.sections) sections of which \(reached.abandoned) abandoned,"
          + " \(reached.writes) writes, \(reached.rejections) rejections, \(reached.expiries) expiries,"
          + " \(tally.vacuous) vacuous runs")
    }
  }
}
