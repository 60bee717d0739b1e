import Contract
import Lab
import Testing

@testable import Rendering

@Suite struct CheckTextTests {
  private let plain = Style(color: false)

  @Test("each case has its status, an unmet one the command that shows it")
  func check() throws {
    let page = CheckText.report(try Stories.checked(Stories.gcPause), command: "sim", plain)
    #expect(page.contains("  met           redlock/unfenced"))
    #expect(page.contains("  UNMET         redlock/compare-and-set"))
    #expect(page.contains("mutual-exclusion is violated and was to hold, at 3 seeds:\n"))
    let replay = "sim --scenario gc-pause --algorithm redlock --guard compare-and-set --seed 1"
    #expect(page.contains("      \(replay)\n"))
    #expect(page.hasSuffix("2 cases of 1 scenario: 1 met, 1 UNMET; 6 runs\n"))
  }

  @Test("vacuous runs are counted, a vacuous case says why")
  func vacuous() throws {
    let page = CheckText.report(try Stories.checked(Stories.neverFires), command: "sim", plain)
    #expect(page.contains("VACUOUS"))
    #expect(page.contains("all held, 3 vacuous"))
    #expect(page.contains("faults[0] (pause) never fired"))
  }

  /// Three clients that start 10 ms apart do the same four jobs without a lock: 8 of 12 mails are duplicates.
  @Test("mails that were sent twice are told as a rate, where mails are sent")
  func duplicates() throws {
    let figure = "666.7 duplicates in 1,000 sections"
    #expect(CheckText.report(try Stories.checked(Stories.mails), command: "sim", plain).contains(figure))
    #expect(try Stories.report(Stories.mails).contains(figure))
    let paused = CheckText.report(try Stories.checked(Stories.gcPause), command: "sim", plain)
    #expect(!paused.contains("duplicates"))
  }

  @Test("seeds and the command for them are told of what passes as well, by the command's own name")
  func again() throws {
    let calm = try Stories.checked(Stories.calm)
    let page = CheckText.report(calm, command: "mysim", plain)
    #expect(page.contains("\n  again: mysim sweep --scenario calm --seeds 1..3\n"))
    let sweep = SweepText.report(calm, command: "mysim", plain)
    #expect(sweep.contains("\nseeds       1..3\n"))
    let one = "replay one  mysim --scenario calm --algorithm redis --guard unfenced --seed 1\n"
    #expect(sweep.hasSuffix(one))
    let unmet = CheckText.report(try Stories.checked(Stories.gcPause), command: "mysim", plain)
    #expect(unmet.contains("      mysim --scenario gc-pause"))
    #expect(!unmet.contains(" sim "))
  }

  @Test("each range of a list of seeds has its command, which takes one")
  func ranges() throws {
    var calm = try Stories.checked(Stories.calm)
    calm[0].seeds = SeedList(ranges: [1...3, 77...77])
    let page = CheckText.report(calm, command: "sim", plain)
    #expect(page.contains("--seeds 1..3\n") && page.contains("--seeds 77\n"))
    #expect(SweepText.report(calm, command: "sim", plain).contains("seeds       1..3, 77\n"))
  }

  @Test("a file that cannot be run is an error in one line")
  func error() {
    let unrun = CheckedCase(unrun: "Scenarios/bad.json5", .error, reason: "no such fault", .standard)
    let page = CheckText.report([unrun], command: "sim", plain)
    #expect(page.contains("ERROR"))
    #expect(page.contains("no such fault"))
  }

  @Test("a sweep tells rates with their interval, and the bound for what never happened")
  func sweep() throws {
    let page = SweepText.report(try Stories.checked(Stories.gcPause, seeds: 1...10), command: "sim", plain)
    #expect(page.contains("10 of 10"))
    #expect(page.contains("100 % (72.2 % to 100 %)"))
    #expect(page.contains("the others"))
    #expect(page.contains("each below 30.0 % at 95 %"))
  }

  @Test("vacuous runs prove nothing in a sweep")
  func vacuousSweep() throws {
    let page = SweepText.report(try Stories.checked(Stories.neverFires), command: "sim", plain)
    #expect(page.contains("nothing is known: every run was vacuous"))
    #expect(!page.contains("at 95 %"))
  }

  @Test("no line is wider than the page", arguments: Stories.all)
  func width(story: StoryText) throws {
    let cases = try Stories.checked(story)
    let check = CheckText.report(cases, command: "sim", plain)
    for page in [check, SweepText.report(cases, command: "sim", plain)] {
      #expect(page.split(separator: "\n").allSatisfy { $0.count <= Page.width })
    }
  }
}
