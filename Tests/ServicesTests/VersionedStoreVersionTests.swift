import Contract
import Services
import Testing

// The invariants of section 7 of the behavioural reference, by their names there. V7 (duplicate sequencer
// requests), V8 (version epoch), T11 (idempotency ids) and W1 (watches) are of parts that it does not have.

extension StoreRig {
  /// Asks for a read version at this moment and returns it when the store answers within the span.
  mutating func readVersion(within span: Nanos = .milliseconds(1)) -> Int64? {
    let id = UInt64(1_000_000 + replies.count)
    tell(StoreMessage(.getReadVersion, transaction: id, request: 1))
    run(for: span)
    return replies(to: id).first?.version
  }

  /// Sends a commit that arrives now; `number` is its place among its sender's commits.
  mutating func commit(
    _ transaction: UInt64, at snapshot: Int64, from client: Int = 9, number: Int64? = nil,
    _ build: (inout StoreCommit) -> Void
  ) {
    var commit = StoreCommit()
    build(&commit)
    var message = StoreMessage(.commit, transaction: transaction, request: 1)
    message.version = snapshot
    message.value = DiskValue(number ?? Int64(transaction), 0)
    tell(message, commit.words, from: client)
  }

  /// The value of a key at a version, nil where it is absent; -1 where the store refuses the read.
  mutating func value(of key: StoreKey, at version: Int64) -> Int64? {
    let id = UInt64(2_000_000 + replies.count)
    var read = StoreMessage(.read, transaction: id, request: 1)
    read.key = key
    read.version = version
    tell(read)
    run(for: .milliseconds(1))
    guard let reply = replies(to: id).first, reply.kind == .value else { return -1 }
    return reply.hasValue ? reply.value.a : nil
  }

  /// The versions of commits answered so far, in order of the answers.
  var committedVersions: [Int64] {
    replies.filter { $0.message.kind == .committed }.map { $0.message.version }
  }
}

/// Key number n of the tests.
func storeKey(_ number: UInt64) -> StoreKey { StoreKey(space: 1, id: number) }

@Suite struct VersionedStoreVersionTests {
  /// Recovered after 1 ms of fsync.
  func running(given: [(name: String, value: SettingValue)] = []) -> StoreRig {
    var rig = StoreRig(given: given)
    rig.run(for: .milliseconds(5))
    return rig
  }

  /// A write that conflicts with nobody.
  func blindWrite(_ rig: inout StoreRig, _ transaction: UInt64) {
    rig.commit(transaction, at: rig.machine.liveCommitted) {
      $0.addReadConflict(storeKey(1_000 + transaction))
      $0.set(storeKey(1_000 + transaction), DiskValue(1))
    }
  }

  @Test("V1: commit versions strictly increase by batch, and all commits of a batch share one")
  func versionsIncreaseByBatch() {
    var rig = running()
    for batch in 0..<20 as Range<UInt64> {
      blindWrite(&rig, batch * 2 + 1)
      blindWrite(&rig, batch * 2 + 2)
      rig.run(for: .milliseconds(1))
    }
    rig.run(for: .milliseconds(5))
    let versions = rig.committedVersions
    #expect(versions.count == 40)
    for pair in stride(from: 0, to: 40, by: 2) {
      #expect(versions[pair] == versions[pair + 1])
      if pair > 0 { #expect(versions[pair] > versions[pair - 1]) }
    }
    #expect(rig.replies(to: 1)[0].value.a == 0 && rig.replies(to: 2)[0].value.a == 1)
  }

  /// A second of waiting is due 1e6 versions; a stopped clock still gives 1, eight seconds no more than 5e6.
  @Test("V2: the gap of a batch is between 1 and 5e6 versions")
  func gapsAreClamped() {
    var rig = running(given: [("maxCommitBatchInterval", .duration(.seconds(100)))])
    var last: Int64 = 0
    for (index, wait) in [Nanos.zero, .milliseconds(1), .seconds(1), .seconds(2), .zero].enumerated() {
      rig.run(for: wait)
      blindWrite(&rig, UInt64(index + 1))
      rig.run(for: .milliseconds(2))
      let version = rig.committedVersions.last!
      #expect((1...5_000_000).contains(version - last))
      last = version
    }
    rig.input(.disturbed(.unavailable, 1, 0))
    rig.run(for: .seconds(8))
    rig.input(.disturbed(.unavailable, 0, 0))
    rig.run(for: .milliseconds(2))
    #expect(rig.machine.liveCommitted - last == 5_000_000)
  }

  /// 100e6 after the last version of the old epoch, however long the outage: 10 ms and 7 s.
  @Test(
    "V3: an epoch begins at the end of the last one plus the jump",
    arguments: [10_000_000, 7_000_000_000] as [Int64])
  func epochsJump(down: Int64) {
    var rig = running()
    blindWrite(&rig, 1)
    rig.run(for: .milliseconds(5))
    let end = rig.machine.liveCommitted
    rig.input(.disturbed(.recovery, down, 100_000_000))
    rig.run(for: Nanos(down) + .milliseconds(2))
    #expect(rig.readVersion() == end + 100_000_000)
    #expect(rig.records.filter { $0.kind == .recovered }.map { $0.a } == [end + 100_000_000])
  }

  @Test("V3: a crash jumps by maxVersionsInFlight")
  func crashJumps() {
    var rig = running(given: [("maxVersionsInFlight", .count(77))])
    let end = rig.machine.liveCommitted
    rig.crash(powerFails: false, down: .milliseconds(3))
    rig.run(for: .milliseconds(10))
    #expect(rig.readVersion() == end + 77)
    #expect(rig.records.map { $0.kind } == [.recovered])
  }

  @Test("V4: within an epoch versions never outrun the clock by more than one per batch")
  func versionsFollowTheClock() {
    var rig = running()
    let first = rig.machine.liveCommitted, began = rig.now
    for number in 1...200 as ClosedRange<UInt64> {
      blindWrite(&rig, number)
      rig.run(for: Nanos(rig.chance.below(30_000_000)))
    }
    rig.run(for: .milliseconds(10))
    let elapsed = (rig.now - began) / 1_000
    #expect(rig.machine.liveCommitted - first <= elapsed + 201)
    #expect(rig.machine.liveCommitted - first > elapsed * 9 / 10)
  }

  /// An empty batch every 2 s give or take a tenth, 1 ms of fsync, at a million versions a second.
  @Test("V5: the read version of an idle store lags by at most 2.2 s")
  func idleStoreTicks() {
    var rig = running()
    var distinct: Set<Int64> = []
    for _ in 0..<100 {
      rig.run(for: .milliseconds(199))
      let version = rig.readVersion() ?? 0
      distinct.insert(version)
      #expect(rig.now / 1_000 - version <= 2_200_000 + 2_000)
    }
    #expect((9...12).contains(distinct.count))
  }

  /// 12 s of silence give 5e6 versions: 7 s are gone for good.
  @Test("V6: a stall loses time that never comes back")
  func stallLosesTime() {
    var rig = running()
    rig.input(.disturbed(.unavailable, 1, 0))
    rig.run(for: .seconds(12))
    rig.input(.disturbed(.unavailable, 0, 0))
    rig.run(for: .seconds(30))
    let lag = rig.now / 1_000 - (rig.readVersion() ?? 0)
    #expect(lag >= 7_000_000 - 2_200_000 && lag <= 7_000_000 + 2_202_000)
  }

  @Test("R1: a read version asked for after an answer covers it, across a recovery too")
  func readVersionsCoverAnswers() {
    var rig = running()
    for number in 1...50 as ClosedRange<UInt64> {
      blindWrite(&rig, number)
      if number % 10 == 0 { rig.input(.disturbed(.recovery, 1_000_000, 0)) }
      while rig.replies(to: number).isEmpty && number % 10 != 0 { rig.run(for: .microseconds(50)) }
      let answered = rig.committedVersions.last ?? 0
      #expect((rig.readVersion(within: .milliseconds(5)) ?? 0) >= answered)
    }
    #expect(rig.committedVersions.count == 45)
  }

  @Test("R2: a read version is a committed one, and its reads see exactly the commits up to it")
  func readsSeeTheirVersion() {
    var rig = running()
    var seen: [(version: Int64, value: Int64?)] = [(rig.machine.liveCommitted, nil)]
    for number in 1...5 as ClosedRange<UInt64> {
      rig.commit(number, at: rig.machine.liveCommitted) {
        $0.addReadConflict(storeKey(1))
        if number == 3 { $0.clear(storeKey(1)) } else { $0.set(storeKey(1), DiskValue(Int64(number))) }
      }
      // The batch is closed and on its way to the log: not yet visible.
      rig.run(for: .microseconds(700))
      #expect(rig.readVersion(within: .microseconds(200)) == seen.last?.version)
      rig.run(for: .milliseconds(2))
      #expect(rig.readVersion() == rig.committedVersions.last)
      seen.append((rig.committedVersions.last!, number == 3 ? nil : Int64(number)))
    }
    for (version, value) in seen {
      #expect(rig.value(of: storeKey(1), at: version) == value)
      if version > seen[0].version { #expect(rig.value(of: storeKey(1), at: version - 1) != value) }
    }
  }

  /// 0 stands for the nominal rate again; the clamp goes with the rate, so 2 s at threefold are 6e6.
  @Test("version-rate makes versions faster or slower until it ends", arguments: [250, 3_000] as [Int64])
  func rateChanges(thousandths: Int64) {
    var rig = running()
    let before = rig.readVersion() ?? 0
    rig.input(.disturbed(.versionRate, thousandths, 0))
    rig.run(for: .seconds(10))
    rig.input(.disturbed(.versionRate, 0, 0))
    rig.run(for: .milliseconds(5))
    let after = rig.readVersion() ?? 0
    #expect(abs(after - before - thousandths * 10_000) < 20_000)
    rig.run(for: .seconds(20))
    #expect(abs((rig.readVersion() ?? 0) - after - 20_000_000) < 2_300_000)
  }
}
