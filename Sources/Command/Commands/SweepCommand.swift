import Lab
import Rendering

/// `sim sweep`: many seeds, in seed order, the same bytes for any number of threads.
enum SweepCommand {
  static func run(_ session: inout Session) throws(Failure) -> Int32 {
    let scenario = try session.scenario()
    let runners = try session.runners(scenario)
    let seeds = session.seeds ?? scenario.seeds
    let shard = session.invocation[.shard].flatMap(Shard.init)
    let sweep = Sweep(runners, seeds: seeds, positions: shard?.positions(of: seeds.count), jobs: session.jobs)
    return session.format == .json
      ? try stream(sweep, shard, &session) : try count(sweep, &session)
  }

  /// Writes every run as it comes, so that memory does not grow with the seeds.
  static func stream(_ sweep: Sweep, _ shard: Shard?, _ session: inout Session) throws(Failure) -> Int32 {
    var output = try Output(session.invocation[.out])
    var batch = try Batch(session, total: sweep.count)
    var tallies = Tallies(sweep.runners, session.catalog)
    let scenario = sweep.runners[0].scenario
    try output.write(Reports.sweepHeader(scenario), &session.console)
    var isFirst = true
    try batch.run(sweep, &session) { subject, result, session throws(Failure) in
      tallies.add(subject, result)
      let text = Reports.sweepRun(sweep.runners[subject], result, isFirst: isFirst)
      isFirst = false
      try output.write(text, &session.console)
      return output.isOpen
    }
    let isComplete = batch.isComplete
    try batch.finish(&session)
    try output.write(Reports.sweepFooter(scenario), &session.console)
    try output.finish()
    return try tallies.finish(isComplete, covers: coversAll(sweep), &session)
  }

  /// Tells what each case came to.
  static func count(_ sweep: Sweep, _ session: inout Session) throws(Failure) -> Int32 {
    var target = try CaseTarget(session)
    var batch = try Batch(session, total: sweep.count)
    var tallies = Tallies(sweep.runners, session.catalog)
    try batch.run(sweep, &session) { subject, result, _ throws(Failure) in
      tallies.add(subject, result)
      return true
    }
    let isComplete = batch.isComplete
    try batch.finish(&session)
    let covers = coversAll(sweep)
    let cases = tallies.reports(isComplete: covers && isComplete, session)
    let told = session
    try target.write(cases, &session) { Reports.sweep(cases.map(\.checked), told) }
    return try tallies.finish(isComplete, covers: covers, &session)
  }

  private static func coversAll(_ sweep: Sweep) -> Bool {
    sweep.positions.count == sweep.seeds.count && sweep.seeds.covers(sweep.runners[0].scenario.seeds)
  }
}
