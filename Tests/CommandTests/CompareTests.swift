import Command
import Foundation
import Lab
import Testing

/// The same seeds for different locks: the same bytes whatever the threads do, in every form.
@Suite struct CompareTests {
  let folder = Folder()

  private func words(_ path: String) -> [String] {
    ["compare", "--scenario", path, "--algorithms", "redlock,redis,no-lock", "--guards", "unfenced"]
  }

  @Test(arguments: ["text", "markdown", "json"])
  func `The number of threads changes no byte`(format: String) {
    let path = folder.gcPause()
    let outputs = ["1", "2", "3"].map { jobs in
      var console = MemoryConsole()
      _ = console.sim(words(path) + ["--seeds", "1..12", "--jobs", jobs, "--format", format])
      return console.results
    }
    #expect(outputs[0].contains("redlock"))
    #expect(outputs[1] == outputs[0] && outputs[2] == outputs[0])
  }

  /// Two clients with three sections each: in 4 runs 24 sections at most, and the pause breaks every run.
  @Test func `JSON tells for each case what broke and what it cost`() throws {
    var console = MemoryConsole()
    let path = folder.gcPause()
    #expect(console.sim(["compare", "--scenario", path, "--format", "json"]) == 0)
    let report = try json(console.results)
    #expect(report["kind"]?.text == "comparison")
    let scenario = try #require(report["scenarios"]?.list?.first)
    #expect(scenario["seeds"]?.text == "1..4")
    let cases = try #require(scenario["cases"]?.list)
    #expect(cases.map { $0["algorithm"]?.text } == ["redis", "redlock"])
    for one in cases {
      let text = JSONText.compact(one)
      let belief = try #require(one["checks"]?.list?.first { $0["check"]?.text == "mutual-exclusion" })
      #expect(belief["question"]?.text == "belief")
      #expect(JSONText.compact(belief).contains("\"high\":1000000,\"low\":510109,"))
      #expect(belief["example"]?["seed"]?.text == "1")
      #expect(one["verdict"]?.text == "violated")
      #expect(text.contains("\"acquisitions\":24,"))
      #expect(text.contains("\"runs\":4,"))
    }
  }

  @Test func `Without a form, the folder gets a page and its figures`() throws {
    let path = folder.gcPause()
    var console = MemoryConsole()
    let out = folder.path + "/pages"
    #expect(console.sim("compare", "--scenario", path, "--progress", "none", "--out", out) == 0)
    #expect(console.results == "")
    let files = ["html", "md", "svg", "json"].map { "\(out)/gc-pause.\($0)" }
    #expect(console.notes == "sim: wrote \(files[0]), \(files[1]), \(files[2]) and \(files[3])\n")
    var other = MemoryConsole()
    #expect(other.sim("compare", "--scenario", path, "--format", "markdown") == 0)
    #expect(folder.text("pages/gc-pause.md") == other.results)
    let kind = try json(try #require(folder.text("pages/gc-pause.json")))["kind"]
    #expect(kind?.text == "comparison")
  }

  @Test func `Several scenarios make one report`() throws {
    let first = folder.gcPause(), second = folder.gcPause(name: "later")
    var console = MemoryConsole()
    let words = ["compare", "--scenario", "\(first),\(second)", "--seeds", "1..2"]
    #expect(console.sim(words + ["--format", "markdown"]) == 0)
    #expect(console.results.hasPrefix("# Compared: gc-pause and later\n"))
    #expect(console.results.contains("## gc-pause\n") && console.results.contains("## later\n"))
    #expect(console.sim(words + ["--progress", "none", "--out", folder.path]) == 0)
    let made = ["compare.html", "compare.json", "compare.md", "compare.svg"]
    #expect(folder.names == made + ["gc-pause.json5", "later.json5"])
  }

  @Test func `A wrong name, a doubled scenario and a missing file are told before anything runs`() {
    let path = folder.gcPause()
    let mistakes: [(words: [String], status: Int32, sentence: String)] = [
      (["--scenario", path, "--algorithms", "redlok"], 64, "unknown algorithm \"redlok\"; did you mean"),
      (["--scenario", path, "--guards", "unfence"], 64, "unknown guard \"unfence\"; did you mean"),
      (["--scenario", path, "--algorithm", "redis"], 64, "--algorithm is no flag of `sim compare`"),
      (["--scenario", "\(path),\(path)"], 64, "--scenario names \"gc-pause\" twice"),
      (["--scenario", "\(path),,x"], 64, "but a name in it is empty"),
      (["--scenario", path, "--out", "\(folder.path)/no/out"], 64, "the folder cannot be made"),
      (["--scenario", "\(folder.path)/none.json5"], 65, "none.json5"),
      ([], 64, "--scenario is missing"),
    ]
    for mistake in mistakes {
      var console = MemoryConsole()
      #expect(console.sim(["compare"] + mistake.words) == mistake.status)
      #expect(console.notes.contains(mistake.sentence), "\(console.notes)")
      #expect(console.results == "")
    }
    #expect(folder.names == ["gc-pause.json5"])
  }

  @Test func `An interrupted comparison tells what was done`() {
    var console = MemoryConsole()
    console.stopsAt = 6
    let status = console.sim(
      "compare", "--scenario", folder.gcPause(), "--seeds", "1..1000", "--jobs", "1", "--format", "text")
    #expect(status == 130)
    #expect(console.results.contains("redlock/unfenced"))
    #expect(console.results.contains("Interrupted: this tells only of the runs that were done"))
    #expect(console.notes.contains(" runs; the results tell of those alone\n"))
  }

  @Test func `An interrupted comparison is one in every form, also when it is rendered again`() throws {
    var console = MemoryConsole()
    console.stopsAt = 6
    let out = folder.path + "/pages"
    let words = ["compare", "--scenario", folder.gcPause(), "--seeds", "1..1000", "--jobs", "1", "--out", out]
    #expect(console.sim(words) == 130)
    #expect(folder.text("pages/gc-pause.json")?.contains("\"complete\": false") == true)
    var again = MemoryConsole()
    #expect(again.sim("report", "\(out)/gc-pause.json", "--out", folder.path + "/again") == 0)
    for ending in ["html", "md"] {
      let page = try #require(folder.text("again/gc-pause.\(ending)"))
      #expect(page.contains("Interrupted: ") && page == folder.text("pages/gc-pause.\(ending)"))
    }
  }
}
