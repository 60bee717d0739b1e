import Contract
import Testing

@Suite("all checks over random runs of a lock that is right, and over what a bug would make of them")
struct ReferenceLockTests {
  static let runs: UInt64 = 3_000
  let facts = ReferenceLock.facts

  @Test("3000 right runs violate nothing")
  func right() {
    for seed in 0..<ReferenceLockTests.runs {
      let violated = History(ReferenceLock.run(seed), topology: facts.topology).violated(facts)
      #expect(violated == [], "seed \(seed)")
    }
  }

  /// A bug planted into a right run: the records it leaves; nil where the run gives no occasion.
  struct Bug: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// The check that must find it, in every run that gives an occasion.
    let finder: String
    let plant: @Sendable ([Record]) -> [Record]?
  }

  static let bugs = [
    Bug(testDescription: "a token is handed out twice", finder: "token-order") { records in
      edit(records, .granted) { $0.token.order -= 1 }
    },
    Bug(testDescription: "a holder is told before the last one released", finder: "mutual-exclusion") {
      releaseAfter($0, .acquired)
    },
    Bug(testDescription: "the lock is given before the last holder released", finder: "early-grant") {
      releaseAfter($0, .granted)
    },
    Bug(testDescription: "a holder is not yet done when the next is granted", finder: "lease-kept") {
      releaseAfter($0, .granted)
    },
    Bug(testDescription: "a release takes what another has set", finder: "wrong-release") { records in
      edit(records, .removed) { $0.a = Int64($0.client.index) % 6 + 2 }
    },
    Bug(testDescription: "a write is applied after the next holder's read", finder: "stale-write") {
      move($0, .writeApplied, after: .readApplied)
    },
    Bug(testDescription: "a section builds on an empty item", finder: "lost-update") { records in
      edit(records, .writeApplied, where: { $0.b > 0 }) { $0.b = -1 }
    },
    Bug(testDescription: "the guard forgets its token in a crash", finder: "token-ratchet") { records in
      edit(records, .itemRestored) { $0.d = 0 }
    },
    Bug(testDescription: "the guard refuses the holder", finder: "false-reject") { records in
      edit(records, .readApplied) {
        $0.kind = .readRejected
        $0.b = 1
      }
    },
    Bug(testDescription: "a waiter is forgotten", finder: "progress") { records in
      edit(records, .acquireSent) { $0.at = $0.at + .seconds(60) }
    },
  ]

  @Test("each planted bug is found in every run that gives an occasion for it", arguments: bugs)
  func wrong(_ bug: Bug) {
    var occasions = 0, found = 0
    for seed in 0..<500 as Range<UInt64> {
      guard let records = bug.plant(ReferenceLock.run(seed)) else { continue }
      occasions += 1
      let violated = History(records, topology: facts.topology).violated(facts)
      if violated.contains(bug.finder) { found += 1 }
    }
    #expect(occasions >= 100)
    #expect(found == occasions, "\(found) of \(occasions)")
  }

  /// Changes the last record of a kind at lock-1; what follows in time moves along.
  static func edit(
    _ records: [Record], _ kind: Record.Kind, where isFit: (Record) -> Bool = { _ in true },
    _ change: (inout Record) -> Void
  ) -> [Record]? {
    let last = records.lastIndex { $0.kind == kind && $0.lock == LockID(0) && isFit($0) }
    guard let index = last else { return nil }
    var changed = records
    change(&changed[index])
    let shift = changed[index].at - records[index].at
    for later in records.indices where later > index { changed[later].at = records[later].at + shift }
    return changed
  }

  /// Moves the first record of one kind at lock-1 behind the next of another kind, if of another client.
  static func move(_ records: [Record], _ kind: Record.Kind, after other: Record.Kind) -> [Record]? {
    let first = records.firstIndex { $0.kind == kind && $0.lock == LockID(0) }
    guard let from = first else { return nil }
    let moved = records[from]
    let to = records[from...].firstIndex { $0.kind == other && $0.lock == moved.lock }
    guard let to, records[to].client != moved.client else { return nil }
    var changed = records
    changed.remove(at: from)
    changed.insert(moved, at: to)
    changed[to].at = records[to].at
    return changed
  }

  /// The first release at lock-1 comes after the next record of this kind, if that is another client's.
  static func releaseAfter(_ records: [Record], _ other: Record.Kind) -> [Record]? {
    guard let changed = move(records, .releaseSent, after: other) else { return nil }
    let client = records.first { $0.kind == .releaseSent && $0.lock == LockID(0) }?.client
    return changed.filter { $0.kind != .sectionEnded || $0.client != client }
  }
}
