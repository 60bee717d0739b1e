import Contract
import Testing

@testable import Lab

@Suite("JSON and scenarios are written")
struct ScenarioTextTests {
  @Test("Keys are sorted by their bytes, and nothing depends on the order in which they were given")
  func sortedKeys() {
    let one = JSONValue.object([("b", .integer(1)), ("a", .list([])), ("ä", .null), ("B", .flag(true))])
    let other = JSONValue.object([("ä", .null), ("B", .flag(true)), ("a", .list([])), ("b", .integer(1))])
    #expect(JSONText.compact(one) == #"{"B":true,"a":[],"b":1,"ä":null}"#)
    #expect(JSONText.compact(one) == JSONText.compact(other))
  }

  @Test("Indented JSON has two spaces per level and ends in a line feed")
  func indented() {
    let value = JSONValue.object([("b", .list([.integer(1), .object([])])), ("a", .text("x"))])
    #expect(
      JSONText.indented(value) == """
        {
          "a": "x",
          "b": [
            1,
            {}
          ]
        }

        """)
  }

  @Test("Strings with quotes, control characters and line separators survive")
  func escapes() throws {
    let text = "\"\\/\n\r\t\u{1}\u{7f}\u{2028}é😀"
    let written = JSONText.quoted(text)
    #expect(written == #""\"\\/\n\r\t\u0001\u007f\u2028é😀""#)
    #expect(try JSON5.read(Array(written.utf8), limits: .results).text == text)
  }

  @Test(
    "Decimals are written exactly and without needless zeros",
    arguments: [
      (0, "0"), (1, "0.000000001"), (1_000_000_000, "1"), (1_500_000_000, "1.5"), (-25_000_000, "-0.025"),
      (123_456_789_012, "123.456789012"),
    ])
  func decimals(units: Int64, text: String) {
    #expect(JSONText.compact(.decimal(units, places: 9)) == text)
    #expect(JSONNumber(checked: text).scaled(places: 9) == .exact(units))
  }

  @Test("64-bit integers are written whole")
  func integers() {
    #expect(
      JSONText.compact(.list([.integer(Int64.min), .integer(UInt64.max)]))
        == "[-9223372036854775808,18446744073709551615]")
  }

  @Test("A scenario that was read is written with all that is not default, and reads the same again")
  func roundTrip() throws {
    let reader = ScenarioReader(samples)
    let words = "disagrees: 'Not so.',\n  duration:"
    let whole = ScenarioReaderTests.whole.replacing("duration:", with: words, maxReplacements: 1)
    let first = try reader.scenario(whole, path: "gc-pause.json5")
    let text = ScenarioText.json5(first, comment: "Found by chance.\nSeed 7.")
    let second = try reader.scenario(text, path: "gc-pause.json5")
    #expect(text.hasPrefix("// Found by chance.\n// Seed 7.\n{\n  name: \"gc-pause\",\n"))
    #expect(text.contains("  lease: { ttl: \"10s\", refresh: \"3s\" },\n"))
    #expect(text.contains("parameters: { redlock: { nodes: 3, fsync: \"always\" } },"))
    #expect(ScenarioText.json5(second) == ScenarioText.json5(first))
    #expect(second.load == first.load && second.network == first.network && second.clocks == first.clocks)
    #expect(second.faults.map(\.trigger) == first.faults.map(\.trigger))
    #expect(first.disagrees == "Not so." && second.disagrees == first.disagrees)
    #expect(second.expect == first.expect && second.chaos == first.chaos && second.seeds == first.seeds)
  }

  @Test("Defaults are left out")
  func defaults() throws {
    #expect(
      ScenarioText.json5(try read(file())) == """
        {
          name: "story",
          about: "A story.",
          source: "none",
          duration: "1m",
          seeds: 1,
          lease: { ttl: "10s" },
          load: { clients: 2 },
        }

        """)
  }

  @Test("A scenario with a plan is written with the names of its nodes")
  func plan() throws {
    let more = "plan: [{ time: 5, lever: \"clock-step\", nodes: [\"client-1\"], byNanos: -7 }],"
    let scenario = try read(file(more: more + "expect: { redis: { unfenced: [\"early-grant?\"] } },"))
    let text = ScenarioText.json5(scenario, nodes: scenario.topology(of: scenario.made(SampleRedis.self)))
    #expect(text.contains("plan: [{ time: 5, lever: \"clock-step\", nodes: [\"client-1\"], byNanos: -7 }],"))
    #expect(try read(text).plan == scenario.plan)
  }

  @Test(
    "A near name is found, a far one is not",
    arguments: [
      ("redlok", "redlock"), ("rdelock", "redlock"), ("redsi", "redis"), ("Redis", "redis"), ("xyz", nil),
      ("", nil), ("raftlock", "raft-lock"),
    ])
  func spelling(word: String, name: String?) {
    #expect(Spelling.nearest(to: word, among: ["redis", "redlock", "raft-lock"]) == name)
  }

  @Test("A swap of neighbours is one edit, and distances are those of Damerau and Levenshtein")
  func distances() {
    let pairs = [
      ("ab", "ba", 1), ("kitten", "sitting", 3), ("", "abc", 3), ("abc", "", 3), ("ca", "abc", 3),
      ("a", "a", 0),
    ]
    for (left, right, distance) in pairs {
      #expect(Spelling.distance(Array(left.unicodeScalars), Array(right.unicodeScalars)) == distance)
    }
  }
}
