import Contract

/// The grants that are not given up, and the lease that each of them rests on.
///
/// All lie in one slab, in a chain for each lock and one for each client.
struct OpenGrants: Sendable {
  static let reads: RecordKinds = [
    .acquireSent, .granted, .acquired, .leaseSent, .refreshSent, .leaseCreated, .refreshed, .refreshFailed,
    .attemptEnded, .releaseSent, .leaseLost, .sectionEnded, .clientDone, .crashed,
  ]

  struct Hold: Sendable, BitwiseCopyable {
    let granted: ShortRecord
    fileprivate(set) var isBelieved = false
    fileprivate var place = Slab<Hold>.none
    /// The one that was granted next of those of the lock, and before of those of the client.
    fileprivate var nextOfLock = Slab<Hold>.none
    fileprivate var olderOfClient = Slab<Hold>.none
  }

  /// What is known of one client.
  private struct Session: Sendable {
    /// Its separate lease.
    var lease = LeaseClock()
    var newest = Slab<Hold>.none
    /// The latest attempt that is neither granted nor given up, and when it was sent; the others beside it.
    var attempt = LockID.none
    var asked = Instant.start
    var others: [(lock: LockID, asked: Instant)] = []
  }

  private let ttl: Nanos
  private let isSeparate: Bool
  /// One separate lease goes on under all locks; without refreshes each acquisition makes its own.
  private let isShared: Bool
  private var holds: Slab<Hold>
  private var foresight = Foresight()
  /// Indexed by a hold's place: the lock's own lease; empty where all locks of a client share one.
  private var leases: [LeaseClock] = []
  /// For each lock, the oldest of its open grants; at most one is of each client.
  private var oldest: Rows<Int32>
  /// Indexed by client node. Not rows, since reading a row copies all of it.
  private var sessions: [Session] = []
  private let clients: Int

  init(_ facts: RunFacts) {
    holds = Slab(expecting: facts.locks)
    oldest = Rows(Slab<Hold>.none, expecting: facts.locks)
    clients = facts.topology.count
    ttl = facts.lease.ttl
    isSeparate = facts.leaseIsSeparate
    isShared = facts.leaseIsSeparate && facts.lease.refresh != nil
  }

  /// The oldest open grant of a lock; `after` leads to the others.
  func first(_ lock: LockID) -> Hold? { hold(at: oldest[lock]) }
  /// The open grant of the same lock that was granted next.
  func after(_ hold: Hold) -> Hold? { self.hold(at: hold.nextOfLock) }

  func of(_ lock: LockID, client: NodeID) -> Hold? {
    var next = first(lock)
    while let hold = next, hold.granted.client != client { next = after(hold) }
    return next
  }

  /// The locks of a client's open grants, in grant order.
  func locks(_ client: NodeID) -> [LockID] {
    var found: [LockID] = []
    var next = newest(client)
    while let hold = next {
      found.append(hold.granted.lock)
      next = self.hold(at: hold.olderOfClient)
    }
    return found.reversed()
  }

  func lease(_ hold: Hold) -> LeaseClock {
    isShared ? sessions[Int(hold.granted.client.index)].lease : leases[Int(hold.place)]
  }

  /// Looks at the sessions that these records are about, where they are too many for the cache.
  mutating func lookAhead(_ records: Span<Record>, _ chosen: UInt64) {
    if sessions.count < Foresight.crowd { return }
    var left = chosen
    while left != 0 {
      if let session = session(of: records[left.trailingZeroBitCount].client) {
        foresight.saw(sessions[session].asked.nanos &+ (sessions[session].lease.hasFailedInOutage ? 1 : 0))
      }
      left &= left &- 1
    }
  }

  mutating func saw(_ record: Record, isInOutage: Bool = false) {
    switch record.kind {
    case .acquireSent:
      _ = forgetAttempt(record)
      noteAttempt(record)
    case .granted: open(record)
    case .acquired:
      if let hold = of(record.lock, client: record.client) { holds[hold.place].isBelieved = true }
    case .leaseSent, .refreshSent, .leaseCreated, .refreshed, .refreshFailed: ask(record, isInOutage)
    case .attemptEnded: giveUp(record)
    case .releaseSent, .leaseLost: close(record.client, record.lock)
    case .sectionEnded, .clientDone: close(record.client, .none)
    case .crashed:
      close(record.node, .none)
      if let session = session(of: record.node) { sessions[session].lease = LeaseClock() }
    default: break
    }
  }

  // MARK: attempts

  private mutating func noteAttempt(_ record: Record) {
    let session = reach(record.client)
    if sessions[session].attempt != .none {
      sessions[session].others.append((sessions[session].attempt, sessions[session].asked))
    }
    sessions[session].attempt = record.lock
    sessions[session].asked = record.at
  }

  /// When the client's open attempt at the lock was sent; nil where there is none.
  private mutating func forgetAttempt(_ record: Record) -> Instant? {
    guard let session = session(of: record.client) else { return nil }
    if sessions[session].attempt == record.lock {
      sessions[session].attempt = .none
      return sessions[session].asked
    }
    if sessions[session].others.isEmpty { return nil }
    let place = sessions[session].others.firstIndex { $0.lock == record.lock }
    return place.map { sessions[session].others.remove(at: $0).asked }
  }

  /// A grant that its client has not learned of goes with the attempt.
  private mutating func giveUp(_ record: Record) {
    _ = forgetAttempt(record)
    guard let hold = of(record.lock, client: record.client), !hold.isBelieved else { return }
    remove(hold)
  }

  // MARK: grants

  /// The newest open grant of a client; `olderOfClient` leads to the others.
  private func newest(_ client: NodeID) -> Hold? {
    session(of: client).flatMap { hold(at: sessions[$0].newest) }
  }

  private func session(of client: NodeID) -> Int? {
    client.index >= 0 && Int(client.index) < sessions.count ? Int(client.index) : nil
  }

  private mutating func reach(_ client: NodeID) -> Int {
    precondition(client != .none, "a record that changes a check names its client")
    if sessions.isEmpty { sessions.reserveCapacity(clients) }
    while sessions.count <= Int(client.index) { sessions.append(Session()) }
    return Int(client.index)
  }

  private func hold(at place: Int32) -> Hold? { place == Slab<Hold>.none ? nil : holds[place] }

  private mutating func open(_ record: Record) {
    if let earlier = of(record.lock, client: record.client) { remove(earlier) }
    let asked = forgetAttempt(record), session = reach(record.client)
    let place = holds.put(Hold(granted: ShortRecord(record)))
    holds[place].place = place
    holds[place].olderOfClient = sessions[session].newest
    sessions[session].newest = place
    if var last = first(record.lock) {
      while let next = after(last) { last = next }
      holds[last.place].nextOfLock = place
    } else {
      oldest[record.lock] = place
    }
    if isShared { return }
    while leases.count <= Int(place) { leases.append(LeaseClock()) }
    let own = asked.map { LeaseClock(asked: $0) } ?? LeaseClock()
    leases[Int(place)] = isSeparate ? sessions[session].lease : own
  }

  /// `lock == .none`: all grants of the client.
  private mutating func close(_ client: NodeID, _ lock: LockID) {
    var next = newest(client)
    while let hold = next {
      next = self.hold(at: hold.olderOfClient)
      if lock == .none || hold.granted.lock == lock { remove(hold) }
    }
  }

  private mutating func remove(_ hold: Hold) {
    let lock = hold.granted.lock, session = Int(hold.granted.client.index)
    if oldest[lock] == hold.place {
      oldest[lock] = hold.nextOfLock
    } else {
      var before = oldest[lock]
      while holds[before].nextOfLock != hold.place { before = holds[before].nextOfLock }
      holds[before].nextOfLock = hold.nextOfLock
    }
    if sessions[session].newest == hold.place {
      sessions[session].newest = hold.olderOfClient
    } else {
      var before = sessions[session].newest
      while holds[before].olderOfClient != hold.place { before = holds[before].olderOfClient }
      holds[before].olderOfClient = hold.olderOfClient
    }
    holds.remove(hold.place)
  }

  // MARK: leases

  private mutating func ask(_ record: Record, _ isInOutage: Bool) {
    if record.lock == .none || isSeparate {
      OpenGrants.follow(record, ttl, isInOutage, &sessions[reach(record.client)].lease)
    } else if let hold = of(record.lock, client: record.client) {
      OpenGrants.follow(record, ttl, isInOutage, &leases[Int(hold.place)])
    }
  }

  private static func follow(
    _ record: Record, _ ttl: Nanos, _ isInOutage: Bool, _ lease: inout LeaseClock
  ) {
    switch record.kind {
    case .leaseSent: lease.sent(.creation, record.a, at: record.at, ttl: ttl, isInOutage: isInOutage)
    case .refreshSent: lease.sent(.refresh, record.a, at: record.at, ttl: ttl, isInOutage: isInOutage)
    case .leaseCreated: lease.answered(.creation, record.a)
    case .refreshed: lease.answered(.refresh, record.a)
    default: lease.failed(.refresh, record.a)
    }
  }
}

extension RunFacts {
  /// How long a careful holder may trust its lease: the TTL less what two drifting clocks and rounding take.
  var trustedAge: Nanos {
    lease.ttl - lease.ttl.scaled(partsPerBillion: 2 * declaredDrift) - .milliseconds(1)
  }
}
