import Contract
import Lab

/// A value in a file of results, with the way to it, so that whatever is wrong there can be told exactly.
struct ResultTree {
  let value: JSONValue
  let path: String
  private let way: JSONPath

  init(_ value: JSONValue, path: String, _ way: JSONPath = JSONPath()) {
    self.value = value
    self.path = path
    self.way = way
  }

  /// The value of a key, which has to be there.
  func member(_ key: String) throws(ScenarioProblem) -> ResultTree {
    guard value.members != nil else { throw wrong("an object") }
    guard let found = value[key] else {
      throw ScenarioProblem(
        path: path, at: value.position, keyPath: way, "the key \(JSONText.quoted(key)) is missing")
    }
    return ResultTree(found, path: path, way.key(key))
  }

  func list(_ key: String) throws(ScenarioProblem) -> [ResultTree] { try member(key).list() }

  func list() throws(ScenarioProblem) -> [ResultTree] {
    guard let values = value.list else { throw wrong("a list") }
    return values.enumerated().map { ResultTree($1, path: path, way.index($0)) }
  }

  /// What is read of each entry of a list.
  func map<Part>(
    _ key: String, _ read: (ResultTree) throws(ScenarioProblem) -> Part
  ) throws(ScenarioProblem) -> [Part] {
    var parts: [Part] = []
    for entry in try list(key) { parts.append(try read(entry)) }
    return parts
  }

  /// What is read of a key that may be absent.
  func optional<Part>(
    _ key: String, _ read: (ResultTree) throws(ScenarioProblem) -> Part
  ) throws(ScenarioProblem) -> Part? {
    value[key] == nil ? nil : try read(member(key))
  }

  func texts(_ key: String) throws(ScenarioProblem) -> [String] {
    try map(key) { entry throws(ScenarioProblem) in try entry.text() }
  }

  /// The keys and values of an object, in its order.
  func members(_ key: String) throws(ScenarioProblem) -> [(key: String, tree: ResultTree)] {
    let member = try member(key)
    guard let members = member.value.members else { throw member.wrong("an object") }
    return members.map { ($0.key, ResultTree($0.value, path: path, member.way.key($0.key))) }
  }

  func text(_ key: String) throws(ScenarioProblem) -> String {
    try member(key).text()
  }

  func text() throws(ScenarioProblem) -> String {
    guard let text = value.text else { throw wrong("a string") }
    return text
  }

  func flag(_ key: String) throws(ScenarioProblem) -> Bool {
    let member = try member(key)
    guard let flag = member.value.flag else { throw member.wrong("true or false") }
    return flag
  }

  /// As many as anything is counted: what every reader of JSON can hold.
  static let most: Int64 = 1 << 53

  /// A whole number, not negative: results count.
  func count(_ key: String, most: Int64 = ResultTree.most) throws(ScenarioProblem) -> Int64 {
    let member = try member(key)
    guard let number = member.value.number?.integer, (0...most).contains(number) else {
      throw member.wrong("a whole number from 0 to \(most)")
    }
    return number
  }

  /// A true time in nanoseconds; thirty years at most, so that sums and differences stay in range.
  func nanos(_ key: String) throws(ScenarioProblem) -> Int64 { try count(key, most: 1 << 60) }

  /// The place of an entry in a list of so many.
  func index(_ key: String, below count: Int) throws(ScenarioProblem) -> Int {
    try member(key).index(below: count)
  }

  func indices(_ key: String, below count: Int) throws(ScenarioProblem) -> [Int] {
    try map(key) { entry throws(ScenarioProblem) in try entry.index(below: count) }
  }

  private func index(below count: Int) throws(ScenarioProblem) -> Int {
    guard let number = value.number?.integer, number >= 0, number < count else {
      throw wrong("the number of one of \(count), from 0")
    }
    return Int(number)
  }

  /// A span of time in nanoseconds; nil for null.
  func optionalSpan(_ key: String) throws(ScenarioProblem) -> Nanos? {
    try isNull(key) ? nil : Nanos(count(key, most: .max))
  }

  func isNull(_ key: String) throws(ScenarioProblem) -> Bool {
    if case .null = try member(key).value.content { return true }
    return false
  }

  func optionalCount(_ key: String) throws(ScenarioProblem) -> Int64? {
    try isNull(key) ? nil : count(key)
  }

  func optionalText(_ key: String) throws(ScenarioProblem) -> String? {
    try isNull(key) ? nil : text(key)
  }

  func seed(_ key: String) throws(ScenarioProblem) -> UInt64 { try member(key).seed() }

  func seed() throws(ScenarioProblem) -> UInt64 {
    guard let seed = value.text.flatMap(SeedText.seed) else { throw wrong("a seed in quotes, such as \"7\"") }
    return seed
  }

  /// One of several words.
  func word<Word: RawRepresentable & CaseIterable>(
    _ key: String, _ type: Word.Type = Word.self
  ) throws(ScenarioProblem) -> Word where Word.RawValue == String {
    let member = try member(key)
    guard let word = member.value.text.flatMap(Word.init(rawValue:)) else {
      throw member.wrong(Word.allCases.map { JSONText.quoted($0.rawValue) }.joined(separator: ", "))
    }
    return word
  }

  /// What is wrong here, in other words.
  func problem(_ sentence: String) -> ScenarioProblem {
    ScenarioProblem(path: path, at: value.position, keyPath: way, sentence)
  }

  /// What to say where something else should stand here.
  func wrong(_ expected: String) -> ScenarioProblem {
    ScenarioProblem(
      path: path, at: value.position, keyPath: way, found: value.shown, "expected \(expected)")
  }
}
