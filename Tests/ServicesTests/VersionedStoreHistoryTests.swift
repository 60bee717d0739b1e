import Contract
import Services
import Testing

/// A transaction as its worker saw it.
struct StoreAttempt {
  var name: Int64
  /// Before the read version was asked for.
  var began: Int64
  var ended: Int64 = .max
  var readVersion: Int64 = 0
  var reads: [(key: Int, value: Int64)] = []
  var writes: [(key: Int, value: Int64)] = []
  var outcome: StoreOutcome?
}

/// A program that runs one random transaction after the other on a few keys.
struct StoreWorker {
  enum Timer: UInt8, TimerName { case store = 1, pause }

  static let keys = 4
  static let pauseKey: UInt64 = .max
  var client: StoreClient
  var chance: Chance
  var index: Int64
  var left: Int
  var current: TransactionID?
  var awaited = 0
  var finished: [StoreAttempt] = []
  var attempt = StoreAttempt(name: 0, began: 0)

  static func key(_ index: Int) -> StoreKey { StoreKey(space: 1, id: UInt64(index)) }

  init(index: Int, seed: UInt64, transactions: Int) {
    client = StoreClient(store: StoreRig.store, incarnation: 0, timer: Timer.store)
    chance = Chance(seed: seed, "worker", index)
    self.index = Int64(index)
    left = transactions
  }

  mutating func begin(_ turn: inout Turn) {
    guard left > 0 else { return }
    left -= 1
    let name = (index + 1) * 1_000_000 + Int64(left)
    attempt = StoreAttempt(name: name, began: turn.now.monotonic.nanos)
    current = client.begin(&turn)
  }

  mutating func handle(_ message: StoreMessage, _ turn: inout Turn) {
    if let event = client.handle(message, &turn) { follow(event, &turn) }
  }

  mutating func timedOut(_ key: UInt64, _ turn: inout Turn) {
    if key == StoreWorker.pauseKey { return begin(&turn) }
    if let event = client.timedOut(key, &turn) { follow(event, &turn) }
  }

  private mutating func follow(_ event: StoreEvent, _ turn: inout Turn) {
    switch event {
    case .readVersion(let id, let version):
      attempt.readVersion = version
      let first = Int(chance.below(Int64(StoreWorker.keys)))
      awaited = Int(chance.below(3))
      for offset in 0..<awaited {
        client.read(StoreWorker.key((first + offset) % StoreWorker.keys), in: id, &turn)
      }
      if awaited == 0 { commit(id, &turn) }
    case .value(let id, let key, let value):
      attempt.reads.append((Int(key.id), value?.a ?? 0))
      if attempt.reads.count == awaited { commit(id, &turn) }
    case .values: Issue.record("a worker reads key by key")
    case .ended(_, let outcome):
      attempt.outcome = outcome
      attempt.ended = turn.now.monotonic.nanos
      finished.append(attempt)
      turn.set(Timer.pause, key: StoreWorker.pauseKey, after: Nanos(chance.below(3_000_000)))
    }
  }

  private mutating func commit(_ id: TransactionID, _ turn: inout Turn) {
    for _ in 0..<chance.below(3) {
      let key = Int(chance.below(Int64(StoreWorker.keys)))
      let value = chance.below(8) == 0 ? 0 : attempt.name
      attempt.writes.append((key, value))
      if value == 0 { client.clear(StoreWorker.key(key), in: id) }
      else { client.set(StoreWorker.key(key), to: DiskValue(value), in: id) }
    }
    if !attempt.writes.isEmpty {
      client.mark(
        StoreMark(.writeApplied, client: NodeID(2), orderIsCommitVersion: true, a: attempt.name), in: id)
    }
    if let event = client.commit(id, &turn) { follow(event, &turn) }
  }
}

/// Says what is wrong with a history, if anything: a sequential replay of what was applied, in applied order.
struct SerialOracle {
  /// Names and versions of the transactions that the store applied, in order, and when.
  var applied: [(name: Int64, version: Int64, at: Int64)]
  var attempts: [StoreAttempt]

  func complaint() -> String? {
    outcomeComplaint() ?? orderComplaint() ?? replayComplaint()
  }

  /// Committed means applied once, refused means never, unknown means decided by then.
  private func outcomeComplaint() -> String? {
    for attempt in attempts where !attempt.writes.isEmpty {
      let found = applied.filter { $0.name == attempt.name }
      switch attempt.outcome {
      case .committed(let version, _):
        if found.map({ $0.version }) != [version] { return "\(attempt.name) is not applied once" }
      case .conflict, .tooOld: if !found.isEmpty { return "\(attempt.name) was refused and applied" }
      case .unknown:
        if found.count > 1 { return "\(attempt.name) was applied twice" }
        if let late = found.first, late.at > attempt.ended { return "\(attempt.name) was undecided at 1021" }
      case nil: if found.count > 1 { return "\(attempt.name) was applied twice" }
      }
    }
    return nil
  }

  /// Real time: a read version covers what was acknowledged before it was asked for; versions follow it.
  private func orderComplaint() -> String? {
    for (left, right) in zip(applied, applied.dropFirst()) where left.version > right.version {
      return "versions go back at \(right.name)"
    }
    for later in attempts {
      for earlier in attempts where earlier.ended < later.began {
        guard case .committed(let version, _)? = earlier.outcome, version > 0 else { continue }
        let isBehind = later.readVersion != 0 && later.readVersion < version
        if isBehind { return "\(later.name) missed \(earlier.name)" }
      }
    }
    return nil
  }

  private func replayComplaint() -> String? {
    var state = [Int64](repeating: 0, count: StoreWorker.keys)
    var next = 0
    for attempt in inOrder() {
      let isApplied = applied.contains { $0.name == attempt.name }
      while next < applied.count {
        let candidate = applied[next]
        if isApplied ? candidate.name == attempt.name : candidate.version > attempt.readVersion { break }
        let writer = attempts.first { $0.name == candidate.name }
        guard let writer else { return "nobody wrote \(candidate)" }
        for write in writer.writes { state[write.key] = write.value }
        next += 1
      }
      for read in attempt.reads where state[read.key] != read.value {
        return "\(attempt.name) read \(read.value) of key \(read.key), where \(state[read.key]) was"
      }
    }
    return nil
  }

  /// Each attempt at its place: applied ones where they were applied, all others at their read version.
  private func inOrder() -> [StoreAttempt] {
    var placed: [(version: Int64, isApplied: Int, place: Int, attempt: StoreAttempt)] = []
    for attempt in attempts where attempt.readVersion != 0 {
      if let place = applied.firstIndex(where: { $0.name == attempt.name }) {
        placed.append((applied[place].version, 0, place, attempt))
      } else {
        placed.append((attempt.readVersion, 1, 0, attempt))
      }
    }
    return placed.sorted { ($0.version, $0.isApplied, $0.place) < ($1.version, $1.isApplied, $1.place) }
      .map { $0.attempt }
  }
}

/// A run of several workers under faults, and what came of it.
struct RandomStoreRun {
  var oracle: SerialOracle
  var outcomes: [String: Int] = [:]
  /// Values at the end as the store has them, and as the replay would.
  var final: [Int64] = []
  var replayed: [Int64] = []

  init(seed: UInt64, overlooksConflicts: Bool = false, faults: Bool = true) {
    var rig = StoreRig(seed: seed)
    rig.machine.overlooksConflicts = overlooksConflicts
    rig.jitter = .milliseconds(2)
    if faults {
      rig.loss = Probability(perBillion: 10_000_000)
      rig.doubled = Probability(perBillion: 20_000_000)
      RandomStoreRun.plan(&rig, seed)
    }
    for index in 0..<6 { rig.workers.append(StoreWorker(index: index, seed: seed, transactions: 60)) }
    for index in 0..<6 { rig.work(index) { $0.begin(&$1) } }
    rig.run(for: .seconds(120))
    var applied: [(name: Int64, version: Int64, at: Int64)] = []
    for (record, at) in zip(rig.records, rig.recordTimes) where record.kind == .writeApplied {
      applied.append((record.a, record.token.order, at))
    }
    oracle = SerialOracle(applied: applied, attempts: rig.workers.flatMap { $0.finished })
    for attempt in oracle.attempts {
      if case .committed? = attempt.outcome { outcomes["committed", default: 0] += 1; continue }
      outcomes["\(attempt.outcome!)", default: 0] += 1
    }
    readBack(&rig)
  }

  static func plan(_ rig: inout StoreRig, _ seed: UInt64) {
    var chance = Chance(seed: seed, "plan")
    for step in 0..<8 {
      let at = Nanos(Int64(step) * 40_000_000 + chance.below(40_000_000))
      switch chance.below(5) {
      case 0: rig.schedule(.crash(powerFails: false, down: .milliseconds(5)), after: at)
      case 1: rig.schedule(.crash(powerFails: true, down: .milliseconds(5)), after: at)
      case 2: rig.schedule(.disturb(.unknownResult, 4, chance.below(1_000)), after: at)
      case 3:
        rig.schedule(.disturb(.unavailable, 1, 0), after: at)
        rig.schedule(.disturb(.unavailable, 0, 0), after: at + .milliseconds(7))
      default: rig.schedule(.disturb(.recovery, 5_000_000, chance.below(2) * 100_000_000), after: at)
      }
    }
  }

  private mutating func readBack(_ rig: inout StoreRig) {
    rig.loss = .never
    rig.doubled = .never
    rig.tell(StoreMessage(.getReadVersion, transaction: 7, request: 1))
    rig.run(for: .seconds(1))
    let version = rig.replies(to: 7)[0].version
    for key in 0..<StoreWorker.keys {
      var read = StoreMessage(.read, transaction: 100 + UInt64(key), request: 1)
      read.key = StoreWorker.key(key)
      read.version = version
      rig.tell(read)
    }
    rig.run(for: .seconds(1))
    final = (0..<StoreWorker.keys).map { rig.replies(to: 100 + UInt64($0))[0].value.a }
    replayed = [Int64](repeating: 0, count: StoreWorker.keys)
    for entry in oracle.applied {
      for write in oracle.attempts.first(where: { $0.name == entry.name })?.writes ?? [] {
        replayed[write.key] = write.value
      }
    }
  }
}

@Suite struct VersionedStoreHistoryTests {
  /// 6 workers x 60 transactions on 4 keys = 360 attempts, all of which must end.
  @Test(
    "T1: random transactions under losses, doubles, recoveries and crashes are strictly serializable",
    arguments: 1...30 as ClosedRange<UInt64>)
  func randomHistoriesAreSerializable(seed: UInt64) {
    let run = RandomStoreRun(seed: seed)
    #expect(run.oracle.attempts.count == 360)
    #expect(run.oracle.complaint() == nil)
    #expect(run.final == run.replayed)
  }

  @Test("the random runs reach commits, conflicts, unknown and too old outcomes")
  func randomRunsAreNotVacuous() {
    var seen: [String: Int] = [:]
    for seed in 1...10 as ClosedRange<UInt64> { seen.merge(RandomStoreRun(seed: seed).outcomes) { $0 + $1 } }
    for outcome in ["committed", "conflict", "unknown", "tooOld"] {
      #expect(seen[outcome, default: 0] >= 10, "\(outcome): \(seen)")
    }
  }

  @Test("equal seeds give equal histories")
  func runsAreDeterministic() {
    let first = RandomStoreRun(seed: 5), second = RandomStoreRun(seed: 5)
    #expect(first.oracle.applied.map { $0.name } == second.oracle.applied.map { $0.name })
    #expect(first.oracle.applied.map { $0.at } == second.oracle.applied.map { $0.at })
  }

  @Test("a store that overlooks conflicts is caught by the oracle")
  func plantedBugIsCaught() {
    let caught = (1...5 as ClosedRange<UInt64>).filter {
      RandomStoreRun(seed: $0, overlooksConflicts: true, faults: false).oracle.complaint() != nil
    }
    #expect(caught.count == 5)
  }

  @Test("the oracle refuses corrupted histories")
  func corruptionIsCaught() throws {
    let sound = RandomStoreRun(seed: 3).oracle
    #expect(sound.complaint() == nil)

    var twice = sound
    twice.applied.append(twice.applied[twice.applied.count - 1])
    #expect(twice.complaint()?.contains("once") == true)

    var lost = sound
    lost.applied.removeFirst()
    #expect(lost.complaint() != nil)

    var misread = sound
    let reader = try #require(misread.attempts.firstIndex { !$0.reads.isEmpty && $0.outcome != .conflict })
    misread.attempts[reader].reads[0].value += 1
    #expect(misread.complaint()?.contains("read") == true)

    var stale = sound
    let starts = stale.attempts.map { $0.began }
    let last = try #require(starts.firstIndex(of: starts.max() ?? 0))
    stale.attempts[last].readVersion = 1
    #expect(stale.complaint() != nil)

    var refused = sound
    let winner = try #require(refused.attempts.firstIndex { attempt in
      !attempt.writes.isEmpty && refused.applied.contains { $0.name == attempt.name }
    })
    refused.attempts[winner].outcome = .conflict
    #expect(refused.complaint()?.contains("refused") == true)
  }
}
