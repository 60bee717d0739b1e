import Contract
import Lab

/// A comparison in one picture, as a file of its own: the matrix as a grid, or a lone scenario's story.
///
/// For pages that show pictures but no pages, such as the index of the reports.
public enum ComparisonPicture {
  private static let cell = (width: 26, height: 16)
  /// What a letter of a label takes, in tenths of a unit.
  private static let letter = 60

  public static func report(_ comparison: Comparison) -> String {
    comparison.scenarios.count > 1 ? grid(comparison) : story(comparison) ?? grid(comparison)
  }

  // MARK: a story

  private static func story(_ comparison: Comparison) -> String? {
    for one in comparison.scenarios.flatMap(\.cases).reversed() {
      guard let value = one.gravest?.example?.figure,
        let told = try? Explanation(ResultTree(value, path: "")), let diagram = told.diagram
      else { continue }
      return DiagramSVG(diagram, id: "f").file(
        title: "\(told.name) in \(told.scenario)", description: told.violations.first?.sentence ?? "",
        opening: opening, style: style)
    }
    return nil
  }

  // MARK: a grid

  private static func grid(_ comparison: Comparison) -> String {
    let left = (comparison.rows.map(\.count).max() ?? 0) * letter / 10 + 12
    let top = (comparison.scenarios.map(\.name.count).max() ?? 0) * letter / 14 + 20
    let width = left + comparison.scenarios.count * cell.width + top
    let height = top + comparison.rows.count * cell.height + 8
    var text = opening + " viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" height=\"\(height)\""
      + " role=\"img\">"
      + "<title>\(HTMLText.escaped(comparison.name)): which lock breaks in which scenario</title>"
      + style + "<rect class=\"ground\" width=\"\(width)\" height=\"\(height)\"/>"
    for (column, scenario) in comparison.scenarios.enumerated() {
      let x = left + column * cell.width + cell.width / 2
      text += "<text class=\"c\" transform=\"translate(\(x) \(top - 6)) rotate(-45)\">"
        + "\(HTMLText.escaped(scenario.name))</text>"
    }
    for (row, name) in comparison.rows.enumerated() {
      let y = top + row * cell.height
      text += "<text class=\"c e\" x=\"\(left - 6)\" y=\"\(y + 12)\">\(HTMLText.escaped(name))</text>"
      for (column, scenario) in comparison.scenarios.enumerated() {
        text += square(ComparisonCell(name, scenario, comparison), left + column * cell.width, y)
      }
    }
    return text + "</svg>\n"
  }

  private static func square(_ one: ComparisonCell, _ x: Int, _ y: Int) -> String {
    guard !one.sign.isEmpty else { return "" }
    let size = "width=\"\(cell.width - 2)\" height=\"\(cell.height - 2)\""
    return "<rect class=\"q \(one.style)\" x=\"\(x)\" y=\"\(y)\" \(size)/>"
      + "<text class=\"m \(one.style)\" x=\"\(x + cell.width / 2 - 1)\" y=\"\(y + 11)\">\(one.sign)</text>"
  }

  // MARK: a file of its own

  private static let opening = "<svg xmlns=\"http://www.w3.org/2000/svg\""

  private static let style = """
    <style>\(HTMLPage.colours)\(FigureStyle.css)
    .ground{fill:var(--bg)}.e{text-anchor:end}
    .c{font:11px "Helvetica Neue",Arial,"DejaVu Sans",sans-serif;fill:var(--ink)}
    .m{font:11px "DejaVu Sans",sans-serif;text-anchor:middle;fill:var(--ink)}
    .q{stroke:var(--line);stroke-width:.5}.q.good{fill:none}.q.bad{fill:var(--bad)}
    .q.half{fill:none;stroke:var(--bad);stroke-width:1.5}
    .m.half{fill:var(--bad)}.q.warn{fill:none;stroke:var(--warn);\
    stroke-width:1.5}.m.bad{fill:var(--bg)}.m.warn{fill:var(--warn)}.m.good{fill:var(--lease)}
    </style>\(FigureStyle.marks)
    """
}
