import Contract
import Foundation
import Testing

@testable import Lab

/// A tree as Foundation's decoder gives it: the oracle.
private indirect enum Oracle: Decodable, Equatable {
  case null
  case flag(Bool)
  case number(Double)
  case text(String)
  case list([Oracle])
  case object([String: Oracle])

  init(from decoder: any Decoder) throws {
    let single = try decoder.singleValueContainer()
    if single.decodeNil() {
      self = .null
    } else if let flag = try? single.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? single.decode(Double.self) {
      self = .number(number)
    } else if let text = try? single.decode(String.self) {
      self = .text(text)
    } else if let list = try? single.decode([Oracle].self) {
      self = .list(list)
    } else {
      self = .object(try single.decode([String: Oracle].self))
    }
  }

  /// Our tree in the oracle's terms.
  init(_ value: JSONValue) {
    switch value.content {
    case .null: self = .null
    case .flag(let flag): self = .flag(flag)
    case .number(let number): self = .number(Oracle.double(number.source))
    case .text(let text): self = .text(text)
    case .list(let values): self = .list(values.map { Oracle($0) })
    case .object(let members):
      self = .object(Dictionary(uniqueKeysWithValues: members.map { ($0.key, Oracle($0.value)) }))
    }
  }

  private static func double(_ source: String) -> Double {
    let body = source.drop { $0 == "+" || $0 == "-" }
    let magnitude: Double
    if body.lowercased().hasPrefix("0x") {
      magnitude = Double(UInt64(body.dropFirst(2), radix: 16) ?? 0)
    } else {
      let point = body.replacingOccurrences(of: ".e", with: ".0e").replacingOccurrences(of: ".E", with: ".0e")
      magnitude =
        Double((point.hasPrefix(".") ? "0" : "") + point + (point.hasSuffix(".") ? "0" : "")) ?? .nan
    }
    return source.hasPrefix("-") ? -magnitude : magnitude
  }

  static func read(_ text: String) -> Oracle? {
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = true
    return try? decoder.decode(Oracle.self, from: Data(text.utf8))
  }
}

private func ours(_ text: String) -> Oracle? {
  (try? JSON5.read(Array(text.utf8), limits: .results)).map { Oracle($0) }
}

@Suite("JSON5 is read as Foundation reads it")
struct JSON5OracleTests {
  /// Good and bad twins: of each pair the first is JSON5, the second differs by little and is not.
  static let twins: [(good: String, bad: String)] = [
    ("[1,]", "[,1]"), ("{a:1,}", "{,a:1}"), ("{a:1}", "{a:}"), ("{$_a1:1}", "{1a:1}"), ("{ü:1}", "{-:1}"),
    ("{'a b':1}", "{a b:1}"), ("'a\"b'", "'a'b'"), ("\"a'b\"", "\"a\"b\""), ("'ab'", "'a\nb'"),
    ("'\\x41'", "'\\x4'"), ("'\\u0041'", "'\\u041'"), ("'\\ud83d\\ude00'", "'\\ud83d\\u0041'"),
    ("'\\/'", "'\\"), ("0x1F", "0x"), ("0xag".replacingOccurrences(of: "g", with: "b"), "0xag"), (".5", "."),
    ("5.", "5.e"), ("+1", "+"), ("-1", "--1"), ("+.5e3", "+-5"), ("1e+5", "1e+"), ("0", "00"),
    ("0.1", "01.1"),
    ("/*a*/1", "/*a1"), ("1//a", "1/a"), ("[1/**/,2]", "[1/*,2]"), ("//a\n1", "//a"), ("null", "nul"),
    ("true", "True"), ("[true,false,null]", "[true false]"), ("\u{c}1\u{b}", "1\u{200b}"),
    ("{\"a\":{\"b\":[]}}", "{\"a\":{\"b\":[}}"), (" 1 ", " "), ("{a:1/**/}", "{a:1/*/}"),
    ("{a:'b'}", "{a:'\rb'}"), ("'u'", "'\\u'"), ("\"\\b\\f\\n\\r\\t\"", "\"\\xg0\""),
    ("{ab:1}", "{\\u0020b:1}"),
    ("'\u{2028}'", "'\\u00'"),
  ]

  @Test("Of twins the good one is read alike, the bad one refused", arguments: twins)
  func twin(good: String, bad: String) {
    #expect(ours(good) != nil)
    #expect(ours(good) == Oracle.read(good))
    #expect(ours(bad) == nil)
    if Self.mayBeAsked(bad) { #expect(Oracle.read(bad) == nil) }
  }

  /// Whether the oracle refuses what we refuse: it is lenient at times, and some bad numbers make it crash.
  private static func mayBeAsked(_ text: String) -> Bool {
    do {
      _ = try JSON5.read(Array(text.utf8), limits: .results)
      return true
    } catch {
      let ownReasons = ["already", "needless 0", "finite", "control", "digit", "the end of the number"]
      return !ownReasons.contains { error.sentence.contains($0) }
    }
  }

  /// What the oracle refuses or misreads although the specification allows it, with the same in plain JSON.
  static let departures: [(text: String, plain: String)] = [
    ("'a\\\nb'", "\"ab\""), ("'a\\\r\nb'", "\"ab\""), ("'a\\\u{2029}b'", "\"ab\""),
    ("'\\a\\q'", "\"aq\""), ("'\\v'", "\"\\u000b\""),
    ("{\\u0061b:1}", "{\"ab\":1}"), ("[1\u{2028}]", "[1]"), ("[1\u{a0}]", "[1]"), ("\u{2003}1\u{3000}", "1"),
    ("{a\u{200d}:1}", "{\"a\u{200d}\":1}"), ("{\u{16ee}:1}", "{\"\u{16ee}\":1}"),
  ]

  @Test("Where the oracle departs from the specification, the specification counts", arguments: departures)
  func departure(text: String, plain: String) {
    #expect(ours(text) == Oracle.read(plain))
    #expect(ours(text) != nil)
  }

  @Test("Hundreds of generated documents are read alike", arguments: 0..<400)
  func generated(seed: Int) {
    var writer = DocumentWriter(chance: Chance(seed: UInt64(seed), "documents"))
    let text = writer.value(depth: 4)
    let mine = ours(text)
    #expect(mine != nil, "\(text)")
    #expect(mine == Oracle.read(text), "\(text)")
  }

  @Test("A document with one character gone is refused by both or read alike by both", arguments: 0..<400)
  func damaged(seed: Int) {
    var chance = Chance(seed: UInt64(seed), "damage")
    var writer = DocumentWriter(chance: Chance(seed: UInt64(seed), "documents"))
    var scalars = Array(writer.value(depth: 3).unicodeScalars)
    // Escapes that need no backslash are among the departures: leave backslashes and what they escape.
    let choices = scalars.indices.filter { scalars[$0] != "\\" && ($0 == 0 || scalars[$0 - 1] != "\\") }
    scalars.remove(at: choices[Int(chance.below(Int64(choices.count)))])
    let text = String(String.UnicodeScalarView(scalars))
    let mine = ours(text)
    #expect(Self.mayBeAsked(text) ? mine == Oracle.read(text) : mine == nil, "\(text)")
  }
}

/// Draws documents that use all that JSON5 allows.
struct DocumentWriter {
  var chance: Chance

  mutating func value(depth: Int) -> String {
    switch chance.below(depth > 0 ? 9 : 5) {
    case 0: return "null"
    case 1: return pick(["true", "false"])
    case 2, 3: return number()
    case 4: return string()
    case 5, 6: return list(depth: depth)
    default: return object(depth: depth)
    }
  }

  mutating func space() -> String {
    pick(["", "", " ", "\n", "\t", "\r\n", "/* * / */", "// x\n", "\u{c}", " /**/ "])
  }

  private mutating func pick(_ words: [String]) -> String { words[Int(chance.below(Int64(words.count)))] }

  private mutating func number() -> String {
    let sign = pick(["", "", "+", "-"])
    let whole = String(chance.below(1_000_000))
    let fraction = pick([".", ".5", ".25", ".125", "", ""])
    return sign
      + pick([
        whole, whole + fraction, whole + fraction + "e2", ".5", ".75E-1",
        "0x" + String(chance.below(1 << 40), radix: 16),
      ])
  }

  private mutating func string() -> String {
    let quote = pick(["'", "\""])
    var text = ""
    for _ in 0..<chance.below(8) {
      text += pick([
        "a", "é", "😀", " ", "\\n", "\\\\", "\\\"", "\\'", "\\x41", "\\u00e9", "\\ud83d\\ude00", "/",
      ])
    }
    return quote + text + quote
  }

  private mutating func list(depth: Int) -> String {
    let parts = (0..<chance.below(4)).map { _ in space() + value(depth: depth - 1) + space() }
    return "[" + (parts.isEmpty ? space() : parts.joined(separator: ",") + pick(["", ","])) + "]"
  }

  private mutating func object(depth: Int) -> String {
    var parts: [String] = []
    for position in 0..<chance.below(4) {
      let key = pick(["a", "$b", "_", "ключ", "'c d'", "\"e\"", "null"])
      let numbered = key.hasSuffix("'") || key.hasSuffix("\"") ? key : key + String(position)
      let unique = numbered == key ? String(key.dropLast()) + "\(position)" + String(key.suffix(1)) : numbered
      parts.append(space() + unique + space() + ":" + space() + value(depth: depth - 1) + space())
    }
    return "{" + (parts.isEmpty ? space() : parts.joined(separator: ",") + pick(["", ","])) + "}"
  }
}
