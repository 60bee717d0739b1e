/// A place in a text: line and column from 1, the column in Unicode scalars; 0 where there is no text.
public struct TextPosition: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var line: Int
  public var column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// The place of what was made in code.
  public static let none = TextPosition(line: 0, column: 0)

  public static func < (left: TextPosition, right: TextPosition) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

/// A JSON or JSON5 value that knows where it was read; objects keep the order of their file.
public struct JSONValue: Sendable {
  public indirect enum Content: Sendable {
    case null
    case flag(Bool)
    case number(JSONNumber)
    case text(String)
    case list([JSONValue])
    case object([JSONMember])
  }

  public var content: Content
  public var position: TextPosition

  public init(_ content: Content, at position: TextPosition = .none) {
    self.content = content
    self.position = position
  }
}

/// One key of an object with its value.
public struct JSONMember: Sendable {
  public var key: String
  public var keyPosition: TextPosition
  public var value: JSONValue

  public init(_ key: String, _ value: JSONValue, at keyPosition: TextPosition = .none) {
    self.key = key
    self.keyPosition = keyPosition
    self.value = value
  }
}

extension JSONValue {
  // MARK: making values in code

  public static let null = JSONValue(.null)
  public static func flag(_ value: Bool) -> JSONValue { JSONValue(.flag(value)) }
  public static func text(_ value: String) -> JSONValue { JSONValue(.text(value)) }
  public static func integer(_ value: some BinaryInteger) -> JSONValue {
    JSONValue(.number(JSONNumber(value)))
  }
  /// A whole number of units of 10^-places: `decimal(1500, places: 3)` is 1.5.
  public static func decimal(_ units: Int64, places: Int) -> JSONValue {
    JSONValue(.number(JSONNumber(units, places: places)))
  }
  public static func list(_ values: [JSONValue]) -> JSONValue { JSONValue(.list(values)) }
  /// An object; a member whose value is nil is left out.
  public static func object(_ members: [(key: String, value: JSONValue?)]) -> JSONValue {
    JSONValue(.object(members.compactMap { member in member.value.map { JSONMember(member.key, $0) } }))
  }

  // MARK: looking into values

  /// The string that this is; nil where it is none. So also for the others.
  public var text: String? {
    if case .text(let value) = content { return value }
    return nil
  }
  public var flag: Bool? {
    if case .flag(let value) = content { return value }
    return nil
  }
  public var number: JSONNumber? {
    if case .number(let value) = content { return value }
    return nil
  }
  public var list: [JSONValue]? {
    if case .list(let values) = content { return values }
    return nil
  }
  public var members: [JSONMember]? {
    if case .object(let members) = content { return members }
    return nil
  }

  /// The value of this key; nil where there is none, or where this is no object.
  public subscript(key: String) -> JSONValue? { member(key)?.value }

  /// The key and value of this name.
  /// - Complexity: O(number of keys).
  public func member(_ key: String) -> JSONMember? { members?.first { $0.key == key } }

  /// The value at the end of a path; nil where the path leaves the tree.
  public func value(at path: JSONPath) -> JSONValue? {
    var here = self
    for step in path.steps {
      switch step {
      case .key(let key):
        guard let next = here[key] else { return nil }
        here = next
      case .index(let index):
        guard let list = here.list, list.indices.contains(index) else { return nil }
        here = list[index]
      }
    }
    return here
  }

  /// How an error names this value: a string or number as it would be written, else what kind of thing it is.
  public var shown: String {
    switch content {
    case .null: "null"
    case .flag(let value): value ? "true" : "false"
    case .number(let number): JSONValue.shortened(number.source)
    case .text(let value): JSONText.quoted(JSONValue.shortened(value))
    case .list(let values): values.isEmpty ? "an empty list" : "a list"
    case .object: "an object"
    }
  }

  static func shortened(_ text: String) -> String {
    text.unicodeScalars.count <= 60
      ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(57))) + "..."
  }
}

/// The way to a value in a tree, written `faults[0].for`.
public struct JSONPath: Hashable, Sendable, CustomStringConvertible {
  public enum Step: Hashable, Sendable {
    case key(String)
    case index(Int)
  }

  public var steps: [Step]

  public init(_ steps: [Step] = []) { self.steps = steps }

  /// A path as people write it; nil where it is none. Keys that are no words stand as `["a b"]`.
  public init?(_ text: String) {
    guard let steps = JSONPath.steps(of: Array(text.unicodeScalars)) else { return nil }
    self.steps = steps
  }

  /// The way on to a key.
  public func key(_ key: String) -> JSONPath { JSONPath(steps + [.key(key)]) }
  /// The way on to an entry of a list, from 0.
  public func index(_ index: Int) -> JSONPath { JSONPath(steps + [.index(index)]) }
  /// Whether this is the way to the whole tree.
  public var isEmpty: Bool { steps.isEmpty }

  public var description: String {
    var text = ""
    for step in steps {
      switch step {
      case .index(let index): text += "[\(index)]"
      case .key(let key) where key.unicodeScalars.allSatisfy(JSONPath.isPlain) && !key.isEmpty:
        text += text.isEmpty ? key : ".\(key)"
      case .key(let key): text += "[\(JSONText.quoted(JSONValue.shortened(key)))]"
      }
    }
    return text
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "-_$".unicodeScalars.contains(scalar)
  }

  private static func steps(of text: [Unicode.Scalar]) -> [Step]? {
    var steps: [Step] = []
    var rest = text[...]
    while let first = rest.first {
      if first == "[" {
        guard let end = rest.firstIndex(of: "]"), let step = bracketed(rest[(rest.startIndex + 1)..<end])
        else {
          return nil
        }
        steps.append(step)
        rest = rest[(end + 1)...]
      } else {
        if !steps.isEmpty {
          guard first == "." else { return nil }
          rest = rest.dropFirst()
        }
        let key = rest.prefix(while: isPlain)
        guard !key.isEmpty else { return nil }
        steps.append(.key(String(String.UnicodeScalarView(key))))
        rest = rest[key.endIndex...]
      }
    }
    return steps
  }

  private static func bracketed(_ inside: ArraySlice<Unicode.Scalar>) -> Step? {
    let text = String(String.UnicodeScalarView(inside))
    if let index = Int(text), index >= 0 { return .index(index) }
    guard text.count >= 3, text.hasPrefix("\""), text.hasSuffix("\"") else { return nil }
    return .key(String(text.dropFirst().dropLast()))
  }
}
