import Contract
import Services
import Testing

/// What survives recoveries and crashes of the store, by the names in section 7 of the behavioural reference.
@Suite struct VersionedStoreRecoveryTests {
  @Test("T6: what was answered survives recoveries, crashes and power failures")
  func answeredCommitsSurvive() {
    var rig = StoreRig.running()
    for number in 1...30 as ClosedRange<UInt64> {
      rig.increment(number, key: number, at: rig.machine.liveCommitted, from: 9 + Int(number))
      rig.run(for: .milliseconds(2))
      #expect(rig.outcome(number) == .committed)
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
    #expect(rig.applied == (1...30).map { Int64($0) })
  }

  /// Three batches are on their way, 0.3 ms apart and each 1 ms long, when the epoch ends.
  @Test("T7: of the batches on their way at a recovery a prefix is applied, and nobody is answered")
  func unansweredAreDecidedInOrder() {
    var kept: Set<Int> = []
    for seed in 1...40 as ClosedRange<UInt64> {
      var rig = StoreRig.running(seed: seed, given: [("commitBatchInterval", .duration(.microseconds(100)))])
      let snapshot = rig.machine.liveCommitted
      for number in 1...3 as ClosedRange<UInt64> {
        rig.increment(number, key: number, at: snapshot)
        rig.run(for: .microseconds(300))
      }
      rig.input(.disturbed(.recovery, 10_000_000, 100_000_000))
      rig.run(for: .milliseconds(30))
      let names = rig.applied
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
      var rig = StoreRig.running(seed: seed)
      rig.increment(1, at: rig.machine.liveCommitted)
      rig.run(for: .microseconds(700))
      rig.input(.disturbed(.recovery, 5_000_000, 100_000_000))
      rig.run(for: .milliseconds(20))
      rig.crash(powerFails: powerFails, down: .milliseconds(1))
      rig.run(for: .milliseconds(20))
      counts.insert(rig.applied.count)
      let value = rig.value(of: storeKey(1), at: rig.machine.liveCommitted)
      #expect(value == (rig.applied.isEmpty ? nil : 1))
    }
    #expect(counts == [0, 1])
  }

  /// The batch closes at 0.5 ms and is synced at 1.5 ms; the crash comes at 1 ms.
  @Test(
    "a process crash before the log push ends keeps the commit, told once; a power failure does not",
    arguments: [true, false])
  func crashDuringThePush(powerFails: Bool) {
    var rig = StoreRig.running()
    rig.increment(1, at: rig.machine.liveCommitted)
    rig.run(for: .milliseconds(1))
    rig.crash(powerFails: powerFails, down: .milliseconds(1))
    rig.run(for: .milliseconds(10))
    #expect(rig.applied == (powerFails ? [] : [1]))
    #expect(rig.value(of: storeKey(1), at: rig.machine.liveCommitted) == (powerFails ? nil : 1))
    for _ in 0..<3 {
      rig.crash(powerFails: powerFails, down: .milliseconds(1))
      rig.run(for: .milliseconds(10))
    }
    #expect(rig.applied.count == (powerFails ? 0 : 1))
  }

  @Test(
    "T8: no transaction from before a recovery commits after it, however small the jump",
    arguments: [0, 100_000_000] as [Int64])
  func recoveryVoidsSnapshots(jump: Int64) {
    var rig = StoreRig.running()
    let snapshot = rig.machine.liveCommitted
    rig.input(.disturbed(.recovery, 3_000_000, jump))
    rig.run(for: .milliseconds(1))
    rig.increment(1, at: snapshot)
    rig.run(for: .milliseconds(1))
    #expect(rig.replies(to: 1).isEmpty)
    rig.run(for: .milliseconds(20))
    rig.increment(2, at: snapshot)
    rig.run(for: .milliseconds(20))
    #expect(rig.outcome(1) == .tooOld && rig.outcome(2) == .tooOld)
    #expect(rig.applied.isEmpty)
  }

  /// The crash may have forgotten an earlier delivery, so nobody can say "not committed".
  @Test("T8: after a crash a commit from before it is unknown, and not applied")
  func crashVoidsSnapshots() {
    var rig = StoreRig.running()
    let snapshot = rig.machine.liveCommitted
    rig.crash(powerFails: false, down: .milliseconds(1))
    rig.run(for: .milliseconds(5))
    rig.increment(1, at: snapshot)
    rig.run(for: .milliseconds(20))
    #expect(rig.outcome(1) == .unknown)
    #expect(rig.applied.isEmpty)
  }

  /// The first crash at 1 ms, within the push; the next 0.5 ms after the restart, before that is synced.
  @Test("a second crash on top of the first tells the mark once all the same")
  func crashUponCrash() {
    var rig = StoreRig.running()
    rig.increment(1, at: rig.machine.liveCommitted)
    rig.run(for: .milliseconds(1))
    for _ in 0..<3 {
      rig.crash(powerFails: false, down: .milliseconds(1))
      rig.run(for: .microseconds(1_500))
    }
    #expect(rig.applied.isEmpty)
    rig.run(for: .milliseconds(10))
    #expect(rig.applied == [1])
  }

  @Test("a process crash just after a recovery decided tells exactly what was kept")
  func crashUponRecovery() {
    var counts: Set<Int> = []
    for seed in 1...20 as ClosedRange<UInt64> {
      var rig = StoreRig.running(seed: seed)
      rig.increment(1, at: rig.machine.liveCommitted)
      rig.run(for: .microseconds(700))
      rig.input(.disturbed(.recovery, 5_000_000, 100_000_000))
      rig.crash(powerFails: false, down: .milliseconds(1))
      rig.run(for: .milliseconds(20))
      counts.insert(rig.applied.count)
      let value = rig.value(of: storeKey(1), at: rig.machine.liveCommitted)
      #expect(value == (rig.applied.isEmpty ? nil : 1))
    }
    #expect(counts == [0, 1])
  }

  @Test("a crash forgets older versions even where it does not jump")
  func crashForgetsHistory() {
    var rig = StoreRig.running(given: [("maxVersionsInFlight", .count(0))])
    rig.increment(1, at: rig.machine.liveCommitted)
    rig.run(for: .milliseconds(5))
    let version = rig.machine.liveCommitted
    rig.increment(2, at: version)
    rig.run(for: .milliseconds(5))
    rig.crash(powerFails: false, down: .milliseconds(1))
    rig.run(for: .milliseconds(5))
    #expect(rig.value(of: storeKey(1), at: version) == -1)
    #expect(rig.value(of: storeKey(1), at: rig.machine.liveCommitted) == 2)
  }

  @Test("a store whose disk is lost starts anew as an empty database")
  func lostDisk() {
    var rig = StoreRig.running()
    rig.increment(1, at: rig.machine.liveCommitted)
    rig.run(for: .milliseconds(5))
    rig.crash(powerFails: false, down: .milliseconds(1))
    rig.loseDisk()
    rig.run(for: .milliseconds(5))
    #expect(rig.machine.liveCommitted == 1)
    #expect(rig.value(of: storeKey(1), at: 1) == nil)
    #expect(rig.value(of: storeKey(1), at: 500) == -1)
    rig.increment(2, at: 500)
    rig.run(for: .milliseconds(5))
    #expect(rig.outcome(2) == .tooOld)
  }
}
