import Contract

/// Property: nobody waits for `progress` after the last fault ended, nor when nothing can happen again.
///
/// A wait begins with the section, or with the request for its next lock, and ends when a lock is acquired.
/// A fault voids what was found before it. One without an end counts as ended when it begins; whom it stops
/// for ever, by a pause or a crash, does not wait.
/// - Witness: the record that began the wait, and the one that ended it (the same where none did); measure:
///   nanoseconds waited after the last fault.
/// - Complexity: O(1) for each record, O(nodes struck) for each lever, O(clients) at the end.
/// - Source: Lamport 1977, "Proving the correctness of multiprocess programs" (liveness).
public struct Progress: Check {
  public static let name = "progress"
  public static let summary = "a waiter gets nowhere though all faults are over"
  public static let question = Question.progress
  public static let isSafety = false
  public static let reads: RecordKinds = [
    .waiting, .acquireSent, .acquired, .sectionEnded, .clientDone, .crashed,
  ]

  private let wording: Wording
  private let limit: Nanos
  /// For each client, the record with which its wait began.
  private var waits = Rows<Record?>(nil)
  /// For each client, whether a pause without end struck it.
  private var isStopped = Rows<Bool>(false)
  private var activeFaults = 0
  /// When the last of the faults so far ended.
  private var quietSince = Instant.start
  private var candidate = Finding()
  private var isOver = false
  private var isDeadEnd = false

  public init(_ facts: RunFacts) {
    wording = Wording(facts)
    limit = facts.progress
  }

  public var verdict: Verdict { isOver ? candidate.verdict : .held }

  public mutating func saw(_ record: Record) {
    switch record.kind {
    case .waiting, .acquireSent:
      if waits[record.client] == nil, !isStopped[record.client] { waits[record.client] = record }
    case .acquired, .sectionEnded, .clientDone: end(record)
    case .crashed: if waits[record.node] != nil { waits[record.node] = nil }
    default: break
    }
  }

  public mutating func saw(_ lever: Lever, number: Int, began: Bool, at now: Instant) {
    candidate = Finding()
    quietSince = max(quietSince, now)
    if hasEnd(lever) { activeFaults += began ? 1 : -1 }
    if case .disturb(.recovery, let lasts, _) = lever.action, began {
      quietSince = max(quietSince, now + Nanos(lasts))
    }
    if case .pause = lever.action, lever.lasts == nil, began {
      for node in lever.nodes {
        waits[node] = nil
        isStopped[node] = true
      }
    }
  }

  private func hasEnd(_ lever: Lever) -> Bool {
    switch lever.action {
    case .crash(let restart, _): restart != nil
    case .clockStep: false
    default: lever.lasts != nil
    }
  }

  private mutating func end(_ record: Record) {
    guard let start = waits[record.client] else { return }
    waits[record.client] = nil
    judge(start, record, until: record.at)
  }

  private mutating func judge(_ start: Record, _ end: Record, until now: Instant) {
    guard activeFaults == 0 else { return }
    let waited = now - max(start.at, quietSince)
    if waited >= limit { candidate.add(start, end, measure: waited.count) }
  }

  public mutating func finish(at end: Instant, reason: EndReason) {
    isOver = true
    isDeadEnd = reason == .nothingLeft && candidate.witness == nil
    for case let start? in waits.all {
      if isDeadEnd {
        candidate.add(start, start, measure: (end - start.at).count)
      } else {
        judge(start, start, until: end)
      }
    }
  }

  public func explanation(of witness: Witness, _ topology: Topology) -> String {
    let who = "\(topology.name(of: witness.first.client)) waited for \(wording.lock(witness.first.lock))"
    let since = "from \(witness.first.at.words)"
    if isDeadEnd { return "\(who) \(since), and nothing could ever happen again" }
    let outcome = witness.second.ordinal == witness.first.ordinal
      ? "in vain until the end of the run" : "until \(witness.second.at.words)"
    return "\(who) \(since) \(outcome), \(Nanos(witness.measure).words) of it after the last fault had ended"
  }
}
