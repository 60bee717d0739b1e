import Lab

/// Cases for GitHub Actions: annotations as workflow commands, and a summary of the step in Markdown.
public enum GitHubReport {
  /// GitHub shows ten errors of a step and drops the rest in silence; the tenth says how many there are.
  static let mostAnnotations = 9
  /// GitHub drops a summary of more than 1024 kB as a whole, so the file of a step stays below this.
  public static let mostBytes = 900_000

  /// An error for each scenario that is not as expected, on lines of their own; nothing where all are.
  public static func annotations(_ cases: [CaseReport]) -> String {
    let failing = CaseReport.grouped(cases).map { $0.filter { [.failed, .undecided].contains($0.kind) } }
      .filter { !$0.isEmpty }
    var page = failing.prefix(mostAnnotations).reduce("") { $0 + annotation($1) }
    let rest = failing.dropFirst(mostAnnotations).map { $0[0].checked.scenario }
    if !rest.isEmpty {
      let names = rest.prefix(20).joined(separator: ", ") + (rest.count > 20 ? ", ..." : "")
      let sentence = "and \(Quantity.counted(rest.count, "more scenario")) not as expected: \(names)"
      page += line([("title", "lockstep")], sentence)
    }
    return page
  }

  /// The page for the step's summary.
  ///
  /// - Parameter room: how many bytes it may take.
  public static func summary(
    _ cases: [CaseReport], _ catalog: Catalog, isComplete: Bool = true, room: Int = mostBytes
  ) -> String {
    CasesMarkdown.page(
      cases, catalog, tells: .notAsExpected, isComplete: isComplete, room: min(room, mostBytes))
  }

  private static func annotation(_ cases: [CaseReport]) -> String {
    let first = cases[0].checked
    var properties: [(String, String)] = []
    if !first.path.isEmpty { properties.append(("file", first.path)) }
    if first.line > 0 { properties.append(("line", String(first.line))) }
    properties.append(("title", "\(first.scenario) is not as expected"))
    let shown = cases.prefix(mostAnnotations).flatMap { one in
      one.complaints().map { one.checked.algorithm.isEmpty ? $0 : "\(one.name): \($0)" }
        + (one.kind == .failed ? one.replay.map { ["Replay: \($0)"] } ?? [] : [])
    }
    let rest = cases.count - mostAnnotations
    let end = rest > 0 ? ["and \(Quantity.counted(rest, "more case"))"] : []
    return line(properties, (shown + end).joined(separator: "\n"))
  }

  // MARK: workflow commands

  /// - Source: GitHub's toolkit, `escapeData` and `escapeProperty` of its core package.
  private static func line(_ properties: [(String, String)], _ message: String) -> String {
    let words = properties.map { "\($0)=\(escaped($1, ":,"))" }
    return "::error \(words.joined(separator: ","))::\(escaped(message))\n"
  }

  /// Percent signs, line ends and the other characters named, in percents.
  static func escaped(_ text: String, _ others: String = "") -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      if "%\r\n".unicodeScalars.contains(scalar) || others.unicodeScalars.contains(scalar) {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        escaped += "%" + (digits.count < 2 ? "0" : "") + digits
      } else {
        escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
