import Foundation
import Lab
import Testing

@testable import Rendering

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// An element of JUnit XML as tools agree on it: what it may hold, and which attributes it has to have.
private struct Rule {
  var children: [String] = []
  var required: [String] = []
  var optional: [String] = []
}

/// Reads JUnit XML with Foundation's parser and notes what the rules of tools forbid.
private final class JUnitReader: NSObject, XMLParserDelegate {
  private static let rules: [String: Rule] = [
    "": Rule(children: ["testsuites"]),
    "testsuites": Rule(
      children: ["testsuite"], optional: ["name", "tests", "failures", "errors", "time"]),
    "testsuite": Rule(
      children: ["testcase", "properties", "system-out", "system-err"],
      required: ["name", "tests", "failures", "errors"], optional: ["skipped", "file"]),
    "testcase": Rule(
      children: ["failure", "error", "skipped", "system-out", "system-err"], required: ["name"],
      optional: ["classname", "time"]),
    "failure": Rule(optional: ["type", "message"]), "error": Rule(optional: ["type", "message"]),
    "skipped": Rule(optional: ["message"]), "system-out": Rule(),
  ]

  struct Element {
    let name: String
    let attributes: [String: String]
    var text = ""
    /// Names of the elements above it, with the names in their attributes.
    let place: [String]
  }

  private(set) var problems: [String] = []
  private(set) var elements: [Element] = []
  private var open: [Int] = []

  init(_ text: String) {
    super.init()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = self
    if !parser.parse() { problems.append("no XML: \(String(describing: parser.parserError))") }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    let parent = open.last.map { elements[$0].name } ?? ""
    if JUnitReader.rules[parent]?.children.contains(name) != true { problems.append("\(name) in \(parent)") }
    let rule = JUnitReader.rules[name] ?? Rule()
    problems += rule.required.filter { attributes[$0] == nil }.map { "\(name) without \($0)" }
    problems += attributes.keys.filter { !(rule.required + rule.optional).contains($0) }
      .map { "\(name) with \($0)" }
    open.append(elements.count)
    elements.append(
      Element(name: name, attributes: attributes, place: open.dropLast().map { elements[$0].name }))
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    if let last = open.last { elements[last].text += text }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    open.removeLast()
  }

  func all(_ name: String) -> [Element] { elements.filter { $0.name == name } }
}

@Suite struct JUnitTests {
  @Test func `Every outcome has its element, and the counts are those of the elements`() throws {
    // Cases: met, unmet, vacuous, inconclusive, error, not run: 1 failure, 3 errors, 1 skipped.
    let report = JUnitReader(JUnitXML.report(try CaseReports.all()))
    #expect(report.problems == [])
    #expect(report.all("testcase").count == 6)
    let whole = try #require(report.all("testsuites").first).attributes
    #expect(whole["tests"] == "6" && whole["failures"] == "1" && whole["errors"] == "3")
    for (element, count) in [("failure", 1), ("error", 3), ("skipped", 1)] {
      #expect(report.all(element).count == count)
    }
    for (attribute, count) in [("tests", 6), ("failures", 1), ("errors", 3), ("skipped", 1)] {
      let sum = report.all("testsuite").reduce(0) { $0 + (Int($1.attributes[attribute] ?? "") ?? -1) }
      #expect(sum == count)
    }
    #expect(report.all("error").map { $0.attributes["type"] } == ["vacuous", "inconclusive", "error"])
  }

  @Test func `A failure names its checks, a seed, a sentence and the replay`() throws {
    let report = JUnitReader(JUnitXML.report(try CaseReports.gcPause()))
    let test = report.all("testcase")[1].attributes
    #expect(test == ["name": "redlock/compare-and-set", "classname": "gc-pause"])
    #expect(report.all("testsuite")[0].attributes["file"] == "Scenarios/gc-pause.json5")
    let failure = try #require(report.all("failure").first)
    #expect(failure.attributes["type"] == "mutual-exclusion")
    let message = try #require(failure.attributes["message"])
    #expect(
      message.hasPrefix("mutual-exclusion is violated and was to hold, at 3 of 3 seeds; seed 1: client-"))
    #expect(failure.text.contains("mutual-exclusion is violated at seeds 1 to 3."))
    let replay = "sim --scenario gc-pause --algorithm redlock --guard compare-and-set --seed 1"
    #expect(failure.text.hasSuffix("Replay: \(replay)"))
  }

  @Test func `An expected violation passes, and says what was violated and what a pass covers`() throws {
    let report = JUnitReader(JUnitXML.report([try CaseReports.gcPause()[0]]))
    #expect(report.all("failure").isEmpty && report.all("error").isEmpty)
    let output = try #require(report.all("system-out").first).text
    #expect(output.contains("Violated, as expected: stale-write at seeds 1 to 3."))
    // 3 / 3 = 1: three runs bound nothing.
    #expect(
      output.contains(
        "No other check was violated in 3 runs, which bounds the rate of each by 100 % at 95 %."))
  }

  @Test func `A case of which nothing was run never passes`() throws {
    let report = JUnitReader(JUnitXML.report([try CaseReports.unrun()]))
    #expect(report.all("skipped").count == 1)
    #expect(report.all("testsuite")[0].attributes["skipped"] == "1")
  }

  @Test func `A missing violation is a failure of the check's name`() throws {
    let one = try CaseReports.changed(try CaseReports.gcPause()[0]) {
      $0.outcome.status = .unmet
      $0.outcome.missing = ["token-ratchet"]
    }
    let failure = try #require(JUnitReader(JUnitXML.report([one])).all("failure").first)
    #expect(failure.attributes["type"] == "token-ratchet")
    #expect(
      failure.attributes["message"]
        == "token-ratchet was to be violated by one of 3 seeds at least, and is by none.")
  }

  @Test func `Hostile names come out of the parser as they went in, but for what XML forbids`() throws {
    let hostile = "a<b>&\"'\n\t\r]]> é"
    let one = try CaseReports.changed(try CaseReports.gcPause()[1]) {
      $0.scenario = hostile
      $0.algorithm = "bell\u{7}\u{ffff}"
    }
    let report = JUnitReader(JUnitXML.report([one]))
    #expect(report.problems == [])
    #expect(report.all("testsuite")[0].attributes["name"] == hostile)
    #expect(report.all("testcase")[0].attributes["name"] == "bell\u{fffd}\u{fffd}/compare-and-set")
  }

  @Test func `No cases are a report too`() {
    #expect(JUnitReader(JUnitXML.report([])).problems == [])
  }
}
