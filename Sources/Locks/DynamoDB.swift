import Contract
import Services

/// A lock item in a table with conditional writes; who waits watches its version, not its clock.
public struct DynamoDB: LockAlgorithm {
  public static let name = "dynamodb"
  public static let summary = "a lock item in a table, taken over when its version stands still for a lease"
  public static let source = "awslabs/amazon-dynamodb-lock-client, AmazonDynamoDBLockClient.java"
  public static let parameters = DynamoDBTerms.parameters
  public static let token = TokenKind.unique
  public static let protocols: [any Payload.Type] = [TableMessage.self]

  let terms: DynamoDBTerms

  public init(_ settings: Settings) { terms = DynamoDBTerms(settings) }

  public var services: Int { 1 }
  public func client(_ seat: Seat) -> any ErasedMachine { DynamoDBClient(terms, seat) }
  public func server(_ seat: Seat) -> any ErasedMachine { TableServer() }
}

/// The parameters of the lock client.
public struct DynamoDBTerms: Sendable {
  let pollPeriod: Nanos
  let requestTimeout: Nanos
  let deletesOnRelease: Bool
  let holdsWhenUnavailable: Bool
  let drift: DriftAllowance

  init(_ settings: Settings) {
    pollPeriod = settings.duration("pollPeriod") ?? .seconds(1)
    requestTimeout = settings.duration("requestTimeout") ?? .seconds(1)
    deletesOnRelease = settings.flag("deleteLockOnRelease")
    holdsWhenUnavailable = settings.flag("holdLockOnServiceUnavailable")
    drift = DriftAllowance(settings)
  }

  /// Source: AcquireLockOptions (refreshPeriod 1 s, deleteLockOnRelease), AmazonDynamoDBLockClientOptions.
  static let parameters: [ParameterSpec] = [
    ParameterSpec(
      "pollPeriod", .duration, .duration(.seconds(1)), "rest between two looks at a held lock"),
    ParameterSpec(
      "requestTimeout", .duration, .duration(.seconds(1)), "how long a client waits for the table's answer"),
    ParameterSpec(
      "deleteLockOnRelease", .flag, .flag(true),
      "whether a release deletes the item, or marks it as released"),
    ParameterSpec(
      "holdLockOnServiceUnavailable", .flag, .flag(false),
      "whether a heartbeat without an answer counts as one that succeeded, as after an HTTP 503: unsafe"),
    DriftAllowance.parameter,
  ]
}

/// The lock client of one process.
///
/// Promises: takes over a lock only after its version stood still for the holder's whole lease on the own
/// monotonic clock, counted from after a read; counts its own lease from before it sent the write. So with
/// clocks of equal rate every careful holder has given up before any takeover.
/// Assumes: monotonic clocks that do not stop, and whose rates differ by less than the drift allowance; no
/// pause and no delay between a check and what follows: the version has no order that storage could check.
/// Breaks when: `dynamodb-gc-pause`, `dynamodb-suspended`, `dynamodb-clock-rate`,
/// `dynamodb-hold-when-unavailable`; drops locks nobody took in `dynamodb-lost-heartbeat-reply`.
/// Source: awslabs/amazon-dynamodb-lock-client, acquireLock, sendHeartbeat, releaseLock. Different here: a
/// client retries without limit, gives back what a timed-out attempt may have got, and takes a drift
/// allowance off its own deadline; a request without an answer stands for the SDK's exceptions, HTTP 503
/// among them.
public struct DynamoDBClient: Machine {
  public typealias Message = TableMessage
  /// Keyed by lock.
  public enum Timer: UInt8, TimerName { case timeout = 1, look }
  enum Phase: Sendable, BitwiseCopyable {
    case idle, looking, resting, taking, holding, renewing, releasing
  }

  /// What the client knows of one lock.
  struct Claim: Sendable, BitwiseCopyable {
    let lock: LockID
    var phase = Phase.idle
    /// Numbers requests; an answer counts only for the latest.
    var request: Int64 = 0
    /// The version last seen in another's item and since when, on the monotonic clock; 0: none seen.
    var seen: UInt64 = 0
    var seenSince = LocalTime(nanos: 0)
    /// The version that the item has, as far as the client knows, and the one now asked for.
    var version: UInt64 = 0
    var proposed: UInt64 = 0
    /// When the write was sent that the lease counts from, and when the latest one was.
    var counted = LocalTime(nanos: 0)
    var sent = LocalTime(nanos: 0)
    /// The number of the refresh under way.
    var refresh: Int64 = 0
    /// Released while a heartbeat was under way: goes out when that is over.
    var isLeaving = false
  }

  let terms: DynamoDBTerms
  let lease: Nanos
  let table: NodeID
  /// This process's own name in the items.
  var owner: UInt64 = 0
  var requests: Int64 = 0
  /// One per lock ever asked for, in that order.
  var claims: [Claim] = []

  init(_ terms: DynamoDBTerms, _ seat: Seat) {
    self.terms = terms
    lease = seat.lease.ttl
    table = seat.topology.node(.service, 1)!
  }

  public mutating func handle(_ input: Input<TableMessage, Timer>, _ turn: inout Turn) {
    switch input {
    case .start, .restarted:
      owner = turn.randomToken()
      requests = Int64(turn.restarts) << 32
    case .call(.acquire(let lock)):
      claims[claim(lock)].seen = 0
      look(claim(lock), &turn)
    case .call(.refresh(let lock, let number)): renew(claim(lock), number, &turn)
    case .call(.release(let lock)): release(claim(lock), &turn)
    case .message(let answer, _): answered(claim(answer.lock), answer, &turn)
    case .timer(.timeout, let key): timedOut(claim(LockID(Int32(truncatingIfNeeded: key))), &turn)
    case .timer(.look, let key): look(claim(LockID(Int32(truncatingIfNeeded: key))), &turn)
    case .call, .answer, .synced, .disturbed: break
    }
  }

  mutating func claim(_ lock: LockID) -> Int {
    if let index = claims.firstIndex(where: { $0.lock == lock }) { return index }
    claims.append(Claim(lock: lock))
    return claims.count - 1
  }

  mutating func send(_ request: TableMessage, _ index: Int, _ turn: inout Turn) {
    requests += 1
    claims[index].request = requests
    claims[index].sent = turn.now.monotonic
    var numbered = request
    numbered.request = requests
    turn.send(numbered, to: table)
    turn.set(Timer.timeout, key: UInt64(claims[index].lock.index), after: terms.requestTimeout)
  }

  /// The item as this process would have it.
  func item(version: UInt64) -> TableItem { TableItem(owner: owner, version: version, lease: lease) }

  mutating func answered(_ index: Int, _ answer: TableMessage, _ turn: inout Turn) {
    let claim = claims[index], isDone = answer.kind == .done
    guard answer.request == claim.request else { return }
    turn.cancel(Timer.timeout, key: UInt64(claim.lock.index))
    switch claim.phase {
    case .looking: looked(index, answer, &turn)
    case .taking: if isDone { granted(index, &turn) } else { giveUp(index, &turn) }
    case .renewing: if isDone { renewed(index, &turn) } else { lost(index, &turn) }
    case .releasing: released(index, &turn)
    case .idle, .resting, .holding: break
    }
  }

  mutating func timedOut(_ index: Int, _ turn: inout Turn) {
    switch claims[index].phase {
    case .looking: rest(index, &turn)
    case .taking:
      sendRelease(index, version: claims[index].proposed, &turn)
      giveUp(index, &turn)
    case .renewing: renewalTimedOut(index, &turn)
    case .releasing: released(index, &turn)
    case .idle, .resting, .holding: break
    }
  }
}

// MARK: taking

extension DynamoDBClient {
  mutating func look(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .looking
    send(TableMessage(.get, claims[index].lock), index, &turn)
  }

  /// Absent or released: take it. Held: watch the version for the holder's lease, from when it was first
  /// seen.
  mutating func looked(_ index: Int, _ answer: TableMessage, _ turn: inout Turn) {
    let now = turn.now.monotonic, item = answer.item
    if !answer.isFound { return take(index, .isAbsent, &turn) }
    if item.isReleased { return take(index, .isReleased, &turn) }
    if claims[index].seen != item.version {
      claims[index].seen = item.version
      claims[index].seenSince = now
    } else if now - claims[index].seenSince > item.lease {
      return take(index, .hasVersion, &turn)
    }
    rest(index, &turn)
  }

  mutating func take(_ index: Int, _ condition: TableMessage.Condition, _ turn: inout Turn) {
    let lock = claims[index].lock, version = turn.randomToken()
    claims[index].phase = .taking
    claims[index].proposed = version
    let put = TableMessage(.put, lock, item: item(version: version))
    send(put.when(condition, version: claims[index].seen), index, &turn)
    turn.record(Record(.acquireSent, lock: lock, token: Token(unique: version)))
  }

  mutating func granted(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .holding
    claims[index].version = claims[index].proposed
    claims[index].counted = claims[index].sent
    let claim = claims[index]
    let token = Token(unique: claim.version)
    let grant = Grant(token: token, asked: claim.counted, deadline: deadline(index))
    turn.answer(.acquired(claim.lock, grant))
  }

  func deadline(_ index: Int) -> LocalTime { terms.drift.deadline(asked: claims[index].counted, ttl: lease) }

  /// Someone else was faster, or nobody knows.
  mutating func giveUp(_ index: Int, _ turn: inout Turn) {
    turn.record(Record(.attemptEnded, lock: claims[index].lock))
    rest(index, &turn)
  }

  mutating func rest(_ index: Int, _ turn: inout Turn) {
    let lock = claims[index].lock
    claims[index].phase = .resting
    turn.cancel(Timer.timeout, key: UInt64(lock.index))
    turn.set(Timer.look, key: UInt64(lock.index), after: terms.pollPeriod)
  }
}

// MARK: keeping

extension DynamoDBClient {
  /// A heartbeat: another version, if the item still has the one that this client gave it.
  mutating func renew(_ index: Int, _ number: Int64, _ turn: inout Turn) {
    let claim = claims[index]
    guard claim.phase == .holding else { return }
    // Source: sendHeartbeat throws for a lock that isExpired, without asking the table.
    if turn.now.monotonic - claim.counted > lease { return turn.answer(.lost(claim.lock)) }
    claims[index].phase = .renewing
    claims[index].refresh = number
    claims[index].proposed = turn.randomToken()
    let heartbeat = TableMessage(.renew, claim.lock, item: item(version: claims[index].proposed))
    send(heartbeat.when(.isOwn, version: claim.version), index, &turn)
  }

  mutating func renewed(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .holding
    claims[index].version = claims[index].proposed
    claims[index].counted = claims[index].sent
    if claims[index].isLeaving { return release(index, &turn) }
    let claim = claims[index]
    turn.answer(.refreshed(claim.lock, number: claim.refresh, deadline: deadline(index)))
  }

  /// The item has another version: someone else's, or that of an own heartbeat whose answer was lost.
  mutating func lost(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .holding
    if claims[index].isLeaving { return release(index, &turn) }
    turn.answer(.lost(claims[index].lock))
  }

  /// Source: sendHeartbeat, holdLockOnServiceUnavailable: updateLookUpTime without a renewal.
  mutating func renewalTimedOut(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .holding
    if claims[index].isLeaving { return release(index, &turn) }
    let claim = claims[index]
    guard terms.holdsWhenUnavailable else {
      return turn.answer(.refreshTimedOut(claim.lock, number: claim.refresh))
    }
    claims[index].counted = turn.now.monotonic
    turn.answer(.refreshTimedOut(claim.lock, number: claim.refresh, deadline: deadline(index)))
  }
}

// MARK: giving back

extension DynamoDBClient {
  /// As the original's lock on the item: a release waits for the heartbeat under way, whose version it needs.
  mutating func release(_ index: Int, _ turn: inout Turn) {
    let claim = claims[index]
    turn.cancel(Timer.look, key: UInt64(claim.lock.index))
    switch claim.phase {
    case .renewing: claims[index].isLeaving = true
    case .taking:
      turn.record(Record(.attemptEnded, lock: claim.lock))
      claims[index].phase = .releasing
      sendRelease(index, version: claim.proposed, &turn)
    case .holding:
      claims[index].isLeaving = false
      claims[index].phase = .releasing
      sendRelease(index, version: claim.version, &turn)
    case .idle, .looking, .resting: released(index, &turn)
    case .releasing: break
    }
  }

  mutating func sendRelease(_ index: Int, version: UInt64, _ turn: inout Turn) {
    let kind = terms.deletesOnRelease ? TableMessage.Kind.delete : .release
    let request = TableMessage(kind, claims[index].lock, item: item(version: version))
    send(request.when(.isOwn, version: version), index, &turn)
  }

  mutating func released(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .idle
    turn.cancel(Timer.timeout, key: UInt64(claims[index].lock.index))
    turn.answer(.released(claims[index].lock))
  }
}
