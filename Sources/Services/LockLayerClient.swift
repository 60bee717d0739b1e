import Contract

/// The client of a lock layer: one lease for its session, locks under it, one layer process at a time.
///
/// Promises: counts its lease from the moment it sent the last request that created or refreshed it.
/// Assumes: nothing of the layers; one that does not answer in time is left for the next.
/// Breaks when: `gc-pause`, `recovery-version-jump`.
/// Source: forum thread "Locking with FoundationDB", steps 1 to 4 and failure cases 1 to 3.
public struct LockLayerClient: Machine {
  public typealias Message = LockLayerMessage
  public enum Timer: UInt8, TimerName {
    /// Keyed by lock.
    case poll = 1
    /// Something may be due: a refresh, or the end of patience with a request.
    case alarm
    case reconnected
  }

  /// The session's lease, as far as the client knows.
  enum LeasePhase: Sendable, BitwiseCopyable { case none, creating, alive, refreshing }
  enum Phase: Sendable, BitwiseCopyable { case idle, awaitsLease, asking, resting, holding, releasing }

  /// What the client knows of one lock.
  struct Claim: Sendable, BitwiseCopyable {
    let lock: LockID
    var phase = Phase.idle
    var attempt: UInt64 = 0
    /// The lease it is asked for under; a new acquisition may bring a new one.
    var lease: UInt64 = 0
    var request: Int64 = 0
    /// When that request was sent.
    var sent = LocalTime(nanos: 0)
  }

  let terms: LockLayerTerms
  let ttl: Nanos
  let refresh: Nanos?
  let firstLayer: Int32
  /// Number of the layer now talked to, from 0.
  var current: Int
  var isConnected = false

  var leasePhase = LeasePhase.none
  var lease: UInt64 = 0
  /// When the last successful creation or refresh of the lease was sent, on the monotonic clock.
  var leaseAsked = LocalTime(nanos: 0)
  /// The lease request under way: its number, its number in records, and when it was sent.
  var leaseRequest: Int64 = 0
  var leaseNumber: Int64 = 0
  var leaseSent = LocalTime(nanos: 0)
  var requests: Int64 = 0
  var isFinished = false
  /// Whether a closed connection is to be opened elsewhere before the next refresh.
  var awaitsReconnection = false
  /// When the alarm rings; never later than the first thing that falls due.
  ///
  /// One alarm that is let ring costs less than a timer for each request that is nearly always stopped.
  var alarm: LocalTime?
  /// Before this nobody's patience with a request for a lock ends; nil: no such request is under way.
  var patience: LocalTime?
  /// One per lock ever asked for, in that order.
  var claims: [Claim] = []
  /// Whether some of them may await the lease; if not, a refresh need not look at them.
  var mayAwaitLease = false

  public init(_ terms: LockLayerTerms, _ seat: Seat) {
    self.terms = terms
    ttl = seat.lease.ttl
    refresh = seat.lease.refresh
    let layers = seat.topology.indices(.layer)
    firstLayer = Int32(layers.lowerBound)
    current = (seat.number - 1) % layers.count
  }

  public mutating func handle(_ input: Input<LockLayerMessage, Timer>, _ turn: inout Turn) {
    switch input {
    case .restarted: recall(&turn)
    case .call(let call): serve(call, &turn)
    case .message(let message, let layer) where layer == self.layer: hear(message, &turn)
    case .timer(.poll, let key): ask(claim(LockID(Int32(truncatingIfNeeded: key))), &turn)
    case .timer(.alarm, _): alarmRang(&turn)
    case .timer(.reconnected, _): goOn(&turn)
    case .start, .message, .answer, .synced, .disturbed: break
    }
  }

  /// The next input is most likely the alarm for a refresh, for which the store reads and writes the lease.
  public mutating func lookAhead(_ foresight: inout Foresight) {
    foresight.look(at: &self)
    if lease != 0 { foresight.expect(row: LockLayerKey.lease(lease).packed) }
  }

  mutating func serve(_ call: Call, _ turn: inout Turn) {
    switch call {
    case .acquire(let lock):
      if refresh == nil { leasePhase = .none }
      ask(claim(lock), &turn)
    case .release(let lock): release(claim(lock), &turn)
    case .access(let access):
      turn.send(AccessMessage(access.writes ? .write : .read, access), to: connect(&turn))
    case .finish:
      isFinished = true
      resetAlarm(&turn)
    case .refresh: break
    }
  }

  mutating func hear(_ message: LockLayerMessage, _ turn: inout Turn) {
    switch message.kind {
    case .leaseCreated where leasePhase == .creating && message.request == leaseRequest:
      leaseCreated(message.lease, &turn)
    case .refreshed where leasePhase == .refreshing && message.request == leaseRequest: leaseRefreshed(&turn)
    case .leaseGone where leasePhase == .refreshing && message.request == leaseRequest: leaseIsGone(&turn)
    case .leaseGone: mayNotAcquire(message, &turn)
    case .locked: locked(message, &turn)
    case .busy: busy(message, &turn)
    case .unlocked: unlocked(message, &turn)
    case .closed: closed(&turn)
    default: break
    }
  }

  mutating func claim(_ lock: LockID) -> Int {
    if let index = claims.firstIndex(where: { $0.lock == lock }) { return index }
    claims.append(Claim(lock: lock))
    return claims.count - 1
  }

  /// The layer to talk to; opening the connection is a fact that storms are counted by.
  mutating func connect(_ turn: inout Turn) -> NodeID {
    if !isConnected {
      isConnected = true
      turn.record(Record(.connected, a: Int64(layer.index)))
    }
    return layer
  }

  var layer: NodeID { NodeID(firstLayer + Int32(current)) }

  mutating func nextRequest() -> Int64 {
    requests += 1
    return requests
  }

  /// The layer gave no answer in time: the next one may.
  mutating func moveOn() {
    current = (current + 1) % terms.layers
    isConnected = false
  }
}

// MARK: the lease

extension LockLayerClient {
  mutating func createLease(_ turn: inout Turn) {
    leasePhase = .creating
    sendLeaseRequest(.createLease, &turn)
    turn.record(Record(.leaseSent, a: leaseNumber))
  }

  mutating func refreshLease(_ turn: inout Turn) {
    guard leasePhase == .alive, !isFinished else { return }
    leasePhase = .refreshing
    sendLeaseRequest(.refresh, &turn)
    turn.record(Record(.refreshSent, a: leaseNumber))
  }

  mutating func sendLeaseRequest(_ kind: LockLayerMessage.Kind, _ turn: inout Turn) {
    leaseRequest = nextRequest()
    leaseNumber += 1
    leaseSent = turn.now.monotonic
    awaitsReconnection = false
    let layer = connect(&turn)
    turn.send(LockLayerMessage(kind, lease: lease, request: leaseRequest), to: layer)
    // Once it is answered, the next refresh may fall due before patience with this request would have ended.
    setAlarm(leaseSent + min(terms.requestTimeout, refresh ?? terms.requestTimeout), &turn)
  }

  mutating func leaseCreated(_ id: UInt64, _ turn: inout Turn) {
    lease = id
    leaseIsAlive(&turn)
    turn.record(Record(.leaseCreated, a: leaseNumber))
    if terms.durableLease {
      turn.persist(0, DiskValue(Int64(bitPattern: id)))
      turn.sync(0)
    }
    askWhoAwaitsLease(&turn)
  }

  mutating func leaseRefreshed(_ turn: inout Turn) {
    leaseIsAlive(&turn)
    turn.record(Record(.refreshed, a: leaseNumber))
    turn.answer(.refreshed(.none, number: leaseNumber, deadline: deadline))
    askWhoAwaitsLease(&turn)
  }

  mutating func askWhoAwaitsLease(_ turn: inout Turn) {
    guard mayAwaitLease else { return }
    mayAwaitLease = false
    for index in claims.indices where claims[index].phase == .awaitsLease { ask(index, &turn) }
  }

  var deadline: LocalTime { terms.drift.deadline(asked: leaseAsked, ttl: ttl) }

  mutating func leaseIsAlive(_ turn: inout Turn) {
    leasePhase = .alive
    leaseAsked = terms.holes.countsFromAnswer ? turn.now.monotonic : leaseSent
    if let leaseMoment { setAlarm(leaseMoment, &turn) }
  }

  /// The store knows the lease no more: every lock under it is lost, and the session needs a new one.
  mutating func leaseIsGone(_ turn: inout Turn) {
    leasePhase = .none
    for claim in claims where claim.phase == .holding { turn.answer(.lost(claim.lock)) }
    if claims.contains(where: { $0.phase == .awaitsLease }) { createLease(&turn) }
  }

  mutating func leaseTimedOut(_ turn: inout Turn) {
    moveOn()
    if leasePhase == .creating { return createLease(&turn) }
    guard leasePhase == .refreshing else { return }
    leasePhase = .alive
    turn.record(Record(.refreshFailed, a: leaseNumber))
  }

  /// A restarted client finds the lease that it had kept, and tries to go on with it.
  mutating func recall(_ turn: inout Turn) {
    requests = Int64(turn.restarts) << 24
    guard terms.durableLease, let entry = turn.disk.first(where: { $0.slot == 0 }) else { return }
    lease = UInt64(bitPattern: entry.value.a)
    leasePhase = .alive
    refreshLease(&turn)
  }
}

// MARK: locks

extension LockLayerClient {
  mutating func ask(_ index: Int, _ turn: inout Turn) {
    guard leasePhase == .alive || leasePhase == .refreshing else {
      claims[index].phase = .awaitsLease
      mayAwaitLease = true
      if leasePhase == .none { createLease(&turn) }
      return
    }
    claims[index].phase = .asking
    claims[index].attempt = turn.randomToken()
    claims[index].lease = lease
    send(.lock, index, &turn)
    turn.record(
      Record(.acquireSent, lock: claims[index].lock, token: Token(unique: claims[index].attempt)))
  }

  mutating func send(_ kind: LockLayerMessage.Kind, _ index: Int, _ turn: inout Turn) {
    claims[index].request = nextRequest()
    let claim = claims[index], layer = connect(&turn)
    let message = LockLayerMessage(
      kind, lock: claim.lock, lease: claim.lease, attempt: claim.attempt, request: claim.request)
    turn.send(message, to: layer)
    claims[index].sent = turn.now.monotonic
    let end = claims[index].sent + terms.requestTimeout
    patience = patience ?? end
    setAlarm(end, &turn)
  }

  /// The claim that waits for this very answer.
  func asker(_ message: LockLayerMessage, _ phase: Phase) -> Int? {
    claims.firstIndex { $0.lock == message.lock && $0.request == message.request && $0.phase == phase }
  }

  mutating func locked(_ message: LockLayerMessage, _ turn: inout Turn) {
    guard let index = asker(message, .asking) else { return }
    claims[index].phase = .holding
    let token = Token(order: message.version, unique: claims[index].attempt)
    turn.answer(.acquired(message.lock, Grant(token: token, asked: leaseAsked, deadline: deadline)))
  }

  mutating func busy(_ message: LockLayerMessage, _ turn: inout Turn) {
    guard let index = asker(message, .asking) else { return }
    rest(index, &turn)
  }

  mutating func rest(_ index: Int, _ turn: inout Turn) {
    let lock = claims[index].lock
    claims[index].phase = .resting
    turn.record(Record(.attemptEnded, lock: lock))
    turn.set(Timer.poll, key: UInt64(lock.index), after: terms.pollInterval)
  }

  /// A lease that has expired cannot take a lock: the client makes a new one.
  mutating func mayNotAcquire(_ message: LockLayerMessage, _ turn: inout Turn) {
    guard let index = asker(message, .asking) else { return }
    turn.record(Record(.attemptEnded, lock: message.lock))
    if message.lease == lease, leasePhase != .creating { leasePhase = .none }
    ask(index, &turn)
  }

  /// Gives back what the attempt may have got, and tries elsewhere.
  mutating func lockTimedOut(_ index: Int, _ turn: inout Turn) {
    switch claims[index].phase {
    case .asking:
      moveOn()
      send(.unlock, index, &turn)
      rest(index, &turn)
    case .releasing: released(index, &turn)
    case .idle, .awaitsLease, .resting, .holding: break
    }
  }

  mutating func release(_ index: Int, _ turn: inout Turn) {
    let lock = claims[index].lock
    if claims[index].phase == .asking { turn.record(Record(.attemptEnded, lock: lock)) }
    turn.cancel(Timer.poll, key: UInt64(lock.index))
    claims[index].phase = .releasing
    send(.unlock, index, &turn)
  }

  mutating func unlocked(_ message: LockLayerMessage, _ turn: inout Turn) {
    if let index = asker(message, .releasing) { released(index, &turn) }
  }

  mutating func released(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .idle
    turn.answer(.released(claims[index].lock))
  }
}

// MARK: a closed connection

extension LockLayerClient {
  /// The layer cannot reach the store: what was asked of it failed; another layer is tried after a rest.
  mutating func closed(_ turn: inout Turn) {
    guard isConnected else { return }
    moveOn()
    if leasePhase == .refreshing {
      leasePhase = .alive
      turn.record(Record(.refreshFailed, a: leaseNumber))
    }
    if leasePhase == .creating { leasePhase = .none }
    awaitsReconnection = true
    for index in claims.indices where claims[index].phase == .asking {
      claims[index].phase = .awaitsLease
      mayAwaitLease = true
      turn.record(Record(.attemptEnded, lock: claims[index].lock))
    }
    turn.set(Timer.reconnected, after: terms.reconnectDelay + turn.random(below: terms.reconnectDelay))
  }

  /// Takes up where the closed connection had left things: the lease first.
  mutating func goOn(_ turn: inout Turn) {
    if leasePhase == .alive, refresh != nil { return refreshLease(&turn) }
    if leasePhase == .alive { return askWhoAwaitsLease(&turn) }
    if leasePhase == .none, claims.contains(where: { $0.phase == .awaitsLease }) { createLease(&turn) }
  }
}
