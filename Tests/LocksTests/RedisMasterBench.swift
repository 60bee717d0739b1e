import Contract
import Services

@testable import Locks

/// A client of lock 1 on a bench, with three Redis nodes, 1 to 3, and sentinels 4 to 6, that the test plays.
struct RedisMasterBench {
  var client: RedisMasterClient
  /// Milliseconds, on the monotonic clock.
  var now: Int64 = 0
  var chance = Chance(seed: 1, "lock client", 1)
  /// The latest command, and to whom it went.
  var sent: (to: Int, message: RedisMessage)?

  /// Time to live 1 s: with 1 % and 2 ms off, 988 ms from asking.
  init(_ script: RedisMessage.Operation = .setIfAbsent, wait: Int = 0, sentinels: Int = 3) {
    let topology = Topology(services: 3, layers: sentinels, clients: 1)
    let seat = Seat(
      node: topology.node(.client, 1)!, topology: topology, lease: LeaseTerms(ttl: .seconds(1), refresh: nil))
    let terms = RedisTerms(Settings(RedisSentinel.parameters))
    client = RedisMasterClient(terms, script: script, wait: wait, seat)
  }

  /// What the client does about one input, in words.
  @discardableResult
  mutating func handle(_ input: Input<RedisMasterClient.Message, RedisMasterClient.Timer>) -> [String] {
    var turn = Turn()
    turn.now = LocalClocks(wall: LocalTime(nanos: 0), monotonic: LocalTime(nanos: now * 1_000_000))
    turn.chance = chance
    client.handle(input, &turn)
    chance = turn.chance
    return turn.effects.compactMap { words($0) }
  }

  mutating func words(_ effect: Effect) -> String? {
    switch effect {
    case .send(let envelope, let node):
      guard let command = RedisMessage(opening: envelope) else { return "who is master? to \(node.index)" }
      sent = (Int(node.index), command)
      return "\(command.operation) to \(node.index)"
    case .answer(.acquired(_, let grant)):
      return "acquired with \(grant.token.order) until \(grant.deadline.milliseconds)"
    case .answer(.refreshed(_, let number, let deadline)):
      return "refreshed #\(number) until \(deadline.milliseconds)"
    case .answer(.refreshTimedOut(_, let number, _)): return "refresh #\(number) timed out"
    case .answer(.lost): return "lost"
    case .answer(.released): return "released"
    case .record(let record): return "[\(record.kind)]"
    case .setTimer(let name, _, _): return RedisMasterClient.Timer(rawValue: name) == .retry ? "rest" : nil
    case .answer, .cancelTimer, .call, .persist, .sync, .open, .close: return nil
    }
  }

  mutating func acquire() -> [String] { handle(.call(.acquire(LockID(0)))) }
  mutating func release() -> [String] { handle(.call(.release(LockID(0)))) }
  mutating func refresh(_ number: Int64) -> [String] { handle(.call(.refresh(LockID(0), number: number))) }
  mutating func timeout() -> [String] { handle(.timer(.timeout, key: 0)) }
  mutating func retry() -> [String] { handle(.timer(.retry, key: 0)) }

  /// The node answers the latest command.
  mutating func answer(_ isYes: Bool, token: UInt64 = 0) -> [String] {
    var message = RedisMessage(.answer, LockID(0), value: token, question: sent!.message.question)
    message.isYes = isYes
    return handle(.message(.redis(message), from: NodeID(sent!.to)))
  }

  mutating func refuse() -> [String] {
    let message = RedisMessage(.refusal, LockID(0), question: sent!.message.question)
    return handle(.message(.redis(message), from: NodeID(sent!.to)))
  }

  mutating func hear(master: Int) -> [String] {
    handle(.message(.sentinel(SentinelMessage(.sayMaster, NodeID(master))), from: NodeID(4)))
  }
}
