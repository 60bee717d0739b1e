import Foundation
import Lab
import Testing

@testable import Command

/// A sweep that was killed goes on where it was, and its file is that of a sweep that was not.
@Suite struct ResumeTests {
  let folder = Folder()

  var out: String { folder.path + "/out.json" }
  var partial: String { folder.path + "/out.json.partial" }

  /// A sweep of 6 seeds with 2 cases, 12 runs, into the file.
  func words(_ more: String...) -> [String] {
    ["sweep", "--scenario", folder.gcPause(), "--seeds", "1..6", "--format", "json", "--out", out] + more
  }

  /// What the sweep writes where nothing happens to it.
  func whole() throws -> [UInt8] {
    let other = Folder()
    var console = MemoryConsole()
    let path = other.path + "/whole.json"
    #expect(console.sim(words().dropLast() + [path]) == 0)
    return try bytes(path)
  }

  func bytes(_ path: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(fileURLWithPath: path))) }

  func leave(_ bytes: some Sequence<UInt8>, at path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  @Test(arguments: ["1", "2"])
  func `Wherever the file was torn, the sweep goes on to the same bytes`(jobs: String) throws {
    let whole = try whole()
    let header = try #require(whole.firstIndex(of: 10))
    for length in stride(from: 0, through: whole.count, by: jobs == "1" ? 101 : 397) {
      try leave(whole[..<length], at: partial)
      var console = MemoryConsole()
      #expect(console.sim(words("--resume", "--jobs", jobs)) == 0, "\(length) bytes")
      #expect(try bytes(out) == whole, "\(length) bytes")
      #expect(folder.names == ["gc-pause.json5", "out.json"])
      if length < header { #expect(console.notes == "") }
      unlink(out)
    }
  }

  @Test func `No whole run is done again, and no torn one is kept`() throws {
    let whole = try whole()
    // The header, five runs, and half of the sixth.
    let ends = whole.indices.filter { whole[$0] == 10 }
    for (length, kept) in [(ends[5], 5), (ends[5] - 1, 5), (ends[5] + 100, 5), (ends[5] - 2, 4)] {
      try leave(whole[..<length], at: partial)
      var console = MemoryConsole()
      #expect(console.sim(words("--resume")) == 0)
      #expect(console.notes == "sim: \(partial): \(kept) of 12 runs are kept\n")
      #expect(try bytes(out) == whole)
      unlink(out)
    }
  }

  @Test func `What a power failure leaves behind the last write is cut off`() throws {
    let whole = try whole()
    let ends = whole.indices.filter { whole[$0] == 10 }
    for rest in [
      [UInt8](repeating: 0, count: 4096), Array("\n\u{0}\n,".utf8), [10, 255, 254, 10] + whole[ends[5]...],
    ] {
      try leave(whole[...(ends[4] - 1)] + rest, at: partial)
      var console = MemoryConsole()
      #expect(console.sim(words("--resume")) == 0)
      #expect(try bytes(out) == whole)
      unlink(out)
    }
  }

  @Test(arguments: ["1", "2"])
  func `An interrupted sweep goes on from its file`(jobs: String) throws {
    let whole = try whole()
    for stop in [1, 2, 6, 11] {
      var console = MemoryConsole()
      console.stopsAt = stop
      #expect(console.sim(words("--jobs", jobs)) == 130)
      #expect(folder.names == ["gc-pause.json5", "out.json"])
      #expect(try json(try #require(folder.text("out.json")))["status"]?.text == "interrupted")
      console.stopsAt = .max
      #expect(console.sim(words("--resume", "--jobs", jobs)) == 0)
      #expect(try bytes(out) == whole)
      unlink(out)
    }
  }

  @Test func `A sweep that is done is not done again, and its status is told again`() throws {
    var console = MemoryConsole()
    #expect(console.sim(words("--resume")) == 0)
    let first = try bytes(out)
    // The user wants to stop at once: whoever ran anything would end with 130.
    console.stopsAt = 1
    #expect(console.sim(words("--resume")) == 0)
    #expect(console.notes == "sim: \(out): all 12 runs are there already\n")
    #expect(try bytes(out) == first)
    #expect(folder.names == ["gc-pause.json5", "out.json"])
    let wrong = folder.gcPause(expect: Folder.wrong, name: "wrong")
    let words = [
      "sweep", "--scenario", wrong, "--format", "json", "--out", folder.path + "/w.json", "--resume",
    ]
    for _ in 1...2 {
      var console = MemoryConsole()
      #expect(console.sim(words) == 1)
    }
  }

  @Test func `Runs of before count for the status`() throws {
    let wrong = folder.gcPause(expect: Folder.wrong, name: "wrong")
    let words = ["sweep", "--scenario", wrong, "--jobs", "1", "--format", "json", "--out", out]
    var console = MemoryConsole()
    console.stopsAt = 4
    #expect(console.sim(words) == 130)
    console.stopsAt = .max
    #expect(console.sim(words + ["--resume"]) == 1)
  }

  @Test func `Without --resume an earlier sweep's runs are not thrown away`() throws {
    let whole = try whole()
    let torn = whole[..<(whole.count / 2)]
    try leave(torn, at: partial)
    var console = MemoryConsole()
    #expect(console.sim(words()) == 64)
    #expect(
      console.notes
        == "sim: \(partial): an earlier sweep left its runs here; expected --resume, which goes on"
        + " with them, or that the file is removed\n")
    #expect(try bytes(partial) == Array(torn))
    #expect(folder.names == ["gc-pause.json5", "out.json.partial"])
  }

  @Test func `Runs of another sweep are not gone on with, and stay`() throws {
    let torn = try whole().prefix(6000)
    func expectRefusal(_ words: [String], _ place: String) throws {
      try leave(torn, at: partial)
      var console = MemoryConsole()
      #expect(console.sim(words) == 65)
      #expect(
        console.notes.contains(": \(place): found ") && console.notes.hasSuffix("as this command sweeps\n"))
      #expect(try bytes(partial) == Array(torn))
    }
    var other = words("--resume")
    other[4] = "1..8"
    try expectRefusal(other, "campaign.runs")
    try expectRefusal(words("--resume", "--shard", "1/2"), "campaign.runs")
    try expectRefusal(words("--resume", "--algorithm", "redlock"), "campaign.cases[1]")
    try leave("{}\n".utf8, at: partial)
    var console = MemoryConsole()
    #expect(console.sim(words("--resume")) == 65)
    #expect(console.notes.hasSuffix(":1:1: found an object, expected the results of `sweep --format json`\n"))
    #expect(try bytes(partial) == Array("{}\n".utf8))
  }

  @Test func `Runs that this program would not give are not gone on with`() throws {
    let text = try String(decoding: whole(), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    func told(_ lines: [String]) throws -> String {
      try leave(lines.joined(separator: "\n").utf8, at: partial)
      var console = MemoryConsole()
      #expect(console.sim(words("--resume")) == 65)
      return console.notes.replacing(folder.path + "/", with: "")
    }
    let changed = lines[4].replacing("\"vacuous\":false", with: "\"vacuous\":true")
    #expect(
      try told(lines[..<4] + [changed]) == "sim: out.json.partial:5:1: this program gives another result of"
        + " redis/unfenced at seed 2, so it may not go on with these runs; remove the file to begin anew\n")
    #expect(try told(lines[..<3] + [lines[5], lines[6]]).hasPrefix("sim: out.json.partial:4:"))
  }

  @Test func `A comma that is missing or too much is set right`() throws {
    let whole = try whole()
    let text = String(decoding: whole, as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for (number, kept) in [(4, 4), (12, 12)] {
      var bad = lines
      if number == 12 { bad[number] += "," } else { bad[number].removeLast() }
      for path in [partial, out] {
        try leave(bad.joined(separator: "\n").utf8, at: path)
        var console = MemoryConsole()
        #expect(console.sim(words("--resume")) == 0)
        #expect(console.notes == "sim: \(path): \(kept) of 12 runs are kept\n")
        #expect(try bytes(out) == whole)
        #expect(folder.names == ["gc-pause.json5", "out.json"])
        unlink(out)
      }
    }
  }

  @Test func `A header that was torn beside results that are complete goes`() throws {
    let whole = try whole()
    try leave(whole, at: out)
    try leave(whole[..<50], at: partial)
    var console = MemoryConsole()
    #expect(console.sim(words("--resume")) == 0)
    #expect(console.notes == "sim: \(out): all 12 runs are there already\n")
    #expect(folder.names == ["gc-pause.json5", "out.json"])
  }

  @Test func `Two sweeps never write the same file`() throws {
    let holder = try PartialFile(out)
    try holder.write("x")
    for flags in [[], ["--resume"]] {
      var console = MemoryConsole()
      #expect(console.sim(words() + flags) == 64)
      #expect(
        console.notes
          == "sim: \(partial): another process is writing this file; expected to be the only one\n")
    }
    #expect(try bytes(partial) == [UInt8(ascii: "x")])
  }

  @Test func `What stands at --out is not touched before the sweep is done`() throws {
    try leave("notes".utf8, at: out)
    var console = MemoryConsole()
    console.patience = .max
    #expect(console.sim(words("--resume")) == 65)
    #expect(try bytes(out) == Array("notes".utf8))
    #expect(folder.names == ["gc-pause.json5", "out.json"])
    #expect(console.sim(words()) == 0)
    #expect(try bytes(out) == whole())
  }

  @Test func `A sweep without runs leaves nothing where it fails`() {
    var console = MemoryConsole()
    #expect(console.sim(words("--trace", folder.path + "/no/trace")) == 64)
    #expect(folder.names == ["gc-pause.json5"])
  }
}
