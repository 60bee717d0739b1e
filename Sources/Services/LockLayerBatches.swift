import Contract

/// The refreshes of many clients in one transaction of a layer.
struct LockLayerBatch: Sendable {
  struct Member: Sendable, BitwiseCopyable {
    let client: NodeID
    let lease: UInt64
    let request: Int64
    /// Whether the transaction found the lease.
    var isFound = false
  }

  /// In order of arrival.
  var members: [Member] = []
  var isOpen = false
  var transaction = TransactionID(number: 0)
  var readVersion: Int64 = 0
  var backoff = StoreBackoff()
}

/// The batches of a layer: the one that collects, and those whose transactions are under way.
struct LockLayerBatches: Sendable {
  var gathering: [LockLayerBatch.Member] = []
  /// A batch's number is its index.
  var all: [LockLayerBatch] = []
  private var free: [Int32] = []

  /// Makes a batch of what was collected; returns its number.
  mutating func seal() -> Int {
    let number = free.popLast().map { Int($0) } ?? all.count
    if number == all.count { all.append(LockLayerBatch()) }
    all[number].isOpen = true
    all[number].backoff = StoreBackoff()
    swap(&all[number].members, &gathering)
    gathering.removeAll(keepingCapacity: true)
    return number
  }

  mutating func close(_ number: Int) {
    all[number].isOpen = false
    all[number].members.removeAll(keepingCapacity: true)
    free.append(Int32(number))
  }

  // In `LockLayerServer.owners` a batch stands below -1, which is a sample.
  static func owner(_ number: Int) -> Int32 { -2 - Int32(number) }
  static func number(of owner: Int32) -> Int? { owner <= -2 ? Int(-2 - owner) : nil }
}

// What the layer does with batches: refreshes collected for `batchInterval` share one transaction, in which
// each lease is read before it is written. One lease stolen meanwhile costs all of them another attempt.
//
// Source: forum thread, "no more than a couple thousand transactions per second to manage the locks".
extension LockLayerServer {
  mutating func collect(_ message: LockLayerMessage, from client: NodeID, _ turn: inout Turn) {
    if isCutOff, terms.closesWhenUnavailable { return close(client, &turn) }
    if batches.gathering.isEmpty { turn.set(Timer.batch, after: terms.batchInterval) }
    batches.gathering.append(
      LockLayerBatch.Member(client: client, lease: message.lease, request: message.request))
  }

  mutating func sealBatch(_ turn: inout Turn) {
    if !batches.gathering.isEmpty { runBatch(batches.seal(), &turn) }
  }

  /// Begins a transaction for the batch, its first or the next after one that failed.
  mutating func runBatch(_ number: Int, _ turn: inout Turn) {
    guard batches.all[number].isOpen else { return }
    let id = store.begin(&turn)
    batches.all[number].transaction = id
    own(id, LockLayerBatches.owner(number))
    watchStore(&turn)
  }

  /// Takes what the store tells of a batch's transaction; false where the transaction is not a batch's.
  mutating func happenToBatch(_ event: StoreEvent, _ turn: inout Turn) -> Bool {
    let id = event.transaction
    guard let number = LockLayerBatches.number(of: owners[id.slot]) else { return false }
    guard batches.all[number].isOpen, batches.all[number].transaction == id else { return true }
    switch event {
    case .readVersion(_, let version):
      batches.all[number].readVersion = version
      store.read(many: batches.all[number].members.map { LockLayerKey.lease($0.lease) }, in: id, &turn)
    case .values: refreshFound(number, StoreValues(turn.parcel), id, &turn)
    case .ended(_, let outcome): concludeBatch(number, outcome, &turn)
    case .value: break
    }
    return true
  }

  /// Refreshes only leases that exist: a blind write would bring an expired one back to life.
  private mutating func refreshFound(
    _ number: Int, _ values: StoreValues, _ id: TransactionID, _ turn: inout Turn
  ) {
    for index in batches.all[number].members.indices {
      let lease = values[index], member = batches.all[number].members[index]
      batches.all[number].members[index].isFound = lease != nil || terms.holes.refreshesBlindly
      guard batches.all[number].members[index].isFound else { continue }
      putLease(member.lease, of: member.client, readAt: batches.all[number].readVersion, id, turn.now)
      let owner = lease?.c ?? Int64(member.client.index)
      store.mark(StoreMark(.extended, client: member.client, a: owner), in: id)
    }
    if let end = store.commit(id, &turn) { happen(end, &turn) }
  }

  private mutating func concludeBatch(_ number: Int, _ outcome: StoreOutcome, _ turn: inout Turn) {
    guard case .committed(let version, _) = outcome else {
      let delay = batches.all[number].backoff.delay(after: outcome, &turn)
      return turn.set(Timer.batchAgain, key: UInt64(number), after: delay)
    }
    for member in batches.all[number].members {
      let verdict: LockLayerMessage.Kind = member.isFound ? .refreshed : .leaseGone
      var reply = LockLayerMessage(verdict, lease: member.lease, request: member.request)
      reply.version = version
      turn.send(reply, to: member.client)
    }
    batches.close(number)
  }

  /// The store is out of reach: whoever waits for a refresh is told so.
  mutating func closeBatches(_ turn: inout Turn) {
    for member in batches.gathering { close(member.client, &turn) }
    batches.gathering.removeAll(keepingCapacity: true)
    for number in batches.all.indices where batches.all[number].isOpen {
      store.abandon(batches.all[number].transaction, &turn)
      for member in batches.all[number].members { close(member.client, &turn) }
      batches.close(number)
    }
  }
}

extension StoreEvent {
  var transaction: TransactionID {
    switch self {
    case .readVersion(let id, _), .value(let id, _, _), .values(let id), .ended(let id, _): id
    }
  }
}
