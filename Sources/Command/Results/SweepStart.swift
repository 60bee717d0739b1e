import Foundation
import Lab
import Rendering

/// How a sweep into a file begins: anew, or after the runs that an earlier one left.
struct SweepStart {
  let campaign: Campaign
  let sweep: Sweep
  var kept: KeptRuns

  /// Prepares the file so that the next run can be written to it.
  ///
  /// - Parameter add: gets each run that is kept: case, seed, verdicts in catalog order, vacuous.
  /// - Throws: `Failure` where runs of an earlier sweep are there that this one may not touch.
  init(
    _ file: PartialFile, _ campaign: Campaign, _ sweep: Sweep, _ session: inout Session,
    add: (Int, UInt64, [VerdictWord], Bool) -> Void
  ) throws(Failure) {
    self.campaign = campaign
    self.sweep = sweep
    kept = KeptRuns(file.partial, campaign, session.catalog)
    guard session.invocation.has(.resume) else {
      try begin(file)
      return
    }
    if try SweepStart.size(file.descriptor) > 0 { file.leave() }
    if try !read(file.descriptor, add) {
      try file.keep(0, holdsRuns: false)
      if let done = try SweepStart.open(file.path) {
        kept = KeptRuns(file.path, campaign, session.catalog)
        guard try read(done.descriptor, add) else { throw .rejected(ForeignFile.problem(file.path)) }
        if kept.isComplete { return }
        try file.adopt()
      }
    }
    try confirmLast()
    try file.keep(kept.lines.count == 0 ? 0 : kept.end, holdsRuns: kept.lines.count > 0)
    if kept.lines.count == 0 { try file.write(kept.lines.header) }
    tell(&session)
  }

  /// Begins anew, unless somebody's runs would be lost by that.
  private func begin(_ file: PartialFile) throws(Failure) {
    if try SweepStart.size(file.descriptor) > 0 {
      file.leave()
      throw .usage(
        "\(file.partial): an earlier sweep left its runs here; expected --resume, which goes on with them,"
          + " or that the file is removed")
    }
    try file.write(kept.lines.header)
  }

  private mutating func read(
    _ descriptor: Int32, _ add: (Int, UInt64, [VerdictWord], Bool) -> Void
  ) throws(Failure) -> Bool {
    do {
      return try kept.read(descriptor, add: add)
    } catch {
      throw .rejected(error)
    }
  }

  private static func open(_ path: String) throws(Failure) -> OpenFile? {
    if access(path, F_OK) != 0 { return nil }
    do { return try OpenFile(path) } catch { throw .rejected(error) }
  }

  private static func size(_ descriptor: Int32) throws(Failure) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .broken("the size of the partial file is not to be had")
    }
    return Int(status.st_size)
  }

  /// Runs the last kept run once more: a program that gives other results may not go on.
  private func confirmLast() throws(Failure) {
    guard let last = kept.last, let (seed, subject) = campaign.run(kept.lines.count - 1) else { return }
    let runner = sweep.runners[subject]
    guard JSONReport.sweepRun(runner, runner.run(seed: seed)) != last else { return }
    throw .rejected(
      ScenarioProblem(
        path: kept.path, at: TextPosition(line: kept.lastLine, column: 1),
        "this program gives another result of \(runner.subject.name) at seed \(seed),"
          + " so it may not go on with these runs; remove the file to begin anew"))
  }

  private func tell(_ session: inout Session) {
    guard kept.lines.count > 0, !session.isQuiet else { return }
    session.note("\(kept.path): \(kept.lines.count) of \(campaign.runs) runs are kept")
  }
}
