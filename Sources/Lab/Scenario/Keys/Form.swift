import Contract

/// What the value of a key may be. Reading a file and its schema both walk these, so neither can drift.
indirect enum Form: Sendable {
  /// A text that is not empty.
  case text
  case setting(ParameterSpec.Kind, isPositive: Bool)
  case seeds
  /// A text of 64 bits such as "0x2a".
  case word
  /// One node or role.
  case selector
  /// One node by its number; which nodes there are depends on the case.
  case node
  case name(NameTable)
  case list(Form, counts: ClosedRange<Int>, isDistinct: Bool)
  case object(KeyTable)
  /// An object whose keys are names, each with a form of its own.
  case named([(name: String, form: Form)], NameTable, isEmptyAllowed: Bool)
  /// Objects of which one key tells what the others may be.
  case variants(key: String, NameTable, [(name: String, keys: KeyTable)])
}

/// The keys of an object.
struct KeyTable: Sendable {
  var rows: [KeyRow]
  /// Of these keys there is exactly one.
  var exactlyOne: [String] = []
  /// Of each of these pairs there is at most one.
  var exclusive: [(String, String)] = []

  func row(_ name: String) -> KeyRow? { rows.first { $0.name == name } }
}

/// One key of an object.
struct KeyRow: Sendable {
  var name: String
  var form: Form
  var isRequired = false
  /// What holds where the key is absent, as a file would write it.
  var standard: JSONValue?
  var summary: String
}

/// The names that a place accepts, and what they are names of.
struct NameTable: Sendable {
  /// In the singular: `algorithm`.
  var what: String
  var names: [String]
  /// Whether the names may carry a question mark at the end.
  var mayBeOptional = false
  /// What the user calls the command that lists them.
  var program = "sim"

  /// Why a name is not accepted, in words.
  func sentence(for name: String) -> String {
    if let question = Spelling.question(name, among: names) { return "an unknown \(what); \(question)" }
    if names.isEmpty { return "an unknown \(what); there is none" }
    return names.count <= 8
      ? "an unknown \(what); expected \(NameTable.either(names))"
      : "an unknown \(what); `\(program) list \(what)s` names them all"
  }

  func accepts(_ name: String) -> Bool {
    names.contains(name) || (mayBeOptional && name.hasSuffix("?") && names.contains(String(name.dropLast())))
  }

  /// `"a", "b" or "c"`.
  static func either(_ words: [String]) -> String {
    let quoted = words.map(JSONText.quoted)
    guard quoted.count > 1 else { return quoted.joined() }
    return quoted.dropLast().joined(separator: ", ") + " or " + quoted[quoted.count - 1]
  }
}

extension ParameterSpec {
  var row: KeyRow {
    KeyRow(
      name: name, form: .setting(kind, isPositive: false), isRequired: isRequired, standard: standard?.json,
      summary: summary)
  }
}
