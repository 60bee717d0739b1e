import Lab
import Rendering

/// `sim merge`: all shards of one sweep become the bytes that the sweep would have written in one piece.
///
/// The first reading checks every run of every file; only then the second one copies. Memory holds one line
/// of one file and the seeds of violations.
enum MergeCommand {
  static func run(_ session: inout Session) throws(Failure) -> Int32 {
    let paths = session.invocation.operands
    if let out = session.invocation[.out], paths.contains(out) {
      throw .usage("\(out): --out names one of the files to merge; expected another name")
    }
    var merge = Merge(session.catalog)
    do {
      try merge.open(paths)
      guard try merge.check(session.console.isInterrupted) else { return ExitStatus.interrupted }
    } catch {
      throw .rejected(error)
    }
    let cases = merge.cases()
    if session.format == .json {
      guard try copy(merge, &session) else { return ExitStatus.interrupted }
    } else {
      try session.deliver(Reports.sweep(cases, session))
    }
    return Outcome.exitStatus(cases.map(\.outcome.status))
  }

  /// Writes the whole; false where the user stopped it or nobody reads any more.
  private static func copy(_ merge: Merge, _ session: inout Session) throws(Failure) -> Bool {
    var output = try Output(session.invocation[.out])
    var lines = SweepLines(merge.whole)
    try output.write(lines.header, &session.console)
    for shard in merge.shards {
      var file = try shard.reopened()
      while let text = try file.next() {
        try output.write(lines.add(text), &session.console)
        if !output.isOpen || session.console.isInterrupted() { return false }
      }
    }
    guard lines.digestText == merge.digest else {
      throw .broken("a file changed while it was merged; expected files that nobody writes")
    }
    try output.write(lines.footer(isComplete: true), &session.console)
    try output.finish()
    return true
  }
}
