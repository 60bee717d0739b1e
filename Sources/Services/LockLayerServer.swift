import Contract

/// A layer process: it turns its clients' lock requests into transactions on the versioned store.
///
/// Promises: whatever several layers do, a lock record has one holder at a time, and tokens follow the order
/// of grants: both are the store's doing. A lease is refreshed only where it still exists.
/// Assumes: about expiry, what `LeaseExpiry` says: that versions run with time, or that its own clock does.
/// Breaks when: `recovery-version-jump`, `idle-cluster` (by versions), `override-by-fast-clock` (hybrid),
/// `clock-lease-step` (by wall clocks): leases of live clients are taken for expired.
/// Source: forum thread "Locking with FoundationDB", the procedure and the hybrid proposed at its end.
public struct LockLayerServer: Machine {
  public typealias Message = LockLayerInbox
  public enum Timer: UInt8, TimerName {
    /// The store client's own, keyed by transaction.
    case store = 1
    /// Keyed by job.
    case again
    case sample
    /// The store has been silent for long while something was asked of it.
    case silence
    /// Refreshes were collected for long enough.
    case batch
    /// Keyed by batch.
    case batchAgain
  }

  let terms: LockLayerTerms
  let ttl: Nanos
  let storeNode: NodeID
  var store: StoreClient
  /// Requests under way; a job's number is its index.
  var jobs: [LockLayerJob] = []
  var free: [Int32] = []
  /// Indexed by transaction slot: the job that it works for; -1: a sample.
  var owners: [Int32] = []
  var samples = VersionSamples()
  var batches = LockLayerBatches()
  /// When the store was heard last, on the monotonic clock.
  var heard = LocalTime(nanos: 0)
  var isCutOff = false

  /// After how long without a word from the store a layer that closes connections does so.
  static let patience = Nanos.seconds(1)

  public init(_ terms: LockLayerTerms, _ seat: Seat) {
    self.terms = terms
    ttl = seat.lease.ttl
    storeNode = seat.topology.node(.service, 1)!
    store = StoreClient(store: storeNode, incarnation: 0, timer: Timer.store)
  }

  public mutating func handle(_ input: Input<LockLayerInbox, Timer>, _ turn: inout Turn) {
    switch input {
    case .start: begin(&turn)
    case .restarted:
      store = StoreClient(store: storeNode, incarnation: turn.restarts, timer: Timer.store)
      begin(&turn)
    case .message(.client(let message), let client): receive(message, from: client, &turn)
    case .message(.access(let message), let client): receive(message, from: client, &turn)
    case .message(.store(let message), _):
      heard = turn.now.monotonic
      isCutOff = false
      if let event = store.handle(message, &turn) { happen(event, &turn) }
    case .timer(.store, let key): if let event = store.timedOut(key, &turn) { happen(event, &turn) }
    case .timer(.again, let key): run(Int(key), &turn)
    case .timer(.sample, _): sample(&turn)
    case .timer(.silence, _): lookForStore(&turn)
    case .timer(.batch, _): sealBatch(&turn)
    case .timer(.batchAgain, let key): runBatch(Int(key), &turn)
    case .call, .answer, .synced, .disturbed: break
    }
  }

  mutating func begin(_ turn: inout Turn) {
    heard = turn.now.monotonic
    if terms.expiry == .hybrid { sample(&turn) }
  }

  // MARK: requests become jobs

  mutating func receive(_ message: LockLayerMessage, from client: NodeID, _ turn: inout Turn) {
    let kind: LockLayerJob.Kind
    switch message.kind {
    case .createLease: kind = .createLease
    case .refresh where terms.batchInterval > .zero: return collect(message, from: client, &turn)
    case .refresh: kind = .refresh
    case .lock: kind = .lock
    case .unlock: kind = .unlock
    default: return
    }
    var job = LockLayerJob(kind, client: client, lock: message.lock)
    job.lease = kind == .createLease ? turn.random() >> 8 : message.lease
    job.attempt = message.attempt
    job.request = message.request
    take(job, &turn)
  }

  mutating func receive(_ message: AccessMessage, from client: NodeID, _ turn: inout Turn) {
    guard message.reply == nil else { return }
    var job = LockLayerJob(message.access.writes ? .write : .read, client: client, lock: message.access.lock)
    job.access = message.access
    take(job, &turn)
  }

  mutating func take(_ job: LockLayerJob, _ turn: inout Turn) {
    if isCutOff, terms.closesWhenUnavailable { return close(job.client, &turn) }
    var number = jobs.count
    if let slot = free.popLast() {
      number = Int(slot)
      jobs[number] = job
    } else {
      jobs.append(job)
    }
    run(number, &turn)
  }

  /// Begins a transaction for the job, its first or the next after one that failed.
  mutating func run(_ number: Int, _ turn: inout Turn) {
    guard jobs[number].isOpen else { return }
    jobs[number].forgetReads()
    let id = store.begin(&turn)
    jobs[number].transaction = id
    own(id, Int32(number))
    watchStore(&turn)
  }

  mutating func own(_ id: TransactionID, _ owner: Int32) {
    while owners.count <= id.slot { owners.append(-1) }
    owners[id.slot] = owner
  }

  // MARK: transactions

  mutating func happen(_ event: StoreEvent, _ turn: inout Turn) {
    if happenToBatch(event, &turn) { return }
    switch event {
    case .readVersion(let id, let version):
      let owner = owners[id.slot]
      if owner < 0 {
        samples.add(version, at: turn.now.monotonic, keeping: ttl * 2)
        if let end = store.commit(id, &turn) { happen(end, &turn) }
      } else {
        readFirst(Int(owner), id, version, &turn)
      }
    case .value(let id, let key, let value):
      let number = Int(owners[id.slot])
      jobs[number].take(value, of: key)
      if jobs[number].awaited == 0 { decide(number, id, &turn) }
    case .values(let id):
      let number = Int(owners[id.slot]), values = StoreValues(turn.parcel)
      for place in 0..<values.count { jobs[number].take(values[place], of: values.key(place)) }
      if jobs[number].awaited == 0 { decide(number, id, &turn) }
    case .ended(let id, let outcome):
      let owner = owners[id.slot]
      if owner >= 0, jobs[Int(owner)].transaction == id { conclude(Int(owner), outcome, &turn) }
    }
  }

  /// The first keys that a job's transaction reads, all at once.
  mutating func readFirst(_ number: Int, _ id: TransactionID, _ version: Int64, _ turn: inout Turn) {
    jobs[number].readVersion = version
    let job = jobs[number]
    switch job.kind {
    case .createLease: decide(number, id, &turn)
    case .refresh: read(LockLayerKey.lease(job.lease), number, id, &turn)
    case .lock: read([LockLayerKey.lock(job.lock), LockLayerKey.lease(job.lease)], number, id, &turn)
    case .unlock: read(LockLayerKey.lock(job.lock), number, id, &turn)
    case .read, .write: read([LockLayerKey.lock(job.lock), LockLayerKey.item(job.lock)], number, id, &turn)
    }
  }

  mutating func read(_ key: StoreKey, _ number: Int, _ id: TransactionID, _ turn: inout Turn) {
    jobs[number].awaited += 1
    store.read(key, in: id, &turn)
  }

  /// Both at once: reads that a layer does not wait for in between share a packet on their connection.
  mutating func read(_ keys: [StoreKey], _ number: Int, _ id: TransactionID, _ turn: inout Turn) {
    jobs[number].awaited += keys.count
    store.read(many: keys, in: id, &turn)
  }

  /// The transaction is over: answer, or try again where it was not applied or nobody knows.
  mutating func conclude(_ number: Int, _ outcome: StoreOutcome, _ turn: inout Turn) {
    switch outcome {
    case .committed(let version, _): answer(number, version, &turn)
    case .conflict, .tooOld, .unknown:
      let delay = jobs[number].backoff.delay(after: outcome, &turn)
      turn.set(Timer.again, key: UInt64(number), after: delay)
    }
  }

  mutating func close(_ number: Int) {
    jobs[number].isOpen = false
    free.append(Int32(number))
  }
}

// MARK: samples of the version clock

extension LockLayerServer {
  mutating func sample(_ turn: inout Turn) {
    own(store.begin(&turn), -1)
    watchStore(&turn)
    turn.set(Timer.sample, after: terms.sampleInterval)
  }

  /// Whether a lease last refreshed at this version has expired, as far as this layer can tell.
  func isExpired(_ lease: DiskValue, at readVersion: Int64, _ now: LocalClocks) -> Bool {
    switch terms.expiry {
    case .versions: return readVersion - lease.a > LockLayerServer.versions(in: ttl)
    case .hybrid:
      guard let dated = samples.date(of: lease.a) else { return false }
      return now.monotonic - dated > ttl
    case .clock: return now.wall - LocalTime(nanos: lease.d) > ttl
    }
  }

  /// How long the lease has about left without a refresh, by versions.
  func left(_ lease: DiskValue, at readVersion: Int64) -> Nanos {
    max(.zero, ttl - Nanos(readVersion - lease.a) * 1_000)
  }

  /// A million versions to the second. Source: the thread, "roughly 1 million per second".
  static func versions(in span: Nanos) -> Int64 { span.count / 1_000 }
}

/// What a hybrid layer remembers of the version clock: readings with the monotonic time at which they came.
///
/// A version is dated by the first sample with a greater one: never too early, so no lease looks older than
/// it is.
struct VersionSamples: Sendable {
  private var samples: [(version: Int64, at: LocalTime)] = []

  /// An answer that was overtaken may be so much older; one older yet comes from another database, restored
  /// behind the layer's back, and what was sampled before says nothing of it.
  private static let deepestSetback: Int64 = 5_000_000

  mutating func add(_ version: Int64, at moment: LocalTime, keeping span: Nanos) {
    if let last = samples.last, last.version >= version {
      guard last.version - version > VersionSamples.deepestSetback else { return }
      samples.removeAll()
    }
    if samples.count >= 64, moment - samples[samples.count / 2].at > span {
      samples.removeSubrange(..<(samples.count / 2))
    }
    samples.append((version, moment))
  }

  /// - Complexity: O(log n).
  func date(of version: Int64) -> LocalTime? {
    var low = 0, high = samples.count
    while low < high {
      let middle = (low + high) / 2
      if samples[middle].version > version { high = middle } else { low = middle + 1 }
    }
    return low < samples.count ? samples[low].at : nil
  }
}

// MARK: a store that does not answer

extension LockLayerServer {
  /// Whatever is asked first after a rest starts the count, a sample too.
  mutating func watchStore(_ turn: inout Turn) {
    guard terms.closesWhenUnavailable, store.openCount == 1 else { return }
    heard = turn.now.monotonic
    turn.set(Timer.silence, after: LockLayerServer.patience)
  }

  /// Failure case 3 of the thread: the layer has lost the store but not its clients, and closes.
  mutating func lookForStore(_ turn: inout Turn) {
    guard store.openCount > 0 else { return }
    let silence = turn.now.monotonic - heard
    if silence < LockLayerServer.patience {
      return turn.set(Timer.silence, after: LockLayerServer.patience - silence)
    }
    // Something must stay asked of the store, or the layer never hears that it is back.
    if !isCutOff { own(store.begin(&turn), -1) }
    isCutOff = true
    for number in jobs.indices where jobs[number].isOpen {
      store.abandon(jobs[number].transaction, &turn)
      close(jobs[number].client, &turn)
      close(number)
    }
    closeBatches(&turn)
    turn.set(Timer.silence, after: LockLayerServer.patience)
  }

  func close(_ client: NodeID, _ turn: inout Turn) {
    turn.send(LockLayerMessage(.closed, request: 0), to: client)
  }
}
