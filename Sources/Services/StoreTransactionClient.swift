import Contract

/// The store's client library inside a process: it drives many transactions at once from begin to outcome.
///
/// Promises: `conflict` and `tooOld` are never applied; at `unknown` the commit is decided (a probe of one of
/// its keys has committed after it); a read version covers every commit answered before `begin`.
/// Assumes: one client per node and process, which passes on every `StoreMessage` and every timer of the
/// given name.
/// Breaks when: the process forgets a transaction (`abandon`): its commit may still be applied later.
/// Source: FoundationDB fdbclient/NativeAPI.actor.cpp `tryCommit`, `commitDummyTransaction`,
/// `makeSelfConflicting`.
public struct StoreClient: Sendable {
  /// After how long without a reply a request counts as lost. Source: FDB CONNECTION_MONITOR_TIMEOUT, 2.0 s.
  public static let retryAfter = Nanos.seconds(2)

  /// The layer's timer for this client; its keys are transaction numbers.
  private struct RetryTimer: TimerName {
    let rawValue: UInt8
  }

  private let store: NodeID
  private let incarnation: Int32
  private let timer: RetryTimer
  /// Indexed by slot.
  private var transactions: [StoreTransaction] = []
  private var free: [Int32] = []
  private var uses: UInt32 = 0
  private var commitsSent: Int64 = 0

  /// - Parameters:
  ///   - incarnation: how often the process was started before, `turn.restarts`.
  ///   - timer: the layer's timer that is the client's alone.
  public init(store: NodeID, incarnation: Int32, timer: some TimerName) {
    self.store = store
    self.incarnation = incarnation
    self.timer = RetryTimer(rawValue: timer.rawValue)
  }

  /// How many transactions are under way, probes of lost commits among them.
  public var openCount: Int { transactions.count - free.count }

  // MARK: the layer's verbs

  /// Begins a transaction and asks for its read version; `.readVersion` follows.
  public mutating func begin(_ turn: inout Turn) -> TransactionID {
    let slot = freeSlot()
    uses &+= 1
    let id = TransactionID(incarnation: incarnation, uses: uses, slot: slot)
    transactions[slot].id = id
    transactions[slot].request = 0
    transactions[slot].backoff = StoreBackoff()
    turn.set(timer, key: id.number, after: StoreClient.retryAfter)
    ask(.getReadVersion, .awaitsVersion, slot, &turn)
    return id
  }

  /// Reads a key at the read version and puts it among the read conflict keys; `.value` follows.
  ///
  /// A snapshot read leaves no conflict key. Own writes of the transaction are not seen.
  /// - Precondition: the read version has arrived.
  public mutating func read(
    _ key: StoreKey, in id: TransactionID, asSnapshot: Bool = false, _ turn: inout Turn
  ) {
    guard let slot = slot(of: id), transactions[slot].phase == .active else { return }
    if !asSnapshot { transactions[slot].commit.addReadConflict(key) }
    if transactions[slot].awaited.isEmpty { transactions[slot].askedAt = turn.now.monotonic }
    transactions[slot].awaited.append(key)
    sendRead(of: key, slot, &turn)
  }

  /// Reads many keys with one message and puts them among the read conflict keys; `.values` follows.
  /// - Precondition: the read version has arrived, and no other read is under way.
  public mutating func read(many keys: [StoreKey], in id: TransactionID, _ turn: inout Turn) {
    guard let slot = slot(of: id), transactions[slot].phase == .active else { return }
    precondition(transactions[slot].awaited.isEmpty, "a read of many keys goes alone")
    for key in keys { transactions[slot].commit.addReadConflict(key) }
    transactions[slot].askedAt = turn.now.monotonic
    transactions[slot].awaited = keys
    transactions[slot].awaitsAll = true
    sendReads(slot, &turn)
  }

  /// Sets a key when the transaction commits; the commit version takes the place of word `versionWord`
  /// (0...3).
  public mutating func set(
    _ key: StoreKey, to value: DiskValue, versionWord: Int8 = -1, in id: TransactionID
  ) {
    guard let slot = collectingSlot(of: id) else { return }
    transactions[slot].commit.set(key, value, versionWord: versionWord)
  }

  public mutating func clear(_ key: StoreKey, in id: TransactionID) {
    guard let slot = collectingSlot(of: id) else { return }
    transactions[slot].commit.clear(key)
  }

  public mutating func addReadConflict(_ key: StoreKey, in id: TransactionID) {
    guard let slot = collectingSlot(of: id) else { return }
    transactions[slot].commit.addReadConflict(key)
  }

  public mutating func addWriteConflict(_ key: StoreKey, in id: TransactionID) {
    guard let slot = collectingSlot(of: id) else { return }
    transactions[slot].commit.addWriteConflict(key)
  }

  /// Has the store state a fact when, and only when, the transaction is applied; such a one is never
  /// read-only.
  public mutating func mark(_ mark: StoreMark, in id: TransactionID) {
    guard let slot = collectingSlot(of: id) else { return }
    transactions[slot].commit.add(mark)
  }

  /// Commits; `.ended` follows, at once where there is nothing to write.
  /// - Precondition: the read version has arrived.
  public mutating func commit(_ id: TransactionID, _ turn: inout Turn) -> StoreEvent? {
    guard let slot = slot(of: id), transactions[slot].phase == .active else { return nil }
    if transactions[slot].commit.isReadOnly { return end(slot, .committed(version: -1, order: 0), &turn) }
    makeSelfConflicting(slot, &turn)
    commitsSent += 1
    var message = nextRequest(.commit, .commits, slot, &turn)
    message.version = transactions[slot].readVersion
    message.value = DiskValue(commitsSent, Int64(incarnation))
    turn.send(message, to: store, parcel: transactions[slot].commit.words)
    return nil
  }

  /// Forgets a transaction. If its commit was sent, it may still be applied, at any later time (1031).
  public mutating func abandon(_ id: TransactionID, _ turn: inout Turn) {
    guard let slot = slot(of: id) else { return }
    _ = end(slot, .unknown, &turn)
  }

  // MARK: what the layer passes on

  /// A message of the store; nil where the layer need not know.
  public mutating func handle(_ message: StoreMessage, _ turn: inout Turn) -> StoreEvent? {
    guard let slot = slot(of: TransactionID(number: message.transaction)) else { return nil }
    guard message.request == transactions[slot].request else { return nil }
    switch transactions[slot].phase {
    case .awaitsVersion where message.kind == .readVersion:
      transactions[slot].phase = .active
      transactions[slot].readVersion = message.version
      return .readVersion(transactions[slot].id, message.version)
    case .active: return take(message, slot, &turn)
    case .commits: return conclude(message, slot, &turn)
    case .probeAwaitsVersion where message.kind == .readVersion: commitProbe(slot, at: message.version, &turn)
    case .probeCommits: return concludeProbe(message, slot, &turn)
    default: break
    }
    return nil
  }

  /// The client's timer with this key: what got no reply is sent again, a lost commit is probed.
  public mutating func timedOut(_ key: UInt64, _ turn: inout Turn) -> StoreEvent? {
    guard let slot = slot(of: TransactionID(number: key)) else { return nil }
    if transactions[slot].phase == .probeRests {
      startProbe(slot, &turn)
      return nil
    }
    let rest = StoreClient.retryAfter - (turn.now.monotonic - transactions[slot].askedAt)
    guard rest <= .zero || isIdle(slot) else {
      turn.set(timer, key: key, after: rest)
      return nil
    }
    turn.set(timer, key: key, after: StoreClient.retryAfter)
    transactions[slot].askedAt = turn.now.monotonic
    resend(slot, &turn)
    return nil
  }
}

// MARK: - Steps

extension StoreClient {
  private func isIdle(_ slot: Int) -> Bool {
    transactions[slot].phase == .active && transactions[slot].awaited.isEmpty
  }

  private mutating func resend(_ slot: Int, _ turn: inout Turn) {
    switch transactions[slot].phase {
    case .awaitsVersion, .probeAwaitsVersion:
      let id = transactions[slot].id.number, request = transactions[slot].request
      turn.send(StoreMessage(.getReadVersion, transaction: id, request: request), to: store)
    case .active: sendReads(slot, &turn)
    case .commits, .probeCommits: startProbe(slot, &turn)
    case .none, .probeRests: break
    }
  }

  /// Asks for all that is awaited: in one message, or one key at a time.
  private func sendReads(_ slot: Int, _ turn: inout Turn) {
    guard transactions[slot].awaitsAll else {
      for key in transactions[slot].awaited { sendRead(of: key, slot, &turn) }
      return
    }
    var message = StoreMessage(
      .readMany, transaction: transactions[slot].id.number, request: transactions[slot].request)
    message.version = transactions[slot].readVersion
    turn.send(message, to: store, parcel: transactions[slot].awaited.map(\.packed))
  }

  private func sendRead(of key: StoreKey, _ slot: Int, _ turn: inout Turn) {
    var message = StoreMessage(
      .read, transaction: transactions[slot].id.number, request: transactions[slot].request)
    message.key = key
    message.version = transactions[slot].readVersion
    turn.send(message, to: store)
  }

  private mutating func take(_ message: StoreMessage, _ slot: Int, _ turn: inout Turn) -> StoreEvent? {
    if transactions[slot].awaitsAll { return takeAll(message, slot, &turn) }
    guard let place = transactions[slot].awaited.firstIndex(of: message.key) else { return nil }
    if message.kind == .readTooOld { return end(slot, .tooOld, &turn) }
    guard message.kind == .value else { return nil }
    transactions[slot].awaited.remove(at: place)
    return .value(transactions[slot].id, message.key, message.hasValue ? message.value : nil)
  }

  private mutating func takeAll(_ message: StoreMessage, _ slot: Int, _ turn: inout Turn) -> StoreEvent? {
    if message.kind == .readTooOld { return end(slot, .tooOld, &turn) }
    guard message.kind == .values, StoreValues(turn.parcel).answer(transactions[slot].awaited) else {
      return nil
    }
    transactions[slot].awaited.removeAll(keepingCapacity: true)
    transactions[slot].awaitsAll = false
    return .values(transactions[slot].id)
  }

  /// Sees to it that a second delivery, or a probe, conflicts with the commit: some key is both read and
  /// written.
  private mutating func makeSelfConflicting(_ slot: Int, _ turn: inout Turn) {
    if let key = transactions[slot].commit.selfConflictKey {
      transactions[slot].conflictKey = key
      return
    }
    let key = StoreKey(reserved: StoreKey.selfConflictSpace, id: turn.random() >> 8)
    transactions[slot].commit.addReadConflict(key)
    transactions[slot].commit.addWriteConflict(key)
    transactions[slot].conflictKey = key
  }

  private mutating func conclude(_ message: StoreMessage, _ slot: Int, _ turn: inout Turn) -> StoreEvent? {
    switch message.kind {
    case .committed:
      return end(slot, .committed(version: message.version, order: message.value.a), &turn)
    case .conflict: return end(slot, .conflict, &turn)
    case .tooOld: return end(slot, .tooOld, &turn)
    case .unknown: startProbe(slot, &turn)
    default: break
    }
    return nil
  }

  // MARK: the dummy transaction

  /// A transaction that reads and writes the commit's key but changes nothing; when it has committed, the
  /// commit was applied before it or never will be.
  private mutating func startProbe(_ slot: Int, _ turn: inout Turn) {
    turn.set(timer, key: transactions[slot].id.number, after: StoreClient.retryAfter)
    ask(.getReadVersion, .probeAwaitsVersion, slot, &turn)
  }

  private mutating func commitProbe(_ slot: Int, at version: Int64, _ turn: inout Turn) {
    var probe = StoreCommit()
    probe.addReadConflict(transactions[slot].conflictKey)
    probe.addWriteConflict(transactions[slot].conflictKey)
    var message = nextRequest(.probe, .probeCommits, slot, &turn)
    message.version = version
    turn.send(message, to: store, parcel: probe.words)
  }

  private mutating func concludeProbe(
    _ message: StoreMessage, _ slot: Int, _ turn: inout Turn
  ) -> StoreEvent? {
    let outcome: StoreOutcome
    switch message.kind {
    case .committed: return end(slot, .unknown, &turn)
    case .conflict: outcome = .conflict
    case .tooOld: outcome = .tooOld
    case .unknown: outcome = .unknown
    default: return nil
    }
    transactions[slot].phase = .probeRests
    let delay = transactions[slot].backoff.delay(after: outcome, &turn)
    turn.set(timer, key: transactions[slot].id.number, after: delay)
    return nil
  }

  // MARK: slots and requests

  private mutating func ask(
    _ kind: StoreMessage.Kind, _ phase: StoreTransaction.Phase, _ slot: Int, _ turn: inout Turn
  ) {
    turn.send(nextRequest(kind, phase, slot, &turn), to: store)
  }

  /// A request of a new number, after which replies to earlier ones no longer count.
  private mutating func nextRequest(
    _ kind: StoreMessage.Kind, _ phase: StoreTransaction.Phase, _ slot: Int, _ turn: inout Turn
  ) -> StoreMessage {
    transactions[slot].phase = phase
    transactions[slot].request += 1
    transactions[slot].askedAt = turn.now.monotonic
    return StoreMessage(
      kind, transaction: transactions[slot].id.number, request: transactions[slot].request)
  }

  private mutating func freeSlot() -> Int {
    if let slot = free.popLast() { return Int(slot) }
    transactions.append(StoreTransaction())
    return transactions.count - 1
  }

  private func slot(of id: TransactionID) -> Int? {
    let slot = id.slot
    guard slot < transactions.count, transactions[slot].phase != .none, transactions[slot].id == id else {
      return nil
    }
    return slot
  }

  private func collectingSlot(of id: TransactionID) -> Int? {
    guard let slot = slot(of: id), transactions[slot].collects else { return nil }
    return slot
  }

  private mutating func end(_ slot: Int, _ outcome: StoreOutcome, _ turn: inout Turn) -> StoreEvent {
    let id = transactions[slot].id
    turn.cancel(timer, key: id.number)
    transactions[slot].phase = .none
    transactions[slot].commit = StoreCommit()
    transactions[slot].awaited.removeAll(keepingCapacity: true)
    transactions[slot].awaitsAll = false
    free.append(Int32(slot))
    return .ended(id, outcome)
  }
}
