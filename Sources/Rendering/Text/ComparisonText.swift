import Contract
import Lab

/// A comparison as text: in short, the matrix, then each case with the four answers and what it cost.
public enum ComparisonText {
  public static func report(_ comparison: Comparison, _ style: Style) -> String {
    guard !comparison.rows.isEmpty else { return "" }
    var page = PaintedLine("In short", .strong).text(style)
    for sentence in ComparisonSummary(comparison).sentences {
      page += Paragraph.hanging("  ", sentence, style)
    }
    page += "\n" + PaintedLine("Matrix", .strong).text(style) + ComparisonMatrix(comparison, style).text()
    page += absent(comparison.absentEverywhere, style)
    for scenario in comparison.scenarios { page += "\n" + section(scenario, comparison, style) }
    return page + "\n" + Paragraph.hanging("", ComparisonFigures.order, style, .faint)
      + Paragraph.hanging("", ComparisonFigures.glossary, style, .faint)
  }

  private static func absent(_ cases: [AbsentCase], _ style: Style) -> String {
    cases.reduce("") {
      $0 + Paragraph.hanging("", "\($1.name) does not apply: \($1.reason)", style, .faint)
    }
  }

  private static func section(
    _ scenario: ComparedScenario, _ comparison: Comparison, _ style: Style
  ) -> String {
    var page = PaintedLine(scenario.name, .strong).text(style)
    page += Paragraph.hanging("", scenario.about, style)
    page += Paragraph.hanging("", ComparisonFigures.shared(scenario), style, .faint)
    for one in scenario.cases { page += "\n" + text(one, style) }
    let others = absent(scenario.absent.filter { comparison.appliesAnywhere($0.name) }, style)
    return page + (others.isEmpty ? "" : "\n") + others
  }

  private static func text(_ one: ComparedCase, _ style: Style) -> String {
    let cell = ComparisonCell(one), figures = ComparisonFigures(one: one), costs = figures.costs
    var title = PaintedLine(one.name, .strong)
    title.add("  " + cell.words.claim, cell.ink)
    var page = title.text(style)
    let width = (Question.allCases.map(\.sentence.count) + costs.map(\.label.count)).max() ?? 0
    for question in Question.allCases {
      for (number, answer) in figures.answer(question).enumerated() {
        page += row(number == 0 ? question.sentence : "", answer, width, style)
      }
    }
    if let example = one.gravest?.example {
      page += row("for instance", example.sentence, width, style)
      page += row("replay", example.replay, width, style)
    }
    if let rescue = one.rescue {
      page += row("what fencing would have saved", RescueWords(rescue).sentence, width, style)
    }
    for cost in costs where !cost.isNothing { page += row(cost.label, cost.value, width, style) }
    return page
  }

  private static func row(_ label: String, _ value: String, _ width: Int, _ style: Style) -> String {
    Paragraph.hanging("  " + label.padded(to: width) + "  ", value, style, leadInk: .faint)
  }
}

/// What fencing would have saved, in words.
struct RescueWords {
  private let rescue: Rescue

  init(_ rescue: Rescue) { self.rescue = rescue }

  /// "unique-token and compare-and-set: 50 of 50 harmed runs unharmed; write-ratchet: 3 of 50".
  var sentence: String {
    var parts: [String] = rescue.isOrdered ? [] : ["the lock hands out no token with an order"]
    let groups = self.groups
    if groups.isEmpty { parts.append("there is no other guard to try") }
    for (place, group) in groups.enumerated() {
      let unit = place == 0 ? " harmed runs unharmed" : ""
      parts.append("\(Quantity.listed(group.guards)): \(group.unharmed) of \(rescue.rerun)\(unit)")
    }
    if rescue.rerun < rescue.harmed, !groups.isEmpty {
      parts.append(
        "tried on the first \(rescue.rerun) of the \(Quantity.grouped(rescue.harmed)) harmed runs")
    }
    return parts.joined(separator: "; ")
  }

  /// Guards that saved as many runs, the most first.
  var groups: [(unharmed: Int, guards: [String])] {
    var groups: [(unharmed: Int, guards: [String])] = []
    for one in rescue.guards {
      if let place = groups.firstIndex(where: { $0.unharmed == one.unharmed }) {
        groups[place].guards.append(one.guardName)
      } else {
        groups.append((one.unharmed, [one.guardName]))
      }
    }
    return groups.sorted { $0.unharmed > $1.unharmed }
  }
}
