/// What is wrong with a scenario or another input file, and where.
public struct ScenarioProblem: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file; empty where the text came from nowhere.
  public var path: String
  public var position: TextPosition
  public var keyPath: JSONPath
  /// The value as the file writes it; nil where the sentence says it all.
  public var found: String?
  /// What would be right.
  public var sentence: String

  public init(
    path: String = "", at position: TextPosition = .none, keyPath: JSONPath = JSONPath(),
    found: String? = nil,
    _ sentence: String
  ) {
    self.path = path
    self.position = position
    self.keyPath = keyPath
    self.found = found
    self.sentence = sentence
  }

  public var line: Int { position.line }
  public var column: Int { position.column }

  /// The whole problem in one sentence: `gc-pause.json5:12:5: faults[0].for: found "15", expected ...`.
  public var description: String {
    var parts: [String] = []
    let place = position == .none ? "" : "\(line):\(column)"
    if !path.isEmpty || !place.isEmpty {
      parts.append([path, place].filter { !$0.isEmpty }.joined(separator: ":"))
    }
    if !keyPath.isEmpty { parts.append(keyPath.description) }
    parts.append(found.map { "found \($0), \(sentence)" } ?? sentence)
    return parts.joined(separator: ": ")
  }
}
