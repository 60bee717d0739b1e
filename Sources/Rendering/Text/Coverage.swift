import Contract
import Lab

/// What the runs reached, so that a pass shows what it covered, and how to get each of them again.
enum Coverage {
  static func text(_ rows: [RunRow], _ replay: Replay, _ style: Style) -> String {
    guard let first = rows.first else { return "" }
    let width = max(16, rows.map(\.runner.subject.name.count).max() ?? 0)
    var page = "\n"
    var head = PaintedLine("what was reached", .strong)
    head.pad(to: width)
    for title in ["grants", "expiries", "refused"] { head.add(title, endingAt: head.width + 9, .faint) }
    head.add("  digest", .faint)
    page += head.text(style)
    for row in rows { page += line(row, width, style) }
    for row in rows {
      guard let duplicates = Quantity.duplicates(row.result.reached) else { continue }
      page += Paragraph.hanging("\(row.runner.subject.name.padded(to: width))  ", duplicates, style)
    }
    let again = replay.line(algorithm: "ALGORITHM", guardName: "GUARD", seed: first.result.seed)
    return page + again.text(after: "replay a case  ", style, leadInk: .faint)
  }

  private static func line(_ row: RunRow, _ width: Int, _ style: Style) -> String {
    var line = PaintedLine(row.runner.subject.name.padded(to: width))
    let reached = row.result.reached
    for number in [reached.grants, reached.expiries, reached.rejections] {
      line.add(Quantity.grouped(number), endingAt: line.width + 9, number == 0 ? .faint : .plain)
    }
    line.add("  " + row.result.digest.text, .faint)
    return line.text(style)
  }
}
