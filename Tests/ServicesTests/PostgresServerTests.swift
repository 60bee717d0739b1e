import Contract
import Testing

@testable import Services

/// A PostgreSQL server on a bench; keepalives of 5 s and 3 x 1 s. The test is all clients and their kernels.
final class PostgresBench {
  var server: PostgresServer
  var now: Int64 = 0
  /// `1 locked`: to which client, and what.
  var said: [String] = []
  var records: [Record] = []
  /// When each timer is due, by name and key.
  var timers: [(name: UInt8, key: UInt64, due: Int64)] = []
  var written: [DiskEntry] = []
  var syncs: [UInt64] = []

  static let settings = Settings(
    PostgresTerms.parameters,
    given: [
      ("keepaliveIdle", .duration(.seconds(5))), ("keepaliveInterval", .duration(.seconds(1))),
      ("keepaliveCount", .count(3)),
    ])

  init() { server = PostgresServer(PostgresTerms(PostgresBench.settings)) }

  func handle(_ input: Input<PostgresInbox, PostgresServer.Timer>, disk: [DiskEntry] = []) {
    var turn = Turn()
    turn.now = LocalClocks(wall: LocalTime(nanos: 0), monotonic: LocalTime(nanos: now))
    turn.me = NodeID(1)
    turn.disk = disk
    server.handle(input, &turn)
    for effect in turn.effects { obey(effect) }
  }

  private func obey(_ effect: Effect) {
    switch effect {
    case .send(let envelope, let node): said.append("\(node.index - 1) \(words(envelope))")
    case .record(let record): records.append(record)
    case .setTimer(let name, let key, let delay):
      timers.removeAll { $0.name == name && $0.key == key }
      timers.append((name, key, now + delay.count))
    case .cancelTimer(let name, let key): timers.removeAll { $0.name == name && $0.key == key }
    case .open(let number, let node): said.append("\(node.index - 1) open \(number)")
    case .close(let number, let node): said.append("\(node.index - 1) close \(number)")
    case .persist(let slot, let value):
      written.removeAll { $0.slot == slot }
      if let value { written.append(DiskEntry(slot: slot, value: value)) }
    case .sync(let ticket): syncs.append(ticket)
    case .call, .answer: Issue.record("a server has no program")
    }
  }

  private func words(_ envelope: Envelope) -> String {
    if let message = PostgresMessage(opening: envelope) { return "\(message.kind)" }
    if let message = ConnectionMessage(opening: envelope) { return "\(message.kind)" }
    let reply = AccessMessage(opening: envelope)!.reply!
    return "\(reply.outcome) v\(reply.version)"
  }

  /// Client k, node k + 1, says something on its connection; requests are numbered like attempts.
  func say(
    _ kind: PostgresMessage.Kind, _ client: Int, attempt: UInt64 = 0, on connection: UInt64 = 1
  ) -> [String] {
    let message = PostgresMessage(
      kind, connection: connection, lock: LockID(0), attempt: attempt, request: Int64(attempt % 100))
    return answers { $0.handle(.message(.sql(message), from: NodeID(client + 1))) }
  }

  func kernel(_ kind: ConnectionMessage.Kind, _ client: Int, on connection: UInt64 = 1) -> [String] {
    let message = ConnectionMessage(kind, connection)
    return answers { $0.handle(.message(.connection(message), from: NodeID(client + 1))) }
  }

  func access(_ client: Int, attempt: UInt64, id: Int64 = 1, writes: Bool = true) -> [String] {
    let access = Access(
      lock: LockID(0), writes: writes, id: id, token: Token(unique: attempt), stamp: 1, base: 0, value: 1)
    let message = AccessMessage(writes ? .write : .read, access)
    return answers { $0.handle(.message(.access(message), from: NodeID(client + 1))) }
  }

  func finishSync() -> [String] {
    let ticket = syncs.removeFirst()
    return answers { $0.handle(.synced(ticket)) }
  }

  private func answers(_ step: (PostgresBench) -> Void) -> [String] {
    let count = said.count
    step(self)
    return Array(said[count...])
  }

  /// Lets the time run, timer after timer; what the server said on the way, each with its second.
  func run(to seconds: Int64) -> [String] {
    var heard: [String] = []
    let end = seconds * 1_000_000_000
    while let next = timers.min(by: { ($0.due, $0.key) < ($1.due, $1.key) }), next.due <= end {
      now = next.due
      timers.removeAll { $0.name == next.name && $0.key == next.key }
      let said = answers { $0.handle(.timer(PostgresServer.Timer(rawValue: next.name)!, key: next.key)) }
      heard += said.map { "\($0) at \(now / 1_000_000_000)" }
    }
    now = end
    return heard
  }

  func facts(_ kinds: [Record.Kind]) -> [Record.Kind] { records.map(\.kind).filter(kinds.contains) }
}

@Suite("A PostgreSQL server and its advisory locks")
struct PostgresServerTests {
  let bench = PostgresBench()

  init() {
    for client in 1...3 { _ = bench.say(.connect, client) }
  }

  /// Client 1 has the lock by attempt 11 and has acknowledged it.
  func hold() {
    _ = bench.say(.lock, 1, attempt: 11)
    _ = bench.say(.received, 1, attempt: 11)
  }

  @Test("a connection is accepted once, and a repeated request for it is answered again")
  func connect() {
    #expect(bench.said == ["1 open 1", "1 ready", "2 open 1", "2 ready", "3 open 1", "3 ready"])
    #expect(bench.say(.connect, 1) == ["1 ready"])
  }

  @Test("waiters get the lock in the order of asking, each when the one before unlocks")
  func queue() {
    #expect(bench.say(.lock, 1, attempt: 11) == ["1 locked"])
    #expect(bench.say(.lock, 2, attempt: 22) == ["2 queued"])
    #expect(bench.say(.lock, 3, attempt: 33) == ["3 queued"])
    #expect(bench.say(.lock, 2, attempt: 22) == ["2 queued"])
    #expect(bench.say(.unlock, 1, attempt: 12) == ["1 unlocked"])
    #expect(bench.say(.unlock, 1, attempt: 11) == [])
    #expect(bench.facts([.voted, .removed]) == [.voted])
  }

  @Test("an unlock passes the lock on to the first who waits")
  func unlock() {
    hold()
    _ = bench.say(.lock, 2, attempt: 22)
    _ = bench.say(.lock, 3, attempt: 33)
    #expect(bench.say(.unlock, 1, attempt: 11) == ["2 locked", "1 unlocked"])
    #expect(bench.say(.unlock, 2, attempt: 22) == ["3 locked", "2 unlocked"])
    #expect(bench.facts([.voted, .removed]) == [.voted, .removed, .voted, .removed, .voted])
  }

  @Test("an unlock of a waiter takes it out of the queue, and nobody unlocks for another")
  func foreignUnlock() {
    hold()
    _ = bench.say(.lock, 2, attempt: 22)
    #expect(bench.say(.unlock, 3, attempt: 33) == ["3 unlocked"])
    #expect(bench.say(.unlock, 2, attempt: 22) == ["2 unlocked"])
    #expect(bench.say(.unlock, 1, attempt: 11) == ["1 unlocked"])
    #expect(bench.facts([.voted]) == [.voted])
  }

  @Test("a lock asked for after a lost unlock queues up behind those who wait")
  func impliedUnlock() {
    hold()
    _ = bench.say(.lock, 2, attempt: 22)
    #expect(bench.say(.lock, 1, attempt: 13) == ["2 locked", "1 queued"])
    #expect(bench.facts([.voted, .removed]) == [.voted, .removed, .voted])
  }

  @Test("a request that a later one of its session has overtaken is ignored, as TCP would")
  func overtaken() {
    hold()
    #expect(bench.say(.unlock, 1, attempt: 11) == ["1 unlocked"])
    _ = bench.say(.unlock, 1, attempt: 12)
    #expect(bench.say(.lock, 1, attempt: 11) == [])
    #expect(bench.say(.lock, 2, attempt: 22) == ["2 locked"])
  }

  @Test("a grant is told again every second until the client has it")
  func unheardGrant() {
    _ = bench.say(.lock, 1, attempt: 11)
    #expect(bench.run(to: 2) == ["1 locked at 1", "1 locked at 2"])
    _ = bench.say(.received, 1, attempt: 11)
    #expect(bench.run(to: 4) == [])
  }

  @Test("a reset ends the session at once, and its lock goes to the next")
  func reset() {
    hold()
    _ = bench.say(.lock, 2, attempt: 22)
    #expect(bench.kernel(.reset, 1) == ["2 locked"])
    #expect(bench.say(.ping, 1, attempt: 14) == ["1 reset"])
    #expect(bench.records.first { $0.kind == .removed }?.a == 2)
  }

  /// Silent since 0: probes at 5, 6 and 7 s, given up at 8 s.
  @Test("a client whose kernel does not answer is given up after the last probe")
  func dead() {
    hold()
    _ = bench.say(.lock, 2, attempt: 22)
    let heard = bench.run(to: 7).filter { $0.hasPrefix("1") }
    #expect(heard == ["1 probe at 5", "1 probe at 6", "1 probe at 7"])
    for client in [2, 3] { _ = bench.kernel(.alive, client) }
    #expect(bench.run(to: 8).prefix(2) == ["1 close 1 at 8", "2 locked at 8"])
    #expect(bench.facts([.leaseExpired, .removed]) == [.leaseExpired])
  }

  @Test("a client whose kernel answers keeps its lock, however long it says nothing")
  func alive() {
    hold()
    for second in stride(from: 5 as Int64, to: 600, by: 5) {
      _ = bench.run(to: second)
      for client in 1...3 { _ = bench.kernel(.alive, client) }
    }
    #expect(bench.facts([.leaseExpired, .removed]) == [])
    #expect(bench.say(.lock, 2, attempt: 22) == ["2 queued"])
  }

  @Test("a session ends alone: another of the same client lives on")
  func twoSessions() {
    hold()
    #expect(bench.say(.connect, 1, on: 2) == ["1 open 2", "1 ready"])
    #expect(bench.say(.lock, 1, attempt: 25, on: 2) == ["1 queued"])
    #expect(bench.kernel(.reset, 1, on: 1) == ["1 locked"])
    #expect(bench.say(.ping, 1, attempt: 26, on: 2) == ["1 pong"])
  }

  @Test("a write commits only for the grant that holds the lock, and is answered once it is on the disk")
  func write() {
    hold()
    #expect(bench.access(2, attempt: 11) == ["2 refusedToken v0"])
    #expect(bench.access(1, attempt: 10) == ["1 refusedToken v0"])
    #expect(bench.access(1, attempt: 11) == [])
    #expect(bench.facts([.writeApplied, .writeAcknowledged]) == [.writeApplied])
    #expect(bench.access(1, attempt: 11, id: 2, writes: false) == [])
    #expect(bench.finishSync() == ["1 done v1", "1 done v1"])
    #expect(bench.facts([.writeApplied, .writeAcknowledged]) == [.writeApplied, .writeAcknowledged])
  }

  @Test("a write delivered twice is applied once, and answered twice")
  func repeated() {
    hold()
    _ = bench.access(1, attempt: 11, id: 5)
    _ = bench.finishSync()
    #expect(bench.access(1, attempt: 11, id: 5) == ["1 done v1"])
    #expect(bench.facts([.writeApplied]) == [.writeApplied])
  }

  @Test("a restarted server has its rows, and neither locks nor sessions")
  func restart() {
    hold()
    _ = bench.access(1, attempt: 11)
    _ = bench.finishSync()
    let after = PostgresBench()
    after.handle(.restarted, disk: bench.written)
    _ = after.finishSync()
    #expect(after.records.map(\.kind) == [.itemRestored])
    #expect(after.say(.unlock, 1, attempt: 11) == ["1 reset"])
    #expect(after.access(1, attempt: 11, id: 7) == ["1 refusedToken v1"])
    _ = after.say(.connect, 2)
    #expect(after.say(.lock, 2, attempt: 22) == ["2 locked"])
    #expect(after.access(2, attempt: 22, id: 8, writes: false) == ["2 done v1"])
  }
}

@Suite("A keepalive")
struct KeepaliveTests {
  static let terms = KeepaliveTerms(PostgresBench.settings)

  /// Silence of 5 s, then three probes a second apart: dead at 8 s.
  @Test("waits, probes, and gives up")
  func silence() {
    var keepalive = Keepalive(Self.terms, now: LocalTime(nanos: 0))
    let steps = [4, 5, 6, 7, 8].map { keepalive.look(at: LocalTime(nanos: $0 * 1_000_000_000)) }
    let probe = Keepalive.Step.probe(.seconds(1))
    #expect(steps == [.wait(.seconds(1)), probe, probe, probe, .dead])
  }

  @Test("starts anew with every word it hears")
  func heard() {
    var keepalive = Keepalive(Self.terms, now: LocalTime(nanos: 0))
    for second in [5, 6, 7] as [Int64] { _ = keepalive.look(at: LocalTime(nanos: second * 1_000_000_000)) }
    keepalive.hear(at: LocalTime(nanos: 7_500_000_000))
    #expect(keepalive.look(at: LocalTime(nanos: 8_000_000_000)) == .wait(.milliseconds(4_500)))
    #expect(keepalive.look(at: LocalTime(nanos: 12_500_000_000)) == .probe(.seconds(1)))
  }

  @Test("has the patience of the operating system if nobody says otherwise: 7200 s + 9 x 75 s")
  func standard() {
    let terms = KeepaliveTerms(Settings(PostgresTerms.parameters))
    #expect(terms.idle + terms.interval * terms.count == .seconds(7_875))
  }
}
