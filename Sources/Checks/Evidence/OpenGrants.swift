import Contract

/// The grants that are not given up, and the lease that each of them rests on.
struct OpenGrants: Sendable {
  static let reads: RecordKinds = [
    .acquireSent, .granted, .acquired, .leaseSent, .refreshSent, .leaseCreated, .refreshed, .refreshFailed,
    .attemptEnded, .releaseSent, .leaseLost, .sectionEnded, .clientDone, .crashed,
  ]

  struct Hold: Sendable {
    let granted: Record
    var isBelieved = false
    /// The lock's own lease; not looked at where all locks of the client share one.
    var lease: LeaseClock
  }

  private let ttl: Nanos
  private let isSeparate: Bool
  /// One separate lease goes on under all locks; without refreshes each acquisition makes its own.
  private let isShared: Bool
  /// For each lock, in grant order; at most one of each client.
  private var holds = Rows<[Hold]>([])
  /// For each client, the locks of its open grants.
  private var locks = Rows<[LockID]>([])
  /// For each client, its separate lease.
  private var leases = Rows<LeaseClock>(LeaseClock())
  /// For each client, when the latest attempts were sent that are neither granted nor given up.
  private var asked = Rows<[(lock: LockID, at: Instant)]>([])

  init(_ facts: RunFacts) {
    ttl = facts.lease.ttl
    isSeparate = facts.leaseIsSeparate
    isShared = facts.leaseIsSeparate && facts.lease.refresh != nil
  }

  /// The open grants of a lock, in grant order.
  func of(_ lock: LockID) -> [Hold] { holds[lock] }
  func of(_ lock: LockID, client: NodeID) -> Hold? { holds[lock].first { $0.granted.client == client } }
  func locks(_ client: NodeID) -> [LockID] { locks[client] }
  func lease(_ hold: Hold) -> LeaseClock { isShared ? leases[hold.granted.client] : hold.lease }

  mutating func saw(_ record: Record, isInOutage: Bool = false) {
    switch record.kind {
    case .acquireSent:
      _ = forgetAttempt(record)
      asked[record.client].append((record.lock, record.at))
    case .granted: open(record)
    case .acquired: change(record) { $0.isBelieved = true }
    case .leaseSent, .refreshSent, .leaseCreated, .refreshed, .refreshFailed: ask(record, isInOutage)
    case .attemptEnded: giveUp(record)
    case .releaseSent, .leaseLost: close(record.client, record.lock)
    case .sectionEnded, .clientDone: close(record.client, .none)
    case .crashed:
      close(record.node, .none)
      if !leases.all.isEmpty { leases[record.node] = LeaseClock() }
    default: break
    }
  }

  private mutating func open(_ record: Record) {
    close(record.client, record.lock)
    let own = forgetAttempt(record).map { LeaseClock(asked: $0) }
    let lease = isSeparate ? leases[record.client] : own ?? LeaseClock()
    holds[record.lock].append(Hold(granted: record, lease: lease))
    locks[record.client].append(record.lock)
  }

  /// When the client's open attempt at the lock was sent; nil where there is none.
  private mutating func forgetAttempt(_ record: Record) -> Instant? {
    let place = asked[record.client].firstIndex { $0.lock == record.lock }
    return place.map { asked[record.client].remove(at: $0).at }
  }

  private mutating func ask(_ record: Record, _ isInOutage: Bool) {
    let ttl = ttl
    func follow(_ lease: inout LeaseClock) {
      switch record.kind {
      case .leaseSent: lease.sent(.creation, record.a, at: record.at, ttl: ttl, isInOutage: isInOutage)
      case .refreshSent: lease.sent(.refresh, record.a, at: record.at, ttl: ttl, isInOutage: isInOutage)
      case .leaseCreated: lease.answered(.creation, record.a)
      case .refreshed: lease.answered(.refresh, record.a)
      default: lease.failed(.refresh, record.a)
      }
    }
    if record.lock == .none || isSeparate {
      follow(&leases[record.client])
    } else {
      change(record) { follow(&$0.lease) }
    }
  }

  private mutating func change(_ record: Record, _ body: (inout Hold) -> Void) {
    let place = holds[record.lock].firstIndex { $0.granted.client == record.client }
    guard let index = place else { return }
    body(&holds[record.lock][index])
  }

  /// A grant that its client has not learned of goes with the attempt.
  private mutating func giveUp(_ record: Record) {
    _ = forgetAttempt(record)
    // Most attempts that are given up were never granted.
    guard locks[record.client].contains(record.lock) else { return }
    guard let hold = of(record.lock, client: record.client), !hold.isBelieved else { return }
    close(record.client, record.lock)
  }

  /// `lock == .none`: all grants of the client.
  private mutating func close(_ client: NodeID, _ lock: LockID) {
    for held in locks[client] where lock == .none || held == lock {
      holds[held].removeAll { $0.granted.client == client }
    }
    if !locks[client].isEmpty { locks[client].removeAll { lock == .none || $0 == lock } }
  }
}

extension RunFacts {
  /// How long a careful holder may trust its lease: the TTL less what two drifting clocks and rounding take.
  var trustedAge: Nanos {
    lease.ttl - lease.ttl.scaled(partsPerBillion: 2 * declaredDrift) - .milliseconds(1)
  }
}
