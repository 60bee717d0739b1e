import Contract
import Lab
import Testing

@testable import Rendering

@Suite struct VerdictTableTests {
  private let checks = Catalog.standard.checks

  /// One line whose verdicts are held but for these.
  private func line(
    _ algorithm: String, _ guardName: String, _ verdicts: [String: Verdict], unexpected: [String] = []
  ) -> VerdictTable.Line {
    VerdictTable.Line(
      algorithm: algorithm, guardName: guardName,
      verdicts: checks.map { check in
        CheckVerdict(check: check, verdict: verdicts[check.name] ?? .held, explanation: nil)
      },
      unexpected: unexpected, status: ("yes", .good))
  }

  private let violated = Verdict.violated(Witness(first: Record(.granted), second: Record(.granted)))

  private func text(_ lines: [VerdictTable.Line]) -> [String] {
    VerdictTable(lines, checks, Style(color: false)).text().split(separator: "\n").map(String.init)
  }

  @Test("each verdict has its mark, below its check's name")
  func marks() throws {
    let page = text([
      line(
        "redis", "unfenced",
        ["early-grant": .unknown, "mutual-exclusion": violated, "stale-write": violated],
        unexpected: ["stale-write"])
    ])
    let names = try #require(page.firstIndex { $0.hasPrefix("case") })
    let row = try Array(#require(page[names...].first { $0.contains("unfenced") }))
    func mark(_ label: String, _ line: Int) -> String {
      let labels = Array(page[line])
      let start = labels.indices.first { labels[$0...].starts(with: label) }!
      return String(row[start...].prefix { $0 != " " })
    }
    #expect(page.count > 3)
    if page[names].contains("grant") {
      #expect(mark("grant", names) == "?")
      #expect(mark("exclusion", names) == "X")
      #expect(mark("write", names) == "X!")
      #expect(mark("update", names) == "ok")
    } else {
      #expect(mark("eg", names) == "?")
      #expect(mark("me", names) == "X")
      #expect(mark("sw", names) == "X!")
      #expect(mark("lu", names) == ".")
    }
  }

  @Test("a check that applies to no case has no column, and one that applies to some has a dash")
  func notApplicable() {
    let page = text([
      line("redis", "unfenced", ["token-order": .notApplicable, "token-ratchet": .notApplicable]),
      line("redlock", "unfenced", ["token-order": .notApplicable]),
    ]).joined(separator: "\n")
    #expect(page.contains("not applicable here: token-order"))
    #expect(page.contains("- does not apply"))
  }

  @Test("the four answers stand apart, in their order")
  func answers() throws {
    let titles = text([line("redis", "unfenced", [:])])[0]
    #expect(titles.split(separator: " ") == ["SERVICE", "CLIENTS", "RESOURCE", "WORK"])
  }

  @Test("the longest names with all checks still fit the page, with a legend")
  func longest() {
    let page = text([
      line("redlock-wall-clock", "read-write-ratchet", [:]),
      line("viewstamped-lock", "read-write-ratchet", [:]),
    ])
    #expect(page.allSatisfy { $0.count <= Page.width })
    #expect(page.joined(separator: "\n").contains("me mutual-exclusion"))
  }
}
