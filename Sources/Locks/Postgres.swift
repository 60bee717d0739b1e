import Contract
import Services

/// Session-level advisory locks: held until they are unlocked, or until the server misses the session.
public struct Postgres: LockAlgorithm {
  public static let name = "postgres"
  public static let summary = "a session-level advisory lock, held until unlocked or the connection ends"
  public static let source = "PostgreSQL documentation, 13.3.5 Advisory Locks"
  public static let parameters = PostgresTerms.parameters
  public static let token = TokenKind.unique
  public static let holdsData = true
  public static let promisesLease = false
  public static let protocols: [any Payload.Type] = [PostgresMessage.self, ConnectionMessage.self]

  let terms: PostgresTerms

  public init(_ settings: Settings) { terms = PostgresTerms(settings) }

  public var services: Int { 1 }
  public func client(_ seat: Seat) -> any ErasedMachine { PostgresClient(terms, seat) }
  public func server(_ seat: Seat) -> any ErasedMachine { PostgresServer(terms) }
}

/// A client with one connection, on which it locks, unlocks and works.
///
/// Promises: learns that its locks are gone as soon as it hears that the connection is.
/// Assumes: it hears of it before it writes elsewhere; nothing tells it while the network or the server's
/// machine is silent. A refresh is a round trip on the connection; there is no lease and no deadline.
/// Breaks when: `postgres-server-crash`, `postgres-packet-delay`, `postgres-keepalive-too-eager`,
/// `postgres-suspended-client`.
/// Source: PostgreSQL documentation, 13.3.5; libpq, keepalives.
public struct PostgresClient: Machine {
  public typealias Message = PostgresInbox
  public enum Timer: UInt8, TimerName {
    case connect = 1, keepalive
    /// Keyed by lock: an unanswered lock or unlock is sent again; an unlock or ping is no longer waited for.
    case again, timeout
  }
  enum Phase: Sendable, BitwiseCopyable { case idle, awaitsConnection, asking, queued, holding, releasing }

  /// What the client knows of one lock.
  struct Claim: Sendable, BitwiseCopyable {
    let lock: LockID
    var phase = Phase.idle
    var attempt: UInt64 = 0
    /// The number of the lock or unlock under way.
    var request: Int64 = 0
    var asked = LocalTime(nanos: 0)
    /// The request number of the ping under way, 0: none; and the number of the refresh that it is for.
    var ping: Int64 = 0
    var refresh: Int64 = 0
    /// Whether the program was told that its release is over.
    var isTold = false
  }

  let terms: PostgresTerms
  let server: NodeID
  /// 0: none.
  var connection: UInt64 = 0
  var isReady = false
  var connections: UInt64 = 0
  var keepalive: Keepalive
  var requests: Int64 = 0
  /// One per lock ever asked for, in that order.
  var claims: [Claim] = []

  init(_ terms: PostgresTerms, _ seat: Seat) {
    self.terms = terms
    server = seat.topology.node(.service, 1)!
    keepalive = Keepalive(terms.keepalive, now: LocalTime(nanos: 0))
  }

  public mutating func handle(_ input: Input<PostgresInbox, Timer>, _ turn: inout Turn) {
    switch input {
    case .start, .restarted: connections = UInt64(turn.restarts) << 32
    case .call(let call): serve(call, &turn)
    case .message(.sql(let message), _) where message.connection == connection: hear(message, &turn)
    // As the kernel would: nobody has this connection open.
    case .message(.sql(let message), _):
      turn.send(ConnectionMessage(.reset, message.connection), to: server)
    case .message(.connection(let message), _) where message.connection == connection: hear(message, &turn)
    case .timer(.connect, _): askForConnection(&turn)
    case .timer(.keepalive, _): lookAfterConnection(&turn)
    case .timer(.again, let key): sendAgain(claim(LockID(Int(key))), &turn)
    case .timer(.timeout, let key): timedOut(claim(LockID(Int(key))), &turn)
    case .message, .answer, .synced, .disturbed: break
    }
  }

  mutating func serve(_ call: Call, _ turn: inout Turn) {
    switch call {
    case .acquire(let lock): acquire(claim(lock), &turn)
    case .refresh(let lock, let number): ping(claim(lock), number, &turn)
    case .release(let lock): release(claim(lock), &turn)
    case .access(let access): turn.send(AccessMessage(access.writes ? .write : .read, access), to: server)
    case .finish: finish(&turn)
    }
  }

  mutating func claim(_ lock: LockID) -> Int {
    if let index = claims.firstIndex(where: { $0.lock == lock }) { return index }
    claims.append(Claim(lock: lock))
    return claims.count - 1
  }

  mutating func hear(_ message: PostgresMessage, _ turn: inout Turn) {
    keepalive.hear(at: turn.now.monotonic)
    if message.kind == .ready { return ready(&turn) }
    guard let index = claims.firstIndex(where: { $0.lock == message.lock }) else { return }
    let isForNow = claims[index].request == message.request
    switch (message.kind, claims[index].phase) {
    case (.queued, .asking) where isForNow:
      claims[index].phase = .queued
      turn.cancel(Timer.again, key: UInt64(message.lock.index))
    case (.locked, .asking) where isForNow, (.locked, .queued) where isForNow: granted(index, &turn)
    case (.locked, .holding) where isForNow: sayReceived(index, &turn)
    case (.unlocked, .releasing) where isForNow: released(index, &turn)
    case (.pong, .holding) where claims[index].ping == message.request: pinged(index, &turn)
    default: break
    }
  }
}

// MARK: the connection

extension PostgresClient {
  mutating func connect(_ turn: inout Turn) {
    connections += 1
    connection = connections
    isReady = false
    turn.open(connection, with: server)
    turn.record(Record(.connected, a: Int64(server.index)))
    askForConnection(&turn)
  }

  mutating func askForConnection(_ turn: inout Turn) {
    guard connection != 0, !isReady else { return }
    turn.send(PostgresMessage(.connect, connection: connection), to: server)
    turn.set(Timer.connect, after: terms.resend)
  }

  mutating func ready(_ turn: inout Turn) {
    guard !isReady else { return }
    isReady = true
    turn.cancel(Timer.connect)
    keepalive = Keepalive(terms.keepalive, now: turn.now.monotonic)
    turn.set(Timer.keepalive, after: terms.keepalive.idle)
    for index in claims.indices where claims[index].phase == .awaitsConnection { ask(index, &turn) }
  }

  mutating func hear(_ message: ConnectionMessage, _ turn: inout Turn) {
    switch message.kind {
    case .alive: keepalive.hear(at: turn.now.monotonic)
    case .reset: connectionLost(&turn)
    case .probe, .acknowledgement: break
    }
  }

  mutating func lookAfterConnection(_ turn: inout Turn) {
    guard connection != 0 else { return }
    switch keepalive.look(at: turn.now.monotonic) {
    case .wait(let span): turn.set(Timer.keepalive, after: span)
    case .probe(let span):
      turn.send(ConnectionMessage(.probe, connection), to: server)
      turn.set(Timer.keepalive, after: span)
    case .dead:
      turn.close(connection, with: server)
      connectionLost(&turn)
    }
  }

  /// The session is over: what it held is lost, what it waited for is asked for anew on another connection.
  mutating func connectionLost(_ turn: inout Turn) {
    forgetConnection(&turn)
    for index in claims.indices {
      let lock = claims[index].lock
      turn.cancel(Timer.again, key: UInt64(lock.index))
      switch claims[index].phase {
      case .asking, .queued:
        claims[index].phase = .awaitsConnection
        turn.record(Record(.attemptEnded, lock: lock))
      case .holding:
        claims[index].phase = .idle
        turn.cancel(Timer.timeout, key: UInt64(lock.index))
        turn.answer(.lost(lock))
      case .releasing: released(index, &turn)
      case .idle, .awaitsConnection: break
      }
    }
    if claims.contains(where: { $0.phase == .awaitsConnection }) { connect(&turn) }
  }

  mutating func forgetConnection(_ turn: inout Turn) {
    connection = 0
    isReady = false
    turn.cancel(Timer.connect)
    turn.cancel(Timer.keepalive)
  }

  mutating func finish(_ turn: inout Turn) {
    if connection != 0 { turn.close(connection, with: server) }
    forgetConnection(&turn)
    for claim in claims { turn.cancel(Timer.again, key: UInt64(claim.lock.index)) }
  }
}

// MARK: locks

extension PostgresClient {
  mutating func acquire(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .awaitsConnection
    if connection == 0 { return connect(&turn) }
    if isReady { ask(index, &turn) }
  }

  mutating func ask(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .asking
    claims[index].attempt = turn.randomToken()
    claims[index].asked = turn.now.monotonic
    claims[index].ping = 0
    number(index)
    sendAgain(index, &turn)
    turn.record(
      Record(.acquireSent, lock: claims[index].lock, token: Token(unique: claims[index].attempt)))
  }

  mutating func number(_ index: Int) {
    requests += 1
    claims[index].request = requests
  }

  func message(_ kind: PostgresMessage.Kind, _ index: Int) -> PostgresMessage {
    let claim = claims[index]
    return PostgresMessage(
      kind, connection: connection, lock: claim.lock, attempt: claim.attempt, request: claim.request)
  }

  /// The lock or unlock that has no answer yet, for the first time or again.
  mutating func sendAgain(_ index: Int, _ turn: inout Turn) {
    let phase = claims[index].phase
    guard phase == .asking || phase == .releasing else { return }
    turn.send(message(phase == .asking ? .lock : .unlock, index), to: server)
    turn.set(Timer.again, key: UInt64(claims[index].lock.index), after: terms.resend)
  }

  mutating func granted(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .holding
    let claim = claims[index]
    turn.cancel(Timer.again, key: UInt64(claim.lock.index))
    sayReceived(index, &turn)
    let token = Token(unique: claim.attempt)
    turn.answer(.acquired(claim.lock, Grant(token: token, asked: claim.asked, deadline: forever(turn))))
  }

  func sayReceived(_ index: Int, _ turn: inout Turn) { turn.send(message(.received, index), to: server) }

  /// Ten years: no lease ends.
  func forever(_ turn: Turn) -> LocalTime { turn.now.monotonic + .seconds(315_576_000) }

  mutating func ping(_ index: Int, _ number: Int64, _ turn: inout Turn) {
    guard claims[index].phase == .holding else { return }
    requests += 1
    claims[index].ping = requests
    claims[index].refresh = number
    let lock = claims[index].lock
    turn.send(PostgresMessage(.ping, connection: connection, lock: lock, request: requests), to: server)
    turn.set(Timer.timeout, key: UInt64(lock.index), after: terms.requestTimeout)
  }

  mutating func pinged(_ index: Int, _ turn: inout Turn) {
    claims[index].ping = 0
    let claim = claims[index]
    turn.cancel(Timer.timeout, key: UInt64(claim.lock.index))
    turn.answer(.refreshed(claim.lock, number: claim.refresh, deadline: forever(turn)))
  }

  mutating func release(_ index: Int, _ turn: inout Turn) {
    let lock = claims[index].lock
    switch claims[index].phase {
    case .idle, .awaitsConnection:
      claims[index].phase = .idle
      turn.answer(.released(lock))
    case .asking, .queued, .holding:
      if claims[index].phase != .holding { turn.record(Record(.attemptEnded, lock: lock)) }
      claims[index].phase = .releasing
      claims[index].isTold = false
      number(index)
      sendAgain(index, &turn)
      turn.set(Timer.timeout, key: UInt64(lock.index), after: terms.requestTimeout)
    case .releasing: break
    }
  }

  /// The program goes on; an unlock is sent again and again nevertheless, as by TCP.
  mutating func timedOut(_ index: Int, _ turn: inout Turn) {
    switch claims[index].phase {
    case .holding where claims[index].ping != 0:
      claims[index].ping = 0
      turn.answer(.refreshTimedOut(claims[index].lock, number: claims[index].refresh))
    case .releasing: tell(index, &turn)
    default: break
    }
  }

  mutating func released(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .idle
    turn.cancel(Timer.again, key: UInt64(claims[index].lock.index))
    turn.cancel(Timer.timeout, key: UInt64(claims[index].lock.index))
    tell(index, &turn)
  }

  mutating func tell(_ index: Int, _ turn: inout Turn) {
    guard !claims[index].isTold else { return }
    claims[index].isTold = true
    turn.answer(.released(claims[index].lock))
  }
}
