import Contract
import Lab

/// The page of `sim run`: the first violated case explained, all verdicts, then the other violated cases.
public enum RunHTML {
  /// More explanations than these nobody reads; the rest is named with the command that shows it.
  static let mostExplained = 100
  /// Figures are left out from here on, so that the page stays below `HTMLPage.mostBytes`.
  private static let mostDrawn = 1_500_000
  /// A table longer than this is a sweep.
  private static let mostRows = 1_000

  /// - Parameters:
  ///   - command: how the reader calls the command, such as `sim`.
  ///   - neighbours: how many other seeds are tried for each violated case at most.
  public static func report(
    _ scenario: Scenario, _ rows: [RunRow], _ catalog: Catalog, command: String,
    neighbours: Int = Explanation.mostNeighbours
  ) -> String {
    let shown = Array(rows.prefix(mostRows))
    var sections: [String] = []
    var size = 0
    for (index, row) in shown.enumerated() where !row.result.violated.isEmpty {
      let tries = sections.count < mostExplained ? neighbours : nil
      let section = explained(row, "c\(index + 1)", command, neighbours: tries, isDrawn: size < mostDrawn)
      size += section.utf8.count
      sections.append(section)
    }
    var body = header(scenario, rows)
    if let first = sections.first { body += first + FigureStyle.legend() }
    body += table(shown, catalog)
    if rows.count > shown.count {
      body += "<p class=\"note\">\(Quantity.counted(rows.count - shown.count, "more run")) not shown: "
        + "<code>\(HTMLText.escaped(command)) sweep</code> counts any number of them.</p>\n"
    }
    body += sections.dropFirst().joined()
    return HTMLPage.text(title: "\(scenario.name): \(scenario.about)", body: body)
  }

  /// - Parameter neighbours: nil: only the command that shows the case.
  private static func explained(
    _ row: RunRow, _ id: String, _ command: String, neighbours: Int?, isDrawn: Bool
  ) -> String {
    let one = neighbours.flatMap {
      Explanation(row.runner, row.result, command: command, neighbours: $0)
    }
    if let one { return ExplanationHTML.section(one, id: id, isDrawn: isDrawn) }
    let subject = row.runner.subject
    let line = Replay(command, row.runner.scenario)
      .line(algorithm: subject.algorithmName, guardName: subject.guardName, seed: row.result.seed)
    return "<section class=\"case\" id=\"\(id)\"><h2>\(HTMLText.escaped(subject.name))</h2>"
      + "<p><code>\(HTMLText.escaped(line.words.joined(separator: " ")))</code></p></section>\n"
  }

  private static func header(_ scenario: Scenario, _ rows: [RunRow]) -> String {
    let violated = rows.count { !$0.result.violated.isEmpty }
    var terms = RunText.terms(scenario) + "; source: \(scenario.source)"
    if !terms.hasSuffix(".") { terms += "." }
    let cases = rows.count > 1
      ? " <a href=\"#verdicts\">\(Quantity.grouped(violated)) of \(Quantity.counted(rows.count, "case"))"
        + " violated</a>" : ""
    return "<h1>\(HTMLText.escaped(scenario.name)): \(HTMLText.escaped(scenario.about))</h1>\n"
      + "<p class=\"terms\">\(HTMLText.escaped(terms))\(cases)</p>\n"
  }

  // MARK: table

  /// Cases down, checks across, the four questions apart; a violated cell leads to its explanation.
  static func table(_ rows: [RunRow], _ catalog: Catalog) -> String {
    let groups = Question.allCases.map { question in
      (question, catalog.checks.indices.filter { index in
        catalog.checks[index].question == question
          && rows.contains { !$0.result.verdicts[index].isNotApplicable }
      })
    }.filter { !$0.1.isEmpty }
    let hasSeeds = rows.contains { $0.result.seed != rows[0].result.seed }
    var text = "<h2 id=\"verdicts\">Verdicts</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\""
      + " aria-label=\"Verdicts of all cases\">\n<table><thead><tr><th rowspan=\"2\">case</th>"
    for (question, checks) in groups {
      text += "<th colspan=\"\(checks.count)\">\(HTMLText.escaped(question.sentence))</th>"
    }
    text += "<th rowspan=\"2\">as expected</th></tr>\n<tr>"
    let columns = groups.flatMap(\.1)
    for check in columns { text += "<th>\(HTMLText.escaped(catalog.checks[check].name))</th>" }
    text += "</tr></thead>\n<tbody>\n"
    for (index, row) in rows.enumerated() {
      let seed = hasSeeds ? " seed \(row.result.seed)" : ""
      text += "<tr><th>\(HTMLText.escaped(row.runner.subject.name))\(seed)</th>"
      for check in columns { text += cell(row, check, "c\(index + 1)") }
      text += "<td>\(HTMLText.escaped(RunText.status(row).text))</td></tr>\n"
    }
    return text + "</tbody></table></div>\n"
  }

  private static func cell(_ row: RunRow, _ check: Int, _ id: String) -> String {
    let verdict = row.result.verdicts[check]
    switch verdict.verdict {
    case .held: return "<td>✓ held</td>"
    case .violated:
      let isNew = row.outcome?.unexpected.contains(verdict.name) == true
      return "<td class=\"bad\"><a href=\"#\(id)\">✗ violated\(isNew ? "!" : "")</a></td>"
    case .notApplicable: return "<td class=\"off\">-</td>"
    case .unknown: return "<td>? undecided</td>"
    }
  }
}
