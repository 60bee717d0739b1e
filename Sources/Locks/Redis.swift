import Contract
import Services

/// One Redis node: whoever sets the key first has the lock until the key expires or is deleted.
public struct Redis: LockAlgorithm {
  public static let name = "redis"
  public static let summary = "a key on one Redis node, set if absent, with a time to live"
  public static let source = "Kleppmann 2016, Conclusion; redis-doc, distributed locks, single instance"
  public static let parameters = RedisTerms.parameters()
  public static let token = TokenKind.unique
  public static let protocols: [any Payload.Type] = [RedisMessage.self]

  let terms: RedisTerms

  public init(_ settings: Settings) { terms = RedisTerms(settings) }

  public var services: Int { 1 }
  public var restartDelay: Nanos { terms.restartDelay }
  public func client(_ seat: Seat) -> any ErasedMachine { RedisClient(terms, seat) }
  public func server(_ seat: Seat) -> any ErasedMachine { RedisServer(fsync: terms.fsync) }
}

/// The client of a lock on one Redis node.
///
/// Promises: deletes and extends only keys that hold its own value.
/// Assumes: nothing is checked on the way: an answer that waited in a buffer is believed.
/// Breaks when: `gc-pause`, `packet-delay-90s`, `redis-power-loss`.
/// Source: redis-doc, distributed locks, "correct implementation with a single instance".
public struct RedisClient: Machine {
  public typealias Message = RedisMessage
  /// Keyed by lock.
  public enum Timer: UInt8, TimerName { case timeout = 1, retry }
  enum Phase: Sendable, BitwiseCopyable { case idle, asking, resting, holding, extending, releasing }

  /// What the client knows of one lock.
  struct Claim: Sendable, BitwiseCopyable {
    let lock: LockID
    var phase = Phase.idle
    /// The random value of the current attempt.
    var value: UInt64 = 0
    var asked = LocalTime(nanos: 0)
    /// Numbers requests; an answer counts only for the latest.
    var question: Int64 = 0
    var refresh: Int64 = 0
    var tries: Int64 = 0
  }

  let terms: RedisTerms
  let ttl: Nanos
  let server: NodeID
  /// One per lock ever asked for, in that order.
  var claims: [Claim] = []

  init(_ terms: RedisTerms, _ seat: Seat) {
    self.terms = terms
    ttl = seat.lease.ttl
    server = seat.topology.node(.service, 1)!
  }

  public mutating func handle(_ input: Input<RedisMessage, Timer>, _ turn: inout Turn) {
    switch input {
    case .call(.acquire(let lock)):
      let index = claim(lock)
      claims[index].tries = 0
      ask(index, &turn)
    case .call(.refresh(let lock, let number)): extend(claim(lock), number, &turn)
    case .call(.release(let lock)): release(claim(lock), &turn)
    case .message(let message, _): answered(claim(message.lock), message, &turn)
    case .timer(.timeout, let key): timedOut(claim(LockID(Int32(truncatingIfNeeded: key))), &turn)
    case .timer(.retry, let key): ask(claim(LockID(Int32(truncatingIfNeeded: key))), &turn)
    case .call, .start, .restarted, .answer, .synced, .disturbed: break
    }
  }

  mutating func claim(_ lock: LockID) -> Int {
    if let index = claims.firstIndex(where: { $0.lock == lock }) { return index }
    claims.append(Claim(lock: lock))
    return claims.count - 1
  }

  mutating func request(_ index: Int, _ operation: RedisMessage.Operation, _ turn: inout Turn) {
    claims[index].question += 1
    let claim = claims[index]
    turn.send(
      RedisMessage(operation, claim.lock, value: claim.value, ttl: ttl, question: claim.question), to: server)
    turn.set(Timer.timeout, key: UInt64(claim.lock.index), after: terms.requestTimeout)
  }

  mutating func ask(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .asking
    claims[index].value = turn.randomToken()
    claims[index].asked = turn.now.monotonic
    request(index, .setIfAbsent, &turn)
    turn.record(Record(.acquireSent, lock: claims[index].lock, token: Token(unique: claims[index].value)))
  }

  mutating func extend(_ index: Int, _ number: Int64, _ turn: inout Turn) {
    guard claims[index].phase == .holding else { return }
    claims[index].phase = .extending
    claims[index].refresh = number
    claims[index].asked = turn.now.monotonic
    request(index, .extendIfEqual, &turn)
  }

  mutating func release(_ index: Int, _ turn: inout Turn) {
    let lock = claims[index].lock
    if claims[index].phase == .asking { turn.record(Record(.attemptEnded, lock: lock)) }
    turn.cancel(Timer.retry, key: UInt64(lock.index))
    claims[index].phase = .releasing
    request(index, .deleteIfEqual, &turn)
  }

  mutating func answered(_ index: Int, _ message: RedisMessage, _ turn: inout Turn) {
    let claim = claims[index]
    guard message.operation == .answer, message.question == claim.question else { return }
    turn.cancel(Timer.timeout, key: UInt64(claim.lock.index))
    switch claim.phase {
    case .asking where message.isYes: granted(index, &turn)
    case .asking: rest(index, &turn)
    case .extending where message.isYes:
      claims[index].phase = .holding
      let deadline = terms.drift.deadline(asked: claim.asked, ttl: ttl)
      turn.answer(.refreshed(claim.lock, number: claim.refresh, deadline: deadline))
    case .extending:
      claims[index].phase = .holding
      turn.answer(.lost(claim.lock))
    case .releasing: released(index, &turn)
    case .idle, .resting, .holding: break
    }
  }

  mutating func granted(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .holding
    let claim = claims[index]
    let deadline = terms.drift.deadline(asked: claim.asked, ttl: ttl)
    let grant = Grant(token: Token(unique: claim.value), asked: claim.asked, deadline: deadline)
    turn.answer(.acquired(claim.lock, grant))
  }

  mutating func timedOut(_ index: Int, _ turn: inout Turn) {
    let claim = claims[index]
    switch claim.phase {
    case .asking:
      turn.send(RedisMessage(.deleteIfEqual, claim.lock, value: claim.value), to: server)
      rest(index, &turn)
    case .extending:
      claims[index].phase = .holding
      turn.answer(.refreshTimedOut(claim.lock, number: claim.refresh))
    case .releasing: released(index, &turn)
    case .idle, .resting, .holding: break
    }
  }

  /// The attempt has failed, or nobody knows: rest for a random while and try with a new value.
  mutating func rest(_ index: Int, _ turn: inout Turn) {
    let lock = claims[index].lock
    turn.record(Record(.attemptEnded, lock: lock))
    claims[index].question += 1
    claims[index].tries += 1
    if let retries = terms.retries, claims[index].tries > retries {
      claims[index].phase = .idle
      return turn.answer(.gaveUp(lock))
    }
    claims[index].phase = .resting
    let delay = terms.retryDelay + turn.random(below: terms.retryJitter)
    turn.set(Timer.retry, key: UInt64(lock.index), after: delay)
  }

  mutating func released(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .idle
    claims[index].question += 1
    turn.answer(.released(claims[index].lock))
  }
}
