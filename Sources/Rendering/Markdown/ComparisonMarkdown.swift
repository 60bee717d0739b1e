import Contract
import Lab

/// A comparison as a page of Markdown that is kept beside the code: no dates, no machine, so that a change of
/// the page is a change of behaviour.
public enum ComparisonMarkdown {
  private static let width = 110
  private static let mostColumns = 6

  public static func report(_ comparison: Comparison) -> String {
    var lines = ["# Compared: \(comparison.name)", ""]
    lines += ["Made by `\(comparison.command)`; do not edit.", "", "## In short", ""]
    for sentence in ComparisonSummary(comparison).sentences { lines += item(sentence) }
    let isAlone = comparison.scenarios.count == 1
    if !isAlone { lines += ["", "## Matrix", ""] + matrix(comparison) }
    lines.append("")
    for scenario in comparison.scenarios { lines += section(scenario, comparison) }
    lines += absent(comparison.absentEverywhere, "## What does not apply anywhere")
    lines += Paragraph.lines(ComparisonFigures.order, width: width) + [""]
    lines += Paragraph.lines(ComparisonFigures.glossary, width: width)
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: the matrix

  private static func matrix(_ comparison: Comparison) -> [String] {
    var lines = [row(["case"] + comparison.scenarios.map(\.name))]
    lines.append(row(["---"] + comparison.scenarios.map { _ in "---" }))
    for name in comparison.rows where comparison.appliesAnywhere(name) {
      lines.append(row([name] + comparison.scenarios.map { cell(ComparisonCell(name, $0, comparison)) }))
    }
    return lines + [""] + Paragraph.lines(ComparisonCell.legend, width: width)
  }

  /// Marks, claim and figures, one below the other; what is bad stands out.
  private static func cell(_ cell: ComparisonCell) -> String {
    let (claim, figures) = cell.words
    var parts: [String] = []
    if let marks = cell.marks { parts.append("`\(marks)`") }
    let isHarmed = if case .violated(.resource, _) = cell.verdict { true } else { false }
    parts.append(isHarmed ? "**\(claim)**" : claim)
    if !figures.isEmpty { parts.append(figures) }
    return parts.joined(separator: "<br>")
  }

  // MARK: one scenario

  private static func section(_ scenario: ComparedScenario, _ comparison: Comparison) -> [String] {
    let isAlone = comparison.scenarios.count == 1
    let level = isAlone ? "##" : "###"
    var lines = isAlone ? [] : ["## \(scenario.name)", ""]
    lines += Paragraph.lines(scenario.about, width: width)
    lines += ["", "Source: \(scenario.source)", ""]
    lines += Paragraph.lines(ComparisonFigures.shared(scenario), width: width) + [""]
    if !scenario.cases.isEmpty {
      lines += ["\(level) What broke", ""] + answers(scenario.cases) + [""]
      lines += examples(scenario.cases, level) + rescues(scenario.cases, level)
      lines += ["\(level) What it cost", ""] + costs(scenario.cases) + [""]
    }
    let others = scenario.absent.filter { comparison.appliesAnywhere($0.name) }
    return lines + absent(others, "\(level) What does not apply")
  }

  private static func absent(_ cases: [AbsentCase], _ title: String) -> [String] {
    cases.isEmpty ? [] : [title, ""] + cases.flatMap { item("\($0.name): \($0.reason)") } + [""]
  }

  private static func answers(_ cases: [ComparedCase]) -> [String] {
    var lines = [row(["case", "verdict"] + Question.allCases.map(\.sentence))]
    lines.append(row(["---", "---"] + Question.allCases.map { _ in "---" }))
    for one in cases {
      let figures = ComparisonFigures(one: one)
      let cells = Question.allCases.map { figures.answer($0).joined(separator: "<br>") }
      lines.append(row([one.name, cell(ComparisonCell(one))] + cells))
    }
    return lines
  }

  private static func examples(_ cases: [ComparedCase], _ level: String) -> [String] {
    let told = cases.flatMap { one -> [String] in
      guard let check = one.gravest, let example = check.example else { return [] }
      return item("\(one.name), \(check.name): \(example.sentence). `\(example.replay)`")
    }
    return told.isEmpty ? [] : ["\(level) How it broke", ""] + told + [""]
  }

  /// Cases of which the same is to be told share a line.
  private static func rescues(_ cases: [ComparedCase], _ level: String) -> [String] {
    var told: [(names: [String], sentence: String)] = []
    for one in cases {
      guard let sentence = one.rescue.map({ RescueWords($0).sentence }) else { continue }
      if let place = told.firstIndex(where: { $0.sentence == sentence }) {
        told[place].names.append(one.name)
      } else {
        told.append(([one.name], sentence))
      }
    }
    let items = told.flatMap { item("\(Quantity.listed($0.names)): \($0.sentence)") }
    return told.isEmpty ? [] : ["\(level) What fencing would have saved", ""] + items + [""]
  }

  /// In bands of a few cases, which a page has room for.
  private static func costs(_ cases: [ComparedCase]) -> [String] {
    stride(from: 0, to: cases.count, by: mostColumns).flatMap { start in
      (start == 0 ? [] : [""]) + costTable(Array(cases[start..<min(start + mostColumns, cases.count)]))
    }
  }

  private static func costTable(_ cases: [ComparedCase]) -> [String] {
    let columns = cases.map { ComparisonFigures(one: $0).costs }
    var lines = [row([""] + cases.map(\.name)), row(["---"] + cases.map { _ in "---:" })]
    for (index, cost) in (columns.first ?? []).enumerated() {
      if columns.allSatisfy({ $0[index].isNothing }) { continue }
      lines.append(row([cost.label] + columns.map { $0[index].value }))
    }
    return lines
  }

  // MARK: pieces

  private static func item(_ text: String) -> [String] {
    Paragraph.lines(text, width: width - 2).enumerated().map { ($0 == 0 ? "- " : "  ") + $1 }
  }

  /// A row of a table, in whose cells a bar would begin another.
  private static func row(_ cells: [String]) -> String {
    "| " + cells.map { String($0.map { $0 == "|" ? "/" : $0 }) }.joined(separator: " | ") + " |"
  }
}
