import Contract
import Testing

@testable import Locks
@testable import Services

/// A lock client on a bench: a clock that the test sets, and the test plays the table. The lease is 10 s.
struct DynamoDBBench {
  var client: DynamoDBClient
  var now: Int64 = 0
  var chance = Chance(salt: 3)
  var sent: [TableMessage] = []
  var answers: [Answer] = []
  var records: [Record] = []
  /// When each timer is due, by name.
  var timers: [UInt8: Int64] = [:]

  init(given: [(name: String, value: SettingValue)] = []) {
    let settings = Settings(DynamoDB.parameters, given: given + [("drift", .rate(0))])
    let seat = Seat(
      node: NodeID(2), topology: Topology(services: 1, layers: 0, clients: 2),
      lease: LeaseTerms(ttl: .seconds(10), refresh: .seconds(3)))
    client = DynamoDBClient(DynamoDBTerms(settings), seat)
    handle(.start)
  }

  mutating func handle(_ input: Input<TableMessage, DynamoDBClient.Timer>) {
    var turn = Turn()
    turn.now = LocalClocks(wall: LocalTime(nanos: -now), monotonic: LocalTime(nanos: now))
    turn.chance = chance
    client.handle(input, &turn)
    chance = turn.chance
    for effect in turn.effects {
      switch effect {
      case .send(let envelope, _): sent.append(envelope.read(as: TableMessage.self))
      case .record(let record): records.append(record)
      case .answer(let answer): answers.append(answer)
      case .setTimer(let name, _, let delay): timers[name] = now + delay.count
      case .cancelTimer(let name, _): timers[name] = nil
      default: Issue.record("the client only talks")
      }
    }
  }

  mutating func call(_ call: Call) { handle(.call(call)) }

  /// The table answers the latest request.
  mutating func reply(_ kind: TableMessage.Kind, _ item: TableItem? = nil) {
    handle(.message(sent.last!.answer(kind, item), from: NodeID(1)))
  }

  mutating func fire(_ timer: DynamoDBClient.Timer) {
    guard let due = timers.removeValue(forKey: timer.rawValue) else {
      Issue.record("no timer \(timer) is set")
      return
    }
    now = due
    handle(.timer(timer, key: 0))
  }

  /// Takes a free lock at once.
  mutating func take() {
    call(.acquire(LockID(0)))
    reply(.item)
    reply(.done)
  }

  static func others(_ version: UInt64) -> TableItem {
    TableItem(owner: 99, version: version, lease: .seconds(10))
  }

  var lastDeadline: Int64? {
    switch answers.last {
    case .acquired(_, let grant): grant.deadline.nanos
    case .refreshed(_, _, let deadline): deadline.nanos
    case .refreshTimedOut(_, _, let deadline): deadline?.nanos
    default: nil
    }
  }
  var isLost: Bool { if case .lost = answers.last { true } else { false } }
}

@Suite("The dynamodb lock client")
struct DynamoDBClientTests {
  /// 10 s less 2 ms, from 1 s at which the write was sent, not from 3 s at which the answer came.
  @Test("counts its lease from before it sent the write")
  func ownDeadline() {
    var bench = DynamoDBBench()
    bench.call(.acquire(LockID(0)))
    bench.now = 1_000_000_000
    bench.reply(.item)
    #expect(bench.sent.last?.condition == .isAbsent)
    bench.now = 3_000_000_000
    bench.reply(.done)
    #expect(bench.lastDeadline == 10_998_000_000)
    #expect(bench.records.map(\.kind) == [.acquireSent])
  }

  /// First seen at 2 s, when the answer came, although asked for at 0: not more than a lease old at 12 s.
  @Test("takes over only after more than a lease since it read the version")
  func takeover() {
    for late in [0, 1] as [Int64] {
      var bench = DynamoDBBench()
      bench.call(.acquire(LockID(0)))
      bench.now = 2_000_000_000
      bench.reply(.item, DynamoDBBench.others(7))
      bench.fire(.look)
      bench.now = 12_000_000_000 + late
      bench.reply(.item, DynamoDBBench.others(7))
      #expect((bench.sent.last?.kind == .put) == (late == 1))
      if late == 1 {
        #expect(bench.sent.last?.condition == .hasVersion && bench.sent.last?.expected == 7)
      }
    }
  }

  @Test("starts its watch again when the version has changed")
  func heartbeatSeen() {
    var bench = DynamoDBBench()
    bench.call(.acquire(LockID(0)))
    bench.reply(.item, DynamoDBBench.others(7))
    bench.fire(.look)
    bench.now = 9_000_000_000
    bench.reply(.item, DynamoDBBench.others(8))
    bench.fire(.look)
    bench.now = 18_000_000_000
    bench.reply(.item, DynamoDBBench.others(8))
    #expect(bench.sent.last?.kind == .get)
    bench.fire(.look)
    bench.now = 19_000_000_001
    bench.reply(.item, DynamoDBBench.others(8))
    #expect(bench.sent.last?.expected == 8)
  }

  @Test("forgets what it watched when it asks for the lock another time")
  func freshWatch() {
    var bench = DynamoDBBench()
    bench.call(.acquire(LockID(0)))
    bench.reply(.item, DynamoDBBench.others(7))
    bench.call(.release(LockID(0)))
    bench.now = 20_000_000_000
    bench.call(.acquire(LockID(0)))
    bench.reply(.item, DynamoDBBench.others(7))
    #expect(bench.sent.last?.kind == .get)
  }

  @Test("asks for a heartbeat with the version it knows, and knows the new one once it is told")
  func heartbeat() {
    var bench = DynamoDBBench()
    bench.take()
    let first = bench.sent.last!.item.version
    bench.now = 3_000_000_000
    bench.call(.refresh(LockID(0), number: 1))
    #expect(bench.sent.last?.kind == .renew && bench.sent.last?.expected == first)
    let second = bench.sent.last!.item.version
    bench.now = 3_500_000_000
    bench.reply(.done)
    #expect(bench.lastDeadline == 12_998_000_000)
    bench.call(.refresh(LockID(0), number: 2))
    #expect(bench.sent.last?.expected == second)
  }

  @Test("drops its lock when a heartbeat is refused, even for its own lost answer")
  func lostReply() {
    var bench = DynamoDBBench()
    bench.take()
    let first = bench.sent.last!.item.version
    bench.call(.refresh(LockID(0), number: 1))
    let late = bench.sent.last!.answer(.done)
    bench.fire(.timeout)
    #expect(bench.lastDeadline == nil)
    bench.handle(.message(late, from: NodeID(1)))
    bench.call(.refresh(LockID(0), number: 2))
    #expect(bench.sent.last?.expected == first)
    bench.reply(.refused)
    #expect(bench.isLost)
  }

  @Test("sends no heartbeat for a lease that is over by its own clock")
  func expired() {
    var bench = DynamoDBBench()
    bench.take()
    let count = bench.sent.count
    bench.now = 10_000_000_001
    bench.call(.refresh(LockID(0), number: 1))
    #expect(bench.sent.count == count)
    #expect(bench.isLost)
  }

  /// A heartbeat sent at 3 s finds nobody until 4 s: the lease then lasts until 14 s, or 10 s without.
  @Test("counts on without the table only where it is told to", arguments: [true, false])
  func holdOn(_ holds: Bool) {
    var bench = DynamoDBBench(given: [("holdLockOnServiceUnavailable", .flag(holds))])
    bench.take()
    bench.now = 3_000_000_000
    bench.call(.refresh(LockID(0), number: 1))
    bench.fire(.timeout)
    #expect(bench.lastDeadline == (holds ? 13_998_000_000 : nil))
    bench.now = 13_000_000_000
    bench.call(.refresh(LockID(0), number: 2))
    #expect(bench.isLost == !holds)
  }

  @Test("gives back what an attempt without an answer may have got")
  func timedOutAttempt() {
    var bench = DynamoDBBench()
    bench.call(.acquire(LockID(0)))
    bench.reply(.item)
    let version = bench.sent.last!.item.version
    bench.fire(.timeout)
    #expect(bench.sent.last?.kind == .delete)
    #expect(bench.sent.last?.condition == .isOwn && bench.sent.last?.expected == version)
    #expect(bench.records.map(\.kind) == [.acquireSent, .attemptEnded])
    bench.fire(.look)
    bench.reply(.item)
    #expect(bench.sent.last?.kind == .put && bench.sent.last?.item.version != version)
  }

  @Test("waits with a release for the heartbeat under way, whose version it needs")
  func releaseDuringHeartbeat() {
    var bench = DynamoDBBench(given: [("deleteLockOnRelease", .flag(false))])
    bench.take()
    bench.call(.refresh(LockID(0), number: 1))
    let version = bench.sent.last!.item.version
    bench.call(.release(LockID(0)))
    #expect(bench.sent.last?.kind == .renew)
    bench.reply(.done)
    #expect(bench.sent.last?.kind == .release && bench.sent.last?.expected == version)
    bench.reply(.done)
    if case .released = bench.answers.last {} else { Issue.record("the release is over") }
  }
}
