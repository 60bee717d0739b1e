import Lab
import Rendering

/// `sim sweep`: many seeds, in seed order, the same bytes for any number of threads.
enum SweepCommand {
  static func run(_ session: inout Session) throws(Failure) -> Int32 {
    let scenario = try session.scenario()
    let runners = try session.runners(scenario)
    let seeds = session.seeds ?? scenario.seeds
    let shard = session.invocation[.shard].flatMap(Shard.init) ?? .whole
    let sweep = Sweep(runners, seeds: seeds, positions: shard.positions(of: seeds.count), jobs: session.jobs)
    guard session.format == .json else { return try count(sweep, &session) }
    guard let path = session.invocation[.out], try canResume(path, session) else {
      return try stream(sweep, session.campaign(sweep, shard), &session)
    }
    return try resumable(sweep, shard, PartialFile(path), &session)
  }

  /// Whether runs can stay at the path for `--resume`; a device or pipe keeps none, and gets them at once.
  private static func canResume(_ path: String, _ session: Session) throws(Failure) -> Bool {
    guard ResultFile.isStream(path) else { return true }
    guard session.invocation.has(.resume) else { return false }
    throw .usage("\(path): this is no regular file, so no runs are kept there; expected one for --resume")
  }

  /// Writes every run as it comes, so that memory does not grow with the seeds.
  static func stream(_ sweep: Sweep, _ campaign: Campaign, _ session: inout Session) throws(Failure) -> Int32
  {
    var output = try Output(session.invocation[.out])
    let lines = SweepLines(campaign)
    try output.write(lines.header, &session.console)
    let tallies = Tallies(sweep, session.catalog)
    return try stream(sweep, lines, tallies, &output, &session)
  }

  /// The same into a file that a kill leaves as it is, for `--resume`.
  private static func resumable(
    _ sweep: Sweep, _ shard: Shard, _ file: PartialFile, _ session: inout Session
  ) throws(Failure) -> Int32 {
    let campaign = session.campaign(sweep, shard)
    var tallies = Tallies(sweep, session.catalog)
    let start = try SweepStart(file, campaign, sweep, &session) { subject, seed, verdicts, isVacuous in
      tallies.add(subject, seed: seed, verdicts: verdicts, isVacuous: isVacuous)
    }
    if start.kept.isComplete, start.kept.path == file.path {
      if !session.isQuiet { session.note("\(file.path): all \(campaign.runs) runs are there already") }
      return try tallies.finish(true, covers: coversAll(sweep), &session)
    }
    var sweep = sweep
    sweep.skipped = start.kept.lines.count
    var output = Output(file)
    return try stream(sweep, start.kept.lines, tallies, &output, &session)
  }

  private static func stream(
    _ sweep: Sweep, _ lines: SweepLines, _ tallies: Tallies, _ output: inout Output,
    _ session: inout Session
  ) throws(Failure) -> Int32 {
    var batch = try Batch(session, total: sweep.count)
    var lines = lines
    var tallies = tallies
    try batch.run(sweep, &session) { subject, result, session throws(Failure) in
      tallies.add(subject, result)
      try output.write(lines.add(Reports.sweepRun(sweep.runners[subject], result)), &session.console)
      return output.isOpen
    }
    let isComplete = batch.isComplete
    try batch.finish(&session)
    try output.write(lines.footer(isComplete: isComplete), &session.console)
    try output.finish()
    return try tallies.finish(isComplete, covers: coversAll(sweep), &session)
  }

  /// Tells what each case came to.
  static func count(_ sweep: Sweep, _ session: inout Session) throws(Failure) -> Int32 {
    var target = try CaseTarget(session)
    var batch = try Batch(session, total: sweep.count)
    var tallies = Tallies(sweep, session.catalog)
    try batch.run(sweep, &session) { subject, result, _ throws(Failure) in
      tallies.add(subject, result)
      return true
    }
    let isComplete = batch.isComplete
    try batch.finish(&session)
    let covers = coversAll(sweep)
    let cases = tallies.reports(isComplete: covers && isComplete, session)
    let told = session
    try target.write(cases, isComplete: isComplete, &session) { Reports.sweep(cases.map(\.checked), told) }
    return try tallies.finish(isComplete, covers: covers, &session)
  }

  private static func coversAll(_ sweep: Sweep) -> Bool {
    sweep.positions.count == sweep.seeds.count && sweep.seeds.covers(sweep.runners[0].scenario.seeds)
  }
}

extension Session {
  /// Which sweep this is, as its results say it.
  func campaign(_ sweep: Sweep, _ shard: Shard) -> Campaign {
    Campaign(
      sweep.runners, seeds: sweep.seeds, shard: shard, version: LockstepCommand.version,
      catalogDigest: catalog.digest.text)
  }
}
