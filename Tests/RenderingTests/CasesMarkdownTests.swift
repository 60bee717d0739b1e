import Lab
import Testing

@testable import Rendering

@Suite struct CasesMarkdownTests {
  @Test func `The table keeps the four answers apart`() throws {
    let page = CasesMarkdown.page(try CaseReports.gcPause(), .standard)
    let lines = page.split(separator: "\n")
    #expect(lines[0] == "### Lockstep: 2 cases of 1 scenario: 1 met, 1 unmet")
    #expect(
      lines[1] == "| case | service kept its promise? | clients believed? | resource unharmed? "
        + "| work went on? | runs | as expected? |")
    #expect(
      lines[3] == "| redlock/unfenced | held | mutual-exclusion in 3 of 3 "
        + "| stale-write in 3 of 3<br>lost-update in 3 of 3 | held | 3 | yes |")
    #expect(
      lines[4] == "| redlock/compare-and-set | held | **mutual-exclusion in 3 of 3** | held | held | 3 "
        + "| **NO** |")
  }

  @Test func `Each violation has its sentence, its replay and its figure`() throws {
    let page = CasesMarkdown.page(try CaseReports.gcPause(), .standard)
    #expect(page.contains("- mutual-exclusion is violated and was to hold, at 3 of 3 seeds; seed 1: client-"))
    #expect(page.contains("- stale-write, as expected, at seeds 1 to 3: client-"))
    #expect(
      page.contains(
        "```sh\nsim --scenario gc-pause --algorithm redlock --guard compare-and-set --seed 1\n```\n"))
    #expect(page.split(separator: "<details>").count == 3)
    #expect(page.split(separator: "</details>").count == 3)
    #expect(page.contains("TWO HOLDERS"))
    #expect(page.contains("which bounds the rate of each by 100 % at 95 %."))
  }

  @Test func `Every outcome has its word`() throws {
    let page = CasesMarkdown.page(try CaseReports.all(), .standard)
    #expect(
      page.hasPrefix(
        "### Lockstep: 6 cases of 5 scenarios: 1 met, 1 unmet, 1 vacuous, 1 inconclusive, 1 error,"
          + " 1 not run\n"))
    #expect(page.contains("| redis/unfenced | vacuous | vacuous | vacuous | vacuous | 3 | **VACUOUS** |"))
    for word in ["yes |", "**NO** |", "**VACUOUS** |", "**INCONCLUSIVE** |", "**ERROR** |", "not run |"] {
      #expect(page.contains(word), "\(word)")
    }
  }

  @Test func `A page for a comment is no longer than a comment may be`() throws {
    let page = CasesMarkdown.page(try CaseReports.failing(1_000), .standard)
    #expect(page.utf8.count <= 65_000 && page.utf8.count > 60_000)
    #expect(page.hasSuffix("the text form of the same command tells all.\n"))
  }

  @Test func `Hostile names make no mark-up, no cells and no mentions`() throws {
    let one = try CaseReports.changed(try CaseReports.gcPause()[1]) {
      $0.algorithm = "a|b<script>@all`*_\n[x](y)"
    }
    let row = try #require(CasesMarkdown.page([one], .standard).split(separator: "\n").dropFirst(3).first)
    #expect(row.hasPrefix("| a\\|b&lt;script&gt;&#64;all\\`\\*\\_ \\[x\\](y)/compare-and-set |"))
    #expect(MarkdownText.fenced("a```b") == "````sh\na```b\n````\n")
  }
}
