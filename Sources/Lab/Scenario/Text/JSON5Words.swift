extension JSON5 {
  // MARK: strings

  /// A string in single or double quotes.
  mutating func string() throws(ScenarioProblem) -> String {
    let start = cursor.position
    let quote = cursor.current
    cursor.advance()
    var text = String.UnicodeScalarView()
    while let scalar = cursor.current, scalar != quote {
      let place = cursor.position
      if scalar == "\\" {
        guard let escaped = try escape() else { continue }
        if !limits.allowsEscapedControls { try refuseControl(escaped, at: place) }
        text.append(escaped)
      } else {
        if JSON5.isLineFeed(scalar) {
          throw problem(at: start, "the string that begins here has no end on its line")
        }
        try refuseControl(scalar, at: place)
        text.append(scalar)
        cursor.advance()
      }
    }
    if cursor.current == nil { throw problem(at: start, "the string that begins here has no end") }
    cursor.advance()
    return String(text)
  }

  private static func isLineFeed(_ scalar: Unicode.Scalar) -> Bool { scalar == "\n" || scalar == "\r" }

  private func refuseControl(_ scalar: Unicode.Scalar, at place: TextPosition) throws(ScenarioProblem) {
    guard scalar.properties.generalCategory == .control else { return }
    throw problem(
      at: place, "control characters are refused in strings: U+\(JSON5.hexadecimal(scalar.value))")
  }

  static func hexadecimal(_ code: UInt32) -> String {
    let digits = String(code, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// What stands after a backslash; nil for a line continuation, which stands for nothing.
  private mutating func escape() throws(ScenarioProblem) -> Unicode.Scalar? {
    let start = cursor.position
    cursor.advance()
    guard let scalar = cursor.current else { throw unexpected("an escape") }
    switch scalar {
    case "u": return try unicodeEscape(from: start)
    case "x":
      cursor.advance()
      return Unicode.Scalar(UInt8(try hexDigits(2, from: start)))
    case "1"..."9": throw problem(at: start, found: "\"\\\(scalar)\"", "an escape that JSON5 does not have")
    case "0":
      cursor.advance()
      if let digit = cursor.current, ("0"..."9").contains(digit) {
        throw problem(at: start, found: "\"\\0\(digit)\"", "an escape that JSON5 does not have")
      }
      return "\0"
    default:
      cursor.advance()
      if scalar == "\r" { _ = cursor.take("\n") }
      if JSON5.endsLine(scalar) { return nil }
      return JSON5.escapes.first { $0.letter == scalar }?.meaning ?? scalar
    }
  }

  private static let escapes: [(letter: Unicode.Scalar, meaning: Unicode.Scalar)] = [
    ("b", "\u{8}"), ("f", "\u{c}"), ("n", "\n"), ("r", "\r"), ("t", "\t"), ("v", "\u{b}"),
  ]

  /// `\uXXXX`, or two of them that make a surrogate pair. The cursor is at the u.
  private mutating func unicodeEscape(from start: TextPosition) throws(ScenarioProblem) -> Unicode.Scalar {
    cursor.advance()
    let first = try hexDigits(4, from: start)
    if let scalar = Unicode.Scalar(first) { return scalar }
    let half = "\"\\u\(JSON5.hexadecimal(first))\""
    guard first < 0xdc00, cursor.current == "\\", cursor.next == "u" else {
      throw problem(at: start, found: half, "expected both halves of a surrogate pair")
    }
    cursor.advance()
    cursor.advance()
    let second = try hexDigits(4, from: start)
    guard (0xdc00...0xdfff).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
    else { throw problem(at: start, found: half, "expected both halves of a surrogate pair") }
    return scalar
  }

  private mutating func hexDigits(_ count: Int, from start: TextPosition) throws(ScenarioProblem) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let digit = cursor.current.flatMap(JSON5.hexDigit) else {
        throw problem(at: start, "this escape takes \(count) hexadecimal digits")
      }
      value = value << 4 | digit
      cursor.advance()
    }
    return value
  }

  static func hexDigit(_ scalar: Unicode.Scalar) -> UInt32? {
    scalar.isASCII ? Character(scalar).hexDigitValue.map(UInt32.init) : nil
  }

  // MARK: names

  /// An ECMAScript 5.1 identifier name, such as a key without quotes.
  mutating func name() throws(ScenarioProblem) -> String {
    var text = String.UnicodeScalarView()
    while let scalar = cursor.current {
      let start = cursor.position
      if scalar == "\\" {
        cursor.advance()
        guard cursor.current == "u" else { throw unexpected("an escape such as \"\\u0061\"") }
        let escaped = try unicodeEscape(from: start)
        guard text.isEmpty ? JSON5.startsName(escaped) : JSON5.continuesName(escaped), escaped != "\\" else {
          throw problem(at: start, "this escape stands for a character that a bare key cannot hold")
        }
        text.append(escaped)
      } else {
        guard JSON5.continuesName(scalar) else { break }
        text.append(scalar)
        cursor.advance()
      }
    }
    return String(text)
  }

  static func startsName(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "$", "_", "\\": return true
    default:
      guard scalar.value > 127 else { return false }
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .letterNumber:
        return true
      default: return false
      }
    }
  }

  static func continuesName(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "\\" { return false }
    if startsName(scalar) || ("0"..."9").contains(scalar) { return true }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .decimalNumber, .connectorPunctuation: return scalar.value > 127
    default: return scalar == "\u{200c}" || scalar == "\u{200d}"
    }
  }

  // MARK: numbers

  static func startsNumber(_ scalar: Unicode.Scalar) -> Bool {
    ("0"..."9").contains(scalar) || scalar == "-" || scalar == "+" || scalar == "."
  }

  /// A finite number; its text is kept as it stands.
  mutating func number() throws(ScenarioProblem) -> JSONNumber {
    let start = cursor.position
    var text = ""
    if cursor.current == "+" || cursor.current == "-" { take(into: &text) }
    if let letter = cursor.current, letter == "I" || letter == "N" {
      let word = try name()
      if word == "Infinity" || word == "NaN" { throw notFinite(text + word, at: start) }
      throw problem(at: start, found: JSONValue.shortened(text + word), "expected a number")
    }
    if cursor.current == "0", cursor.next == "x" || cursor.next == "X" {
      take(into: &text)
      take(into: &text)
      guard takeDigits(into: &text, where: { JSON5.hexDigit($0) != nil }) else {
        throw unexpected("a hexadecimal digit")
      }
    } else {
      try decimal(into: &text, from: start)
    }
    if let scalar = cursor.current, JSON5.continuesName(scalar) || scalar == "." || scalar == "\\" {
      throw unexpected("the end of the number")
    }
    return JSONNumber(checked: text)
  }

  private mutating func decimal(into text: inout String, from start: TextPosition) throws(ScenarioProblem) {
    let leadsWithZero = cursor.current == "0"
    if leadsWithZero, let second = cursor.next, ("0"..."9").contains(second) {
      throw problem(at: start, "a number does not begin with a needless 0")
    }
    let hasWhole = takeDigits(into: &text)
    var hasFraction = false
    if cursor.current == "." {
      take(into: &text)
      hasFraction = takeDigits(into: &text)
    }
    guard hasWhole || hasFraction else { throw unexpected("a digit") }
    guard cursor.current == "e" || cursor.current == "E" else { return }
    take(into: &text)
    if cursor.current == "+" || cursor.current == "-" { take(into: &text) }
    guard takeDigits(into: &text) else { throw unexpected("a digit") }
  }

  private mutating func take(into text: inout String) {
    if let scalar = cursor.current { text.unicodeScalars.append(scalar) }
    cursor.advance()
  }

  private mutating func takeDigits(
    into text: inout String, where isDigit: (Unicode.Scalar) -> Bool = { ("0"..."9").contains($0) }
  ) -> Bool {
    var some = false
    while let scalar = cursor.current, isDigit(scalar) {
      take(into: &text)
      some = true
    }
    return some
  }
}
