import Lab
import Testing

@testable import Rendering

/// A workflow command taken apart as GitHub's runner does it.
private struct Annotation {
  let level: Substring
  var properties: [String: String] = [:]
  let message: String

  init?(_ line: Substring) {
    guard line.hasPrefix("::"), let end = line.dropFirst(2).range(of: "::") else { return nil }
    let head = line.dropFirst(2)[..<end.lowerBound].split(separator: " ", maxSplits: 1)
    level = head[0]
    for part in head.dropFirst().joined().split(separator: ",") {
      let words = part.split(separator: "=", maxSplits: 1)
      properties[String(words[0])] = Annotation.read(String(words[1]))
    }
    message = Annotation.read(String(line[end.upperBound...]))
  }

  private static func read(_ text: String) -> String {
    [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")]
      .reduce(text) { $0.replacing($1.0, with: $1.1) }
  }
}

@Suite struct GitHubTests {
  private func annotations(_ cases: [CaseReport]) -> [Annotation] {
    GitHubReport.annotations(cases).split(separator: "\n").compactMap(Annotation.init)
  }

  @Test func `Each failing scenario is one error at its file and line`() throws {
    let found = annotations(try CaseReports.all())
    // gc-pause, never-fires, torn and the undecided calm; the case that was not run is no failure.
    #expect(found.map { $0.properties["file"] } == ["gc-pause", "never-fires", "calm", "torn"].map {
      "Scenarios/\($0).json5"
    })
    #expect(found.allSatisfy { $0.level == "error" })
    #expect(found[0].properties["line"] == "3")
    #expect(found[0].properties["title"] == "gc-pause is not as expected")
    #expect(
      found[0].message.hasPrefix("redlock/compare-and-set: mutual-exclusion is violated and was to hold"))
    #expect(found[0].message.contains("\nReplay: sim --scenario gc-pause --algorithm redlock"))
    #expect(found[1].message == "redis/unfenced: vacuous: faults[0] (pause) never fired.")
    #expect(found[3].message == "error: Scenarios/torn.json5:3:7: expected a colon.")
    #expect(found[3].properties["line"] == "3")
  }

  @Test func `What is as expected says nothing`() throws {
    #expect(GitHubReport.annotations([try CaseReports.gcPause()[0]]) == "")
  }

  @Test func `Nine errors are shown, and the tenth says how many there are`() throws {
    #expect(annotations(try CaseReports.failing(9)).count == 9)
    let found = annotations(try CaseReports.failing(2_000))
    #expect(found.count == 10)
    #expect(found[9].message.hasPrefix("and 1,991 more scenarios not as expected: story-10, story-11, "))
    #expect(found[9].message.hasSuffix("story-29, ..."))
  }

  @Test func `Hostile names are one line and keep to their property`() throws {
    let one = try CaseReports.changed(try CaseReports.gcPause()[1]) {
      $0.scenario = "100%, a:b\nc"
      $0.path = "a,b:c%0A.json5"
    }
    let text = GitHubReport.annotations([one])
    #expect(text.split(separator: "\n").count == 1)
    let found = try #require(annotations([one]).first)
    #expect(found.properties["title"] == "100%, a:b\nc is not as expected")
    #expect(GitHubReport.escaped("a,b:c%0A", ":,") == "a%2Cb%3Ac%250A")
  }

  @Test(arguments: [900_000, 20_000, 300, 10, 0, -5])
  func `A summary of thousands of failures stays below its limit and says that it is cut`(room: Int) throws {
    let summary = GitHubReport.summary(try CaseReports.failing(5_000), .standard, room: room)
    #expect(summary.utf8.count <= max(0, room))
    if room >= 300 { #expect(summary.hasSuffix("the text form of the same command tells all.\n")) }
    if room >= 20_000 { #expect(summary.utf8.count > room - 5_000) }
  }

  @Test func `No limit is larger than GitHub's`() throws {
    let summary = GitHubReport.summary(try CaseReports.failing(5_000), .standard, room: .max)
    #expect(summary.utf8.count <= 900_000)
  }
}
