import Contract
import Testing

@testable import Services

/// A lock layer's client on a bench: what it sends and answers, by hand.
private struct LayerClientBench {
  static let layer = LayerBench.topology.node(.layer, 1)!

  var client: LockLayerClient
  var now = LocalTime(nanos: 0)
  var sent: [LockLayerMessage] = []
  var answers: [Answer] = []
  /// The delays with which the alarm was set.
  var alarms: [Nanos] = []

  init(_ given: [(name: String, value: SettingValue)] = []) {
    let terms = LockLayerTerms(Settings(LockLayerTerms.parameters, given: given), expiry: .versions)
    let lease = LeaseTerms(ttl: LayerBench.ttl, refresh: .seconds(3))
    client = LockLayerClient(
      terms, Seat(node: LayerBench.client1, topology: LayerBench.topology, lease: lease))
  }

  mutating func handle(_ input: Input<LockLayerMessage, LockLayerClient.Timer>) {
    var turn = Turn()
    turn.now = LocalClocks(wall: now, monotonic: now)
    turn.me = LayerBench.client1
    client.handle(input, &turn)
    for effect in turn.effects {
      switch effect {
      case .send(let envelope, _): sent.append(envelope.read(as: LockLayerMessage.self))
      case .answer(let answer): answers.append(answer)
      case .setTimer(LockLayerClient.Timer.alarm.rawValue, _, let delay): alarms.append(delay)
      default: break
      }
    }
  }

  /// The layer answers the request that was sent last.
  mutating func answer(_ kind: LockLayerMessage.Kind, lease: UInt64 = 5, version: Int64 = 0) {
    guard let asked = sent.last else { return }
    var reply = LockLayerMessage(
      kind, lock: asked.lock, lease: lease, attempt: asked.attempt, request: asked.request)
    reply.version = version
    handle(.message(reply, from: LayerClientBench.layer))
  }

  /// The grant that the program was told of last.
  var grant: Grant? {
    for case .acquired(_, let grant) in answers.reversed() { return grant }
    return nil
  }
}

@Suite("a lock layer's client, message by message")
struct LockLayerClientTests {
  /// Asks for a lease at 0 s, hears of it at 2 s, and has the lock at once.
  private func acquire(_ given: [(name: String, value: SettingValue)] = []) -> LayerClientBench {
    var bench = LayerClientBench(given)
    bench.handle(.call(.acquire(LockID(0))))
    bench.now = LocalTime(nanos: 2_000_000_000)
    bench.answer(.leaseCreated)
    bench.answer(.locked, version: 77)
    return bench
  }

  @Test("asks for a lease first, for the lock under it then, and passes the version on as the token")
  func order() {
    let bench = acquire()
    #expect(bench.sent.map(\.kind) == [.createLease, .lock])
    #expect(bench.sent.last?.lease == 5)
    #expect(bench.grant?.token.order == 77)
  }

  @Test("counts its lease from the moment it asked, less 1 % and 2 ms; from the answer only with the hole")
  func deadline() {
    let careful = acquire().grant
    #expect(careful?.asked == LocalTime(nanos: 0))
    #expect(careful?.deadline == LocalTime(nanos: 9_898_000_000))
    let careless = acquire([("countsFrom", .choice("received"))]).grant
    #expect(careless?.asked == LocalTime(nanos: 2_000_000_000))
    #expect(careless?.deadline == LocalTime(nanos: 11_898_000_000))
  }

  /// Refresh every 3 s, patience 5 s; the lease is asked for at 0 s.
  @Test("one alarm serves the lease and the locks under it, and rings for whatever falls due first")
  func alarm() {
    var bench = acquire()
    #expect(bench.alarms == [.seconds(3)])
    // The refresh is sent at 3 s, and no answer comes until 8 s. At 7 s patience with the lock's request of
    // 2 s would have ended, had it not been answered.
    let rings: [(second: Int64, sent: Int, rest: Int64)] = [
      (3, 3, 3), (6, 3, 1), (7, 3, 1), (8, 3, 0), (8, 4, 3),
    ]
    for (second, kinds, rest) in rings {
      bench.now = LocalTime(nanos: second * 1_000_000_000)
      bench.handle(.timer(.alarm, key: 0))
      #expect(bench.sent.count == kinds)
      #expect(bench.alarms.last == .seconds(rest))
    }
    #expect(bench.sent.suffix(2).map(\.kind) == [.refresh, .refresh])
  }

  @Test("is told that its lock is lost when a refresh finds no lease")
  func lost() {
    var bench = acquire()
    bench.now = LocalTime(nanos: 3_000_000_000)
    bench.handle(.timer(.alarm, key: 0))
    #expect(bench.sent.last?.kind == .refresh)
    bench.answer(.leaseGone)
    guard case .lost(let lock) = bench.answers.last else {
      Issue.record("nobody was told")
      return
    }
    #expect(lock == LockID(0))
  }

  @Test("believes no answer to a request that it has given up")
  func lateAnswer() {
    var bench = LayerClientBench()
    bench.handle(.call(.acquire(LockID(0))))
    bench.answer(.leaseCreated)
    let given = bench.sent.last!
    bench.now = LocalTime(nanos: 5_000_000_000)
    bench.handle(.timer(.alarm, key: 0))
    var late = LockLayerMessage(
      .locked, lock: given.lock, lease: 5, attempt: given.attempt, request: given.request)
    late.version = 77
    bench.handle(.message(late, from: LayerClientBench.layer))
    #expect(bench.grant == nil)
    #expect(bench.sent.last?.kind == .unlock)
    #expect(bench.sent.last?.attempt == given.attempt)
  }
}
