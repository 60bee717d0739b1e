import Contract
import Lab
import Rendering

/// Runs many seeds on several threads for a command, with progress, traces and interruption.
struct Batch {
  private var progress: ProgressLine
  private let trace: TraceFile?
  private var perfetto: PerfettoFile?
  /// Whether every run was done.
  private(set) var isComplete = true
  private var done = 0
  private var total: Int

  /// - Parameter onlySurprises: whether Perfetto is to see only the runs that are not as expected.
  init(_ session: Session, total: Int, onlySurprises: Bool = false) throws(Failure) {
    self.total = total
    progress = ProgressLine(session.progressMode, total: total, session.console)
    if let path = session.invocation[.trace] { trace = try TraceFile(path) } else { trace = nil }
    if let path = session.invocation[.perfetto] {
      perfetto = try PerfettoFile(path, onlySurprises: onlySurprises)
    }
  }

  /// There are so many runs more than was thought.
  mutating func expect(more runs: Int) {
    total += runs
    progress.expect(more: runs)
  }

  /// Runs a sweep and hands over its results in order, until the user stops it or nobody reads any more.
  ///
  /// - Parameter deliver: gives whether to go on.
  mutating func run(
    _ sweep: Sweep, _ session: inout Session,
    deliver: (Int, RunResult, inout Session) throws(Failure) -> Bool
  ) throws(Failure) {
    let stop = StopFlag()
    let isInterrupted = session.console.isInterrupted
    var failure: Failure?
    let done = sweep.run(isStopped: { stop.isRaised || isInterrupted() }) { subject, result in
      if failure != nil || stop.isRaised { return }
      do throws(Failure) {
        if try !deliver(subject, result, &session) { stop.raise() }
        try trace?.add(sweep.runners[subject], result.seed)
        try perfetto?.add(sweep.runners[subject], result, session.catalog)
        progress.add(isViolated: !result.violated.isEmpty, &session.console)
      } catch {
        failure = error
        stop.raise()
      }
    }
    self.done += done
    if let failure {
      progress.end(&session.console)
      throw failure
    }
    if done < sweep.count || stop.isRaised { isComplete = false }
  }

  /// Gives the traces their names, and says where the user stopped it.
  mutating func finish(_ session: inout Session) throws(Failure) {
    progress.end(&session.console)
    if !isComplete, session.console.isInterrupted() {
      session.note("interrupted after \(done) of \(total) runs; the results tell of those alone")
    }
    try trace?.finish()
    if let sentence = try perfetto?.finish() { session.note(sentence) }
  }
}

/// The file of `--trace`: for each run a line that names it, then a line for each record and message.
struct TraceFile {
  private let file: ResultFile

  init(_ path: String) throws(Failure) { file = try ResultFile(path) }

  /// Runs the seed once more and writes all that happens.
  func add(_ runner: Runner, _ seed: UInt64) throws(Failure) {
    let header = JSONValue.object([
      ("schema", .integer(1)), ("kind", .text("trace")), ("scenario", .text(runner.scenario.name)),
      ("algorithm", .text(runner.subject.algorithmName)), ("guard", .text(runner.subject.guardName)),
      ("seed", .text(String(seed))),
    ])
    try file.write(JSONText.compact(header) + "\n")
    let topology = runner.topology
    let protocols = runner.subject.protocols
    let file = file
    var lines = ""
    var failure: Failure?
    _ = runner.run(seed: seed, traced: true) { record, _ in
      lines += Reports.line(record, topology, protocols) + "\n"
      guard lines.utf8.count > 1 << 16, failure == nil else { return }
      do throws(Failure) { try file.write(lines) } catch { failure = error }
      lines = ""
    }
    if let failure { throw failure }
    try file.write(lines)
  }

  func finish() throws(Failure) { try file.finish() }
}

extension Case {
  /// All protocols of a run, for traces.
  var protocols: [any Payload.Type] { algorithmType.protocols + [AccessMessage.self] }
}
