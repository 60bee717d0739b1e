import Foundation
import Lab
import Testing

/// The command as a process of its own: an executable with one more lock, which is not deterministic.
@Suite(.timeLimit(.minutes(2))) struct ProcessTests {
  let folder = Folder()

  /// The executable that was built beside these tests.
  static let unstable: String = {
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundlePath
    let here = URL(fileURLWithPath: bundle ?? CommandLine.arguments[0])
    return here.deletingLastPathComponent().appendingPathComponent("unstable").path
  }()

  struct Finished {
    let status: Int32
    let results: String
    let notes: String
  }

  func start(_ arguments: [String]) throws -> (Process, Pipe, Pipe) {
    let process = Process()
    let results = Pipe()
    let notes = Pipe()
    process.executableURL = URL(fileURLWithPath: ProcessTests.unstable)
    process.arguments = arguments
    process.standardOutput = results
    process.standardError = notes
    try process.run()
    return (process, results, notes)
  }

  func run(_ arguments: String...) throws -> Finished {
    let (process, results, notes) = try start(arguments)
    let text = results.fileHandleForReading.readDataToEndOfFile()
    let told = notes.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Finished(
      status: process.terminationStatus, results: String(decoding: text, as: UTF8.self),
      notes: String(decoding: told, as: UTF8.self))
  }

  func hashed() -> String {
    folder.file(
      "hashed.json5",
      """
      { name: "hashed", about: "Two clients want one lock.", source: "made for this test", duration: "20s",
        seeds: "1..20", lease: { ttl: "10s" }, load: { clients: 2, sections: 2 } }
      """)
  }

  @Test func `Another package adds a lock in one file and gets the whole command`() throws {
    let list = try run("list", "algorithms")
    #expect(list.status == 0)
    #expect(list.results.hasSuffix("  asks its nodes in the order of a hash table\n"))
    #expect(
      try run("--scenario", hashed(), "--algorithm", "unstabel").notes
        == "unstable: unknown algorithm \"unstabel\"; did you mean \"unstable\"?\n")
  }

  @Test(arguments: [["run"], ["sweep"], ["sweep", "--format", "json"], ["check"]])
  func `Results that a full disk behind the output swallows are an error`(words: [String]) throws {
    let place = words[0] == "check" ? [hashed()] : ["--scenario", hashed()]
    let process = Process()
    let notes = Pipe()
    process.executableURL = URL(fileURLWithPath: ProcessTests.unstable)
    process.arguments = words + place + ["--algorithm", "redlock", "--progress", "none"]
    process.standardOutput = try #require(FileHandle(forWritingAtPath: "/dev/full"))
    process.standardError = notes
    try process.run()
    let told = String(decoding: notes.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 70)
    #expect(told == "unstable: the standard output: writing failed: No space left on device\n")
  }

  @Test func `A lock whose order is that of a hash table is found out, with the first event that differs`()
    throws
  {
    let path = hashed()
    let found = try run("verify", "--scenario", path, "--algorithm", "redlock,unstable")
    #expect(found.status == 3)
    #expect(found.notes == "")
    let lines = found.results.split(separator: "\n").map(String.init)
    try #require(lines.count == 5)
    #expect(lines[0].hasPrefix("hashed: unstable/unfenced is not the same in a fresh process at seed "))
    #expect(lines[1].hasPrefix("  first at event ") && lines[1].contains(", true time "))
    #expect(lines[2].hasPrefix("  this process:  ") && lines[3].hasPrefix("  fresh process: "))
    #expect(lines[2].dropFirst(17) != lines[3].dropFirst(17))
    #expect(
      lines[4].hasPrefix("  again: unstable verify --scenario \(path) --algorithm unstable --guard unfenced"))
  }

  @Test func `The first difference is in the JSON, too`() throws {
    let found = try run("verify", "--scenario", hashed(), "--algorithm", "unstable", "--format", "json")
    #expect(found.status == 3)
    let tree = try json(found.results)
    #expect(tree["equal"]?.flag == false)
    #expect(tree["firstDifference"]?["event"] != nil)
  }

  @Test func `A deterministic lock is the same in every process`() throws {
    let found = try run("verify", "--scenario", hashed(), "--algorithm", "redlock", "--seeds", "1..5")
    #expect(found.status == 0)
    #expect(found.results == "hashed: 5 runs, each with the same digest in a fresh process\n")
  }

  @Test func `A fresh process that cannot be had is an internal error`() {
    var console = MemoryConsole()
    console.executable = folder.path + "/nothing"
    #expect(console.sim("verify", "--scenario", hashed(), "--algorithm", "redlock") == 70)
    #expect(console.notes == "sim: \(folder.path)/nothing: the fresh process does not start\n")
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func `A signal stops a sweep between runs, and what was done is written`(signal: Int32) throws {
    let out = folder.path + "/part.json"
    let (process, _, _) = try start([
      "sweep", "--scenario", folder.gcPause(), "--seeds", "1..1000000000", "--format", "json", "--out", out,
    ])
    while folder.names.count < 2 { usleep(10_000) }
    usleep(200_000)
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 130)
    let text = try #require(folder.text("part.json"))
    let runs = try #require(json(text)["runs"]?.list)
    #expect(!runs.isEmpty)
    #expect(folder.names == ["gc-pause.json5", "part.json"])
  }

  @Test func `A trap is an internal error, and leaves a sentence`() throws {
    let (process, _, notes) = try start([
      "sweep", "--scenario", folder.gcPause(), "--seeds", "1..1000000000", "--out", folder.path + "/out",
    ])
    while folder.names.count < 2 { usleep(10_000) }
    kill(process.processIdentifier, SIGILL)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 70)
    let told = String(decoding: notes.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(told.hasPrefix("internal error: ") && told.split(separator: "\n").count == 1)
  }

  @Test func `A closed pipe is no crash`() throws {
    let (process, results, _) = try start([
      "sweep", "--scenario", folder.gcPause(), "--seeds", "1..1000000000", "--format", "json",
    ])
    _ = try results.fileHandleForReading.read(upToCount: 100)
    try results.fileHandleForReading.close()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 130)
  }
}
