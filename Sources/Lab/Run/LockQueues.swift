import Contract

/// Who wants each lock and who holds it, as far as the clients know.
///
/// A client wants a lock from its first request for it until it knows that it has it, its section ends or it
/// crashes, the pauses between its attempts included.
struct LockQueues: Sendable, Equatable {
  private(set) var requests: Int64 = 0
  private(set) var crowdedRequests: Int64 = 0
  private(set) var crowdedAcquisitions: Int64 = 0
  private(set) var holderOutages = SpanHistogram()

  /// Indexed by node: the lock that it wants; `.none`: it wants none.
  private var wanted: [LockID]
  /// Indexed by node: the locks that it holds, in the order in which it took them.
  private var held: [[LockID]]
  /// Indexed by lock, as far as there were requests.
  private var queues: [Queue] = []

  private struct Queue: Equatable {
    var wanting = 0
    /// From when on somebody has wanted it without a break.
    var wantedSince = Instant.start
    /// The first crash of a holder after which nobody has acquired the lock yet.
    var holderCrashed: Instant?
  }

  init(nodes: Int) {
    wanted = Array(repeating: .none, count: nodes)
    held = Array(repeating: [], count: nodes)
  }

  mutating func saw(_ record: Record) {
    switch record.kind {
    case .acquireSent: requested(record.lock, Int(record.client.index), at: record.at)
    case .acquired: acquired(record.lock, Int(record.client.index), at: record.at)
    case .leaseLost, .releaseSent: lost(record.lock, Int(record.client.index))
    case .sectionEnded:
      cease(Int(record.client.index))
      held[Int(record.client.index)].removeAll(keepingCapacity: true)
    case .crashed: crashed(Int(record.node.index), at: record.at)
    default: break
    }
  }

  mutating func finish(at end: Instant) {
    for lock in queues.indices where queues[lock].wanting > 0 { endOutage(of: lock, at: end) }
  }

  private mutating func requested(_ lock: LockID, _ client: Int, at now: Instant) {
    requests += 1
    if wanted[client] != lock {
      cease(client)
      want(lock, client, at: now)
    }
    if queues[Int(lock.index)].wanting > 1 { crowdedRequests += 1 }
  }

  private mutating func want(_ lock: LockID, _ client: Int, at now: Instant) {
    let place = Int(lock.index)
    while queues.count <= place { queues.append(Queue()) }
    if queues[place].wanting == 0 { queues[place].wantedSince = now }
    queues[place].wanting += 1
    wanted[client] = lock
  }

  private mutating func acquired(_ lock: LockID, _ client: Int, at now: Instant) {
    if wanted[client] != lock { want(lock, client, at: now) }
    if queues[Int(lock.index)].wanting > 1 { crowdedAcquisitions += 1 }
    endOutage(of: Int(lock.index), at: now)
    cease(client)
    held[client].append(lock)
  }

  private mutating func cease(_ client: Int) {
    guard wanted[client] != .none else { return }
    queues[Int(wanted[client].index)].wanting -= 1
    wanted[client] = .none
  }

  /// Without a lock, all of the client's are meant.
  private mutating func lost(_ lock: LockID, _ client: Int) {
    held[client].removeAll { lock == .none || $0 == lock }
  }

  private mutating func crashed(_ node: Int, at now: Instant) {
    cease(node)
    for lock in held[node] where queues[Int(lock.index)].holderCrashed == nil {
      queues[Int(lock.index)].holderCrashed = now
    }
    held[node].removeAll(keepingCapacity: true)
  }

  private mutating func endOutage(of lock: Int, at now: Instant) {
    guard let crash = queues[lock].holderCrashed else { return }
    holderOutages.add(now - max(crash, queues[lock].wantedSince))
    queues[lock].holderCrashed = nil
  }
}
