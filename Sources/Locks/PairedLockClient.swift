import Contract
import Services

/// The client of the lock manager that pairs tokens.
///
/// Promises: counts its lease from the moment it sent the request; withdraws what a timed-out attempt may
/// have got.
/// Assumes: nothing is checked on the way: an answer that waited in a buffer is believed.
/// Breaks when: `gc-pause`, as every lease does.
/// Source: idelvall, comments on Kleppmann 2016, "client 1 acquires lock (token: 1)".
public struct PairedLockClient: Machine {
  public typealias Message = PairedLockMessage
  /// Keyed by lock.
  public enum Timer: UInt8, TimerName { case timeout = 1, retry }
  enum Phase: Sendable, BitwiseCopyable { case idle, asking, resting, holding, refreshing, releasing }

  /// What the client knows of one lock.
  struct Claim: Sendable, BitwiseCopyable {
    let lock: LockID
    var phase = Phase.idle
    var attempt: UInt64 = 0
    var asked = LocalTime(nanos: 0)
    /// Numbers requests; an answer counts only for the latest.
    var request: Int64 = 0
    /// The program's number of the refresh under way.
    var refresh: Int64 = 0
  }

  let ttl: Nanos
  let manager: NodeID
  let retryDelay: Nanos
  let retryJitter: Nanos
  let requestTimeout: Nanos
  let drift: DriftAllowance
  /// One per lock ever asked for, in that order.
  var claims: [Claim] = []

  init(_ settings: Settings, _ seat: Seat) {
    ttl = seat.lease.ttl
    manager = seat.topology.node(.service, 1)!
    retryDelay = settings.duration("retryDelay") ?? .milliseconds(200)
    retryJitter = settings.duration("retryJitter") ?? .milliseconds(200)
    requestTimeout = settings.duration("requestTimeout") ?? .milliseconds(50)
    drift = DriftAllowance(settings)
  }

  public mutating func handle(_ input: Input<PairedLockMessage, Timer>, _ turn: inout Turn) {
    switch input {
    case .call(.acquire(let lock)): ask(claim(lock), &turn)
    case .call(.refresh(let lock, let number)): refresh(claim(lock), number, &turn)
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

  mutating func send(_ kind: PairedLockMessage.Kind, _ index: Int, _ turn: inout Turn) {
    claims[index].request += 1
    let claim = claims[index]
    turn.send(
      PairedLockMessage(kind, claim.lock, attempt: claim.attempt, request: claim.request), to: manager)
    turn.set(Timer.timeout, key: UInt64(claim.lock.index), after: requestTimeout)
  }

  mutating func ask(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .asking
    claims[index].attempt = turn.randomToken()
    claims[index].asked = turn.now.monotonic
    send(.lock, index, &turn)
    let token = Token(unique: claims[index].attempt)
    turn.record(Record(.acquireSent, lock: claims[index].lock, token: token))
  }

  mutating func refresh(_ index: Int, _ number: Int64, _ turn: inout Turn) {
    guard claims[index].phase == .holding else { return }
    claims[index].phase = .refreshing
    claims[index].refresh = number
    claims[index].asked = turn.now.monotonic
    send(.refresh, index, &turn)
  }

  mutating func release(_ index: Int, _ turn: inout Turn) {
    let lock = claims[index].lock
    let isHeld = claims[index].phase == .holding || claims[index].phase == .refreshing
    if claims[index].phase == .asking { turn.record(Record(.attemptEnded, lock: lock)) }
    turn.cancel(Timer.retry, key: UInt64(lock.index))
    claims[index].phase = .releasing
    send(isHeld ? .unlock : .withdraw, index, &turn)
  }
}

// MARK: answers

extension PairedLockClient {
  mutating func answered(_ index: Int, _ message: PairedLockMessage, _ turn: inout Turn) {
    let claim = claims[index]
    guard message.request == claim.request else { return }
    turn.cancel(Timer.timeout, key: UInt64(claim.lock.index))
    switch (claim.phase, message.kind) {
    case (.asking, .locked): granted(index, message, &turn)
    case (.asking, _): rest(index, &turn)
    case (.refreshing, .refreshed):
      claims[index].phase = .holding
      turn.answer(.refreshed(claim.lock, number: claim.refresh, deadline: deadline(claim)))
    case (.refreshing, _):
      claims[index].phase = .holding
      turn.answer(.lost(claim.lock))
    case (.releasing, _): released(index, &turn)
    case (.idle, _), (.resting, _), (.holding, _): break
    }
  }

  func deadline(_ claim: Claim) -> LocalTime { drift.deadline(asked: claim.asked, ttl: ttl) }

  mutating func granted(_ index: Int, _ message: PairedLockMessage, _ turn: inout Turn) {
    claims[index].phase = .holding
    let claim = claims[index]
    let token = Token(order: message.order, minor: message.minor, unique: claim.attempt)
    turn.answer(.acquired(claim.lock, Grant(token: token, asked: claim.asked, deadline: deadline(claim))))
  }

  mutating func timedOut(_ index: Int, _ turn: inout Turn) {
    let claim = claims[index]
    switch claim.phase {
    case .asking:
      turn.send(PairedLockMessage(.withdraw, claim.lock, attempt: claim.attempt), to: manager)
      rest(index, &turn)
    case .refreshing:
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
    claims[index].request += 1
    claims[index].phase = .resting
    turn.set(Timer.retry, key: UInt64(lock.index), after: retryDelay + turn.random(below: retryJitter))
  }

  mutating func released(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .idle
    claims[index].request += 1
    turn.answer(.released(claims[index].lock))
  }
}
