import Contract
import Lab
import Testing

@testable import Rendering

@Suite struct RunTextTests {
  @Test("no line of any story is wider than the page", arguments: Stories.all)
  func width(story: StoryText) throws {
    for line in try Stories.report(story).split(separator: "\n") {
      #expect(line.count <= Page.width, "\(line)")
    }
  }

  @Test("colour changes nothing but colour", arguments: Stories.all)
  func color(story: StoryText) throws {
    let painted = try Stories.report(story, color: true)
    #expect(painted.contains("\u{1b}["))
    #expect(try Stories.withoutColor(painted) == Stories.report(story))
  }

  @Test("no line ends in a space", arguments: Stories.all)
  func ends(story: StoryText) throws {
    #expect(try !Stories.report(story).split(separator: "\n").contains { $0.hasSuffix(" ") })
  }

  @Test("a violated case tells one sentence, the way out, the figure and the replay command")
  func violated() throws {
    let page = try Stories.report(Stories.gcPause)
    #expect(page.contains("redlock/unfenced violates stale-write, lost-update, mutual-exclusion\n"))
    #expect(page.contains("  saved by  recover-lease, compare-and-set"))
    #expect(page.contains("with an order, as fencing"))
    #expect(page.contains("STALE: client-1 writes"))
    let replay = "sim --scenario gc-pause --algorithm redlock --guard unfenced --seed 1"
    #expect(page.contains("  replay    \(replay)\n"))
  }

  @Test("a guard that held is praised, and what clients believed is still told")
  func guarded() throws {
    let page = try Stories.report(Stories.gcPause)
    #expect(page.contains("redlock/compare-and-set violates mutual-exclusion\n"))
    #expect(page.contains("  resource  unharmed: compare-and-set refused 1 access\n"))
    #expect(page.contains("client-1's write is REFUSED"))
  }

  @Test("every run prints its digest and seed, a passing one too")
  func digest() throws {
    let scenario = try Stories.scenario(Stories.calm)
    let rows = Stories.rows(scenario)
    let page = RunText.report(scenario, rows, .standard, command: "sim", Style(color: false), neighbours: 2)
    #expect(page.contains(rows[0].result.digest.text))
    #expect(page.contains("sim --scenario calm --algorithm ALGORITHM --guard GUARD --seed 1\n"))
    #expect(!page.contains("violates"))
  }

  @Test("a fault that never fired makes the case vacuous, and says which fault")
  func vacuous() throws {
    let page = try Stories.report(Stories.neverFires)
    #expect(page.contains("VACUOUS"))
    let words = page.split { $0.isWhitespace }.joined(separator: " ")
    #expect(words.contains("faults[0] (pause) never fired, so this run says nothing about its story"))
  }

  @Test("figures beyond the fourth, and figures drawn before, are named instead of drawn")
  func figures() throws {
    let page = try Stories.report(Stories.many)
    #expect(page.contains("as drawn for redlock/unfenced"))
    #expect(page.split(separator: "\n").count { $0.contains("true time") } <= 4)
  }

  @Test("a scenario that lies elsewhere is replayed by its path, quoted for a shell")
  func replay() {
    let replay = Replay("sim", name: "a", path: "stories/my file.json5")
    let text = replay.line(algorithm: "redis", guardName: "g", seed: 7).text(after: "", Style(color: false))
    #expect(text.contains("--scenario 'stories/my file.json5' "))
  }

  @Test("a command that does not fit is broken where a shell can join it again")
  func brokenReplay() {
    let long = String(repeating: "long-", count: 15)
    let text = Replay("sim", name: long, path: nil).line(algorithm: "redis", guardName: "unfenced", seed: 1)
      .text(after: "  ", Style(color: false))
    #expect(text.contains(" \\\n  --"))
  }

  /// A pause between check and write: granted, stopped, expired, granted to the other, gone on, written.
  @Test("how it came to a violation stands in numbered steps, ten at most, the violation last")
  func chain() throws {
    let page = try Stories.report(Stories.gcPause)
    let steps = page.split(separator: "\n").compactMap { line in
      line.firstMatch(of: #/^ {2}(?:because| {7}) +([0-9]+)\. [0-9.]+ s (.*)$/#).map { ($0.1, String($0.2)) }
    }
    let first = steps.prefix { Int($0.0)! <= 10 }
    let last = try #require(steps.firstIndex { $0.1.hasPrefix("STALE: client-1 writes") })
    #expect(last < 10 && steps[...last].map { Int($0.0)! } == Array(1...(last + 1)))
    #expect(first[0].1.contains("client-1") && steps[...last].contains { $0.1.contains("stops for 15 s") })
    #expect(steps[...last].contains { $0.1.contains("TWO HOLDERS") })
  }
}

extension Stories {
  static func withoutColor(_ text: String) -> String {
    var plain = ""
    var rest = text[...]
    while let start = rest.firstIndex(of: "\u{1b}") {
      plain += rest[..<start]
      rest = rest[start...].drop { $0 != "m" }.dropFirst()
    }
    return plain + rest
  }
}
