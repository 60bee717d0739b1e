import Contract
import Lab

/// A comparison as text: each case with the four answers and what it cost.
public enum ComparisonText {
  public static func report(_ comparison: Comparison, _ catalog: Catalog, _ style: Style) -> String {
    var page = ""
    for group in comparison.groups {
      page += (page.isEmpty ? "" : "\n") + PaintedLine(group[0].checked.scenario, .strong).text(style)
      page += Paragraph.hanging("", ComparisonFigures.shared(group), style, .faint)
      for one in group {
        page += "\n" + PaintedLine(one.name, .strong).text(style)
        page += answers(ComparisonFigures(one: one, catalog: catalog), style)
      }
    }
    guard !page.isEmpty else { return "" }
    return page + "\n" + Paragraph.hanging("", ComparisonFigures.glossary, style, .faint)
  }

  private static func answers(_ figures: ComparisonFigures, _ style: Style) -> String {
    let costs = figures.costs
    let width = (Question.allCases.map(\.sentence.count) + costs.map(\.label.count)).max() ?? 0
    var page = ""
    for question in Question.allCases {
      for (number, answer) in figures.answer(question).enumerated() {
        page += row(number == 0 ? question.sentence : "", answer, width, style)
      }
    }
    for cost in costs { page += row(cost.label, cost.value, width, style) }
    return page
  }

  private static func row(_ label: String, _ value: String, _ width: Int, _ style: Style) -> String {
    Paragraph.hanging("  " + label.padded(to: width) + "  ", value, style, leadInk: .faint)
  }
}
