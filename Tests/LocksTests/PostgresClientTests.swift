import Contract
import Testing

@testable import Locks
@testable import Services

/// A client on a bench, with a lock each for its program to ask for; the test plays the server.
final class PostgresClientBench {
  var client: PostgresClient
  var now: Int64 = 0
  var chance = Chance(salt: 3)
  var sent: [PostgresMessage] = []
  /// What the client asked of its kernel or sent to the other one: `open 1`.
  var kernel: [String] = []
  var answers: [String] = []
  var records: [Record.Kind] = []
  var timers: [UInt8: Int64] = [:]

  init() {
    let seat = Seat(
      node: NodeID(2), topology: Topology(services: 1, layers: 0, clients: 2),
      lease: LeaseTerms(ttl: .seconds(10), refresh: .seconds(3)))
    let given: [(name: String, value: SettingValue)] = [
      ("keepaliveIdle", .duration(.seconds(5))), ("keepaliveInterval", .duration(.seconds(1))),
      ("keepaliveCount", .count(2)),
    ]
    client = PostgresClient(PostgresTerms(Settings(Postgres.parameters, given: given)), seat)
    handle(.start)
  }

  func handle(_ input: Input<PostgresInbox, PostgresClient.Timer>) {
    var turn = Turn()
    turn.now = LocalClocks(wall: LocalTime(nanos: 0), monotonic: LocalTime(nanos: now))
    turn.chance = chance
    client.handle(input, &turn)
    chance = turn.chance
    for effect in turn.effects { obey(effect) }
  }

  private func obey(_ effect: Effect) {
    switch effect {
    case .send(let envelope, _):
      if let message = PostgresMessage(opening: envelope) { sent.append(message) }
      if let message = ConnectionMessage(opening: envelope) {
        kernel.append("\(message.kind) \(message.connection)")
      }
    case .open(let number, _): kernel.append("open \(number)")
    case .close(let number, _): kernel.append("close \(number)")
    case .record(let record): records.append(record.kind)
    case .answer(.acquired): answers.append("acquired")
    case .answer(.lost): answers.append("lost")
    case .answer(.released): answers.append("released")
    case .answer(.refreshed): answers.append("refreshed")
    case .answer(.refreshTimedOut): answers.append("refresh timed out")
    case .setTimer(let name, _, let delay): timers[name] = now + delay.count
    case .cancelTimer(let name, _): timers[name] = nil
    case .answer, .call, .persist, .sync: Issue.record("not a client's")
    }
  }

  /// The server answers the latest request.
  func reply(_ kind: PostgresMessage.Kind) { handle(.message(.sql(sent.last!.reply(kind)), from: NodeID(1))) }
  func hear(_ kind: ConnectionMessage.Kind, _ connection: UInt64 = 1) {
    handle(.message(.connection(ConnectionMessage(kind, connection)), from: NodeID(1)))
  }

  func fire(_ timer: PostgresClient.Timer) {
    guard let due = timers.removeValue(forKey: timer.rawValue) else {
      Issue.record("no timer \(timer) is set")
      return
    }
    now = due
    handle(.timer(timer, key: 0))
  }

  func acquire() { handle(.call(.acquire(LockID(0)))) }
  func release() { handle(.call(.release(LockID(0)))) }

  func take() {
    acquire()
    reply(.ready)
    reply(.locked)
  }

  var kinds: [PostgresMessage.Kind] { sent.map(\.kind) }
}

@Suite("The postgres client")
struct PostgresClientTests {
  let bench = PostgresClientBench()

  @Test("connects, asks, waits in silence, and says that it has the lock")
  func wait() {
    bench.acquire()
    bench.reply(.ready)
    bench.reply(.queued)
    #expect(bench.timers[PostgresClient.Timer.again.rawValue] == nil)
    bench.reply(.locked)
    #expect(bench.kinds == [.connect, .lock, .received])
    #expect(bench.answers == ["acquired"])
    #expect(bench.records == [.connected, .acquireSent])
  }

  @Test("sends a request again, with the same number, until it is answered")
  func again() {
    bench.acquire()
    bench.fire(.connect)
    bench.reply(.ready)
    bench.fire(.again)
    #expect(bench.kinds == [.connect, .connect, .lock, .lock])
    #expect(bench.sent[2].request == bench.sent[3].request && bench.sent[2].attempt == bench.sent[3].attempt)
    #expect(bench.records == [.connected, .acquireSent])
  }

  @Test("acknowledges a grant that comes twice, and reports it once")
  func grantTwice() {
    bench.take()
    let message = bench.sent.last!.reply(.locked)
    bench.handle(.message(.sql(message), from: NodeID(1)))
    #expect(bench.kinds == [.connect, .lock, .received, .received])
    #expect(bench.answers == ["acquired"])
  }

  @Test("keeps its connection from section to section")
  func secondSection() {
    bench.take()
    bench.release()
    bench.reply(.unlocked)
    bench.acquire()
    #expect(bench.kinds.suffix(2) == [.unlock, .lock])
    #expect(bench.sent.last!.request > bench.sent[bench.sent.count - 2].request)
    #expect(bench.answers == ["acquired", "released"])
  }

  @Test("has lost its lock when the connection is reset, and needs no release then")
  func resetWhileHolding() {
    bench.take()
    bench.hear(.reset)
    #expect(bench.answers == ["acquired", "lost"])
    let count = bench.sent.count
    bench.release()
    #expect(bench.sent.count == count)
    #expect(bench.answers == ["acquired", "lost", "released"])
    bench.acquire()
    #expect(bench.kernel == ["open 1", "open 2"])
  }

  @Test("asks anew, as another attempt, when the connection is reset while it waits")
  func resetWhileWaiting() {
    bench.acquire()
    bench.reply(.ready)
    let first = bench.sent.last!.attempt
    bench.reply(.queued)
    bench.hear(.reset)
    bench.reply(.ready)
    #expect(bench.kinds == [.connect, .lock, .connect, .lock])
    #expect(bench.sent.last!.attempt != first && bench.sent.last!.connection == 2)
    #expect(bench.records == [.connected, .acquireSent, .attemptEnded, .connected, .acquireSent])
  }

  @Test("resets a connection that it has not open, and hears nothing of what was said on it")
  func staleConnection() {
    bench.acquire()
    bench.reply(.ready)
    let stale = bench.sent.last!.reply(.locked)
    bench.hear(.reset)
    bench.handle(.message(.sql(stale), from: NodeID(1)))
    #expect(bench.kernel.last == "reset 1")
    #expect(bench.answers == [])
  }

  @Test("does not wait longer than it may for an unlock, and sends it again nevertheless")
  func slowUnlock() {
    bench.take()
    bench.release()
    bench.fire(.timeout)
    #expect(bench.answers == ["acquired", "released"])
    bench.fire(.again)
    #expect(bench.kinds.suffix(2) == [.unlock, .unlock])
    bench.reply(.unlocked)
    #expect(bench.answers == ["acquired", "released"])
    #expect(bench.timers[PostgresClient.Timer.again.rawValue] == nil)
  }

  @Test("refreshes by a round trip on the connection")
  func ping() {
    bench.take()
    bench.handle(.call(.refresh(LockID(0), number: 1)))
    #expect(bench.sent.last?.kind == .ping)
    bench.reply(.pong)
    bench.handle(.call(.refresh(LockID(0), number: 2)))
    bench.fire(.timeout)
    #expect(bench.answers == ["acquired", "refreshed", "refresh timed out"])
  }

  /// Silent since 0: probes at 5 and 6 s, given up at 7 s.
  @Test("gives a silent connection up after the last probe")
  func keepalive() {
    bench.take()
    for _ in 1...3 { bench.fire(.keepalive) }
    #expect(bench.now == 7_000_000_000)
    #expect(bench.kernel == ["open 1", "probe 1", "probe 1", "close 1"])
    #expect(bench.answers == ["acquired", "lost"])
  }

  @Test("closes its connection after its last section")
  func finish() {
    bench.take()
    bench.handle(.call(.finish))
    #expect(bench.kernel == ["open 1", "close 1"])
    #expect(bench.timers[PostgresClient.Timer.keepalive.rawValue] == nil)
  }
}
