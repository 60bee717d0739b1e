import Contract
import Foundation
import Testing

@testable import Lab

/// As much of JSON Schema as the scenario schema uses; an unknown keyword is a mistake of the schema.
struct SchemaJudge {
  static func accepts(_ value: JSONValue, _ schema: JSONValue) -> Bool {
    (schema.members ?? []).allSatisfy { holds($0.key, $0.value, value, schema) }
  }

  private static func holds(_ keyword: String, _ rule: JSONValue, _ value: JSONValue, _ schema: JSONValue)
    -> Bool
  {
    switch keyword {
    case "$schema", "title", "description", "default", "then": true
    case "type": isOfType(value, rule.text ?? "")
    case "pattern": value.text.map { matches($0, rule.text ?? "") } ?? true
    case "enum": rule.list?.contains { same($0, value) } ?? false
    case "const": same(rule, value)
    case "minimum", "maximum": isWithin(value, keyword, rule)
    case "items": value.list?.allSatisfy { accepts($0, rule) } ?? true
    case "minItems", "maxItems": isSized(value.list?.count, keyword, rule)
    case "uniqueItems": Set((value.list ?? []).map(JSONText.compact)).count == (value.list ?? []).count
    case "minProperties": isSized(value.members?.count, "minItems", rule)
    case "required": value.members == nil || rule.list!.allSatisfy { value[$0.text!] != nil }
    case "properties":
      (value.members ?? []).allSatisfy { member in rule[member.key].map { accepts(member.value, $0) } ?? true
      }
    case "propertyNames": (value.members ?? []).allSatisfy { accepts(.text($0.key), rule) }
    case "additionalProperties":
      (value.members ?? []).allSatisfy { member in
        schema["properties"]?[member.key] != nil || (rule.flag ?? accepts(member.value, rule))
      }
    case "allOf": rule.list!.allSatisfy { accepts(value, $0) }
    case "anyOf": rule.list!.contains { accepts(value, $0) }
    case "oneOf": rule.list!.filter { accepts(value, $0) }.count == 1
    case "not": !accepts(value, rule)
    case "if": accepts(value, rule) ? accepts(value, schema["then"]!) : true
    default: false
    }
  }

  private static func isOfType(_ value: JSONValue, _ type: String) -> Bool {
    switch type {
    case "object": value.members != nil
    case "array": value.list != nil
    case "string": value.text != nil
    case "boolean": value.flag != nil
    case "number": value.number != nil
    case "integer": value.number.map { $0.integer != nil || $0.unsigned != nil } ?? false
    default: false
    }
  }

  private static func same(_ left: JSONValue, _ right: JSONValue) -> Bool {
    JSONText.compact(left) == JSONText.compact(right)
  }

  private static func matches(_ text: String, _ pattern: String) -> Bool {
    text.range(of: pattern, options: .regularExpression) != nil
  }

  private static func isWithin(_ value: JSONValue, _ keyword: String, _ bound: JSONValue) -> Bool {
    guard let number = value.number.flatMap({ Double($0.source) }), let bound = Double(bound.number!.source)
    else {
      return true
    }
    return keyword == "minimum" ? number >= bound : number <= bound
  }

  private static func isSized(_ count: Int?, _ keyword: String, _ bound: JSONValue) -> Bool {
    guard let count, let bound = bound.number?.integer else { return true }
    return keyword == "minItems" ? count >= bound : count <= bound
  }
}

@Suite("The schema says what the reader says")
struct ScenarioSchemaTests {
  private func accepts(_ text: String) throws -> Bool {
    SchemaJudge.accepts(try JSON5.read(Array(text.utf8)), ScenarioSchema.json(samples))
  }

  @Test("It is JSON, the same at every writing, and names its draft")
  func text() throws {
    let text = ScenarioSchema.text(samples)
    #expect(text == ScenarioSchema.text(samples))
    #expect(text.hasPrefix("{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\","))
    let foundation = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    #expect(foundation?["type"] as? String == "object")
  }

  @Test("It accepts what the reader accepts")
  func good() throws {
    #expect(try accepts(ScenarioReaderTests.whole))
    #expect(try accepts(file()))
    for seeds in ["7", "\"0x2a\"", "[9, \"1..3\"]"] { #expect(try accepts(file(more: "seeds: \(seeds),"))) }
    let levers = LeverForms.all.map(\.word)
    let nodes = PlanTests.nodes
    for (position, action) in PlanTests.actions.enumerated() {
      let lever = Lever(action, nodes: [NodeID(0 as Int32)], lasts: .seconds(1), messages: 1, salt: 7)
      let entry = PlanText.json(PlanEntry(anchor: .record(Int64(position + 1)), lever: lever), nodes)
      #expect(levers.contains(entry["lever"]?.text ?? ""))
      #expect(try accepts(file(more: "plan: [\(JSONText.compact(entry))],")))
    }
  }

  @Test(
    "It refuses what the reader refuses for its form",
    arguments: [
      "abuot: 1,", "name: 3,", "seeds: -1,", "seeds: [],", "seeds: \"1...3\",", "progress: \"0s\",",
      "progress: 5,",
      "network: { loss: 1.1 },", "network: { loss: \"0.5\" },", "network: { reorder: 1 },",
      "network: { delay: \"1s\" },",
      "clocks: { drift: 50 },", "clocks: { drift: \"-5ppm\" },", "parameters: { redlok: {} },",
      "parameters: { redlock: { node: 3 } },", "parameters: { redlock: { nodes: 10 } },", "expect: {},",
      "expect: { redis: {} },", "expect: { redis: { fenced: [] } },",
      "expect: { redis: { unfenced: [\"x\"] } },",
      "chaos: { faults: [], every: \"1s\", until: \"1s\" },",
      "chaos: { faults: [\"pause\"], every: \"1s\" },",
      "faults: [], plan: [],", "faults: [{ fault: \"pause\", node: \"holder\" }],",
      "faults: [{ fault: \"pauze\", node: \"holder\", at: \"1s\" }],",
      "faults: [{ fault: \"pause\", node: \"holdr\", at: \"1s\" }],",
      "faults: [{ fault: \"pause\", node: \"holder\", for: \"-1s\", at: \"1s\" }],",
      "faults: [{ fault: \"pause\", node: \"holder\", down: \"1s\", at: \"1s\" }],",
      "faults: [{ fault: \"pause\", node: \"holder\", at: \"1s\", when: { event: \"read\" } }],",
      "faults: [{ fault: \"pause\", node: \"holder\", when: { event: \"reed\" } }],",
      "plan: [{ record: 1, time: 1, lever: \"clog\", nodes: [] }],",
      "plan: [{ record: 1, lever: \"clogg\" }],",
      "plan: [{ record: 1, lever: \"delay\", nodes: [\"client-1\"] }],",
      "plan: [{ record: 1, lever: \"pause\", nodes: [\"holder\"] }],",
    ])
  func bad(more: String) throws {
    let text = file(more: more).replacing(
      "  name: \"story\",\n", with: more.hasPrefix("name") ? "" : "  name: \"story\",\n")
    #expect(refusal(of: text) != nil)
    #expect(try !accepts(text))
  }

  @Test("Every key of the reader has a description")
  func descriptions() throws {
    var undescribed: [String] = []
    func walk(_ schema: JSONValue) {
      for member in schema["properties"]?.members ?? []
      where member.value["const"] == nil && member.value["enum"] == nil {
        if member.value["description"]?.text?.isEmpty ?? (member.value["properties"] == nil) {
          undescribed.append(member.key)
        }
        walk(member.value)
      }
      for key in ["items", "then", "additionalProperties"] { if let next = schema[key] { walk(next) } }
      for next in schema["allOf"]?.list ?? [] { walk(next) }
    }
    let schema = ScenarioSchema.json(samples)
    walk(schema)
    // The algorithms under `parameters` are names, not keys of the reader.
    #expect(undescribed.isEmpty)
    #expect(schema["properties"]?.members?.count == 17)
  }
}
