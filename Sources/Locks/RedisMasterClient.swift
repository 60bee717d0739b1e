import Contract
import Services

/// The client of a lock on whatever Redis node is the master.
///
/// Promises: deletes and extends only keys that hold its own value; with `wait`, counts on a lock only when
/// so many replicas have acknowledged it.
/// Assumes: the node it talks to is the only master, and the next one has the key.
/// Breaks when: `sentinel-failover`, `sentinel-failover-wait`, `sentinel-partition-two-masters`, `gc-pause`.
/// Modelled: a client knows the first master from its configuration. After an error such as `READONLY`, and
/// after a request without an answer, it asks one sentinel, the next one each time, and goes by the first
/// answer. It forgets nothing else with the old connection.
/// Source: redis-doc, distributed locks; sentinel clients ("guidelines for Redis clients"); WAIT.
public struct RedisMasterClient: Machine {
  public enum Message: Inbox {
    case redis(RedisMessage)
    case sentinel(SentinelMessage)

    public init?(opening envelope: Envelope) {
      if let answer = RedisMessage(opening: envelope) {
        self = .redis(answer)
      } else if let word = SentinelMessage(opening: envelope) {
        self = .sentinel(word)
      } else {
        return nil
      }
    }
  }

  /// Keyed by lock.
  public enum Timer: UInt8, TimerName { case timeout = 1, retry }
  enum Phase: Sendable, BitwiseCopyable {
    case idle, asking, confirming, resting, holding, extending, releasing
  }

  /// What the client knows of one lock.
  struct Claim: Sendable, BitwiseCopyable {
    let lock: LockID
    var phase = Phase.idle
    /// What marks our key.
    var value: UInt64 = 0
    var token = Token.none
    var asked = LocalTime(nanos: 0)
    /// Numbers requests; an answer counts only for the latest.
    var question: Int64 = 0
    var refresh: Int64 = 0
    var tries: Int64 = 0
  }

  let terms: RedisTerms
  let ttl: Nanos
  let script: RedisMessage.Operation
  /// How many replicas must have the lock.
  let wait: Int
  let sentinels: Range<Int>
  var master: NodeID
  /// The place of the sentinel to ask next.
  var nextSentinel = 0
  /// Redisson's id of this process and its one thread; 0: each attempt has a value of its own.
  var identity: UInt64 = 0
  /// One per lock ever asked for, in that order.
  var claims: [Claim] = []

  init(_ terms: RedisTerms, script: RedisMessage.Operation, wait: Int, _ seat: Seat) {
    self.terms = terms
    self.script = script
    self.wait = wait
    ttl = seat.lease.ttl
    sentinels = seat.topology.indices(.layer)
    master = seat.topology.node(.service, 1)!
  }

  public mutating func handle(_ input: Input<Message, Timer>, _ turn: inout Turn) {
    switch input {
    case .call(.acquire(let lock)):
      let index = claim(lock)
      claims[index].tries = 0
      ask(index, &turn)
    case .call(.refresh(let lock, let number)): extend(claim(lock), number, &turn)
    case .call(.release(let lock)): release(claim(lock), &turn)
    case .message(.redis(let message), _): answered(claim(message.lock), message, &turn)
    case .message(.sentinel(let word), _): if word.kind == .sayMaster { follow(word.node, &turn) }
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
}

// MARK: who is master

extension RedisMasterClient {
  mutating func askSentinel(_ turn: inout Turn) {
    guard !sentinels.isEmpty else { return }
    turn.send(SentinelMessage(.askMaster), to: NodeID(sentinels.lowerBound + nextSentinel))
    nextSentinel = (nextSentinel + 1) % sentinels.count
  }

  mutating func follow(_ node: NodeID, _ turn: inout Turn) {
    guard node != master else { return }
    master = node
    turn.record(Record(.connected, a: Int64(node.index)))
  }
}

// MARK: acquiring

extension RedisMasterClient {
  mutating func request(_ index: Int, _ operation: RedisMessage.Operation, _ turn: inout Turn) {
    claims[index].question += 1
    turn.send(message(claims[index], operation), to: master)
    turn.set(Timer.timeout, key: UInt64(claims[index].lock.index), after: terms.requestTimeout)
  }

  func message(_ claim: Claim, _ operation: RedisMessage.Operation) -> RedisMessage {
    let value = operation == .waitForReplicas ? UInt64(wait) : claim.value
    var message = RedisMessage(operation, claim.lock, value: value, ttl: ttl, question: claim.question)
    if operation == .takeWithToken { message.attempt = claim.token.unique }
    return message
  }

  mutating func ask(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .asking
    claims[index].token = Token(unique: turn.randomToken())
    if script == .takeWithToken, identity == 0 { identity = turn.randomToken() }
    claims[index].value = identity == 0 ? claims[index].token.unique : identity
    claims[index].asked = turn.now.monotonic
    request(index, script, &turn)
    turn.record(Record(.acquireSent, lock: claims[index].lock, token: claims[index].token))
  }

  mutating func answered(_ index: Int, _ message: RedisMessage, _ turn: inout Turn) {
    let claim = claims[index]
    guard message.question == claim.question else { return }
    guard message.operation == .answer else {
      if message.operation == .refusal { refused(index, &turn) }
      return
    }
    turn.cancel(Timer.timeout, key: UInt64(claim.lock.index))
    switch claim.phase {
    case .asking where message.isYes: taken(index, order: message.value, &turn)
    case .asking: rest(index, &turn)
    case .confirming: if message.isYes { granted(index, &turn) } else { abandon(index, &turn) }
    case .extending: extended(index, message.isYes, &turn)
    case .releasing: released(index, &turn)
    case .idle, .resting, .holding: break
    }
  }

  /// The master has set the key; with `wait` that is only half of it.
  mutating func taken(_ index: Int, order: UInt64, _ turn: inout Turn) {
    claims[index].token.order = Int64(order)
    guard wait > 0 else { return granted(index, &turn) }
    claims[index].phase = .confirming
    request(index, .waitForReplicas, &turn)
  }

  mutating func granted(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .holding
    let claim = claims[index]
    let deadline = terms.drift.deadline(asked: claim.asked, ttl: ttl)
    turn.answer(.acquired(claim.lock, Grant(token: claim.token, asked: claim.asked, deadline: deadline)))
  }

  /// Nobody knows whether the attempt got the key, or too few replicas have it.
  mutating func abandon(_ index: Int, _ turn: inout Turn) {
    turn.send(message(claims[index], .deleteIfEqual), to: master)
    rest(index, &turn)
  }

  /// The attempt has failed: rest for a random while and try again.
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

  /// This node is no master, or has too few replicas: nothing was changed.
  mutating func refused(_ index: Int, _ turn: inout Turn) {
    turn.cancel(Timer.timeout, key: UInt64(claims[index].lock.index))
    askSentinel(&turn)
    switch claims[index].phase {
    case .asking, .confirming: rest(index, &turn)
    case .extending: undecided(index, &turn)
    case .releasing: released(index, &turn)
    case .idle, .resting, .holding: break
    }
  }

  mutating func timedOut(_ index: Int, _ turn: inout Turn) {
    switch claims[index].phase {
    case .asking, .confirming: abandon(index, &turn)
    case .extending: undecided(index, &turn)
    case .releasing: released(index, &turn)
    case .idle, .resting, .holding: return
    }
    askSentinel(&turn)
  }
}

// MARK: extending and releasing

extension RedisMasterClient {
  mutating func extend(_ index: Int, _ number: Int64, _ turn: inout Turn) {
    guard claims[index].phase == .holding else { return }
    claims[index].phase = .extending
    claims[index].refresh = number
    claims[index].asked = turn.now.monotonic
    request(index, .extendIfEqual, &turn)
  }

  mutating func extended(_ index: Int, _ isProlonged: Bool, _ turn: inout Turn) {
    claims[index].phase = .holding
    let claim = claims[index]
    guard isProlonged else { return turn.answer(.lost(claim.lock)) }
    let deadline = terms.drift.deadline(asked: claim.asked, ttl: ttl)
    turn.answer(.refreshed(claim.lock, number: claim.refresh, deadline: deadline))
  }

  mutating func undecided(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .holding
    claims[index].question += 1
    turn.answer(.refreshTimedOut(claims[index].lock, number: claims[index].refresh))
  }

  mutating func release(_ index: Int, _ turn: inout Turn) {
    let lock = claims[index].lock
    if [.asking, .confirming].contains(claims[index].phase) {
      turn.record(Record(.attemptEnded, lock: lock))
    }
    turn.cancel(Timer.retry, key: UInt64(lock.index))
    claims[index].phase = .releasing
    request(index, .deleteIfEqual, &turn)
  }

  mutating func released(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .idle
    claims[index].question += 1
    turn.answer(.released(claims[index].lock))
  }
}
