/// Says on the error output how far a long command is, and never on the standard output.
struct ProgressLine {
  enum Mode {
    /// One line that is written over again and again.
    case updating
    /// A line of its own every ten seconds.
    case plain
    case none
  }

  private let mode: Mode
  private var total: Int
  private let start: Double
  private var done = 0
  private var violated = 0
  private var lastShown: Double
  private var isShown = false

  init(_ mode: Mode, total: Int, _ console: some Console) {
    self.mode = mode
    self.total = total
    start = console.seconds()
    lastShown = start
  }

  /// So many runs more than was thought.
  mutating func expect(more runs: Int) { total += runs }

  /// A run is over.
  mutating func add(isViolated: Bool, _ console: inout any Console) {
    done += 1
    if isViolated { violated += 1 }
    guard mode != .none else { return }
    let now = console.seconds()
    guard now - lastShown >= (mode == .updating ? 0.2 : 10) else { return }
    lastShown = now
    show(now, &console)
  }

  private mutating func show(_ now: Double, _ console: inout any Console) {
    isShown = true
    console.note(mode == .updating ? "\r" + text(now) + "\u{1b}[K" : text(now) + "\n")
  }

  /// `1234/10000 runs, 456/s, 7 with violations, 19 s left`.
  func text(_ now: Double) -> String {
    let rate = Double(done) / max(now - start, 0.001)
    let left = Int((Double(total - done) / max(rate, 0.001)).rounded(.up))
    return
      "\(done)/\(total) runs, \(Int(rate))/s, \(violated) with violations, \(ProgressLine.span(left)) left"
  }

  static func span(_ seconds: Int) -> String {
    if seconds < 60 { return "\(seconds) s" }
    return seconds < 3600
      ? "\(seconds / 60) min \(seconds % 60) s" : "\(seconds / 3600) h \(seconds / 60 % 60) min"
  }

  /// Takes the updating line away.
  mutating func end(_ console: inout any Console) {
    if isShown, mode == .updating { console.note("\r\u{1b}[K") }
    isShown = false
  }
}
