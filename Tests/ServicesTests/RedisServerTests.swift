import Contract
import Testing

@testable import Services

/// One Redis node on a bench: a wall clock that the test sets, and a disk whose syncs take a millisecond.
struct RedisBench {
  var server: RedisServer
  let fsync: RedisTerms.Fsync
  /// Nanoseconds since a whole second of the wall clock, and how far the wall clock was stepped.
  var now: Int64 = 0
  var step: Int64 = 0
  var records: [Record] = []
  /// Answers, oldest first: to whom, and whether yes.
  var answers: [(to: NodeID, isYes: Bool)] = []
  var written: [DiskEntry] = []
  var durable: [DiskEntry] = []
  var syncs: [(due: Int64, snapshot: [DiskEntry])] = []
  var cron: Int64?

  static let second: Int64 = 1_767_225_600_000_000_000
  static let client1 = NodeID(2), client2 = NodeID(3)

  init(_ fsync: RedisTerms.Fsync = .never) {
    self.fsync = fsync
    server = RedisServer(fsync: fsync)
  }

  mutating func handle(_ input: Input<RedisMessage, RedisServer.Timer>, disk: [DiskEntry] = []) {
    var turn = Turn()
    turn.now = LocalClocks(wall: LocalTime(nanos: Self.second + now + step), monotonic: LocalTime(nanos: now))
    turn.me = NodeID(1)
    turn.disk = disk
    server.handle(input, &turn)
    for effect in turn.effects { obey(effect) }
  }

  mutating func obey(_ effect: Effect) {
    switch effect {
    case .send(let envelope, let node): answers.append((node, envelope.read(as: RedisMessage.self).isYes))
    case .record(let record): records.append(record)
    case .persist(let slot, let value):
      written.removeAll { $0.slot == slot }
      if let value { written.append(DiskEntry(slot: slot, value: value)) }
    case .sync: syncs.append((now + 1_000_000, written))
    case .setTimer(_, _, let delay): cron = now + delay.count
    case .cancelTimer, .call, .answer, .open, .close: break
    }
  }

  /// Lets the time run to this millisecond after the whole second.
  mutating func run(to milliseconds: Int64) { runNanos(to: milliseconds * 1_000_000) }

  mutating func runNanos(to end: Int64) {
    while let next = ([cron].compactMap { $0 } + syncs.map(\.due)).min(), next <= end {
      now = next
      if let sync = syncs.first, sync.due == next {
        syncs.removeFirst()
        durable = sync.snapshot
        handle(.synced(0))
      } else {
        cron = nil
        handle(.timer(.cron, key: 0))
      }
    }
    now = end
  }

  /// Sends a command; the answer that came at once, nil if it is still awaited.
  @discardableResult
  mutating func send(
    _ operation: RedisMessage.Operation, value: UInt64 = 7, ttl: Nanos = .milliseconds(100), lock: Int = 0,
    from: NodeID = client1
  ) -> Bool? {
    let count = answers.count
    handle(.message(RedisMessage(operation, LockID(lock), value: value, ttl: ttl), from: from))
    return answers.count > count ? answers.last?.isYes : nil
  }

  /// Kills the process (kill -9), or cuts the power of its machine, and starts it again at once.
  mutating func crash(powerCut: Bool) {
    if powerCut { written = durable }
    syncs = []
    cron = nil
    server = RedisServer(fsync: fsync)
    handle(.restarted, disk: written.sorted { $0.slot < $1.slot })
  }

  /// Whether the key still stands: another's conditional set is refused.
  mutating func survives() -> Bool {
    send(.setIfAbsent, value: 99, from: Self.client2)
    run(to: now / 1_000_000 + 5)
    return answers.last?.isYes == false
  }
}

@Suite("A Redis node")
struct RedisServerTests {
  @Test("sets an absent key once")
  func conditionalSet() {
    var bench = RedisBench()
    #expect(bench.send(.setIfAbsent, value: 7) == true)
    #expect(bench.send(.setIfAbsent, value: 8, from: RedisBench.client2) == false)
    #expect(bench.send(.setIfAbsent, value: 8, lock: 3) == true)
    #expect(bench.records.filter { $0.kind == .voted }.map(\.token.unique) == [7, 8])
  }

  @Test("lets a key of 100 ms live for 100 ms and all of the millisecond after: now > when, in whole ms")
  func strictExpiry() {
    // Set at 0.9 ms, which counts as 0: it lives through all of millisecond 100, to 101 ms less a nanosecond.
    func isGone(at nanos: Int64, setAt start: Int64) -> Bool {
      var bench = RedisBench()
      bench.runNanos(to: start)
      bench.send(.setIfAbsent)
      bench.runNanos(to: nanos)
      return bench.send(.setIfAbsent, value: 8)!
    }
    #expect(!isGone(at: 100_000_000, setAt: 0))
    #expect(!isGone(at: 100_999_999, setAt: 0))
    #expect(isGone(at: 101_000_000, setAt: 0))
    // The shortest life is more than the TTL: set at 0.999999 ms, gone at 101 ms, after 100.000001 ms.
    #expect(!isGone(at: 100_999_999, setAt: 999_999))
    #expect(isGone(at: 101_000_000, setAt: 999_999))
  }

  @Test("deletes by value only: 0 for another's token, 1 for its own, and knows who is wronged")
  func compareAndDelete() {
    var bench = RedisBench()
    bench.send(.setIfAbsent, value: 7)
    #expect(bench.send(.deleteIfEqual, value: 8, from: RedisBench.client2) == false)
    #expect(bench.send(.deleteIfEqual, value: 7) == true)
    #expect(bench.send(.deleteIfEqual, value: 7) == false)
    bench.send(.setIfAbsent, value: 9)
    #expect(bench.send(.delete, from: RedisBench.client2) == true)
    #expect(bench.send(.delete, from: RedisBench.client2) == false)
    let removed = bench.records.filter { $0.kind == .removed }
    #expect(removed.map(\.client) == [RedisBench.client1, RedisBench.client2])
    #expect(removed.map(\.a) == [2, 2])
  }

  @Test("extends by value only, from now on, and never revives a key")
  func compareAndExtend() {
    var bench = RedisBench()
    bench.send(.setIfAbsent, value: 7)
    bench.run(to: 60)
    #expect(bench.send(.extendIfEqual, value: 8) == false)
    #expect(bench.send(.extendIfEqual, value: 7) == true)
    bench.run(to: 160)
    #expect(bench.send(.setIfAbsent, value: 8) == false)
    bench.run(to: 161)
    #expect(bench.send(.extendIfEqual, value: 7) == false)
    #expect(bench.records.map(\.kind) == [.voted, .extended, .leaseExpired])
    // PEXPIRE without a comparison prolongs anybody's key.
    bench.send(.setIfAbsent, value: 8, from: RedisBench.client2)
    #expect(bench.send(.extend, value: 7, ttl: .seconds(5)) == true)
    #expect(bench.records.last?.a == 3)
  }

  @Test("expires by its wall clock: 30 s forward and a key of 10 s is gone, 30 s back and it lives on")
  func wallClock() {
    var bench = RedisBench()
    bench.send(.setIfAbsent, ttl: .seconds(10))
    bench.step = 30_000_000_000
    #expect(bench.send(.setIfAbsent, value: 8, ttl: .seconds(1)) == true)
    // 40 s stand on the clock when 30 s are taken back: a key of 1 s is still there after 2 s of true time.
    bench.step = 0
    bench.run(to: 2000)
    #expect(bench.send(.setIfAbsent, value: 9) == false)
    bench.run(to: 31_000)
    #expect(bench.send(.setIfAbsent, value: 9) == false)
    bench.run(to: 31_001)
    #expect(bench.send(.setIfAbsent, value: 9) == true)
  }

  @Test("looks at its clock once for a command, however it is served")
  func frozenClock() {
    // A turn has one reading of each clock: that the command's two looks agree is in the type. Here the
    // expiry and the new life are counted from the same millisecond.
    var bench = RedisBench()
    bench.send(.setIfAbsent)
    bench.run(to: 101)
    bench.send(.setIfAbsent, value: 8)
    bench.runNanos(to: 201_999_999)
    #expect(bench.send(.setIfAbsent, value: 9) == false)
    bench.run(to: 202)
    #expect(bench.send(.setIfAbsent, value: 9) == true)
  }
}

@Suite("What a Redis node keeps")
struct RedisDurabilityTests {
  /// Whether a key, set `primed` ms after an earlier one or alone, survives a crash `cut` ms after its
  /// answer.
  static func survives(
    _ fsync: RedisTerms.Fsync, powerCut: Bool, cut: Int64 = 2, primed: Int64? = nil
  ) -> Bool {
    var bench = RedisBench(fsync)
    bench.run(to: 3000)
    if let primed {
      bench.send(.setIfAbsent, lock: 1)
      bench.run(to: 3000 + primed)
    }
    bench.send(.setIfAbsent, ttl: .seconds(10))
    if fsync == .always { bench.run(to: 3001 + (primed ?? 0)) }
    #expect(bench.answers.last?.isYes == true)
    bench.run(to: 3000 + (primed ?? 0) + cut)
    bench.crash(powerCut: powerCut)
    return bench.survives()
  }

  @Test("after kill -9: nothing without persistence, everything that was answered with it")
  func processCrash() {
    #expect(!Self.survives(.never, powerCut: false))
    #expect(Self.survives(.everysec, powerCut: false, primed: 100))
    #expect(Self.survives(.always, powerCut: false))
  }

  @Test("after a power cut: everything that was answered with `always`, nothing without persistence")
  func powerCut() {
    #expect(!Self.survives(.never, powerCut: true))
    #expect(Self.survives(.always, powerCut: true))
  }

  @Test("with everysec syncs only when the wall clock's second has changed since the last sync")
  func everysec() {
    // Idle for more than a second, set, cut 50 ms later: survives. Primed at the start of a second, set 100
    // ms later, cut after 50 ms: lost; cut after 1100 ms: survives.
    #expect(Self.survives(.everysec, powerCut: true, cut: 50))
    #expect(!Self.survives(.everysec, powerCut: true, cut: 50, primed: 100))
    #expect(Self.survives(.everysec, powerCut: true, cut: 1100, primed: 100))
    // Cut before the millisecond of the sync is over: lost, though answered.
    #expect(!Self.survives(.everysec, powerCut: true, cut: 0))
  }

  @Test(
    "with everysec ties the second to the wall clock: stepped back, nothing is synced until it is caught up")
  func everysecOnTheWall() {
    var bench = RedisBench(.everysec)
    bench.send(.setIfAbsent, lock: 1)
    bench.run(to: 500)
    bench.step = -5_000_000_000
    bench.send(.setIfAbsent, ttl: .seconds(60))
    bench.run(to: 5900)
    #expect(bench.durable.map(\.slot) == [1])
    bench.run(to: 6200)
    #expect(bench.durable.map(\.slot).sorted() == [0, 1])
  }

  @Test("with `always` answers after the sync, and serves nobody meanwhile")
  func always() {
    var bench = RedisBench(.always)
    #expect(bench.send(.setIfAbsent) == nil)
    #expect(bench.send(.setIfAbsent, value: 8, from: RedisBench.client2) == nil)
    #expect(bench.send(.deleteIfEqual) == nil)
    bench.run(to: 1)
    #expect(bench.answers.map(\.isYes) == [true, false])
    bench.run(to: 2)
    #expect(bench.answers.map(\.isYes) == [true, false, true])
    // What changes nothing needs no sync.
    #expect(bench.send(.deleteIfEqual) == false)
  }

  @Test("finds after a restart what its disk holds, with the expiry of before")
  func restart() {
    var bench = RedisBench(.always)
    bench.send(.setIfAbsent, ttl: .milliseconds(50))
    bench.run(to: 10)
    bench.crash(powerCut: true)
    #expect(bench.send(.setIfAbsent, value: 8) == false)
    #expect(bench.send(.deleteIfEqual, value: 7) == nil)
    bench.run(to: 12)
    bench.crash(powerCut: true)
    bench.send(.setIfAbsent, value: 8)
    bench.run(to: 14)
    #expect(bench.answers.last?.isYes == true)
  }

  @Test("writes an expiry down, so that a clock set back after a crash revives nothing")
  func expiryIsWritten() {
    var bench = RedisBench(.always)
    bench.send(.setIfAbsent)
    bench.run(to: 200)
    #expect(bench.send(.deleteIfEqual) == nil)
    bench.run(to: 210)
    #expect(bench.answers.last?.isYes == false)
    bench.crash(powerCut: true)
    bench.step = -150_000_000
    bench.send(.setIfAbsent, value: 8)
    bench.run(to: 220)
    #expect(bench.answers.last?.isYes == true)
  }
}

@Suite("A Redis node's script that sets a key if it is absent or equal")
struct SetIfAbsentOrEqualTests {
  @Test("creates a key, prolongs its own, and leaves another's alone")
  func creates() {
    var bench = RedisBench()
    #expect(bench.send(.setIfAbsentOrEqual, value: 7) == true)
    bench.run(to: 60)
    #expect(bench.send(.setIfAbsentOrEqual, value: 8, from: RedisBench.client2) == false)
    #expect(bench.send(.setIfAbsentOrEqual, value: 7) == true)
    bench.run(to: 150)
    #expect(bench.send(.setIfAbsent, value: 8) == false)
    bench.run(to: 170)
    // Gone since 161 ms, and back.
    #expect(bench.send(.setIfAbsentOrEqual, value: 7) == true)
    #expect(bench.records.map(\.kind) == [.voted, .extended, .leaseExpired, .voted])
  }
}
