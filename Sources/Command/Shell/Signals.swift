import Foundation
import Synchronization

/// What signals do to the command.
///
/// SIGINT and SIGTERM ask it to stop between runs, another one half a second later stops it at once. A closed
/// pipe is an error of the write, not a signal. A trap ends with the status of internal errors.
enum Signals {
  /// When the first signal came, in nanoseconds on the monotonic clock; 0: none has.
  private static let interruptedAt = Atomic<Int64>(0)

  static var isInterrupted: Bool { interruptedAt.load(ordering: .relaxed) != 0 }

  static func install() {
    _ = isInterrupted
    unblock()
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        Signals.heed(number)
      }
    }
    signal(SIGPIPE, SIG_IGN)
    if getenv("SWIFT_BACKTRACE") == nil { catchTraps() }
  }

  /// Who stops a process and its group, as `timeout` and some schedulers do, signals it twice at once and
  /// means one.
  private static func heed(_ number: Int32) {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    let moment = Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    let first = interruptedAt.compareExchange(expected: 0, desired: moment, ordering: .relaxed)
    if !first.exchanged, moment - first.original > 500_000_000 {
      signal(number, SIG_DFL)
      raise(number)
    }
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
