import Foundation

/// Where peers are built and run: a temporary directory, and the tools that this machine has.
struct Workshop: Sendable {
  private let directory: URL

  init() throws {
    directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("lockstep-bench-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  func close() { try? FileManager.default.removeItem(at: directory) }

  /// The program made of a C++ file among the peers, built by the first who asks.
  func program(_ source: String) throws -> URL {
    let file = try peer(source)
    let program = directory.appendingPathComponent(source + ".out")
    if FileManager.default.fileExists(atPath: program.path) { return program }
    guard try Workshop.run("g++", ["--version"], quietly: true) != nil else {
      throw Missing(sentence: "there is no g++ on the PATH to build \(file.path)")
    }
    guard try Workshop.run("g++", ["-O3", "-o", program.path, file.path]) != nil else {
      throw Failure(description: "g++ could not build \(file.path)")
    }
    return program
  }

  /// A Python that has SimPy: `LOCKSTEP_PYTHON`, or python3.
  func pythonWithSimPy() throws -> String {
    let python = ProcessInfo.processInfo.environment["LOCKSTEP_PYTHON"] ?? "python3"
    guard try Workshop.run(python, ["-c", "import simpy"], quietly: true) != nil else {
      throw Missing(
        sentence: "\(python) cannot import simpy; install it, or name a Python that can in LOCKSTEP_PYTHON")
    }
    return python
  }

  /// A source file among the peers: below the working directory, or where this file was compiled.
  func peer(_ name: String) throws -> URL {
    let places = [
      URL(fileURLWithPath: "Sources/bench/Peers"),
      URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Peers"),
    ]
    for place in places {
      let file = place.appendingPathComponent(name)
      if FileManager.default.fileExists(atPath: file.path) { return file }
    }
    throw Missing(sentence: "there is no Sources/bench/Peers/\(name) here; run bench from the package's root")
  }

  /// What a program that the PATH leads to printed; nil where it is not there or failed.
  static func run(_ program: String, _ arguments: [String], quietly: Bool = false) throws -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let output = Pipe()
    process.standardOutput = output
    if quietly { process.standardError = FileHandle.nullDevice }
    try process.run()
    let printed = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? String(decoding: printed, as: UTF8.self) : nil
  }

  /// The words that a peer printed.
  ///
  /// - Throws: `Failure` where the peer failed.
  static func words(_ program: String, _ arguments: [String]) throws -> [Substring] {
    guard let line = try run(program, arguments) else {
      throw Failure(description: "the peer failed: \(([program] + arguments).joined(separator: " "))")
    }
    return line.split(whereSeparator: \.isWhitespace)
  }

  /// The fields `key=value` that a peer printed.
  ///
  /// - Throws: `Failure` where the peer failed.
  static func fields(_ program: String, _ arguments: [String]) throws -> [Substring: Substring] {
    let pairs = try words(program, arguments).map { $0.split(separator: "=", maxSplits: 1) }
    return Dictionary(pairs.filter { $0.count == 2 }.map { ($0[0], $0[1]) }) { first, _ in first }
  }
}
