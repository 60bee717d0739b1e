import Contract

/// How the sentences of checks name locks and tokens.
struct Wording: Sendable {
  private let hasManyLocks: Bool
  private let hasManyItems: Bool
  private let token: TokenKind

  init(_ facts: RunFacts) {
    hasManyLocks = facts.locks > 1
    hasManyItems = facts.items > 1
    token = facts.token
  }

  /// `lock-2`, or "the lock" where a run has only one.
  func lock(_ lock: LockID) -> String {
    hasManyLocks && lock != .none ? "lock-\(lock.index + 1)" : "the lock"
  }

  /// " of lock-2", or nothing where a run has only one.
  func ofLock(_ lock: LockID) -> String {
    hasManyLocks && lock != .none ? " of lock-\(lock.index + 1)" : ""
  }

  /// " to the item of lock-2", " to item-3" of the only lock, or nothing where a run has only one item.
  func toItem(_ record: Record) -> String {
    guard hasManyItems, record.lock != .none else {
      return hasManyLocks && record.lock != .none ? " to the item of lock-\(record.lock.index + 1)" : ""
    }
    return " to item-\(record.item + 1)\(ofLock(record.lock))"
  }

  /// "token 33", "token 33/31" where it is paired, "token 9f3a41c2"; nil where there is none.
  func token(_ token: Token) -> String? {
    switch self.token {
    case .none: nil
    case _ where token == .none: nil
    case .unique: "token " + Wording.hexadecimal(token.unique >> 32)
    case .paired where token.minor != 0: "token \(token.order)/\(token.minor)"
    case .ordered, .paired: "token \(token.order)"
    }
  }

  /// " with token 33", or nothing where there is none.
  func with(_ token: Token) -> String { self.token(token).map { " with \($0)" } ?? "" }

  /// "client-2 (token 34)", or the name alone.
  func holder(_ record: Record, _ topology: Topology) -> String {
    topology.name(of: record.client) + (token(record.token).map { " (\($0))" } ?? "")
  }

  private static func hexadecimal(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}

extension Instant {
  /// "16.512 s": true time in seconds, rounded down to milliseconds.
  var words: String { Nanos(nanos).thousandths(of: 1_000_000_000) + " s" }
}

extension Nanos {
  /// "1.308 s", "12.500 ms" or "999 ns": the greatest unit that shows more than nothing.
  var words: String {
    if count >= 1_000_000_000 { return thousandths(of: 1_000_000_000) + " s" }
    if count >= 1_000_000 { return thousandths(of: 1_000_000) + " ms" }
    return "\(count) ns"
  }

  fileprivate func thousandths(of unit: Int64) -> String {
    let digits = String(count % unit / (unit / 1000))
    return "\(count / unit)." + String(repeating: "0", count: 3 - digits.count) + digits
  }
}

extension Int64 {
  /// "1 update", "2 updates".
  func counted(_ noun: String) -> String { self == 1 ? "1 \(noun)" : "\(self) \(noun)s" }
}
