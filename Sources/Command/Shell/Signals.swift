import Foundation
import Synchronization

/// What signals do to the command.
///
/// SIGINT and SIGTERM ask it to stop between runs, a second one stops it at once. A closed pipe is an error
/// of the write, not a signal. A trap ends with the status of internal errors.
enum Signals {
  private static let interrupted = Atomic<Bool>(false)

  static var isInterrupted: Bool { interrupted.load(ordering: .relaxed) }

  static func install() {
    _ = isInterrupted
    unblock()
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        Signals.interrupted.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
    signal(SIGPIPE, SIG_IGN)
    if getenv("SWIFT_BACKTRACE") == nil { catchTraps() }
  }

  /// Optimised code does not say which precondition failed, so at least it is said that one did.
  private static func catchTraps() {
    for number in [SIGILL, SIGTRAP] {
      signal(number) { _ in
        let sentence: StaticString = """
          internal error: the program found itself in a state that must not be; \
          with SWIFT_BACKTRACE=enable=yes in the environment it says where

          """
        _ = write(STDERR_FILENO, sentence.utf8Start, sentence.utf8CodeUnitCount)
        _exit(ExitStatus.internalError)
      }
    }
  }

  /// A parent that starts processes from a thread which blocks signals hands that down.
  private static func unblock() {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }
}

/// Tells threads to begin nothing new.
final class StopFlag: Sendable {
  private let flag = Atomic<Bool>(false)

  var isRaised: Bool { flag.load(ordering: .relaxed) }
  func raise() { flag.store(true, ordering: .relaxed) }
}
