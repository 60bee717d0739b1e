import Foundation
import Lab
import Rendering

/// What is left of a sweep that was killed or interrupted: the longest beginning that is whole.
struct KeptRuns {
  let path: String
  let campaign: Campaign
  private let checks: [String]
  private(set) var lines: SweepLines
  /// How many bytes they take, with what stands before them.
  private(set) var end: Int
  /// Whether all runs are there, with the line behind them.
  private(set) var isComplete = false
  /// The text of the last run.
  private(set) var last: String?
  private(set) var lastLine = 1
  /// Whether a comma stands behind it, as one does before each further run.
  private var lastHasComma = true

  /// A file in which nothing is kept yet.
  init(_ path: String, _ campaign: Campaign, _ catalog: Catalog) {
    self.path = path
    self.campaign = campaign
    lines = SweepLines(campaign)
    checks = catalog.checks.map { $0.name }
    end = lines.header.utf8.count
  }

  /// Reads the file from its start; false where it ends within the first line, so that it holds nothing.
  ///
  /// A line that is no JSON was torn by the kill: it and what follows is not kept.
  /// - Throws: `ScenarioProblem` where the file is of another sweep, or whole lines are not the runs that
  /// belong there.
  mutating func read(
    _ descriptor: Int32, add: (Int, UInt64, [VerdictWord], Bool) -> Void
  ) throws(ScenarioProblem) -> Bool {
    lseek(descriptor, 0, SEEK_SET)
    var reader = LineReader(path, descriptor)
    guard let first = try reader.next(), try isOurs(first) else { return false }
    while let line = try reader.next() {
      if line.bytes.first == UInt8(ascii: "]") {
        isComplete =
          "\n" + line.text + "\n" == lines.footer(isComplete: true) && line.isWhole
          && lines.count == campaign.runs && (lines.count == 0 || !lastHasComma)
        return true
      }
      guard lastHasComma, let run = try? SweepRunLine(line, path: path) else { return true }
      let verdicts = try run.verdicts(of: campaign, number: lines.count, checks: checks)
      let (seed, subject) = campaign.run(lines.count)!
      add(subject, seed, verdicts, run.isVacuous)
      _ = lines.add(run.text)
      last = run.text
      lastLine = line.number
      lastHasComma = line.bytes.last == UInt8(ascii: ",")
      end = line.start + run.text.utf8.count
    }
    return true
  }

  /// Whether the first line is that of this command; false where it is only a beginning of it.
  private func isOurs(_ line: FileLine) throws(ScenarioProblem) -> Bool {
    if line.text == lines.header { return true }
    if !line.isWhole, lines.header.utf8.starts(with: line.bytes) { return false }
    let top = FileLine(bytes: Array(lines.header.utf8), number: 1, start: 0, isWhole: true)
    guard SweepHeader.begins(line) else { throw ForeignFile.problem(path) }
    let theirs = try SweepHeader(line, path: path)
    let ours = try SweepHeader(top, path: path)
    throw ours.problem(with: theirs, owner: "as this command sweeps", ignoring: [])
      ?? ScenarioProblem(path: path, "the file is of another sweep")
  }
}
