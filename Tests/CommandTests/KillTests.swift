import Foundation
import Lab
import Testing

/// Real processes, killed at random moments, by SIGKILL and by signals that they may heed.
@Suite(.serialized, .timeLimit(.minutes(4))) struct KillTests {
  let folder = Folder()

  func start(_ words: [String], _ out: String) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: ProcessTests.unstable)
    process.arguments =
      ["sweep", "--scenario", folder.gcPause(), "--seeds", "1..200", "--format", "json", "--out", out] + words
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  /// How many runs the file or its partial file has, the last of which may be torn.
  ///
  /// A kill between two steps may leave an empty partial file beside a file of runs.
  func runs(_ name: String) -> Int {
    [name, name + ".partial"].map { folder.text($0)?.split(separator: "\n{\"alg").count ?? 1 }.max()! - 1
  }

  @Test(arguments: ["1", "2"])
  func `Killed again and again, a sweep ends with the bytes of one that nobody killed`(jobs: String) throws {
    // 200 seeds with 2 cases: 400 runs.
    let whole = try start(["--jobs", jobs], folder.path + "/whole.json")
    whole.waitUntilExit()
    #expect(whole.terminationStatus == 0)
    var kills = 0
    var before = 0
    var progressed = 0
    while true {
      let process = try start(["--jobs", jobs, "--resume"], folder.path + "/out.json")
      // Early moments hit the start and the header, late ones the middle of runs and writes.
      let limit = 60 + UInt32(kills % 6) * 80
      usleep(UInt32.random(in: 0...limit) * 1000)
      kill(process.processIdentifier, kills % 5 == 4 ? SIGTERM : SIGKILL)
      process.waitUntilExit()
      let after = runs("out.json")
      #expect(after >= before - 1, "runs were lost: \(before), then \(after)")
      if after > before { progressed += 1 }
      before = after
      kills += 1
      if process.terminationReason == .exit, process.terminationStatus == 0 { break }
      try #require(kills < 1000)
    }
    #expect(progressed >= 3, "\(kills) kills")
    #expect(folder.text("out.json") == folder.text("whole.json"))
    #expect(folder.names == ["gc-pause.json5", "out.json", "whole.json"])
  }

  /// As `timeout` does: the process, then its group.
  @Test func `Two signals at once are one, and leave valid results`() throws {
    for _ in 0..<5 {
      let process = try start(["--jobs", "2"], folder.path + "/out.json")
      usleep(150_000)
      for _ in 0..<3 { kill(process.processIdentifier, SIGINT) }
      process.waitUntilExit()
      #expect(process.terminationReason == .exit)
      #expect(process.terminationStatus == 130)
      #expect(folder.names == ["gc-pause.json5", "out.json"])
      #expect(folder.text("out.json")?.contains("\"status\":\"interrupted\"") == true)
    }
  }

  @Test func `A disk that is full leaves the runs that are done, and --resume goes on with them`() throws {
    // The shell lets the file grow to 40 blocks of 512 or 1024 bytes, and ignores the signal for that.
    let full = Process()
    let notes = Pipe()
    let out = folder.path + "/out.json"
    full.executableURL = URL(fileURLWithPath: "/bin/sh")
    full.arguments = [
      "-c", "trap '' XFSZ; ulimit -f 40; exec \"$@\"", "sh", ProcessTests.unstable, "sweep", "--scenario",
      folder.gcPause(), "--seeds", "1..200", "--format", "json", "--out", out,
    ]
    full.standardError = notes
    try full.run()
    let told = String(decoding: notes.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    full.waitUntilExit()
    #expect(full.terminationStatus == 70)
    #expect(told.hasSuffix("; the same command with --resume goes on from there\n"))
    #expect(folder.names == ["gc-pause.json5", "out.json.partial"] && runs("out.json") > 3)
    let (again, whole) = (try start(["--resume"], out), try start([], folder.path + "/whole.json"))
    for process in [again, whole] { process.waitUntilExit() }
    #expect(again.terminationStatus == 0)
    #expect(folder.text("out.json") == folder.text("whole.json"))
  }

  @Test func `Of two that go on at once, one is refused`() throws {
    let first = try start(["--jobs", "1"], folder.path + "/out.json")
    while !folder.names.contains("out.json.partial") { usleep(1000) }
    usleep(50_000)
    let second = try start(["--resume", "--jobs", "1"], folder.path + "/out.json")
    second.waitUntilExit()
    #expect(second.terminationStatus == 64)
    first.waitUntilExit()
    #expect(first.terminationStatus == 0)
    #expect(folder.names == ["gc-pause.json5", "out.json"])
  }
}
