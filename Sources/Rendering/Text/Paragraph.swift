/// How wide a report may be.
enum Page {
  static let width = 100
}

/// Breaks a text into lines at its spaces.
enum Paragraph {
  /// Lines of at most `width` characters; a word longer than that is cut.
  static func lines(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in words(text) {
      var word = word[...]
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      while word.count > width {
        lines.append(String(word.prefix(width)))
        word = word.dropFirst(width)
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    if !line.isEmpty || lines.isEmpty { lines.append(line) }
    return lines
  }

  /// Words, with a unit as part of the number before it.
  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    for word in text.split(separator: " ") {
      let isUnit = ["s", "ms", "us", "ns", "%"].contains { word.hasPrefix($0) && word.count <= $0.count + 1 }
      if isUnit, let last = words.last?.last, last.isNumber {
        words[words.count - 1] += " " + word
      } else {
        words.append(String(word))
      }
    }
    return words
  }

  /// Lines of at most `width` characters made of parts that are not broken; a comma in the gap ends its line.
  static func flow(_ parts: [String], gap: String, width: Int) -> [String] {
    let ending = gap.trimmedAtEnd
    var lines: [String] = []
    for part in parts {
      if let last = lines.last, last.count + gap.count + part.count + ending.count <= width {
        lines[lines.count - 1] = last + gap + part
      } else {
        if !lines.isEmpty { lines[lines.count - 1] += ending }
        lines.append(part)
      }
    }
    return lines
  }

  /// A text whose first line begins with `lead` and whose others stand below what follows it.
  static func hanging(
    _ lead: String, _ text: String, _ style: Style, _ ink: Ink = .plain, leadInk: Ink = .plain
  ) -> String {
    var page = ""
    for (number, part) in lines(text, width: Page.width - lead.count).enumerated() {
      var line = PaintedLine()
      if number == 0 { line.add(lead, leadInk) }
      line.pad(to: lead.count)
      line.add(part, ink)
      page += line.text(style)
    }
    return page
  }
}
