import Foundation
import Lab
import Testing

@testable import Command

/// Shards of a sweep become the bytes of the whole, and nothing else does.
@Suite struct MergeTests {
  let folder = Folder()

  /// Sweeps 7 seeds with 2 cases, 14 runs, into a file, and gives its path.
  func sweep(_ name: String, _ words: String..., scenario: String? = nil, status: Int32 = 0) -> String {
    var console = MemoryConsole()
    let path = "\(folder.path)/\(name).json"
    let start = ["sweep", "--scenario", scenario ?? folder.gcPause(), "--format", "json", "--out", path]
    let seeds = words.contains("--seeds") ? [] : ["--seeds", "1..7"]
    #expect(console.sim(start + seeds + words) == status)
    return path
  }

  func shards(_ count: Int = 3) -> [String] {
    (1...count).map { sweep("part-\($0)", "--shard", "\($0)/\(count)") }
  }

  /// Expects that these files are refused, with this sentence and nothing written.
  func expectRefusal(
    _ paths: [String], _ sentence: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let before = folder.names
    for words in [[], ["--out", folder.path + "/merged.json"], ["--format", "text"]] {
      var console = MemoryConsole()
      #expect(console.sim(["merge"] + paths + words) == 65, sourceLocation: sourceLocation)
      let told = console.notes.replacing(folder.path + "/", with: "")
      #expect(told == "sim: \(sentence)\n", sourceLocation: sourceLocation)
      #expect(console.results == "" && folder.names == before, sourceLocation: sourceLocation)
    }
  }

  func write(_ name: String, _ text: String) -> String { folder.file(name, text) }

  func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test(arguments: [1, 2, 3, 7, 9])
  func `Any number of shards in any order are the bytes of the whole`(count: Int) throws {
    // 9 shards of 7 seeds: two of them have no run.
    let whole = try text(sweep("whole"))
    var console = MemoryConsole()
    #expect(console.sim(["merge"] + shards(count).reversed()) == 0)
    #expect(console.results == whole)
    #expect(console.notes == "")
    let out = folder.path + "/merged.json"
    #expect(console.sim(["merge", "--out", out] + shards(count)) == 0)
    #expect(try text(out) == whole)
    #expect(console.sim(["merge", out]) == 0)
  }

  @Test func `The text of a merge is the text of the sweep`() {
    var whole = MemoryConsole()
    #expect(whole.sim("sweep", "--scenario", folder.gcPause(), "--seeds", "1..7") == 0)
    var merged = MemoryConsole()
    #expect(merged.sim(["merge", "--format", "text"] + shards()) == 0)
    // The file's path is no part of the results, so the last lines differ.
    let replay = "replay one "
    #expect(merged.results.contains("7 of 7") && merged.results.contains(replay))
    #expect(merged.results.split(separator: replay).first == whole.results.split(separator: replay).first)
  }

  @Test func `The status is that of the whole sweep, also where no shard covers all seeds`() {
    // token-ratchet is to be violated and never is: that counts only when all of the file's seeds were run.
    let missing = folder.gcPause(expect: Folder.missing, name: "missing")
    let wrong = folder.gcPause(expect: Folder.wrong, name: "wrong")
    for (scenario, alone) in [(missing, Int32(0)), (wrong, Int32(1))] {
      let parts = (1...2).map {
        sweep("part-\($0)", "--seeds", "1..4", "--shard", "\($0)/2", scenario: scenario, status: alone)
      }
      var console = MemoryConsole()
      #expect(console.sim(["merge"] + parts) == 1)
    }
  }

  @Test func `Missing and double shards are named`() {
    let parts = shards(4)
    expectRefusal(
      [parts[0], parts[2]], "part-1.json: found 2 of its 4 parts, expected all: 2/4 and 4/4 are missing")
    expectRefusal(
      [parts[0], parts[1], parts[2]], "part-1.json: found 3 of its 4 parts, expected all: 4/4 is missing")
    let copy = write("copy.json", (try? text(parts[1])) ?? "")
    expectRefusal(
      parts + [copy],
      "copy.json: campaign.shard: found \"2/4\", but part-2.json is this part already;"
        + " expected every part once"
    )
    expectRefusal(
      [sweep("many", "--shard", "1/100")],
      "many.json: found 1 of its 100 parts, expected all: "
        + (2...11).map { "\($0)/100" }.joined(separator: ", ") + " and 89 more are missing")
  }

  @Test func `Parts of other sweeps are foreign: other seeds, cases, numbers of parts, or another scenario`()
    throws
  {
    let one = sweep("one", "--shard", "1/2")
    func expectForeign(_ place: String, _ words: String..., scenario: String? = nil) throws {
      var console = MemoryConsole()
      let path = folder.path + "/other.json"
      let start = ["sweep", "--scenario", scenario ?? folder.gcPause(), "--format", "json", "--out", path]
      _ = console.sim(start + words)
      console.notes = ""
      #expect(console.sim("merge", one, path) == 65)
      #expect(console.notes.contains("/other.json:1:") && console.notes.contains(": \(place): found "))
      #expect(console.notes.contains("as in \(one)"))
    }
    try expectForeign("campaign.seeds[0]", "--seeds", "1..8", "--shard", "2/2")
    try expectForeign("campaign.cases[1]", "--seeds", "1..7", "--shard", "2/2", "--algorithm", "redlock")
    let other = Folder()
    let changed = try text(folder.gcPause()).replacing("15s", with: "16s")
    try expectForeign(
      "campaign.cases[0].calibration", "--seeds", "1..7", "--shard", "2/2",
      scenario: other.file("gc-pause.json5", changed))
    // The same runs, but another sentence on them.
    let reworded = try text(folder.gcPause()).replacing("A holder", with: "Somebody")
    try expectForeign(
      "campaign.scenarioDigest", "--seeds", "1..7", "--shard", "2/2",
      scenario: other.file("gc-pause.json5", reworded))
    expectRefusal(
      [one, sweep("third", "--shard", "2/3")],
      "third.json: campaign.shard: found \"2/3\", expected one of 2 parts, as in one.json")
  }

  @Test func `Layout and comments of the scenario do not count`() throws {
    let one = sweep("one", "--shard", "1/2")
    let laidOut = try text(folder.gcPause()).replacing("duration:", with: "// how long\n  duration :")
    let other = Folder()
    let two = sweep("two", "--shard", "2/2", scenario: other.file("gc-pause.json5", laidOut))
    var console = MemoryConsole()
    #expect(console.sim("merge", one, two) == 0)
  }

  @Test func `Another version or catalog is refused`() throws {
    let one = sweep("one")
    let older = try text(one).replacing("\"version\":\"0.1.0\"", with: "\"version\":\"0.0.9\"")
    var console = MemoryConsole()
    #expect(console.sim("merge", write("older.json", older)) == 65)
    #expect(
      console.notes.hasSuffix(
        ": campaign.version: found \"0.0.9\", expected \"0.1.0\": another program did this sweep;"
          + " merge with the one that did\n"))
    let catalog = Catalog.standard.adding(check: Catalog.standard.checks[0])
    #expect(catalog.digest == Catalog.standard.digest)
    var fewer = Catalog.standard
    fewer.faults.removeLast()
    var notes = MemoryConsole()
    #expect(LockstepCommand.run(arguments: ["merge", one], catalog: fewer, console: &notes) == 65)
    #expect(notes.notes.contains(": campaign.catalogDigest: found \""))
  }

  @Test func `More seeds than can be counted are refused before they are`() throws {
    let one = try text(sweep("one"))
    for seeds in ["0..18446744073709551615", "1..1000000001"] {
      let path = write("big.json", one.replacing("\"1..7\"", with: "\"\(seeds)\""))
      expectRefusal(
        [path],
        "big.json:1:\(one.distance(of: "\"1..7\"")): campaign.seeds[0]: found \"\(seeds)\","
          + " expected seeds such as \"1..20\", at most 1000000000 in all")
    }
  }

  @Test func `A shard that was interrupted is no shard`() {
    var console = MemoryConsole()
    console.stopsAt = 6
    let path = folder.path + "/part.json"
    let words = [
      "sweep", "--scenario", folder.gcPause(), "--seeds", "1..7", "--jobs", "1", "--format", "json",
    ]
    #expect(console.sim(words + ["--out", path]) == 130)
    expectRefusal(
      [path],
      "part.json:7:1: the sweep was interrupted after 5 of 14 runs;"
        + " the same command with --resume does the rest"
    )
  }

  @Test func `A file that is no sweep is told from one`() {
    let scenario = folder.gcPause()
    expectRefusal(
      [scenario], "gc-pause.json5:1:1: found an object, expected the results of `sweep --format json`")
    expectRefusal(
      [write("check.json", "{\"kind\":\"check\"}")],
      "check.json:1:1: found results of the kind \"check\", expected the results of `sweep --format json`")
    expectRefusal(
      [write("old.json", "{\"kind\":\"sweep\",\"runs\":[\n],\"scenario\":\"a\",\"schema\":1}\n")],
      "old.json:1:1: the sweep does not say of which campaign it is, as an older program wrote it;"
        + " expected the results of `sweep --format json`")
    expectRefusal([folder.path + "/no"], "no: there is no such file")
    expectRefusal([folder.path + "/"], ": this is a folder; expected a file")
  }

  @Test func `A file that was cut off anywhere is refused`() throws {
    let whole = try Array(text(sweep("whole", "--seeds", "1..2")).utf8)
    for length in stride(from: 0, to: whole.count, by: 61) + [whole.count - 1] {
      let path = write("cut.json", String(decoding: whole[..<length], as: UTF8.self))
      var console = MemoryConsole()
      #expect(console.sim("merge", path) == 65, "\(length) bytes")
      #expect(console.notes.hasPrefix("sim: \(path):"))
      #expect(console.results == "")
    }
  }

  @Test func `A changed byte anywhere is found out`() throws {
    let whole = try Array(text(sweep("whole", "--seeds", "1..2")).utf8)
    for place in stride(from: 0, to: whole.count, by: 47) {
      var bytes = whole
      bytes[place] = bytes[place] == UInt8(ascii: "1") ? UInt8(ascii: "2") : UInt8(ascii: "1")
      var console = MemoryConsole()
      let path = write("bad.json", String(decoding: bytes, as: UTF8.self))
      #expect(console.sim("merge", path) == 65, "byte \(place)")
      #expect(console.results == "")
    }
  }

  @Test func `Damage is told with line and column`() throws {
    let lines = try text(sweep("whole")).split(separator: "\n").map(String.init)
    func bad(_ change: (inout [String]) -> Void) -> String {
      var lines = lines
      change(&lines)
      return write("bad.json", lines.joined(separator: "\n") + "\n")
    }
    expectRefusal(
      [bad { $0[3] = "{\"algorithm\":" + $0[3].dropFirst(13).replacing(":", with: ";", maxReplacements: 1) }],
      "bad.json:4:32: digest: found \";\", expected a \":\" after the key")
    expectRefusal(
      [bad { $0.remove(at: 4) }],
      "bad.json:5:\(lines[5].distance(of: "\"3\"")): seed: found \"3\", expected \"2\";"
        + " a run is missing, double or out of order")
    expectRefusal(
      [bad { $0.swapAt(3, 4) }],
      "bad.json:4:14: algorithm: found \"redis\", expected \"redlock\";"
        + " a run is missing, double or out of order")
    expectRefusal(
      [bad { $0[2] = $0[2].replacing("\"held\"", with: "\"hold\"", maxReplacements: 1) }],
      "bad.json:3:\(lines[2].distance(of: "\"held\"")): verdicts.early-grant:"
        + " found \"hold\", expected held, violated, not-applicable or unknown")
    expectRefusal(
      [bad { $0[2].insert(" ", at: $0[2].index($0[2].startIndex, offsetBy: 1)) }],
      "bad.json:3:1: this is not a run as a sweep of this program writes it")
  }

  @Test func `A merge may not write over what it reads`() {
    let parts = shards(2)
    var console = MemoryConsole()
    #expect(console.sim(["merge", "--out", parts[0]] + parts) == 64)
    #expect(console.notes.hasSuffix(": --out names one of the files to merge; expected another name\n"))
  }

  @Test func `A merge that is interrupted writes nothing`() {
    let parts = shards(2)
    for stop in [3, 16] {
      var console = MemoryConsole()
      console.stopsAt = stop
      #expect(console.sim(["merge", "--out", folder.path + "/merged.json"] + parts) == 130)
      #expect(!folder.names.contains { $0.hasPrefix("merged") })
    }
  }
}

extension String {
  /// The column, from 1, at which a word begins.
  fileprivate func distance(of word: String) -> Int {
    range(of: word).map { distance(from: startIndex, to: $0.lowerBound) + 1 } ?? 0
  }
}
