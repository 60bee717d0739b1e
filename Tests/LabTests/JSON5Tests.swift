import Contract
import Testing

@testable import Lab

@Suite("JSON5 is read with line and column")
struct JSON5Tests {
  private func refusal(_ text: String, limits: JSON5.Limits = .scenario) -> String? {
    do {
      _ = try JSON5.read(Array(text.utf8), path: "a.json5", limits: limits)
      return nil
    } catch {
      return error.description
    }
  }

  @Test("The example of the specification is read whole")
  func specificationExample() throws {
    let text = """
      {
        // comments
        unquoted: 'and you can quote me on that',
        singleQuotes: 'I can use "double quotes" here',
        lineBreaks: "Look, Mom! \\
      No \\\\n's!",
        hexadecimal: 0xdecaf,
        leadingDecimalPoint: .8675309, andTrailing: 8675309.,
        positiveSign: +1,
        trailingComma: 'in objects', andIn: ['arrays',],
        "backwardsCompatible": "with JSON",
      }
      """
    let tree = try JSON5.read(Array(text.utf8))
    #expect(tree["lineBreaks"]?.text == "Look, Mom! No \\n's!")
    #expect(tree["hexadecimal"]?.number?.integer == 912_559)
    #expect(tree["leadingDecimalPoint"]?.number?.scaled(places: 7) == .exact(8_675_309))
    #expect(tree["andTrailing"]?.number?.integer == 8_675_309)
    #expect(tree["andIn"]?.list?.map(\.text) == ["arrays"])
    #expect(tree.members?.count == 10)
  }

  @Test("Every key and value knows its line and column, counted in characters")
  func positions() throws {
    let tree = try JSON5.read(Array("{\n  'ä€😀': [1,\r\n   true],\r  b: {}}".utf8))
    let first = try #require(tree.members?.first)
    #expect(first.keyPosition == TextPosition(line: 2, column: 3))
    #expect(first.value.position == TextPosition(line: 2, column: 10))
    #expect(first.value.list?[1].position == TextPosition(line: 3, column: 4))
    #expect(tree.member("b")?.keyPosition == TextPosition(line: 4, column: 3))
    #expect(tree.member("b")?.value.position == TextPosition(line: 4, column: 6))
  }

  @Test(
    "What is not JSON5 is refused where it goes wrong",
    arguments: [
      ("", "a.json5:1:1: found the end of the file, expected a value"),
      ("{a 1}", "a.json5:1:4: a: found \"1\", expected a \":\" after the key"),
      ("{a: 1 b: 2}", "a.json5:1:7: found \"b\", expected a \",\" or \"}\""),
      ("[,]", "a.json5:1:2: [0]: found \",\", expected a value"),
      ("[1,,2]", "a.json5:1:4: [1]: found \",\", expected a value"),
      ("{1: 2}", "a.json5:1:2: found \"1\", expected a key or \"}\""),
      ("{a: x}", "a.json5:1:5: a: found x, expected a value; a string stands in quotes"),
      ("[Infinity]", "a.json5:1:2: [0]: found Infinity, expected a finite number"),
      ("[-NaN]", "a.json5:1:2: [0]: found -NaN, expected a finite number"),
      ("[010]", "a.json5:1:2: [0]: a number does not begin with a needless 0"),
      ("[1e]", "a.json5:1:4: [0]: found \"]\", expected a digit"),
      ("[.]", "a.json5:1:3: [0]: found \"]\", expected a digit"),
      ("[0x]", "a.json5:1:4: [0]: found \"]\", expected a hexadecimal digit"),
      ("[15s]", "a.json5:1:4: [0]: found \"s\", expected the end of the number"),
      ("'a", "a.json5:1:1: the string that begins here has no end"),
      ("\n 'a\n'", "a.json5:2:2: the string that begins here has no end on its line"),
      ("'\t'", "a.json5:1:2: control characters are refused in strings: U+0009"),
      ("'ab\\n'", "a.json5:1:4: control characters are refused in strings: U+000A"),
      ("'\\u001b'", "a.json5:1:2: control characters are refused in strings: U+001B"),
      ("'\\x9f'", "a.json5:1:2: control characters are refused in strings: U+009F"),
      ("'\\1'", "a.json5:1:2: found \"\\1\", an escape that JSON5 does not have"),
      ("'\\u12g4'", "a.json5:1:2: this escape takes 4 hexadecimal digits"),
      ("'\\ud800'", "a.json5:1:2: found \"\\uD800\", expected both halves of a surrogate pair"),
      ("'\\ud800\\u0041'", "a.json5:1:2: found \"\\uD800\", expected both halves of a surrogate pair"),
      ("/* a", "a.json5:1:1: the comment that begins here has no end; expected \"*/\""),
      ("1 / 2", "a.json5:1:3: found \"/\", expected \"//\" or \"/*\""),
      ("{} {}", "a.json5:1:4: found \"{\", expected the end of the file"),
      ("{a: 1,\n b: {a: 2, 'a': 3}}", "a.json5:2:12: b.a: the key \"a\" stands on line 2 already"),
      ("{\"x y\": [?]}", "a.json5:1:10: [\"x y\"][0]: found \"?\", expected a value"),
    ])
  func refusals(text: String, sentence: String) {
    #expect(refusal(text) == sentence)
  }

  @Test("Bytes that are not UTF-8 are refused with their place")
  func invalidUTF8() {
    // Offset 5 is the sixth byte: { LF space a : and then 0xff, on line 2 after three characters.
    let problem = #expect(throws: ScenarioProblem.self) {
      try JSON5.read([0x7b, 0x0a, 0x20, 0x61, 0x3a, 0xff, 0x7d], path: "a.json5")
    }
    #expect(
      problem?.description == "a.json5:2:4: the byte at offset 5 is not UTF-8; save the file as UTF-8")
    #expect(throws: ScenarioProblem.self) { try JSON5.read([0x22, 0xc0, 0x80, 0x22]) }
    #expect(throws: ScenarioProblem.self) { try JSON5.read([0x22, 0xed, 0xa0, 0x80, 0x22]) }
  }

  @Test("64 levels are read, 65 are refused")
  func nesting() {
    let open = String(repeating: "[", count: 64), close = String(repeating: "]", count: 64)
    #expect(refusal(open + close) == nil)
    #expect(
      refusal("[" + open + close + "]")?.hasSuffix("lists and objects are nested deeper than 64 levels")
        == true)
    #expect(refusal(String(repeating: "{a:", count: 100_000))?.hasPrefix("a.json5:1:193: a.a.a") == true)
  }

  @Test("1 MiB is read, one byte more is refused")
  func size() {
    let most = "[]" + String(repeating: " ", count: 1_048_574)
    #expect(refusal(most) == nil)
    #expect(refusal(most + " ") == "a.json5: the file has more than the 1048576 bytes that are read")
  }

  @Test("Results may hold escaped line feeds, scenarios may not")
  func escapedControls() throws {
    #expect(refusal("'a\\nb'", limits: .results) == nil)
    #expect(refusal("'a\nb'", limits: .results) != nil)
    #expect(try JSON5.read(Array("'\\0'".utf8), limits: .results).text == "\0")
  }

  @Test("A byte order mark is no column")
  func byteOrderMark() throws {
    #expect(try JSON5.read(Array("\u{feff}[]".utf8)).position == TextPosition(line: 1, column: 1))
  }

  @Test(
    "Numbers are exact or refused, never rounded",
    arguments: [
      ("9223372036854775807", 0, JSONNumber.Scaled.exact(.max)), ("-9223372036854775808", 0, .exact(.min)),
      ("9223372036854775808", 0, .tooLarge), ("0x7fffffffffffffff", 0, .exact(.max)),
      ("-0x10", 0, .exact(-16)), ("1e3", 0, .exact(1000)), ("1.50e1", 0, .exact(15)), ("5.0", 0, .exact(5)),
      ("0.000000001", 9, .exact(1)), ("0.0000000010", 9, .exact(1)), ("0.0000000001", 9, .tooFine),
      (".5", 9, .exact(500_000_000)), ("1E-9", 9, .exact(1)), ("0.5", 0, .tooFine), ("1e400", 0, .tooLarge),
      ("0e999999999999", 0, .exact(0)), ("-0", 0, .exact(0)), ("1e-99999999999", 9, .tooFine),
      ("100000000000000000000000e-20", 0, .exact(1000)), ("+7.", 0, .exact(7)), ("0x2", 1, .exact(20)),
    ])
  func exactNumbers(text: String, places: Int, expected: JSONNumber.Scaled) throws {
    let number = try #require(try JSON5.read(Array(text.utf8)).number)
    #expect(number.scaled(places: places) == expected)
    #expect(number.source == text)
  }

  @Test("Unsigned numbers reach 2^64 - 1")
  func unsignedNumbers() {
    #expect(JSONNumber(checked: "18446744073709551615").unsigned == .max)
    #expect(JSONNumber(checked: "18446744073709551616").unsigned == nil)
    #expect(JSONNumber(checked: "-1").unsigned == nil)
  }

  @Test("A path is written as people write it, and read back")
  func paths() {
    let path = JSONPath([.key("faults"), .index(0), .key("for")])
    #expect(path.description == "faults[0].for")
    #expect(JSONPath("faults[0].for") == path)
    #expect(JSONPath("expect.fdb-version-lease.unfenced[2]")?.steps.count == 4)
    #expect(JSONPath([.key("a b"), .key("c")]).description == "[\"a b\"].c")
    #expect(JSONPath("[\"a b\"].c") == JSONPath([.key("a b"), .key("c")]))
    for bad in ["a.", "a..b", "a[", "a[x]", ".a", "a b"] { #expect(JSONPath(bad) == nil) }
  }
}
