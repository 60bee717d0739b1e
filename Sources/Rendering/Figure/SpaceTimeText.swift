import Contract

/// A space-time figure in characters: time runs downward, lanes are narrow, words stand at the right.
struct SpaceTimeText: Sendable {
  private struct Cell {
    var character: Character = " "
    var ink = Ink.plain
  }

  private let figure: SpaceTime
  private let style: Style
  private let indent: Int
  /// Indexed by lane: the column at which it begins, from the first lane; then where the last ends.
  private let starts: [Int]
  private let timeWidth: Int

  /// Where in a lane its lease, its belief or lifeline, and its hatching stand.
  private enum Place {
    static let lease = 0, spine = 1, hatch = 2
  }

  init(_ figure: SpaceTime, indent: Int, _ style: Style) {
    self.figure = figure
    self.style = style
    self.indent = indent
    let label = figure.rows.flatMap(\.signs).map { $0?.token.count ?? 0 }.max() ?? 0
    var starts = [0]
    for lane in figure.lanes {
      let least = if case .client = lane.part { 10 } else { label + 4 }
      starts.append(starts[starts.count - 1] + max(least, lane.title.count + 2))
    }
    self.starts = starts
    let times = figure.rows.map { SpaceTimeText.time($0).count }
    timeWidth = max(9, times.max() ?? 0)
  }

  /// Where the words begin.
  private var textColumn: Int { indent + timeWidth + 3 + starts[starts.count - 1] }

  func text() -> String {
    header() + figure.rows.reduce("") { $0 + lines($1) } + legend()
  }

  private func header() -> String {
    var line = PaintedLine()
    line.add("true time", endingAt: indent + timeWidth, .faint)
    for (lane, start) in zip(figure.lanes, starts) {
      line.pad(to: indent + timeWidth + 2 + start)
      line.add(lane.title, .strong)
    }
    return line.text(style)
  }

  private static func time(_ row: SpaceTime.Row) -> String {
    guard case .pause(let span) = row.kind else { return row.at.spoken }
    let tenths = (span.count + 50_000_000) / 100_000_000
    return tenths > 0 ? "~~ \(Quantity.fixed(UInt64(tenths), places: 1)) s ~~" : "~~"
  }

  private func lines(_ row: SpaceTime.Row) -> String {
    var page = ""
    for (number, words) in Paragraph.lines(row.text, width: Page.width - textColumn).enumerated() {
      var line = PaintedLine()
      let isPause = row.kind != .event
      if number == 0 {
        line.add(SpaceTimeText.time(row), endingAt: indent + timeWidth, isPause ? .faint : .plain)
      }
      line.pad(to: indent + timeWidth + 2)
      for cell in cells(row, isFirst: number == 0) { line.add(String(cell.character), cell.ink) }
      line.pad(to: textColumn)
      line.add(words, row.ink)
      page += line.text(style)
    }
    return page
  }

  // MARK: cells

  private func cells(_ row: SpaceTime.Row, isFirst: Bool) -> [Cell] {
    var cells = Array(repeating: Cell(), count: starts[starts.count - 1])
    for index in figure.lanes.indices { draw(row.standings[index], index, &cells) }
    guard isFirst else { return cells }
    if let arrow = row.arrow { draw(arrow, &cells) }
    for (index, sign) in row.signs.enumerated() {
      if let sign { draw(sign, index, &cells) }
    }
    return cells
  }

  private func draw(_ standing: SpaceTime.Standing, _ lane: Int, _ cells: inout [Cell]) {
    let start = starts[lane]
    cells[start + Place.spine] = Cell(character: "┊", ink: .faint)
    if standing.isDown { cells[start + Place.spine] = Cell(character: " ") }
    if standing.hasLease { cells[start + Place.lease] = Cell(character: "│", ink: .good) }
    if standing.believes {
      let ink = standing.isContested ? Ink.bad : .strong
      cells[start + Place.spine] = Cell(character: standing.isContested ? "█" : "┃", ink: ink)
    }
    guard standing.isPaused else { return }
    for column in (start + Place.hatch)..<(starts[lane + 1] - 3) {
      cells[column] = Cell(character: "░", ink: .warning)
    }
  }

  /// The line runs behind the bars of the lanes that it crosses.
  private func draw(_ arrow: SpaceTime.Arrow, _ cells: inout [Cell]) {
    let from = starts[arrow.from] + Place.spine, tip = starts[arrow.to] + Place.spine
    let isRight = from < tip
    let end = arrow.end == .underWay ? tip - 4 : tip
    let between = isRight ? (from + 1)..<end : (tip + 1)..<from
    for column in between where " ┊".contains(cells[column].character) {
      cells[column] = Cell(character: "─")
    }
    switch arrow.end {
    case .arrives where isRight: cells[tip] = Cell(character: "▶", ink: .strong)
    case .arrives: cells[tip + 1] = Cell(character: "◀", ink: .strong)
    case .refused: cells[tip] = Cell(character: "✗", ink: .good)
    case .underWay: cells[end] = Cell(character: "▷")
    }
  }

  private func draw(_ sign: SpaceTime.Sign, _ lane: Int, _ cells: inout [Cell]) {
    let spine = starts[lane] + Place.spine
    switch sign.mark {
    case .grant: cells[spine] = Cell(character: "●", ink: .strong)
    case .expiry: cells[spine] = Cell(character: "○", ink: .warning)
    case .fault: cells[spine] = Cell(character: "!", ink: .warning)
    case .access, .refusal, .harm: break
    }
    write(sign.token, at: spine + 2, sign.mark == .harm ? .bad : .plain, &cells)
  }

  private func write(_ word: String, at column: Int, _ ink: Ink, _ cells: inout [Cell]) {
    for (offset, character) in word.enumerated() where column + offset < cells.count {
      cells[column + offset] = Cell(character: character, ink: ink)
    }
  }

  // MARK: legend

  /// Names the signs that this figure uses.
  private func legend() -> String {
    let standings = figure.rows.flatMap(\.standings), signs = figure.rows.flatMap(\.signs)
    var parts: [String] = []
    if standings.contains(where: \.hasLease) { parts.append("│ lease") }
    if standings.contains(where: { $0.believes && !$0.isContested }) { parts.append("┃ believes it holds") }
    if standings.contains(where: \.isContested) { parts.append("█ believes it, as another does") }
    if standings.contains(where: \.isPaused) { parts.append("░ stopped") }
    if let token = signs.first(where: { $0?.mark == .grant && $0?.token != "" })??.token {
      parts.append("● \(token) grant, token")
    }
    let margin = indent + timeWidth + 2
    return Paragraph.flow(parts, gap: "   ", width: Page.width - margin).reduce("") { page, text in
      var line = PaintedLine()
      line.pad(to: margin)
      line.add(text, .faint)
      return page + line.text(style)
    }
  }
}
