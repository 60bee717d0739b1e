/// A line made of painted pieces, whose width is that of its characters and not of its colours.
struct PaintedLine: Sendable {
  private var parts: [(text: String, ink: Ink)] = []
  private(set) var width = 0

  init() {}

  init(_ text: String, _ ink: Ink = .plain) { add(text, ink) }

  mutating func add(_ text: String, _ ink: Ink = .plain) {
    parts.append((text, ink))
    width += text.count
  }

  /// Adds spaces up to this column; nothing where the line is there already.
  mutating func pad(to column: Int) {
    if column > width { add(String(repeating: " ", count: column - width)) }
  }

  /// Adds the text so that it ends at this column.
  mutating func add(_ text: String, endingAt column: Int, _ ink: Ink = .plain) {
    pad(to: column - text.count)
    add(text, ink)
  }

  /// The line with its colours, without spaces at its end, and with a line feed.
  func text(_ style: Style) -> String {
    var parts = parts
    while let last = parts.last {
      parts[parts.count - 1].text = last.text.trimmedAtEnd
      if !parts[parts.count - 1].text.isEmpty { break }
      parts.removeLast()
    }
    return parts.reduce("") { $0 + style.paint($1.text, $1.ink) } + "\n"
  }
}

extension String {
  var trimmedAtEnd: String {
    var rest = Substring(self)
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }

  /// The text with spaces after it, up to this width.
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
