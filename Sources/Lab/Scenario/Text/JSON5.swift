/// Reads JSON5, and JSON, from bytes to values that know their line and column.
///
/// Infinity and NaN, control characters and duplicate keys are refused.
/// Source: The JSON5 Data Interchange Format, spec.json5.org, version 1.0.0.
public struct JSON5 {
  /// How much a text may demand of its reader.
  public struct Limits: Sendable {
    public var bytes: Int
    public var nesting: Int
    /// Whether a string may hold a control character that is written as an escape.
    public var allowsEscapedControls: Bool

    public init(bytes: Int, nesting: Int = 64, allowsEscapedControls: Bool) {
      self.bytes = bytes
      self.nesting = nesting
      self.allowsEscapedControls = allowsEscapedControls
    }

    public static let scenario = Limits(bytes: 1 << 20, allowsEscapedControls: false)
    /// For what the tool wrote itself: results and histories.
    public static let results = Limits(bytes: 1 << 30, allowsEscapedControls: true)
  }

  var cursor: TextCursor
  let limits: Limits
  private let path: String
  private var steps: [JSONPath.Step] = []
  private var depth = 0

  /// The one value of a text.
  ///
  /// - Throws: `ScenarioProblem` at the first place that is not JSON5 or is beyond the limits.
  public static func read(
    _ bytes: [UInt8], path: String = "", limits: Limits = .scenario
  ) throws(ScenarioProblem) -> JSONValue {
    guard bytes.count <= limits.bytes else {
      throw ScenarioProblem(path: path, "the file has more than the \(limits.bytes) bytes that are read")
    }
    var reader = try JSON5(bytes, path, limits)
    try reader.skipSpace()
    let value = try reader.value()
    try reader.skipSpace()
    if reader.cursor.current != nil { throw reader.unexpected("the end of the file") }
    return value
  }

  private init(_ bytes: [UInt8], _ path: String, _ limits: Limits) throws(ScenarioProblem) {
    self.path = path
    self.limits = limits
    do {
      cursor = try TextCursor(bytes)
    } catch {
      throw ScenarioProblem(
        path: path, at: error.position,
        "the byte at offset \(error.offset) is not UTF-8; save the file as UTF-8")
    }
  }

  // MARK: values

  private mutating func value() throws(ScenarioProblem) -> JSONValue {
    let start = cursor.position
    switch cursor.current {
    case "{": return JSONValue(try object(), at: start)
    case "[": return JSONValue(try list(), at: start)
    case "\"", "'": return JSONValue(.text(try string()), at: start)
    case let scalar? where JSON5.startsNumber(scalar): return JSONValue(.number(try number()), at: start)
    case let scalar? where JSON5.startsName(scalar): return JSONValue(try word(at: start), at: start)
    default: throw unexpected("a value")
    }
  }

  private mutating func word(at start: TextPosition) throws(ScenarioProblem) -> JSONValue.Content {
    let word = try name()
    switch word {
    case "null": return .null
    case "true": return .flag(true)
    case "false": return .flag(false)
    case "Infinity", "NaN": throw notFinite(word, at: start)
    default:
      throw problem(
        at: start, found: JSONValue.shortened(word), "expected a value; a string stands in quotes")
    }
  }

  func notFinite(_ word: String, at start: TextPosition) -> ScenarioProblem {
    problem(at: start, found: word, "expected a finite number")
  }

  private mutating func object() throws(ScenarioProblem) -> JSONValue.Content {
    try open()
    var members: [JSONMember] = []
    var keys: Set<String> = []
    while cursor.current != "}" {
      let start = cursor.position
      let key = try key()
      steps.append(.key(key))
      guard keys.insert(key).inserted else {
        let line = members.first { $0.key == key }?.keyPosition.line ?? 0
        throw problem(
          at: start, "the key \(JSONText.quoted(JSONValue.shortened(key))) stands on line \(line) already")
      }
      try skipSpace()
      guard cursor.take(":") else { throw unexpected("a \":\" after the key") }
      try skipSpace()
      members.append(JSONMember(key, try value(), at: start))
      steps.removeLast()
      try separator(before: "}")
    }
    close()
    return .object(members)
  }

  private mutating func key() throws(ScenarioProblem) -> String {
    switch cursor.current {
    case "\"", "'": return try string()
    case let scalar? where JSON5.startsName(scalar): return try name()
    default: throw unexpected("a key or \"}\"")
    }
  }

  private mutating func list() throws(ScenarioProblem) -> JSONValue.Content {
    try open()
    var values: [JSONValue] = []
    while cursor.current != "]" {
      steps.append(.index(values.count))
      values.append(try value())
      steps.removeLast()
      try separator(before: "]")
    }
    close()
    return .list(values)
  }

  private mutating func open() throws(ScenarioProblem) {
    guard depth < limits.nesting else {
      throw problem(at: cursor.position, "lists and objects are nested deeper than \(limits.nesting) levels")
    }
    depth += 1
    cursor.advance()
    try skipSpace()
  }

  private mutating func close() {
    depth -= 1
    cursor.advance()
  }

  private mutating func separator(before end: Unicode.Scalar) throws(ScenarioProblem) {
    try skipSpace()
    if cursor.take(",") { return try skipSpace() }
    if cursor.current != end { throw unexpected("a \",\" or \"\(end)\"") }
  }

  // MARK: space

  mutating func skipSpace() throws(ScenarioProblem) {
    while let scalar = cursor.current {
      if JSON5.isSpace(scalar) {
        cursor.advance()
      } else if scalar == "/" {
        try skipComment()
      } else {
        return
      }
    }
  }

  private mutating func skipComment() throws(ScenarioProblem) {
    let start = cursor.position
    let opening = cursor.next
    guard opening == "/" || opening == "*" else { throw unexpected("\"//\" or \"/*\"") }
    cursor.advance()
    cursor.advance()
    if opening == "/" {
      while let scalar = cursor.current, !JSON5.endsLine(scalar) { cursor.advance() }
      return
    }
    while cursor.current != "*" || cursor.next != "/" {
      if cursor.current == nil {
        throw problem(at: start, "the comment that begins here has no end; expected \"*/\"")
      }
      cursor.advance()
    }
    cursor.advance()
    cursor.advance()
  }

  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case " ", "\t", "\n", "\r", "\u{b}", "\u{c}", "\u{a0}", "\u{feff}", "\u{2028}", "\u{2029}": true
    default: scalar.value > 127 && scalar.properties.generalCategory == .spaceSeparator
    }
  }

  static func endsLine(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\n" || scalar == "\r" || scalar == "\u{2028}" || scalar == "\u{2029}"
  }

  // MARK: problems

  func unexpected(_ expected: String) -> ScenarioProblem {
    let found = cursor.current.map { JSONText.quoted(String($0)) } ?? "the end of the file"
    return problem(at: cursor.position, found: found, "expected \(expected)")
  }

  func problem(at position: TextPosition, found: String? = nil, _ sentence: String) -> ScenarioProblem {
    ScenarioProblem(path: path, at: position, keyPath: JSONPath(steps), found: found, sentence)
  }
}
