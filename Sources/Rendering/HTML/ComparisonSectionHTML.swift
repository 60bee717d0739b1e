import Contract
import Lab

/// One scenario of a comparison as a part of its page.
struct ComparisonSectionHTML {
  private let scenario: ComparedScenario
  private let place: Int
  private let gallery: Gallery

  /// - Parameter place: the scenario's place among all of the comparison, from 0.
  init(_ scenario: ComparedScenario, _ place: Int, _ gallery: Gallery) {
    self.scenario = scenario
    self.place = place
    self.gallery = gallery
  }

  func text() -> String {
    let name = HTMLText.escaped(scenario.name)
    var text = "<section class=\"story\" id=\"s\(place + 1)\" aria-labelledby=\"s\(place + 1)-h\">\n"
      + "<h2 id=\"s\(place + 1)-h\">\(name)</h2>\n<p>\(HTMLText.escaped(scenario.about))</p>\n"
      + "<p class=\"note\">Source: \(HTMLText.escaped(scenario.source))."
      + " \(HTMLText.escaped(ComparisonFigures.shared(scenario)))</p>\n"
    text += answers()
    for one in scenario.cases { text += gallery.section(one.name, place) }
    text += rescues() + costs() + absentees()
    return text + "</section>\n"
  }

  // MARK: tables

  private func answers() -> String {
    guard !scenario.cases.isEmpty else { return "" }
    let questions = Question.allCases.map(\.sentence)
    var text = head("What broke", "What broke in \(scenario.name)", ["case"] + questions, "answers")
    for one in scenario.cases {
      let figures = ComparisonFigures(one: one)
      text += "<tr><th scope=\"row\">\(name(of: one))</th>"
      for question in Question.allCases {
        let style = one.violatedRuns(of: question) == 0 ? "" : question == .resource ? "bad" : "warn"
        let lines = figures.answer(question).map(HTMLText.escaped).joined(separator: "<br>")
        text += "<td class=\"\(style)\">\(lines)</td>"
      }
      text += "</tr>\n"
    }
    return text + "</tbody></table></div>\n"
  }

  private func name(of one: ComparedCase) -> String {
    let words = HTMLText.escaped(one.name)
    return gallery.target(one.name, place).map { "<a href=\"#\($0)\">\(words)</a>" } ?? words
  }

  private func costs() -> String {
    guard !scenario.cases.isEmpty else { return "" }
    let columns = scenario.cases.map { ComparisonFigures(one: $0).costs }
    let labels = columns[0].map(\.label)
    let told = labels.indices.filter { row in columns.contains { !isSilent($0[row].value) } }
    var text = head(
      "What it cost", "What it cost in \(scenario.name)", ["case"] + told.map { labels[$0] }, "costs")
    for (one, column) in zip(scenario.cases, columns) {
      text += "<tr><th scope=\"row\">\(HTMLText.escaped(one.name))</th>"
      text += told.map { "<td>\(HTMLText.escaped(column[$0].value))</td>" }.joined() + "</tr>\n"
    }
    return text + "</tbody></table></div>\n"
  }

  /// Whether a figure says that there was nothing to measure; a column of them is left out.
  private func isSilent(_ value: String) -> Bool { value == "none" || value == "no effects" }

  private func head(_ title: String, _ label: String, _ columns: [String], _ style: String) -> String {
    "<h3>\(title)</h3>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\""
      + " aria-label=\"\(HTMLText.escaped(label))\">\n<table class=\"\(style)\"><thead><tr>"
      + columns.map { "<th scope=\"col\">\(HTMLText.escaped($0))</th>" }.joined() + "</tr></thead>\n<tbody>\n"
  }

  // MARK: lists

  private func rescues() -> String {
    let items = scenario.cases.compactMap { one in
      one.rescue.map { "<li>\(HTMLText.escaped("\(one.name): \(RescueWords($0).sentence)"))</li>\n" }
    }
    return list("What fencing would have saved", items)
  }

  private func absentees() -> String {
    let items = scenario.absent.map { "<li>\(HTMLText.escaped("\($0.name): \($0.reason)"))</li>\n" }
    return list("What does not apply", items)
  }

  private func list(_ title: String, _ items: [String]) -> String {
    items.isEmpty ? "" : "<h3>\(title)</h3>\n<ul class=\"short\">\n\(items.joined())</ul>\n"
  }
}
