import Contract
import Lab

/// The matrix of a comparison as text: cases down, scenarios across, in bands where they are too many.
struct ComparisonMatrix {
  private static let wideGap = 2
  private static let longest = 13
  private static let shortest = 4

  private let comparison: Comparison
  private let style: Style
  private let rows: [String]
  private let nameWidth: Int
  /// Whether each cell has room for its rate.
  private let isLong: Bool

  init(_ comparison: Comparison, _ style: Style) {
    self.comparison = comparison
    self.style = style
    rows = comparison.rows.filter(comparison.appliesAnywhere)
    nameWidth = rows.map(\.count).max() ?? 0
    let wide = ComparisonMatrix.longest + ComparisonMatrix.wideGap
    isLong = nameWidth + comparison.scenarios.count * wide <= Page.width
  }

  private var gap: Int { isLong ? ComparisonMatrix.wideGap : 1 }
  private var cellWidth: Int { gap + (isLong ? ComparisonMatrix.longest : ComparisonMatrix.shortest) }

  func text() -> String {
    let room = max(1, (Page.width - nameWidth) / cellWidth)
    let numbers = Array(comparison.scenarios.indices)
    var page = ""
    for start in stride(from: 0, to: numbers.count, by: room) {
      page += (start == 0 ? "" : "\n") + band(Array(numbers[start..<min(start + room, numbers.count)]))
    }
    if comparison.scenarios.count > 1 {
      for (number, scenario) in comparison.scenarios.enumerated() {
        page += Paragraph.hanging("[\(number + 1)] ", scenario.name, style, leadInk: .faint)
      }
    }
    return page + Paragraph.hanging("", ComparisonCell.legend, style, .faint)
  }

  private func band(_ columns: [Int]) -> String {
    var head = PaintedLine("case", .faint)
    for (place, column) in columns.enumerated() {
      head.pad(to: nameWidth + place * cellWidth + gap)
      head.add(comparison.scenarios.count > 1 ? "[\(column + 1)]" : "worst answer", .faint)
    }
    var page = head.text(style)
    for row in rows {
      var line = PaintedLine(row)
      for (place, column) in columns.enumerated() {
        let cell = ComparisonCell(row, comparison.scenarios[column], comparison)
        line.pad(to: nameWidth + place * cellWidth + gap)
        line.add(isLong ? cell.long : cell.short, cell.ink)
      }
      page += line.text(style)
    }
    return page
  }
}
