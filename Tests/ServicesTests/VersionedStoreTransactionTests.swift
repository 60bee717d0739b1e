import Contract
import Services
import Testing

/// The rules of transactions at the store itself, by their names in section 7 of the behavioural reference.
@Suite struct VersionedStoreTransactionTests {
  func running(given: [(name: String, value: SettingValue)] = []) -> StoreRig {
    var rig = StoreRig(given: given)
    rig.run(for: .milliseconds(5))
    return rig
  }

  /// Sends a read-modify-write of one key that arrives now.
  func increment(
    _ rig: inout StoreRig, _ transaction: UInt64, key: UInt64 = 1, at snapshot: Int64, from client: Int = 9
  ) {
    rig.commit(transaction, at: snapshot, from: client) {
      $0.addReadConflict(storeKey(key))
      $0.set(storeKey(key), DiskValue(Int64(transaction)))
      $0.add(StoreMark(.writeApplied, client: NodeID(client), a: Int64(transaction)))
    }
  }

  func applied(_ rig: StoreRig) -> [Int64] { rig.records.filter { $0.kind == .writeApplied }.map { $0.a } }

  func outcome(_ rig: StoreRig, _ transaction: UInt64) -> StoreMessage.Kind? {
    rig.replies(to: transaction).last?.kind
  }

  /// 5e6 versions are 5 s: a snapshot of 4 s ago commits, one of 6 s ago does not.
  @Test(
    "T2: a transaction with read keys commits only within 5e6 versions of its snapshot",
    arguments: [4, 6] as [Int64])
  func windowOfCommits(seconds: Int64) {
    var rig = running()
    let snapshot = rig.machine.liveCommitted
    rig.run(for: .seconds(seconds))
    increment(&rig, 1, at: snapshot)
    rig.run(for: .milliseconds(5))
    #expect(outcome(rig, 1) == (seconds < 5 ? .committed : .tooOld))
    #expect(applied(rig) == (seconds < 5 ? [1] : []))
  }

  @Test("reads are served for 5e6 versions and refused after", arguments: [4, 8] as [Int64])
  func windowOfReads(seconds: Int64) {
    var rig = running()
    increment(&rig, 1, at: rig.machine.liveCommitted)
    rig.run(for: .milliseconds(5))
    let version = rig.machine.liveCommitted
    increment(&rig, 2, at: version)
    rig.run(for: .seconds(seconds))
    #expect(rig.value(of: storeKey(1), at: version) == (seconds < 5 ? 1 : -1))
    #expect(rig.value(of: storeKey(1), at: rig.machine.liveCommitted) == 2)
  }

  @Test("T3: what is refused for a conflict or its age is never applied, not even by a second delivery")
  func refusalsAreFinal() {
    var rig = running()
    let snapshot = rig.machine.liveCommitted
    increment(&rig, 1, at: snapshot)
    rig.run(for: .milliseconds(5))
    increment(&rig, 2, at: snapshot)
    increment(&rig, 2, at: snapshot)
    rig.run(for: .milliseconds(5))
    increment(&rig, 2, at: snapshot)
    rig.run(for: .seconds(1))
    #expect(rig.replies(to: 2).map { $0.kind } == [.conflict])
    #expect(applied(rig) == [1])
  }

  @Test("a commit delivered twice is one commit, in one batch and in two")
  func deliveriesAreCountedOnce() {
    var rig = running()
    for transaction in 1...70 as ClosedRange<UInt64> {
      increment(&rig, transaction, key: transaction, at: rig.machine.liveCommitted)
    }
    increment(&rig, 70, key: 70, at: rig.machine.liveCommitted)
    rig.run(for: .milliseconds(5))
    increment(&rig, 69, key: 69, at: rig.machine.liveCommitted)
    increment(&rig, 3, key: 3, at: rig.machine.liveCommitted)
    rig.run(for: .milliseconds(5))
    #expect(applied(rig) == (1...70).map { Int64($0) })
  }

  @Test("T6: what was answered survives recoveries, crashes and power failures")
  func answeredCommitsSurvive() {
    var rig = running()
    for number in 1...30 as ClosedRange<UInt64> {
      increment(&rig, number, key: number, at: rig.machine.liveCommitted, from: 9 + Int(number))
      rig.run(for: .milliseconds(2))
      #expect(outcome(rig, number) == .committed)
      switch number % 3 {
      case 0: rig.input(.disturbed(.recovery, 1_000_000, 100_000_000))
      case 1: rig.crash(powerFails: true, down: .milliseconds(1))
      default: rig.crash(powerFails: false, down: .milliseconds(1))
      }
      rig.run(for: .milliseconds(10))
    }
    let version = rig.machine.liveCommitted
    for number in 1...30 as ClosedRange<UInt64> {
      #expect(rig.value(of: storeKey(number), at: version) == Int64(number))
    }
    #expect(applied(rig) == (1...30).map { Int64($0) })
  }

  /// Three batches are on their way, 0.3 ms apart and each 1 ms long, when the epoch ends.
  @Test("T7: of the batches on their way at a recovery a prefix is applied, and nobody is answered")
  func unansweredAreDecidedInOrder() {
    var kept: Set<Int> = []
    for seed in 1...40 as ClosedRange<UInt64> {
      var rig = StoreRig(seed: seed, given: [("commitBatchInterval", .duration(.microseconds(100)))])
      rig.run(for: .milliseconds(5))
      let snapshot = rig.machine.liveCommitted
      for number in 1...3 as ClosedRange<UInt64> {
        increment(&rig, number, key: number, at: snapshot)
        rig.run(for: .microseconds(300))
      }
      rig.input(.disturbed(.recovery, 10_000_000, 100_000_000))
      rig.run(for: .milliseconds(30))
      let names = applied(rig)
      kept.insert(names.count)
      #expect(names == Array([1, 2, 3].prefix(names.count)))
      for number in 1...3 as ClosedRange<UInt64> {
        #expect(rig.replies(to: number).isEmpty)
        let value = rig.value(of: storeKey(number), at: rig.machine.liveCommitted)
        #expect(value == (names.contains(Int64(number)) ? Int64(number) : nil))
      }
    }
    #expect(kept == [0, 1, 2, 3])
  }

  @Test(
    "T7: what vanished in a recovery stays away after a crash, what was kept stays",
    arguments: [true, false])
  func decisionsReachTheDisk(powerFails: Bool) {
    var counts: Set<Int> = []
    for seed in 1...20 as ClosedRange<UInt64> {
      var rig = StoreRig(seed: seed)
      rig.run(for: .milliseconds(5))
      increment(&rig, 1, at: rig.machine.liveCommitted)
      rig.run(for: .microseconds(700))
      rig.input(.disturbed(.recovery, 5_000_000, 100_000_000))
      rig.run(for: .milliseconds(20))
      rig.crash(powerFails: powerFails, down: .milliseconds(1))
      rig.run(for: .milliseconds(20))
      counts.insert(applied(rig).count)
      let value = rig.value(of: storeKey(1), at: rig.machine.liveCommitted)
      #expect(value == (applied(rig).isEmpty ? nil : 1))
    }
    #expect(counts == [0, 1])
  }

  /// The batch closes at 0.5 ms and is synced at 1.5 ms; the crash comes at 1 ms.
  @Test(
    "a process crash before the log push ends keeps the commit, told once; a power failure does not",
    arguments: [true, false])
  func crashDuringThePush(powerFails: Bool) {
    var rig = running()
    increment(&rig, 1, at: rig.machine.liveCommitted)
    rig.run(for: .milliseconds(1))
    rig.crash(powerFails: powerFails, down: .milliseconds(1))
    rig.run(for: .milliseconds(10))
    #expect(applied(rig) == (powerFails ? [] : [1]))
    #expect(rig.value(of: storeKey(1), at: rig.machine.liveCommitted) == (powerFails ? nil : 1))
    for _ in 0..<3 {
      rig.crash(powerFails: powerFails, down: .milliseconds(1))
      rig.run(for: .milliseconds(10))
    }
    #expect(applied(rig).count == (powerFails ? 0 : 1))
  }

  @Test(
    "T8: no transaction from before a recovery commits after it, however small the jump",
    arguments: [0, 100_000_000] as [Int64])
  func recoveryVoidsSnapshots(jump: Int64) {
    var rig = running()
    let snapshot = rig.machine.liveCommitted
    rig.input(.disturbed(.recovery, 3_000_000, jump))
    rig.run(for: .milliseconds(1))
    increment(&rig, 1, at: snapshot)
    rig.run(for: .milliseconds(1))
    #expect(rig.replies(to: 1).isEmpty)
    rig.run(for: .milliseconds(20))
    increment(&rig, 2, at: snapshot)
    rig.run(for: .milliseconds(20))
    #expect(outcome(rig, 1) == .tooOld && outcome(rig, 2) == .tooOld)
    #expect(applied(rig).isEmpty)
  }

  /// The crash may have forgotten an earlier delivery, so nobody can say "not committed".
  @Test("T8: after a crash a commit from before it is unknown, and not applied")
  func crashVoidsSnapshots() {
    var rig = running()
    let snapshot = rig.machine.liveCommitted
    rig.crash(powerFails: false, down: .milliseconds(1))
    rig.run(for: .milliseconds(5))
    increment(&rig, 1, at: snapshot)
    rig.run(for: .milliseconds(20))
    #expect(outcome(rig, 1) == .unknown)
    #expect(applied(rig).isEmpty)
  }

  @Test("T10: in one batch a reader after a writer conflicts, blind writers and a reader before do not")
  func orderWithinABatch() {
    var rig = running()
    let snapshot = rig.machine.liveCommitted
    rig.commit(1, at: snapshot) {
      $0.addReadConflict(storeKey(1))
      $0.set(storeKey(2), DiskValue(1))
    }
    rig.commit(2, at: snapshot) { $0.set(storeKey(1), DiskValue(2)) }
    rig.commit(3, at: snapshot) { $0.set(storeKey(1), DiskValue(3)) }
    rig.commit(4, at: snapshot) {
      $0.addReadConflict(storeKey(1))
      $0.set(storeKey(3), DiskValue(4))
    }
    rig.run(for: .milliseconds(5))
    let kinds = (1...4 as ClosedRange<UInt64>).map { outcome(rig, $0) }
    #expect(kinds == [.committed, .committed, .committed, .conflict])
    #expect(rig.replies(to: 3)[0].value.a == 2)
    #expect(rig.value(of: storeKey(1), at: rig.machine.liveCommitted) == 3)
  }

  @Test("a write conflict key alone makes readers conflict and changes no value")
  func conflictKeysChangeNothing() {
    var rig = running()
    let snapshot = rig.machine.liveCommitted
    rig.commit(1, at: snapshot) { $0.addWriteConflict(storeKey(1)) }
    rig.run(for: .milliseconds(5))
    increment(&rig, 2, at: snapshot)
    rig.run(for: .milliseconds(5))
    #expect(outcome(rig, 2) == .conflict)
    #expect(rig.value(of: storeKey(1), at: rig.machine.liveCommitted) == nil)
  }

  @Test("the commit version takes the place of the word that asks for it, in values and in marks")
  func versionstamps() {
    var rig = running()
    rig.commit(1, at: rig.machine.liveCommitted) {
      $0.addReadConflict(storeKey(1))
      $0.set(storeKey(1), DiskValue(5, 6, 7, 8), versionWord: 0)
      $0.add(
        StoreMark(
          .voted, client: NodeID(9), lock: LockID(3), token: Token(unique: 42), orderIsCommitVersion: true,
          stamp: 11, a: 1, b: 2, c: 3))
    }
    rig.run(for: .milliseconds(5))
    let version = rig.replies(to: 1)[0].version
    #expect(rig.value(of: storeKey(1), at: version) == version)
    let record = rig.records[0]
    #expect(record.token == Token(order: version, unique: 42) && record.lock == LockID(3))
    #expect(record.client == NodeID(9) && record.grant == 11)
    #expect([record.a, record.b, record.c, record.d] == [1, 2, 3, 0])
  }

  /// 64 commits, about half of which land.
  @Test("unknown-result: each commit is decided by the salt, none is told, and the disturbance ends")
  func unknownResults() {
    var rig = running()
    rig.input(.disturbed(.unknownResult, 64, 99))
    for number in 1...65 as ClosedRange<UInt64> {
      increment(&rig, number, key: number, at: rig.machine.liveCommitted)
    }
    rig.run(for: .milliseconds(5))
    for number in 1...64 as ClosedRange<UInt64> { #expect(outcome(rig, number) == .unknown) }
    #expect(outcome(rig, 65) == .committed)
    #expect((20...45).contains(applied(rig).count))
  }

  @Test("unavailable: requests are kept and answered at the end, in order")
  func unavailability() {
    var rig = running()
    increment(&rig, 1, at: rig.machine.liveCommitted)
    rig.run(for: .microseconds(700))
    rig.input(.disturbed(.unavailable, 1, 0))
    let answers = rig.replies.count
    increment(&rig, 2, key: 2, at: rig.machine.liveCommitted)
    #expect(rig.readVersion(within: .seconds(3)) == nil)
    #expect(rig.replies.count == answers && applied(rig).isEmpty)
    rig.input(.disturbed(.unavailable, 0, 0))
    rig.run(for: .milliseconds(5))
    #expect(applied(rig) == [1, 2])
    #expect(rig.replies.dropFirst(answers).map { $0.message.kind } == [.committed, .readVersion, .committed])
  }

  /// 3,000 keys are cleared or only touched, 10 stay; 12 s later the window has passed over all of them.
  @Test("memory is bounded by the keys that have a value and those of the window")
  func memoryIsBounded() {
    var rig = running()
    for number in 1...3_000 as ClosedRange<UInt64> {
      rig.commit(number, at: rig.machine.liveCommitted) {
        $0.addReadConflict(storeKey(number))
        if number % 2 == 0 { $0.addWriteConflict(storeKey(number)) } else { $0.clear(storeKey(number)) }
        $0.set(storeKey(10_000 + number % 10), DiskValue(1))
      }
      if number % 50 == 0 { rig.run(for: .milliseconds(1)) }
    }
    rig.run(for: .milliseconds(5))
    #expect(rig.machine.keyCount > 3_000)
    rig.run(for: .seconds(12))
    #expect(rig.machine.keyCount == 10)
  }
}
