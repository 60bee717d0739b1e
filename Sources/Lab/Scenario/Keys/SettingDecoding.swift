import Contract

/// A value that is not of the kind that its key takes.
struct Mismatch: Error {
  /// The entry of a list that is wrong; nil where the whole value is.
  var entry: Int?
  var found: String
  var sentence: String

  init(_ value: JSONValue, entry: Int? = nil, _ sentence: String) {
    self.entry = entry
    found = value.shown
    self.sentence = sentence
  }
}

extension ParameterSpec.Kind {
  /// The value of this kind that a file gives, exactly.
  func decode(_ value: JSONValue) throws(Mismatch) -> SettingValue {
    switch self {
    case .duration: return .duration(try DurationText.decode(value, expected: DurationText.example))
    case .signedDuration:
      let example = "expected a duration such as \"10ms\" or \"-10ms\""
      return .duration(try DurationText.decode(value, signed: true, expected: example))
    case .durationOrNever:
      if value.text == "never" { return .never }
      return .duration(try DurationText.decode(value, expected: DurationText.example + ", or \"never\""))
    case .count(let range): return .count(try count(value, range))
    case .choice(let words): return .choice(try choice(value, words))
    case .flag:
      guard let flag = value.flag else { throw Mismatch(value, "expected true or false") }
      return .flag(flag)
    case .rate(let signed): return .rate(try RateText.decode(value, signed: signed))
    case .probability: return .probability(try probability(value))
    case .factor: return .factor(try factor(value))
    case .nodes: return .nodes(try NodeText.decodeList(value))
    }
  }

  private func count(_ value: JSONValue, _ range: ClosedRange<Int64>) throws(Mismatch) -> Int64 {
    guard let count = value.number?.integer, range.contains(count) else {
      let least = range.lowerBound == .min ? "" : " from \(range.lowerBound)"
      throw Mismatch(
        value, "expected a whole number" + least + (range.upperBound == .max ? "" : " to \(range.upperBound)")
      )
    }
    return count
  }

  private func choice(_ value: JSONValue, _ words: [String]) throws(Mismatch) -> String {
    guard let word = value.text, words.contains(word) else {
      let question = value.text.flatMap { Spelling.question($0, among: words) }.map { "; " + $0 } ?? ""
      throw Mismatch(value, "expected \(NameTable.either(words))\(question)")
    }
    return word
  }

  private func probability(_ value: JSONValue) throws(Mismatch) -> Probability {
    switch value.number?.scaled(places: 9) {
    case .exact(let units)? where (0...1_000_000_000).contains(units): return Probability(perBillion: units)
    case .tooFine?: throw Mismatch(value, "expected a probability with at most 9 decimals")
    default: throw Mismatch(value, "expected a probability from 0 to 1")
    }
  }

  /// In thousandths.
  private func factor(_ value: JSONValue) throws(Mismatch) -> Int64 {
    switch value.number?.scaled(places: 3) {
    case .exact(let units)? where (0...1_000_000_000).contains(units): return units
    case .tooFine?: throw Mismatch(value, "expected a number with at most 3 decimals")
    default: throw Mismatch(value, "expected a number from 0 to 1000000")
    }
  }
}

extension SettingValue {
  /// The value as a scenario file writes it.
  public var json: JSONValue {
    switch self {
    case .duration(let span): .text(DurationText.text(span))
    case .never: .text("never")
    case .count(let count): .integer(count)
    case .choice(let word): .text(word)
    case .flag(let flag): .flag(flag)
    case .rate(let rate): .text(RateText.text(rate))
    case .probability(let probability): .decimal(probability.perBillion, places: 9)
    case .factor(let thousandths): .decimal(thousandths, places: 3)
    case .nodes(let selectors):
      selectors.count == 1
        ? .text(NodeText.text(selectors[0])) : .list(selectors.map { .text(NodeText.text($0)) })
    }
  }
}

/// Durations as people write them: `"250us" "10ms" "1.5s" "2m" "1h"`.
public enum DurationText {
  /// From the longest.
  static let units: [(word: String, nanos: Int64)] = [
    ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000),
    ("ns", 1),
  ]
  static let example = "expected a duration such as \"10ms\""
  /// Ten years of 365 days.
  static let longest = Nanos(10 * 365 * 24 * 3_600_000_000_000)

  enum Reading: Equatable {
    case exact(Nanos)
    case noDuration
    /// It is no whole number of nanoseconds.
    case tooFine
    case tooLong
  }

  /// The duration that a text means; nil where it is none, or longer than ten years.
  public static func nanos(_ text: String) -> Nanos? {
    if case .exact(let span) = read(text) { return span }
    return nil
  }

  /// The shortest text with a whole number of units.
  public static func text(_ span: Nanos) -> String {
    if span == .zero { return "0s" }
    let unit = units.first { span.count % $0.nanos == 0 } ?? units[units.count - 1]
    return "\(span.count / unit.nanos)\(unit.word)"
  }

  static func read(_ text: String) -> Reading {
    let isNegative = text.hasPrefix("-")
    let body = text.dropFirst(isNegative ? 1 : 0)
    let digits = body.prefix { $0 == "." || ("0"..."9").contains($0) }
    guard let unit = units.first(where: { $0.word == body[digits.endIndex...] })?.nanos else {
      return .noDuration
    }
    let halves = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard halves.count <= 2, halves.allSatisfy({ !$0.isEmpty }) else { return .noDuration }
    guard let whole = Int64(halves[0]), whole <= longest.count / unit else { return .tooLong }
    guard let fraction = fraction(halves.dropFirst().first ?? "", of: unit) else { return .tooFine }
    let count = whole * unit + fraction
    return count > longest.count ? .tooLong : .exact(Nanos(isNegative ? -count : count))
  }

  /// The digits after the point as nanoseconds; nil where they are no whole number of them.
  private static func fraction(_ digits: Substring, of unit: Int64) -> Int64? {
    let significant = digits.reversed().drop { $0 == "0" }
    guard significant.count <= 18 else { return nil }
    var numerator: UInt128 = 0, divisor: UInt128 = 1
    for digit in significant.reversed() {
      numerator = numerator * 10 + UInt128(digit.wholeNumberValue ?? 0)
      divisor *= 10
    }
    let product = numerator * UInt128(unit)
    return product % divisor == 0 ? Int64(product / divisor) : nil
  }

  static func decode(_ value: JSONValue, signed: Bool = false, expected: String) throws(Mismatch) -> Nanos {
    guard let text = value.text else { throw Mismatch(value, expected) }
    switch read(text) {
    case .noDuration: throw Mismatch(value, expected)
    case .tooFine: throw Mismatch(value, "expected a whole number of nanoseconds")
    case .tooLong: throw Mismatch(value, "expected a duration of at most 10 years")
    case .exact(let span):
      guard signed || span >= .zero else { throw Mismatch(value, "expected a duration that is not negative") }
      return span
    }
  }
}

/// Rates of drift as people write them: `"50ppm"`, in parts per billion.
public enum RateText {
  /// The text of a rate in parts per billion.
  public static func text(_ rate: Int64) -> String { JSONNumber(rate, places: 3).source + "ppm" }

  static func decode(_ value: JSONValue, signed: Bool) throws(Mismatch) -> Int64 {
    let expected = "expected a drift such as \"50ppm\"" + (signed ? " or \"-50ppm\"" : "")
    guard let text = value.text, text.hasSuffix("ppm") else { throw Mismatch(value, expected) }
    let isNegative = text.hasPrefix("-")
    guard signed || !isNegative else { throw Mismatch(value, "expected a drift that is not negative") }
    switch JSONNumber.scaled(decimal: text.dropLast(3).dropFirst(isNegative ? 1 : 0), places: 3) {
    case .exact(let rate)? where rate < 1_000_000_000: return isNegative ? -rate : rate
    case .tooFine?: throw Mismatch(value, "expected a drift with at most 3 decimals")
    case nil: throw Mismatch(value, expected)
    default: throw Mismatch(value, "expected a drift below 1000000ppm")
    }
  }
}

/// Nodes and roles as people write them: `client-1`, `holder`.
public enum NodeText {
  static let expected = "expected a node such as \"client-1\", a role such as \"holder\", or a list of them"

  /// The node or role of this name; nil where there is none.
  public static func selector(_ text: String) -> NodeSelector? {
    if text == NodeKind.resource.word { return .named(.resource, number: 1) }
    if let role = NodeSelector.roles.first(where: { $0.word == text }) { return role.selector }
    guard let dash = text.lastIndex(of: "-"), let number = Int(text[text.index(after: dash)...]), number > 0
    else {
      return nil
    }
    for kind in NodeKind.allCases where kind != .resource && text == "\(kind.word)-\(number)" {
      return .named(kind, number: number)
    }
    return nil
  }

  /// The name or role as a file writes it.
  public static func text(_ selector: NodeSelector) -> String {
    if case .named(let kind, let number) = selector {
      return kind == .resource ? kind.word : "\(kind.word)-\(number)"
    }
    return NodeSelector.roles.first { $0.selector == selector }?.word ?? ""
  }

  static func decode(_ value: JSONValue, entry: Int? = nil, expected: String) throws(Mismatch) -> NodeSelector
  {
    guard let text = value.text else { throw Mismatch(value, entry: entry, expected) }
    guard let selector = selector(text) else {
      let known = NodeSelector.roles.map(\.word) + ["resource", "client-1", "service-1", "layer-1"]
      let question = Spelling.question(text, among: known).map { "; " + $0 } ?? ""
      throw Mismatch(value, entry: entry, expected + question)
    }
    return selector
  }

  static func decodeList(_ value: JSONValue) throws(Mismatch) -> [NodeSelector] {
    guard let values = value.list else { return [try decode(value, expected: expected)] }
    if values.isEmpty { throw Mismatch(value, expected) }
    var selectors: [NodeSelector] = []
    var known: Set<String> = []
    let expected = "expected a node such as \"client-1\", or a role"
    for (position, value) in values.enumerated() {
      let selector = try decode(value, entry: position, expected: expected)
      guard known.insert(text(selector)).inserted else {
        throw Mismatch(value, entry: position, "which is in the list already")
      }
      selectors.append(selector)
    }
    return selectors
  }
}
