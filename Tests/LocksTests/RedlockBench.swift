import Contract
import Services

@testable import Locks

/// A Redlock client of lock 1 on a bench, with five nodes that answer when the test says so.
struct RedlockBench {
  var client: RedlockClient
  /// The monotonic and the wall clock, in milliseconds.
  var now: Int64 = 0
  var wall: Int64 = 0
  var chance = Chance(seed: 1, "lock client", 1)
  /// The latest commands: to whom, what, and with which question.
  var sent: [(to: Int, message: RedisMessage)] = []

  /// Time to live 1 s: with 1 % and 2 ms off, 988 ms from asking.
  init(
    nodes: Int = 5, _ validity: RedlockClient.Validity = .monotonic, retries: Int64? = nil,
    habits: [(name: String, word: String)] = []
  ) {
    let topology = Topology(services: nodes, layers: 0, clients: 1)
    let lease = LeaseTerms(ttl: .seconds(1), refresh: nil)
    let seat = Seat(node: topology.node(.client, 1)!, topology: topology, lease: lease)
    var given: [(name: String, value: SettingValue)] = [("nodes", .count(Int64(nodes)))]
    if let retries { given.append(("retries", .count(retries))) }
    for habit in habits { given.append((habit.name, .choice(habit.word))) }
    let settings = Settings(Redlock.parameters, given: given)
    client = RedlockClient(RedisTerms(settings), RedlockHabits(settings), seat, validity: validity)
  }

  /// What the client does about one input, in words; commands by operation and number of nodes.
  @discardableResult
  mutating func handle(_ input: Input<RedisMessage, RedlockClient.Timer>) -> [String] {
    var turn = Turn()
    turn.now = LocalClocks(wall: time(wall), monotonic: time(now))
    turn.chance = chance
    client.handle(input, &turn)
    chance = turn.chance
    let commands = turn.effects.compactMap { effect -> (to: Int, message: RedisMessage)? in
      guard case .send(let envelope, let node) = effect else { return nil }
      return (Int(node.index), envelope.read(as: RedisMessage.self))
    }
    if !commands.isEmpty { sent = commands }
    return turn.effects.compactMap { words($0, commands.first?.to) }
  }

  func time(_ milliseconds: Int64) -> LocalTime { LocalTime(nanos: milliseconds * 1_000_000) }

  /// A broadcast counts once, at its first message.
  func words(_ effect: Effect, _ first: Int?) -> String? {
    switch effect {
    case .send(let envelope, let node):
      return Int(node.index) == first
        ? "\(envelope.read(as: RedisMessage.self).operation) to \(sent.count)" : nil
    case .answer(.acquired(_, let grant)): return "acquired until \(grant.deadline.milliseconds)"
    case .answer(.refreshed(_, let number, let deadline)):
      return "refreshed #\(number) until \(deadline.milliseconds)"
    case .answer(.refreshTimedOut(_, let number, _)): return "refresh #\(number) timed out"
    case .answer(.lost): return "lost"
    case .answer(.released): return "released"
    case .answer(.gaveUp): return "gave up"
    case .record(let record): return "[\(record.kind)]"
    case .setTimer(let name, _, let delay):
      let timer = RedlockClient.Timer(rawValue: name)!
      return timer == .timeout ? "timeout in \(delay.count / 1_000_000)" : "rest"
    case .answer, .cancelTimer, .call, .persist, .sync, .open, .close: return nil
    }
  }

  mutating func acquire() -> [String] { handle(.call(.acquire(LockID(0)))) }
  mutating func release() -> [String] { handle(.call(.release(LockID(0)))) }
  mutating func refresh(_ number: Int64) -> [String] { handle(.call(.refresh(LockID(0), number: number))) }
  mutating func timeout() -> [String] { handle(.timer(.timeout, key: 0)) }

  /// A node answers the latest question, or an older one.
  mutating func answer(_ isYes: Bool, from node: Int, question: Int64? = nil) -> [String] {
    var message = RedisMessage(.answer, LockID(0), question: question ?? client.claims[0].votes.question)
    message.isYes = isYes
    return handle(.message(message, from: NodeID(node)))
  }

  /// Acquires with three yes at once.
  mutating func hold() {
    _ = acquire()
    for node in 1...3 { _ = answer(true, from: node) }
  }
}
