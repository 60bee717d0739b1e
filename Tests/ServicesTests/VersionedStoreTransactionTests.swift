import Contract
import Services
import Testing

extension StoreRig {
  /// A store that answers: 1 ms of fsync is over.
  static func running(seed: UInt64 = 1, given: [(name: String, value: SettingValue)] = []) -> StoreRig {
    var rig = StoreRig(seed: seed, given: given)
    rig.run(for: .milliseconds(5))
    return rig
  }

  /// Sends a read-modify-write of one key that arrives now; `applied` tells of it.
  mutating func increment(_ transaction: UInt64, key: UInt64 = 1, at snapshot: Int64, from client: Int = 9) {
    commit(transaction, at: snapshot, from: client) {
      $0.addReadConflict(storeKey(key))
      $0.set(storeKey(key), DiskValue(Int64(transaction)))
      $0.add(StoreMark(.writeApplied, client: NodeID(client), a: Int64(transaction)))
    }
  }

  /// The transactions whose marks the store has stated, in order.
  var applied: [Int64] { records.filter { $0.kind == .writeApplied }.map { $0.a } }

  func outcome(_ transaction: UInt64) -> StoreMessage.Kind? { replies(to: transaction).last?.kind }
}

/// The rules of transactions at the store itself, by their names in section 7 of the behavioural reference.
@Suite struct VersionedStoreTransactionTests {
  /// 5e6 versions are 5 s: a snapshot of 4 s ago commits, one of 6 s ago does not.
  @Test(
    "T2: a transaction with read keys commits only within 5e6 versions of its snapshot",
    arguments: [4, 6] as [Int64])
  func windowOfCommits(seconds: Int64) {
    var rig = StoreRig.running()
    let snapshot = rig.machine.liveCommitted
    rig.run(for: .seconds(seconds))
    rig.increment(1, at: snapshot)
    rig.run(for: .milliseconds(5))
    #expect(rig.outcome(1) == (seconds < 5 ? .committed : .tooOld))
    #expect(rig.applied == (seconds < 5 ? [1] : []))
  }

  @Test("reads are served for 5e6 versions and refused after", arguments: [4, 8] as [Int64])
  func windowOfReads(seconds: Int64) {
    var rig = StoreRig.running()
    rig.increment(1, at: rig.machine.liveCommitted)
    rig.run(for: .milliseconds(5))
    let version = rig.machine.liveCommitted
    rig.increment(2, at: version)
    rig.run(for: .seconds(seconds))
    #expect(rig.value(of: storeKey(1), at: version) == (seconds < 5 ? 1 : -1))
    #expect(rig.value(of: storeKey(1), at: rig.machine.liveCommitted) == 2)
  }

  @Test("T3: what is refused for a conflict or its age is never applied, not even by a second delivery")
  func refusalsAreFinal() {
    var rig = StoreRig.running()
    let snapshot = rig.machine.liveCommitted
    rig.increment(1, at: snapshot)
    rig.run(for: .milliseconds(5))
    rig.increment(2, at: snapshot)
    rig.increment(2, at: snapshot)
    rig.run(for: .milliseconds(5))
    rig.increment(2, at: snapshot)
    rig.run(for: .seconds(1))
    #expect(rig.replies(to: 2).map { $0.kind } == [.conflict])
    #expect(rig.applied == [1])
  }

  @Test("a commit delivered twice is one commit, in one batch and in two")
  func deliveriesAreCountedOnce() {
    var rig = StoreRig.running()
    for transaction in 1...70 as ClosedRange<UInt64> {
      rig.increment(transaction, key: transaction, at: rig.machine.liveCommitted)
    }
    rig.increment(70, key: 70, at: rig.machine.liveCommitted)
    rig.run(for: .milliseconds(5))
    rig.increment(69, key: 69, at: rig.machine.liveCommitted)
    rig.increment(3, key: 3, at: rig.machine.liveCommitted)
    rig.run(for: .milliseconds(5))
    #expect(rig.applied == (1...70).map { Int64($0) })
  }

  @Test("T10: in one batch a reader after a writer conflicts, blind writers and a reader before do not")
  func orderWithinABatch() {
    var rig = StoreRig.running()
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
    let kinds = (1...4 as ClosedRange<UInt64>).map { rig.outcome($0) }
    #expect(kinds == [.committed, .committed, .committed, .conflict])
    #expect(rig.replies(to: 3)[0].value.a == 2)
    #expect(rig.value(of: storeKey(1), at: rig.machine.liveCommitted) == 3)
  }

  /// 200 commits, one every 0.2 ms, while a sync takes 1 s: 16 batches are on their way, a 17th has the rest.
  @Test("while the log is slow, commits gather in few batches")
  func backPressure() {
    var rig = StoreRig.running(given: [("commitBatchInterval", .duration(.microseconds(100)))])
    rig.fsync = .seconds(1)
    for number in 1...200 as ClosedRange<UInt64> {
      rig.increment(number, key: number, at: rig.machine.liveCommitted)
      rig.run(for: .microseconds(200))
    }
    rig.run(for: .seconds(3))
    #expect(rig.committedVersions.count == 200)
    #expect(Set(rig.committedVersions).count == 17)
  }

  @Test("a write conflict key alone makes readers conflict and changes no value")
  func conflictKeysChangeNothing() {
    var rig = StoreRig.running()
    let snapshot = rig.machine.liveCommitted
    rig.commit(1, at: snapshot) { $0.addWriteConflict(storeKey(1)) }
    rig.run(for: .milliseconds(5))
    rig.increment(2, at: snapshot)
    rig.run(for: .milliseconds(5))
    #expect(rig.outcome(2) == .conflict)
    #expect(rig.value(of: storeKey(1), at: rig.machine.liveCommitted) == nil)
  }

  @Test("the commit version takes the place of the word that asks for it, in values and in marks")
  func versionstamps() {
    var rig = StoreRig.running()
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
    var rig = StoreRig.running()
    rig.input(.disturbed(.unknownResult, 64, 99))
    for number in 1...65 as ClosedRange<UInt64> {
      rig.increment(number, key: number, at: rig.machine.liveCommitted)
    }
    rig.run(for: .milliseconds(5))
    for number in 1...64 as ClosedRange<UInt64> { #expect(rig.outcome(number) == .unknown) }
    #expect(rig.outcome(65) == .committed)
    #expect((20...45).contains(rig.applied.count))
  }

  @Test("unavailable: requests are kept and answered at the end, in order")
  func unavailability() {
    var rig = StoreRig.running()
    rig.increment(1, at: rig.machine.liveCommitted)
    rig.run(for: .microseconds(700))
    rig.input(.disturbed(.unavailable, 1, 0))
    let answers = rig.replies.count
    rig.increment(2, key: 2, at: rig.machine.liveCommitted)
    #expect(rig.readVersion(within: .seconds(3)) == nil)
    #expect(rig.replies.count == answers && rig.applied.isEmpty)
    rig.input(.disturbed(.unavailable, 0, 0))
    rig.run(for: .milliseconds(5))
    #expect(rig.applied == [1, 2])
    #expect(rig.replies.dropFirst(answers).map { $0.message.kind } == [.committed, .readVersion, .committed])
  }

  /// 3,000 keys are cleared or only touched, 10 stay; 12 s later the window has passed over all of them.
  @Test("memory is bounded by the keys that have a value and those of the window")
  func memoryIsBounded() {
    var rig = StoreRig.running()
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
