import Lab

/// An object on the way through a saved file: hands out its members, or says where one is wrong.
struct JSONPart: Sendable {
  private let value: JSONValue
  private let path: String

  init(_ value: JSONValue, path: String = "") {
    self.value = value
    self.path = path
  }

  private func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  private func problem(_ key: String, expected: String) -> ExplanationProblem {
    let found = value[key].map { "found \($0.shown)" } ?? "found nothing"
    return ExplanationProblem(path: place(key), sentence: "\(place(key)): \(found); expected \(expected)")
  }

  func has(_ key: String) -> Bool { value[key] != nil }

  func part(_ key: String) throws(ExplanationProblem) -> JSONPart {
    guard let inner = value[key], inner.members != nil else { throw problem(key, expected: "an object") }
    return JSONPart(inner, path: place(key))
  }

  func optional<Part>(
    _ key: String, _ read: (JSONPart) throws(ExplanationProblem) -> Part
  ) throws(ExplanationProblem) -> Part? {
    has(key) ? try read(part(key)) : nil
  }

  func text(_ key: String) throws(ExplanationProblem) -> String {
    guard let text = value[key]?.text else { throw problem(key, expected: "a text") }
    return text
  }

  func flag(_ key: String) throws(ExplanationProblem) -> Bool {
    guard let flag = value[key]?.flag else { throw problem(key, expected: "true or false") }
    return flag
  }

  func integer(_ key: String) throws(ExplanationProblem) -> Int64 {
    guard let number = value[key]?.number?.integer, number.magnitude < JSONPart.bound else {
      throw problem(key, expected: "a whole number below 2^60")
    }
    return number
  }

  /// More than the nanoseconds of thirty years, so that sums and differences stay in range.
  private static let bound: UInt64 = 1 << 60

  /// A number of 64 bits without a sign, in digits in a string.
  func unsigned(_ key: String) throws(ExplanationProblem) -> UInt64 {
    guard let number = value[key]?.text.flatMap({ UInt64($0) }) else {
      throw problem(key, expected: "a whole number as a text")
    }
    return number
  }

  func index(_ key: String, below count: Int) throws(ExplanationProblem) -> Int {
    let number = try integer(key)
    guard number >= 0, number < count else {
      throw problem(key, expected: "the number of one of \(count) lanes")
    }
    return Int(number)
  }

  /// One of a few words.
  func word<Word: RawRepresentable & CaseIterable>(
    _ key: String
  ) throws(ExplanationProblem) -> Word where Word.RawValue == String {
    guard let word = try Word(rawValue: text(key)) else {
      throw problem(key, expected: "one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return word
  }

  func texts(_ key: String) throws(ExplanationProblem) -> [String] {
    guard let values = value[key]?.list else { throw problem(key, expected: "a list") }
    let texts = values.compactMap(\.text)
    guard texts.count == values.count else { throw problem(key, expected: "a list of texts") }
    return texts
  }

  func indices(_ key: String, below count: Int) throws(ExplanationProblem) -> [Int] {
    guard let values = value[key]?.list else { throw problem(key, expected: "a list") }
    let numbers = values.compactMap { $0.number?.integer }.filter { $0 >= 0 && $0 < count }
    guard numbers.count == values.count else { throw problem(key, expected: "a list of lanes") }
    return numbers.map { Int($0) }
  }

  func list<Part>(
    _ key: String, _ read: (JSONPart) throws(ExplanationProblem) -> Part
  ) throws(ExplanationProblem) -> [Part] {
    guard let values = value[key]?.list else { throw problem(key, expected: "a list") }
    var parts: [Part] = []
    for (index, value) in values.enumerated() {
      guard value.members != nil else { throw problem(key, expected: "a list of objects") }
      parts.append(try read(JSONPart(value, path: "\(place(key))[\(index)]")))
    }
    return parts
  }
}
