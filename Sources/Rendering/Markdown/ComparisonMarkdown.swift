import Contract
import Lab

/// A comparison as a page of Markdown that is kept beside the code: no dates, no machine, so that a change of
/// the page is a change of behaviour.
public enum ComparisonMarkdown {
  private static let width = 110

  public static func report(_ comparison: Comparison, _ catalog: Catalog) -> String {
    let names = comparison.groups.map { $0[0].checked.scenario }
    var lines = ["# Compared: \(Quantity.listed(names))", ""]
    lines += ["Made by `\(comparison.command)`; do not edit.", ""]
    for group in comparison.groups { lines += section(group, catalog, isAlone: names.count == 1) }
    lines += Paragraph.lines(ComparisonFigures.glossary, width: width)
    return lines.joined(separator: "\n") + "\n"
  }

  private static func section(_ group: [ComparedCase], _ catalog: Catalog, isAlone: Bool) -> [String] {
    let story = group[0].checked
    let level = isAlone ? "##" : "###"
    var lines = isAlone ? [] : ["## \(story.scenario)", ""]
    let opening = "Compared are \(Quantity.listed(group.map(\.name))). "
    lines += Paragraph.lines(opening + story.about, width: width)
    lines += ["", "Source: \(story.source)", ""]
    lines += Paragraph.lines(ComparisonFigures.shared(group), width: width)
    lines += ["", "\(level) What broke", ""]
    lines += answers(group.map { ComparisonFigures(one: $0, catalog: catalog) })
    lines += ["", "\(level) What it cost", ""]
    lines += costs(group.map { ComparisonFigures(one: $0, catalog: catalog) })
    return lines + [""]
  }

  private static func answers(_ cases: [ComparisonFigures]) -> [String] {
    var lines = [row(["case"] + Question.allCases.map(\.sentence))]
    lines.append(row(["---"] + Question.allCases.map { _ in "---" }))
    for one in cases {
      let cells = Question.allCases.map { one.answer($0).joined(separator: "<br>") }
      lines.append(row([one.one.name] + cells))
    }
    return lines
  }

  private static func costs(_ cases: [ComparisonFigures]) -> [String] {
    let columns = cases.map(\.costs)
    var lines = [row([""] + cases.map(\.one.name)), row(["---"] + cases.map { _ in "---:" })]
    for (index, cost) in (columns.first ?? []).enumerated() {
      lines.append(row([cost.label] + columns.map { $0[index].value }))
    }
    return lines
  }

  /// A row of a table, in whose cells a bar would begin another.
  private static func row(_ cells: [String]) -> String {
    "| " + cells.map { String($0.map { $0 == "|" ? "/" : $0 }) }.joined(separator: " | ") + " |"
  }
}
