import Lab
import Rendering

/// The results of a sweep in a file, read run by run: all is checked against the campaign that they claim.
struct SweepFile {
  let path: String
  let header: SweepHeader
  private let file: OpenFile
  private var reader: LineReader
  private(set) var lines: SweepLines
  private let checks: [String]

  /// - Throws: `ScenarioProblem` where the file does not begin as results of a sweep do.
  init(_ path: String, checks: [String]) throws(ScenarioProblem) {
    self.path = path
    self.checks = checks
    file = try OpenFile(path)
    reader = LineReader(path, file.descriptor)
    guard let first = try reader.next(), SweepHeader.begins(first) else { throw ForeignFile.problem(path) }
    header = try SweepHeader(first, path: path)
    lines = SweepLines(header.campaign)
  }

  var campaign: Campaign { header.campaign }

  /// The next run with its verdicts; nil once all are read, and the file is found to be complete and whole.
  mutating func next() throws(ScenarioProblem) -> (run: SweepRunLine, verdicts: [VerdictWord])? {
    guard let line = try reader.next() else { throw cutOff(at: nil) }
    if line.bytes.first == UInt8(ascii: "]") {
      try finish(line)
      return nil
    }
    guard line.isWhole else { throw cutOff(at: line) }
    let run = try SweepRunLine(line, path: path)
    let verdicts = try run.verdicts(of: campaign, number: lines.count, checks: checks)
    _ = lines.add(run.text)
    try expectComma(line)
    return (run, verdicts)
  }

  /// A comma stands behind every run but the last.
  private mutating func expectComma(_ line: FileLine) throws(ScenarioProblem) {
    guard let next = try reader.peek() else { return }
    let hasComma = line.bytes.last == UInt8(ascii: ",")
    let isLast = next == UInt8(ascii: "]")
    if hasComma != isLast { return }
    throw ScenarioProblem(
      path: path, at: TextPosition(line: line.number, column: line.text.unicodeScalars.count),
      isLast ? "a comma stands behind the last run" : "expected a comma and the next run")
  }

  private func cutOff(at line: FileLine?) -> ScenarioProblem {
    let place = line.map { TextPosition(line: $0.number, column: $0.text.unicodeScalars.count + 1) }
    return ScenarioProblem(
      path: path, at: place ?? TextPosition(line: lines.count + 2, column: 1), found: "the end of the file",
      "expected \(campaign.runs) runs and the line behind them: the file was cut off after"
        + " \(lines.count) runs")
  }

  /// Judges the last line.
  private mutating func finish(_ line: FileLine) throws(ScenarioProblem) {
    let footer = try SweepFooter(line, path: path)
    guard footer.isComplete else {
      throw ScenarioProblem(
        path: path, at: TextPosition(line: line.number, column: 1),
        "the sweep was interrupted after \(lines.count) of \(campaign.runs) runs;"
          + " the same command with --resume does the rest")
    }
    guard lines.count == campaign.runs else {
      throw ScenarioProblem(
        path: path, at: TextPosition(line: line.number, column: 1), found: "\(lines.count) runs",
        "expected \(campaign.runs)")
    }
    guard footer.digest == lines.digestText else {
      throw ScenarioProblem(
        path: path, at: TextPosition(line: line.number, column: 1), keyPath: JSONPath().key("runsDigest"),
        found: JSONText.quoted(footer.digest),
        "but the lines have \(JSONText.quoted(lines.digestText)): the file was damaged or edited")
    }
    guard "\n" + line.text + "\n" == lines.footer(isComplete: true), line.isWhole,
      try reader.next() == nil
    else {
      throw ScenarioProblem(
        path: path, at: TextPosition(line: line.number, column: 1),
        "the file does not end as a sweep of this program ends it")
    }
  }
}

/// What stands behind the runs, read back.
struct SweepFooter {
  let digest: String
  let isComplete: Bool

  init(_ line: FileLine, path: String) throws(ScenarioProblem) {
    let lead = "{\"runs\":["
    let tree: JSONValue
    do {
      tree = try JSON5.read(Array(lead.utf8) + line.bytes, path: path, limits: .results)
    } catch {
      throw error.moved(toLine: line.number, columns: -lead.utf8.count)
    }
    digest = tree["runsDigest"]?.text ?? ""
    isComplete = tree["status"]?.text == "complete"
  }
}

/// Says what a file is that does not begin as results of a sweep do.
enum ForeignFile {
  /// How much of it is looked at.
  private static let most = 1 << 20

  static func problem(_ path: String) -> ScenarioProblem {
    do {
      let bytes = try ScenarioFile.bytes(of: path, limit: most)
      guard bytes.count <= most else { return ScenarioProblem(path: path, at: top, sentence) }
      let tree = try JSON5.read(bytes, path: path, limits: .results)
      guard tree["kind"]?.text == "sweep" else {
        let found = tree["kind"].map { "results of the kind \($0.shown)" } ?? tree.shown
        return ScenarioProblem(path: path, at: top, found: found, sentence)
      }
      let what =
        tree["campaign"] == nil
        ? "the sweep does not say of which campaign it is, as an older program wrote it"
        : "the lines are not those that a sweep writes; something laid them out anew"
      return ScenarioProblem(path: path, at: top, "\(what); \(sentence)")
    } catch {
      var problem = error
      problem.sentence += "; this is not what `sweep --format json` writes"
      return problem
    }
  }

  private static let top = TextPosition(line: 1, column: 1)
  private static let sentence = "expected the results of `sweep --format json`"
}
