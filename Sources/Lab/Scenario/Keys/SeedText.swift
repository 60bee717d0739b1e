/// Seeds as people write them: `7`, `"0x2a"`, `"1..20"`, or a list of these.
public enum SeedText {
  /// How many seeds one file may name.
  public static let most = 1_000_000
  static let expected = "expected a seed such as 7 or \"0x2a\", a range such as \"1..20\", or a list of them"

  /// A seed in decimal or 0x hexadecimal; nil where the text is none.
  public static func seed(_ text: String) -> UInt64? {
    let isHexadecimal = text.hasPrefix("0x") || text.hasPrefix("0X")
    let digits = text.dropFirst(isHexadecimal ? 2 : 0)
    guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 != 43 && $0 != 45 }) else { return nil }
    return UInt64(digits, radix: isHexadecimal ? 16 : 10)
  }

  /// A seed or a range `a..b` with both ends; nil where the text is neither, or runs backwards.
  public static func range(_ text: String) -> ClosedRange<UInt64>? {
    if let seed = seed(text) { return seed...seed }
    guard let dots = firstDots(in: text) else { return nil }
    guard let first = seed(String(text[..<dots.lowerBound])),
      let last = seed(String(text[dots.upperBound...])),
      first <= last
    else { return nil }
    return first...last
  }

  private static func firstDots(in text: String) -> Range<String.Index>? {
    guard let dot = text.firstIndex(of: "."),
      let after = text.index(dot, offsetBy: 2, limitedBy: text.endIndex),
      text[dot..<after] == ".."
    else { return nil }
    return dot..<after
  }

  static func decode(_ value: JSONValue) throws(Mismatch) -> SeedList {
    var ranges: [ClosedRange<UInt64>] = []
    if let values = value.list {
      if values.isEmpty { throw Mismatch(value, expected) }
      for (entry, value) in values.enumerated() { ranges.append(try range(value, entry: entry)) }
    } else {
      ranges.append(try range(value, entry: nil))
    }
    try refuseTooMany(ranges, in: value)
    try refuseDoubles(ranges, in: value)
    return SeedList(ranges: ranges)
  }

  private static func range(_ value: JSONValue, entry: Int?) throws(Mismatch) -> ClosedRange<UInt64> {
    if let seed = value.number?.unsigned { return seed...seed }
    if let range = value.text.flatMap(range) { return range }
    if let text = value.text, let dots = firstDots(in: text),
      let first = seed(String(text[..<dots.lowerBound])),
      let last = seed(String(text[dots.upperBound...])), last < first
    {
      throw Mismatch(value, entry: entry, "expected a range whose first seed is not after its last")
    }
    throw Mismatch(value, entry: entry, expected)
  }

  private static func refuseTooMany(_ ranges: [ClosedRange<UInt64>], in value: JSONValue) throws(Mismatch) {
    var room = UInt64(most)
    for range in ranges {
      let steps = range.upperBound - range.lowerBound
      guard steps < room else { throw Mismatch(value, "expected at most \(most) seeds") }
      room -= steps + 1
    }
  }

  private static func refuseDoubles(_ ranges: [ClosedRange<UInt64>], in value: JSONValue) throws(Mismatch) {
    let order = ranges.indices.sorted {
      (ranges[$0].lowerBound, $0) < (ranges[$1].lowerBound, $1)
    }
    for (left, right) in zip(order, order.dropFirst()) where ranges[left].overlaps(ranges[right]) {
      let seed = ranges[right].lowerBound
      throw Mismatch(
        value.list?[max(left, right)] ?? value, entry: max(left, right), "but seed \(seed) is listed twice")
    }
  }

  /// The seeds in words: `1..20, 77`.
  public static func words(_ seeds: SeedList) -> String { ranges(seeds).joined(separator: ", ") }

  /// Each range as `--seeds` takes it.
  public static func ranges(_ seeds: SeedList) -> [String] {
    seeds.ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)..\($0.upperBound)" }
  }

  /// The seeds as a scenario file writes them.
  static func json(_ seeds: SeedList) -> JSONValue {
    let values = seeds.ranges.map { range in
      range.count == 1 ? seed(range.lowerBound) : .text("\(range.lowerBound)..\(range.upperBound)")
    }
    return values.count == 1 ? values[0] : .list(values)
  }

  /// Other readers of JSON keep 53 bits of a number.
  private static func seed(_ seed: UInt64) -> JSONValue {
    seed < 1 << 53 ? .integer(seed) : .text("0x" + String(seed, radix: 16))
  }
}
