import Contract
import Lab

/// The explained violations of a comparison: which are drawn, and which tell the story of one that is.
///
/// A page must not grow without bound, and fifteen locks that break in the same way need one figure. Within
/// a scenario a case whose chain of events is that of another one, but for times and tokens, leads there.
struct Gallery {
  private struct Picture {
    let row: String
    let place: Int
    let explanation: Explanation
    /// The picture in which the same story is drawn; nil where this one is, or nothing is.
    var twin: Int?
    var isDrawn = true
  }

  /// In the order of the page: scenario by scenario, case by case.
  private var pictures: [Picture] = []
  /// Figures are left out once all that was drawn weighs this much: the rest of the page has room for words.
  private static let mostBytes = 1_400_000

  init(_ comparison: Comparison) {
    for (place, scenario) in comparison.scenarios.enumerated() {
      for one in scenario.cases {
        guard let value = one.gravest?.example?.figure,
          let told = try? Explanation(ResultTree(value, path: ""))
        else { continue }
        add(told, one.name, place)
      }
    }
    leaveOut()
  }

  var hasFigures: Bool { pictures.contains { $0.explanation.diagram != nil } }

  private mutating func add(_ told: Explanation, _ row: String, _ place: Int) {
    let twin = pictures.firstIndex {
      $0.place == place && $0.twin == nil && $0.explanation.tellsTheStory(of: told)
    }
    pictures.append(Picture(row: row, place: place, explanation: told, twin: twin))
  }

  private mutating func leaveOut() {
    var size = 0
    for index in pictures.indices where pictures[index].twin == nil {
      pictures[index].isDrawn = size < Gallery.mostBytes
      if pictures[index].isDrawn { size += text(index).utf8.count }
    }
  }

  /// The id of the section that explains what happened to a case; nil where nothing did, or nobody told it.
  func target(_ row: String, _ place: Int) -> String? { index(row, place).map(id) }

  /// What happened to a case; nothing where there is nothing to explain.
  func section(_ row: String, _ place: Int) -> String { index(row, place).map(text) ?? "" }

  private func index(_ row: String, _ place: Int) -> Int? {
    pictures.firstIndex { $0.row == row && $0.place == place }
  }

  private func id(_ index: Int) -> String { "f\(index + 1)" }

  private func text(_ index: Int) -> String {
    let picture = pictures[index]
    guard let twin = picture.twin else {
      return ExplanationHTML.section(picture.explanation, id: id(index), isDrawn: picture.isDrawn)
    }
    let other = HTMLText.escaped(pictures[twin].row)
    return ExplanationHTML.twin(
      picture.explanation, id: id(index), of: "<a href=\"#\(id(twin))\">\(other)</a>")
  }
}

extension Explanation {
  /// Whether the same happens in the same order to the same parts, whatever the times, tokens and versions.
  func tellsTheStory(of other: Explanation) -> Bool {
    violations.map(\.check) == other.violations.map(\.check) && isHarmed == other.isHarmed
      && diagram?.lanes.map(\.kind) == other.diagram?.lanes.map(\.kind) && steps.count == other.steps.count
      && diagram?.shape == other.diagram?.shape
      && zip(steps, other.steps).allSatisfy { $0.isWrong == $1.isWrong && $0.outline == $1.outline }
  }
}

extension Diagram {
  /// What is drawn where, but for times and tokens: more than the chain of causes tells, as a refused read.
  ///
  /// Two cases with one chain may part ways beside it, and then no figure serves both.
  fileprivate var shape: [String] {
    marks.map { "\($0.lane) \($0.kind)" } + arrows.map { "\($0.from) \($0.to) \($0.end)" }
      + spans.map { "\($0.lane) \($0.kind)" }
  }
}

extension Explanation.Step {
  /// The words without tokens in brackets and without numbers.
  fileprivate var outline: String {
    var depth = 0
    return String(
      text.filter { sign in
        if sign == "(" { depth += 1 }
        defer { if sign == ")" { depth -= 1 } }
        return depth == 0 && !sign.isNumber
      })
  }
}
