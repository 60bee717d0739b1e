import Command
import Foundation
import Lab
import Testing

/// What a comparison leaves can be rendered again, and what is no comparison is told so.
@Suite struct ReportTests {
  let folder = Folder()

  private func compared(_ words: [String] = []) -> String {
    var console = MemoryConsole()
    let path = folder.gcPause()
    _ = console.sim(
      ["compare", "--scenario", path, "--progress", "none", "--name", "trial", "--out", folder.path + "/out"]
        + words)
    return "\(folder.path)/out/trial.json"
  }

  @Test func `A report of saved results has the bytes of the first one`() throws {
    let results = compared()
    let again = folder.path + "/again"
    var console = MemoryConsole()
    #expect(console.sim("report", results, "--out", again) == 0)
    let endings = ["html", "md", "svg", "json"]
    let files = endings.map { "\(again)/trial.\($0)" }
    #expect(console.notes == "sim: wrote \(files[0]), \(files[1]), \(files[2]) and \(files[3])\n")
    for ending in endings {
      let first = try #require(folder.text("out/trial.\(ending)"))
      #expect(folder.text("again/trial.\(ending)") == first)
    }
    #expect(folder.text("out/trial.md")?.hasPrefix("# Compared: trial\n") == true)
  }

  @Test(arguments: ["text", "markdown", "json"])
  func `A form of saved results is that of the runs`(format: String) {
    let results = compared()
    var first = MemoryConsole(), second = MemoryConsole()
    _ = first.sim(
      "compare", "--scenario", folder.gcPause(), "--progress", "none", "--name", "trial", "--format", format)
    #expect(second.sim("report", results, "--format", format) == 0)
    #expect(second.results == first.results && !second.results.isEmpty)
  }

  @Test func `What is no comparison is refused with its place, and nothing is written`() {
    let cases: [(name: String, text: String, status: Int32, sentence: String)] = [
      ("a.json", "{\"schema\": 1, \"kind\": \"verify\"}", 65, "a.json:1:23: kind: found \"verify\""),
      ("b.json", "{\"schema\": 9, \"kind\": \"comparison\"}", 65, "schema: found 9, expected 1"),
      ("c.json", "{\"kind\": \"comparison\"}", 65, "the key \"schema\" is missing"),
      ("d.json", "[1, 2]", 65, "expected an object"),
      ("e.json", "{\"schema\": 1, ", 65, "e.json:1:15: found the end of the file"),
    ]
    for one in cases {
      var console = MemoryConsole()
      let path = folder.file(one.name, one.text)
      #expect(console.sim("report", path, "--out", folder.path + "/pages") == one.status)
      #expect(console.notes.contains(one.sentence), "\(console.notes)")
    }
    var console = MemoryConsole()
    #expect(console.sim("report", folder.path + "/none.json") == 65)
    #expect(console.sim("report") == 64)
    #expect(console.notes.contains("a path is missing; expected `sim report RESULTS [flags]`"))
    #expect(!folder.names.contains("pages"))
  }

  // MARK: sweeps and checks

  @Test func `A saved sweep has the text that the sweep itself has`() {
    let path = folder.gcPause(expect: "expect: { redis: { unfenced: ['mutual-exclusion', 'stale-write',"
      + " 'lost-update'] }, redlock: { 'compare-and-set': ['mutual-exclusion'] } },")
    var first = MemoryConsole(), second = MemoryConsole(), third = MemoryConsole()
    let words = ["sweep", "--scenario", path, "--progress", "none", "--seeds", "1..9"]
    _ = first.sim(words)
    let out = folder.path + "/sweep.json"
    _ = second.sim(words + ["--format", "json", "--out", out])
    #expect(third.sim("report", out, "--format", "text") == 0)
    // The file's path is no part of the results, so the last lines differ.
    let replay = "replay one "
    #expect(first.results.contains("9 of 9") && third.results.contains(replay))
    #expect(third.results.split(separator: replay).first == first.results.split(separator: replay).first)
    var pages = MemoryConsole()
    #expect(pages.sim("report", out, "--out", folder.path + "/pages") == 0)
    #expect(pages.notes == "sim: wrote \(folder.path)/pages/sweep.md\n")
    let page = folder.text("pages/sweep.md") ?? ""
    #expect(page.contains("redlock/compare-and-set | 9 | mutual-exclusion 9 of 9: 100 % (70.1 % to 100 %) |"))
    #expect(third.sim("report", out, "--format", "json") == 64)
  }

  @Test func `A saved check tells what was not met`() {
    var first = MemoryConsole(), second = MemoryConsole(), third = MemoryConsole()
    let path = folder.gcPause(expect: Folder.missing)
    let out = folder.path + "/check.json"
    #expect(first.sim("check", path, "--progress", "none") == 1)
    _ = second.sim("check", path, "--progress", "none", "--format", "json", "--out", out)
    #expect(third.sim("report", out, "--format", "text") == 0)
    // Neither the file's path nor the seeds that held are part of the results.
    let isTold = { (line: Substring) in !line.contains("again: ") && !line.contains("--seed") }
    let lines = first.results.replacingOccurrences(of: "  " + path, with: "").split(separator: "\n")
    let saved = third.results.split(separator: "\n")
    #expect(saved.filter(isTold) == lines.filter(isTold) && saved.contains { $0.contains("UNMET") })
    var markdown = MemoryConsole()
    #expect(markdown.sim("report", out, "--format", "markdown") == 0)
    #expect(markdown.results.contains("| gc-pause | redlock/unfenced | unmet | 4 |"))
    #expect(markdown.results.contains("token-ratchet was to be violated, and is not"))
  }

  @Test func `What is wrong in a saved sweep is told with its place`() {
    let run = { (verdicts: String, seed: String) in
      "{\"schema\": 1, \"kind\": \"sweep\", \"scenario\": \"a\", \"runs\": [{\"seed\": \(seed),"
        + " \"algorithm\": \"redis\", \"guard\": \"unfenced\", \"vacuous\": false,"
        + " \"verdicts\": \(verdicts)}]}"
    }
    let cases: [(text: String, sentence: String)] = [
      (run("{\"luck\": \"held\"}", "\"1\""), "runs[0].verdicts.luck: \"luck\" is no check; `sim list"),
      (run("{\"progress\": \"lost\"}", "\"1\""), "verdicts.progress: found \"lost\", expected \"held\""),
      (run("{}", "1"), "runs[0].seed: found 1, expected a seed in quotes"),
    ]
    for one in cases {
      var console = MemoryConsole()
      #expect(console.sim("report", folder.file("s.json", one.text), "--format", "text") == 65)
      #expect(console.notes.contains(one.sentence), "\(console.notes)")
    }
  }

  // MARK: what a comparison is made of

  @Test func `A case that a scenario cannot have does not apply, and the others run`() throws {
    var console = MemoryConsole()
    let words = ["--algorithms", "redis,fdb-version-lease", "--guards", "unfenced,read-write-ratchet"]
    let path = folder.gcPause()
    _ = console.sim(
      ["compare", "--scenario", path, "--seeds", "1..2", "--format", "json", "--progress", "none"] + words)
    let scenario = try #require(json(console.results)["scenarios"]?.list?.first)
    #expect(scenario["cases"]?.list?.count == 3)
    let absent = try #require(scenario["doesNotApply"]?.list?.first)
    #expect(absent["algorithm"]?.text == "redis" && absent["guard"]?.text == "read-write-ratchet")
    #expect(absent["reason"]?.text?.contains("hands out unique tokens") == true)
  }

  @Test func `All stands for every name in the catalog, also where most do not apply`() throws {
    var console = MemoryConsole()
    let words = ["--algorithms", "redis", "--guards", "all", "--seeds", "1..1"]
    _ = console.sim(
      ["compare", "--scenario", folder.gcPause(), "--format", "json", "--progress", "none"] + words)
    let scenario = try #require(json(console.results)["scenarios"]?.list?.first)
    let count = (scenario["cases"]?.list?.count ?? 0) + (scenario["doesNotApply"]?.list?.count ?? 0)
    #expect(count == Catalog.standard.guards.count)
    #expect(console.sim("run", "--scenario", folder.gcPause(), "--guard", "all") == 64)
  }

  @Test func `A comparison of which nothing is left is a mistake`() {
    var console = MemoryConsole()
    let status = console.sim(
      "compare", "--scenario", folder.gcPause(), "--algorithms", "redis", "--guards", "read-write-ratchet")
    #expect(status == 64)
    #expect(console.notes.contains("no scenario can have any of the cases; redis/read-write-ratchet in"))
    #expect(folder.names == ["gc-pause.json5"])
  }

  @Test func `A folder stands for the scenarios below it, in the order of their paths`() throws {
    _ = folder.gcPause(name: "later")
    _ = folder.gcPause(name: "earlier")
    var console = MemoryConsole()
    let words = ["--seeds", "1..2", "--format", "json", "--progress", "none"]
    #expect(console.sim(["compare", "--scenario", folder.path] + words) == 0)
    let names = try json(console.results)["scenarios"]?.list?.map { $0["scenario"]?.text }
    #expect(names == ["earlier", "later"])
  }

  /// A pause breaks redlock/unfenced in all four runs; compare-and-set refuses the late write in each.
  @Test func `Harmed runs are tried under the other guards`() throws {
    var console = MemoryConsole()
    let words = ["--format", "json", "--progress", "none"]
    #expect(console.sim(["compare", "--scenario", folder.gcPause()] + words) == 0)
    let cases = try #require(json(console.results)["scenarios"]?.list?.first?["cases"]?.list)
    for one in cases {
      let fencing = try #require(one["fencing"])
      #expect(JSONText.compact(fencing).contains("\"harmed\":4,\"orderedTokens\":false,\"rerun\":4"))
      let guards = fencing["guards"]?.list ?? []
      let names = guards.compactMap { $0["guard"]?.text }
      #expect(names.contains("compare-and-set") && names.contains("unique-token"))
      #expect(!names.contains("unfenced") && !names.contains("read-write-ratchet"))
      let saved = guards.first { $0["guard"]?.text == "compare-and-set" }?["unharmed"]
      #expect(saved.map(JSONText.compact) == "4")
    }
  }

  @Test func `The name of a report is a plain word`() {
    for name in ["a/b", "..", "", "a b", "-x"] {
      var console = MemoryConsole()
      #expect(console.sim("compare", "--scenario", folder.gcPause(), "--name=\(name)") == 64)
      #expect(console.notes.contains("--name: found"))
    }
  }
}
