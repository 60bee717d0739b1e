import Foundation
import Lab
import Testing

/// Many seeds: the same bytes whatever the threads do, parts that make up the whole, and a clean stop.
@Suite struct SweepTests {
  let folder = Folder()

  @Test(arguments: [["run"], ["sweep"], ["sweep", "--format", "json"], ["run", "--format", "json"]])
  func `The number of threads changes no byte`(words: [String]) {
    let path = folder.gcPause()
    let outputs = ["1", "2", "3"].map { jobs in
      var console = MemoryConsole()
      #expect(console.sim(words + ["--scenario", path, "--seeds", "1..12", "--jobs", jobs]) == 0)
      return console.results
    }
    #expect(outputs[0] != "")
    #expect(outputs[1] == outputs[0] && outputs[2] == outputs[0])
  }

  @Test func `Shards together are the whole, and no run is in two of them`() throws {
    // 7 seeds in 3 parts: 2 + 2 + 3, each with 2 cases: 14 runs.
    let path = folder.gcPause()
    let words = ["sweep", "--scenario", path, "--seeds", "0x10..0x16", "--format", "json"]
    var whole = MemoryConsole()
    #expect(whole.sim(words) == 0)
    let parts = try (1...3).flatMap { part in
      var console = MemoryConsole()
      #expect(console.sim(words + ["--shard", "\(part)/3"]) == 0)
      return try #require(json(console.results)["runs"]?.list).map(JSONText.compact)
    }
    let all = try #require(json(whole.results)["runs"]?.list).map(JSONText.compact)
    #expect(all.count == 14)
    #expect(parts == all)
  }

  @Test func `Runs come in the order of seeds, and cases in that of the file`() throws {
    var console = MemoryConsole()
    #expect(console.sim("run", "--scenario", folder.gcPause(), "--seeds", "2..3", "--format", "json") == 0)
    let runs = try #require(json(console.results)["runs"]?.list)
    #expect(runs.map { $0["seed"]?.text } == ["2", "2", "3", "3"])
    #expect(runs.map { $0["algorithm"]?.text } == ["redlock", "redis", "redlock", "redis"])
    #expect(try json(console.results)["kind"]?.text == "sweep")
  }

  @Test(arguments: ["1", "2"])
  func `An interrupted sweep leaves valid results of what was done`(jobs: String) throws {
    var console = MemoryConsole()
    console.stopsAt = 6
    let status = console.sim(
      "sweep", "--scenario", folder.gcPause(), "--seeds", "1..1000", "--jobs", jobs, "--format", "json",
      "--out", folder.path + "/part.json")
    #expect(status == 130)
    let text = try #require(folder.text("part.json"))
    let runs = try #require(json(text)["runs"]?.list)
    #expect((3...12).contains(runs.count))
    #expect(runs.first?["seed"]?.text == "1")
    #expect(folder.names == ["gc-pause.json5", "part.json"])
  }

  @Test func `An interrupted check tells the files that are done`() throws {
    _ = folder.gcPause()
    _ = folder.gcPause(name: "later")
    var console = MemoryConsole()
    console.stopsAt = 11
    #expect(console.sim("check", folder.path, "--jobs", "1", "--format", "json") == 130)
    let cases = try #require(json(console.results)["cases"]?.list)
    #expect(cases.map { $0["scenario"]?.text } == ["gc-pause", "gc-pause"])
  }

  @Test func `A reader that goes away stops the sweep`() {
    var console = MemoryConsole()
    console.patience = 3
    let path = folder.gcPause()
    #expect(
      console.sim("sweep", "--scenario", path, "--seeds", "1..1000000", "--jobs", "1", "--format", "json")
        == 130)
    #expect(console.notes == "")
  }

  @Test func `A file gets the bytes that the output would`() {
    let path = folder.gcPause()
    for words in [["run"], ["sweep"], ["run", "--format", "json"], ["sweep", "--format", "json"]] {
      var console = MemoryConsole()
      _ = console.sim(words + ["--scenario", path])
      var other = MemoryConsole()
      _ = other.sim(words + ["--scenario", path, "--out", folder.path + "/out"])
      #expect(other.results == "")
      #expect(folder.text("out") == console.results)
    }
    #expect(folder.names == ["gc-pause.json5", "out"])
  }

  @Test func `A file that cannot be written is told before anything runs`() {
    var console = MemoryConsole()
    let path = folder.gcPause()
    #expect(console.sim("sweep", "--scenario", path, "--out", folder.path + "/no/out") == 64)
    #expect(
      console.notes == "sim: \(folder.path)/no/out: the file cannot be written: No such file or directory\n")
    console.notes = ""
    #expect(console.sim("sweep", "--scenario", path, "--out", folder.path) == 64)
    #expect(console.notes == "sim: \(folder.path): this is a folder; expected the name of a file\n")
    #expect(folder.names == ["gc-pause.json5"])
  }

  @Test func `A trace has a header for each run and a line for each record and message`() throws {
    let path = folder.gcPause()
    let trace = folder.path + "/trace.jsonl"
    var console = MemoryConsole()
    #expect(console.sim("run", "--scenario", path, "--seeds", "1..2", "--trace", trace) == 0)
    let lines = try #require(folder.text("trace.jsonl")).split(separator: "\n").map { try json(String($0)) }
    let headers = lines.filter { $0["scenario"] != nil }
    #expect(headers.map { $0["seed"]?.text } == ["1", "1", "2", "2"])
    #expect(headers.map { $0["algorithm"]?.text } == ["redlock", "redis", "redlock", "redis"])
    #expect(lines.count > 1000)
  }
}
