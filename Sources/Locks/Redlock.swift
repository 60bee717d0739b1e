import Contract
import Services

/// Redlock: a lock is a majority of N independent Redis nodes, won within the TTL.
public struct Redlock: LockAlgorithm {
  public static let name = "redlock"
  public static let summary =
    "a majority of independent Redis nodes; validity on the client's monotonic clock"
  public static let source = "redis-doc, distributed locks, the Redlock algorithm"
  public static let parameters = RedlockTerms.parameters
  public static let token = TokenKind.unique
  public static let protocols: [any Payload.Type] = [RedisMessage.self]

  let terms: RedisTerms
  let habits: RedlockHabits

  public init(_ settings: Settings) {
    terms = RedisTerms(settings)
    habits = RedlockHabits(settings)
  }

  public var services: Int { terms.nodes }
  public var quorum: Int { terms.nodes / 2 + 1 }
  public var restartDelay: Nanos { terms.restartDelay }
  public func client(_ seat: Seat) -> any ErasedMachine {
    RedlockClient(terms, habits, seat, validity: .monotonic)
  }
  public func server(_ seat: Seat) -> any ErasedMachine { RedisServer(fsync: terms.fsync) }
}

/// The client of Redlock.
///
/// Promises: counts on a lock only if a majority of all N nodes set its value within the TTL, less the
/// allowance.
/// Assumes: nodes' wall clocks run at about the right rate, keys survive crashes, and nothing takes long
/// after the check.
/// Breaks when: `gc-pause`, `packet-delay-90s`, `redlock-clock-jump`, `redlock-crash-restart`.
/// Source: redis-doc, distributed locks, steps 1 to 5 and "making the algorithm more reliable: extending the
/// lock".
public struct RedlockClient: Machine {
  public typealias Message = RedisMessage
  /// Keyed by lock.
  public enum Timer: UInt8, TimerName { case timeout = 1, retry }
  enum Phase: Sendable, BitwiseCopyable { case idle, asking, resting, holding, extending, releasing }

  /// On which clock step 3 measures how long the acquisition took, if it does.
  public enum Validity: Sendable, BitwiseCopyable { case monotonic, wall, unchecked }

  /// What the client knows of one lock.
  struct Claim: Sendable, BitwiseCopyable {
    let lock: LockID
    var phase = Phase.idle
    /// The random value that marks our keys.
    var value: UInt64 = 0
    /// t1: both clocks before the first request left.
    var asked = LocalClocks(wall: LocalTime(nanos: 0), monotonic: LocalTime(nanos: 0))
    /// The answers to the latest question.
    var votes: Votes
    var refresh: Int64 = 0
    var tries: Int64 = 0
    /// Where nodes are asked in turn: the place of the one asked now; nil: all were asked at once.
    var turn: Int32?
  }

  let terms: RedisTerms
  let habits: RedlockHabits
  let ttl: Nanos
  let nodes: Range<Int32>
  let validity: Validity
  /// One per lock ever asked for, in that order.
  var claims: [Claim] = []

  init(_ terms: RedisTerms, _ habits: RedlockHabits, _ seat: Seat, validity: Validity) {
    self.terms = terms
    self.habits = habits
    self.validity = validity
    ttl = seat.lease.ttl
    let services = seat.topology.indices(.service)
    nodes = Int32(services.lowerBound)..<Int32(services.upperBound)
  }

  public mutating func handle(_ input: Input<RedisMessage, Timer>, _ turn: inout Turn) {
    switch input {
    case .call(.acquire(let lock)):
      let index = claim(lock)
      claims[index].tries = 0
      ask(index, &turn)
    case .call(.refresh(let lock, let number)): extend(claim(lock), number, &turn)
    case .call(.release(let lock)): release(claim(lock), &turn)
    case .message(let message, let node): answered(claim(message.lock), message, node, &turn)
    case .timer(.timeout, let key): timedOut(claim(LockID(Int32(truncatingIfNeeded: key))), &turn)
    case .timer(.retry, let key): ask(claim(LockID(Int32(truncatingIfNeeded: key))), &turn)
    case .call, .start, .restarted, .answer, .synced, .disturbed: break
    }
  }

  mutating func claim(_ lock: LockID) -> Int {
    if let index = claims.firstIndex(where: { $0.lock == lock }) { return index }
    claims.append(Claim(lock: lock, votes: Votes(of: nodes.count)))
    return claims.count - 1
  }

  mutating func request(_ index: Int, _ operation: RedisMessage.Operation, _ turn: inout Turn) {
    _ = claims[index].votes.next()
    claims[index].turn = habits.asksInTurn && operation != .deleteIfEqual ? 0 : nil
    send(index, operation, &turn)
  }

  func send(_ index: Int, _ operation: RedisMessage.Operation, _ turn: inout Turn) {
    let claim = claims[index]
    let message = RedisMessage(
      operation, claim.lock, value: claim.value, ttl: ttl, question: claim.votes.question)
    if let place = claim.turn {
      turn.send(message, to: NodeID(nodes.lowerBound + place))
    } else {
      turn.broadcast(message, to: nodes)
    }
    turn.set(Timer.timeout, key: UInt64(claim.lock.index), after: terms.requestTimeout)
  }

  /// Steps 1 and 2: note the time, then ask every node for the same key with the same random value.
  mutating func ask(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .asking
    if !habits.keepsPartialGrants || claims[index].tries == 0 { claims[index].value = turn.randomToken() }
    claims[index].asked = turn.now
    request(index, .setIfAbsent, &turn)
    turn.record(Record(.acquireSent, lock: claims[index].lock, token: Token(unique: claims[index].value)))
  }

  mutating func answered(_ index: Int, _ message: RedisMessage, _ node: NodeID, _ turn: inout Turn) {
    guard message.operation == .answer, message.question == claims[index].votes.question else { return }
    if let place = claims[index].turn {
      // The connection on which an earlier node's answer would come was given up.
      guard node.index - nodes.lowerBound == place else { return }
      claims[index].votes.add(message.isYes, from: Int(place))
      return askNext(index, &turn)
    }
    claims[index].votes.add(message.isYes, from: Int(node.index - nodes.lowerBound))
    switch (claims[index].phase, claims[index].votes.outcome) {
    case (.asking, .majority): won(index, &turn)
    case (.asking, .hopeless): giveUp(index, &turn)
    case (.extending, .majority): extended(index, &turn)
    case (.extending, .hopeless): refused(index, &turn)
    case (.releasing, _) where claims[index].votes.isComplete: released(index, &turn)
    default: break
    }
  }

  /// Steps 3 and 4: a majority counts only if the lock is still valid, less the allowance for drift.
  mutating func won(_ index: Int, _ turn: inout Turn) {
    guard let deadline = deadline(index, turn.now) else { return giveUp(index, &turn) }
    claims[index].phase = .holding
    let claim = claims[index]
    turn.cancel(Timer.timeout, key: UInt64(claim.lock.index))
    let grant = Grant(token: Token(unique: claim.value), asked: claim.asked.monotonic, deadline: deadline)
    turn.answer(.acquired(claim.lock, grant))
  }

  /// Until when the lock may be counted on, on the monotonic clock; nil where it already may not.
  func deadline(_ index: Int, _ now: LocalClocks) -> LocalTime? {
    let asked = claims[index].asked
    let spent = validity == .wall ? now.wall - asked.wall : now.monotonic - asked.monotonic
    let deadline = terms.drift.deadline(asked: now.monotonic + -spent, ttl: ttl)
    return validity == .unchecked || now.monotonic < deadline ? deadline : nil
  }

  /// Step 5: unlock every node, also those that refused, and try again after a random delay.
  mutating func giveUp(_ index: Int, _ turn: inout Turn) {
    let claim = claims[index]
    turn.record(Record(.attemptEnded, lock: claim.lock))
    _ = claims[index].votes.next()
    claims[index].tries += 1
    let isLast = terms.retries.map { claims[index].tries > $0 } ?? false
    if !habits.keepsPartialGrants || isLast {
      turn.broadcast(RedisMessage(.deleteIfEqual, claim.lock, value: claim.value), to: nodes)
    }
    turn.cancel(Timer.timeout, key: UInt64(claim.lock.index))
    if isLast {
      claims[index].phase = .idle
      return turn.answer(.gaveUp(claim.lock))
    }
    claims[index].phase = .resting
    let delay = terms.retryDelay + turn.random(below: terms.retryJitter)
    turn.set(Timer.retry, key: UInt64(claim.lock.index), after: delay)
  }

  mutating func timedOut(_ index: Int, _ turn: inout Turn) {
    if claims[index].turn != nil { return askNext(index, &turn) }
    switch claims[index].phase {
    case .asking: giveUp(index, &turn)
    case .extending: undecided(index, &turn)
    case .releasing: released(index, &turn)
    case .idle, .resting, .holding: break
    }
  }
}

// MARK: extending and releasing

extension RedlockClient {
  mutating func extend(_ index: Int, _ number: Int64, _ turn: inout Turn) {
    guard claims[index].phase == .holding else { return }
    claims[index].phase = .extending
    claims[index].refresh = number
    claims[index].asked = turn.now
    request(index, habits.extensionOperation, &turn)
  }

  /// An extension counts only if a majority gave it within the validity time.
  mutating func extended(_ index: Int, _ turn: inout Turn) {
    guard let deadline = deadline(index, turn.now) else { return undecided(index, &turn) }
    settle(index, &turn)
    turn.answer(.refreshed(claims[index].lock, number: claims[index].refresh, deadline: deadline))
  }

  mutating func refused(_ index: Int, _ turn: inout Turn) {
    settle(index, &turn)
    turn.answer(.lost(claims[index].lock))
  }

  mutating func undecided(_ index: Int, _ turn: inout Turn) {
    settle(index, &turn)
    turn.answer(.refreshTimedOut(claims[index].lock, number: claims[index].refresh))
  }

  mutating func settle(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .holding
    _ = claims[index].votes.next()
    turn.cancel(Timer.timeout, key: UInt64(claims[index].lock.index))
  }

  mutating func release(_ index: Int, _ turn: inout Turn) {
    let lock = claims[index].lock
    if claims[index].phase == .asking { turn.record(Record(.attemptEnded, lock: lock)) }
    turn.cancel(Timer.retry, key: UInt64(lock.index))
    claims[index].phase = .releasing
    request(index, .deleteIfEqual, &turn)
  }

  mutating func released(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .idle
    _ = claims[index].votes.next()
    turn.cancel(Timer.timeout, key: UInt64(claims[index].lock.index))
    turn.answer(.released(claims[index].lock))
  }
}

// MARK: asking in turn

extension RedlockClient {
  /// The node asked now has answered, or has not in time: the next one, or the count when all were asked.
  mutating func askNext(_ index: Int, _ turn: inout Turn) {
    let next = claims[index].turn! + 1
    let isAsking = claims[index].phase == .asking
    if Int(next) < nodes.count {
      claims[index].turn = next
      return send(index, isAsking ? .setIfAbsent : habits.extensionOperation, &turn)
    }
    claims[index].turn = nil
    switch claims[index].votes.outcome {
    case .majority: if isAsking { won(index, &turn) } else { extended(index, &turn) }
    case .hopeless: if isAsking { giveUp(index, &turn) } else { refused(index, &turn) }
    case .open: if isAsking { giveUp(index, &turn) } else { undecided(index, &turn) }
    }
  }
}
