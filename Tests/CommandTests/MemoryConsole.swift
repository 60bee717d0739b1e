import Command
import Foundation
import Lab
import Synchronization
import Testing

/// A console that keeps what is written, and whose user, clock and reader do as they are told.
struct MemoryConsole: Console {
  var results = ""
  var notes = ""
  /// After so many writes nobody reads any more.
  var patience = Int.max
  var resultsGoToTerminal = false
  var notesGoToTerminal = false
  var variables: [String: String] = [:]
  /// Seconds that pass between two looks at the clock.
  var pace = 0.0
  var executable = ""
  var processors = 2
  private let clock = Looks()
  private let questions = Looks()
  /// The user asks to stop at this question whether to stop.
  var stopsAt = Int.max

  final class Looks: Sendable {
    let count = Atomic<Int>(0)
    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
  }

  mutating func write(_ text: String) -> Bool {
    patience -= 1
    if patience < 0 { return false }
    results += text
    return true
  }
  mutating func note(_ text: String) { notes += text }
  func environment(_ name: String) -> String? { variables[name] }
  var isInterrupted: @Sendable () -> Bool {
    let questions = questions
    let stopsAt = stopsAt
    return { questions.next() >= stopsAt }
  }
  func seconds() -> Double { Double(clock.next()) * pace }

  /// Runs the command with these words and gives its status.
  mutating func sim(_ arguments: String...) -> Int32 { sim(arguments) }
  mutating func sim(_ arguments: [String]) -> Int32 {
    LockstepCommand.run(arguments: arguments, catalog: .standard, console: &self)
  }
}

/// A folder of scenario files that is gone after the test.
final class Folder {
  let path: String

  init() {
    path = NSTemporaryDirectory() + "lockstep-" + UUID().uuidString
    try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and gives its path.
  func file(_ name: String, _ text: String) -> String {
    try! text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
    return "\(path)/\(name)"
  }

  func text(_ name: String) -> String? { try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }
  var names: [String] { try! FileManager.default.contentsOfDirectory(atPath: path).sorted() }

  /// The story of the paused holder, with what it expects.
  func gcPause(expect: String = Folder.right, name: String = "gc-pause") -> String {
    file(
      "\(name).json5",
      """
      {
        name: "\(name)", about: "A holder stops for longer than its lease.", source: "Kleppmann 2016",
        duration: "60s", seeds: "1..4", lease: { ttl: "10s" }, load: { clients: 2, sections: 3 },
        faults: [{ fault: "pause", node: "holder", for: "15s", when: { event: "before-write" } }],
        \(expect)
      }
      """)
  }

  static let right = """
    expect: { redlock: { unfenced: ["mutual-exclusion", "stale-write", "lost-update"] },
              redis: { unfenced: ["mutual-exclusion", "stale-write", "lost-update"] } },
    """
  static let wrong = "expect: { redlock: { unfenced: [] } },"
  static let missing = """
    expect: { redlock: { unfenced: ["mutual-exclusion", "stale-write", "lost-update", "token-ratchet"] } },
    """
}

/// A tree of JSON in the text; the test fails where it is none.
func json(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> JSONValue {
  #expect(throws: Never.self, sourceLocation: sourceLocation) {
    _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
  }
  return try JSON5.read(Array(text.utf8), limits: .results)
}
