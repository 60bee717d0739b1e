/// Writes JSON: the same tree gives the same bytes everywhere.
public struct JSONText: Sendable {
  /// The order of an object's keys.
  public enum Keys: Sendable { case sorted, asGiven }

  /// Spaces per level; nil puts everything on one line.
  var indent: Int?
  var keys: Keys
  /// Whether keys that are words stand without quotes, as JSON5 allows.
  var bareKeys: Bool
  /// Lists and objects that fit into this many columns stay on one line.
  var width: Int

  /// - Parameter width: how wide a list or object on one line may be; 0: none stands on one line.
  public init(indent: Int? = nil, keys: Keys = .sorted, bareKeys: Bool = false, width: Int = 0) {
    self.indent = indent
    self.keys = keys
    self.bareKeys = bareKeys
    self.width = width
  }

  /// One line, keys sorted, no spaces.
  public static func compact(_ value: JSONValue) -> String { JSONText().text(of: value) }

  /// Two spaces per level, keys sorted, a line feed at the end.
  public static func indented(_ value: JSONValue) -> String { JSONText(indent: 2).text(of: value) + "\n" }

  /// The JSON5 of files that people read: keys in the order given, short lists on one line.
  public static func json5(_ value: JSONValue) -> String {
    JSONText(indent: 2, keys: .asGiven, bareKeys: true, width: 100).text(of: value) + "\n"
  }

  /// The text of a tree, without a line feed at the end.
  public func text(of value: JSONValue) -> String {
    var text = ""
    write(value, level: 0, into: &text)
    return text
  }

  /// A string in double quotes with JSON's escapes.
  public static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  private func write(_ value: JSONValue, level: Int, into text: inout String) {
    switch value.content {
    case .null: text += "null"
    case .flag(let flag): text += flag ? "true" : "false"
    case .number(let number): text += number.source
    case .text(let string): text += JSONText.quoted(string)
    case .list(let values):
      if let line = line(of: value, level: level) { return text += line }
      writeParts(values, "[", "]", level: level, into: &text) { part, text in
        write(part, level: level + 1, into: &text)
      }
    case .object(let members):
      if let line = line(of: value, level: level) { return text += line }
      writeParts(ordered(members), "{", "}", level: level, into: &text) { member, text in
        text += key(member.key) + (indent == nil ? ":" : ": ")
        write(member.value, level: level + 1, into: &text)
      }
    }
  }

  private func writeParts<Part>(
    _ parts: [Part], _ opening: String, _ closing: String, level: Int, into text: inout String,
    write: (Part, inout String) -> Void
  ) {
    text += opening
    for (position, part) in parts.enumerated() {
      if position > 0 { text += "," }
      startLine(level + 1, &text)
      write(part, &text)
    }
    if !parts.isEmpty {
      if bareKeys { text += "," }
      startLine(level, &text)
    }
    text += closing
  }

  private func startLine(_ level: Int, _ text: inout String) {
    guard let indent else { return }
    text += "\n" + String(repeating: " ", count: indent * level)
  }

  /// A list or object on one line with spaces; nil where it does not fit.
  private func line(of value: JSONValue, level: Int) -> String? {
    guard let indent, width > 0, level > 0 else { return nil }
    var room = width - indent * level
    return line(of: value, &room)
  }

  /// Gives up as soon as the room is used up, so that a deep tree is not written once per level.
  private func line(of value: JSONValue, _ room: inout Int) -> String? {
    var parts: [String] = []
    switch value.content {
    case .list(let values):
      for value in values {
        guard let part = line(of: value, &room) else { return nil }
        parts.append(part)
      }
      return "[" + parts.joined(separator: ", ") + "]"
    case .object(let members):
      for member in ordered(members) {
        room -= member.key.utf8.count + 2
        guard let part = line(of: member.value, &room) else { return nil }
        parts.append("\(key(member.key)): \(part)")
      }
      return parts.isEmpty ? "{}" : "{ " + parts.joined(separator: ", ") + " }"
    default:
      let scalar = JSONText(indent: nil).text(of: value)
      room -= scalar.utf8.count + 2
      return room < 0 ? nil : scalar
    }
  }

  /// By the bytes of the keys, which no locale and no Unicode version changes.
  private func ordered(_ members: [JSONMember]) -> [JSONMember] {
    keys == .asGiven ? members : members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  }

  private func key(_ key: String) -> String {
    let isWord = key.unicodeScalars.allSatisfy {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_"
        || $0 == "$"
    }
    let startsWell = key.unicodeScalars.first.map { !("0"..."9").contains($0) } ?? false
    return bareKeys && isWord && startsWell ? key : JSONText.quoted(key)
  }
}
