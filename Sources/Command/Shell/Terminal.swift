import Foundation

/// The console of a real process.
struct Terminal: Console {
  private let start = ContinuousClock.now
  private var isOpen = true
  /// Why results were lost; nil where they arrived, or where the reader went away of its own accord.
  private(set) var lost: String?

  init() { Signals.install() }

  mutating func write(_ text: String) -> Bool {
    guard isOpen, let error = FileBytes.write(text, to: STDOUT_FILENO) else { return isOpen }
    isOpen = false
    if error != EPIPE { lost = String(cString: strerror(error)) }
    return false
  }

  mutating func note(_ text: String) { _ = FileBytes.write(text, to: STDERR_FILENO) }

  var resultsGoToTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
  var notesGoToTerminal: Bool { isatty(STDERR_FILENO) == 1 }
  func environment(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }
  var isInterrupted: @Sendable () -> Bool { { Signals.isInterrupted } }

  func seconds() -> Double {
    let span = (ContinuousClock.now - start).components
    return Double(span.seconds) + Double(span.attoseconds) * 1e-18
  }

  var executable: String { Bundle.main.executablePath ?? CommandLine.arguments[0] }
  var processors: Int { ProcessInfo.processInfo.activeProcessorCount }
  mutating func readLine() -> String? { Swift.readLine() }
}

/// Writing to a descriptor until all is written.
enum FileBytes {
  /// The error's number; nil where all went well.
  static func write(_ text: String, to descriptor: Int32) -> Int32? {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)[...]
      while !rest.isEmpty {
        let written = Foundation.write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress!, rest.count)
        if written < 0, errno == EINTR { continue }
        if written < 0 { return errno }
        rest = rest.dropFirst(written)
      }
      return nil
    }
  }
}
