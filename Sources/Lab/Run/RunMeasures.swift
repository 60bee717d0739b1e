import Contract
import World

/// What one run cost its clients, in figures that locks can be compared by.
///
/// All times are true times. A wait begins with a section, or with the grant of the section's lock before;
/// it ends when the program learns of the grant. A stall is a time in which somebody waits and nobody
/// acquires. Memory is bounded by the nodes and locks of the run, whatever its length.
public struct RunMeasures: Sendable, Equatable {
  /// From the beginning of a wait to its end, of waits that ended with the lock.
  public private(set) var waits = SpanHistogram()
  /// Waits that ended without the lock: the client crashed, gave up, lost another lock, or the run was over.
  public private(set) var unfinishedWaits: Int64 = 0
  public private(set) var longestStall = Nanos.zero
  /// After the crash of a service node or layer: how long somebody waited until anybody acquired a lock.
  ///
  /// It begins with the crash, or, where nobody waits then, with the next wait; it ends with the first
  /// acquisition, or with the run. Crashes before that acquisition belong to the same outage.
  public private(set) var serviceOutages = SpanHistogram()
  /// As `serviceOutages`, after the crash of a client that held a lock: until anybody acquires that lock.
  public var holderOutages: SpanHistogram { queues.holderOutages }
  /// Requests for locks that clients sent; one to several nodes of a quorum is one.
  public var requests: Int64 { queues.requests }
  /// Of these, the ones sent while at least two clients, the sender among them, wanted the lock.
  public var crowdedRequests: Int64 { queues.crowdedRequests }
  /// Acquisitions while at least two clients, the one that acquires among them, wanted the lock.
  public var crowdedAcquisitions: Int64 { queues.crowdedAcquisitions }

  private let topology: Topology
  private let locksHeld: Int
  private var queues: LockQueues
  /// Indexed by node: since when its program waits, and for how many locks more; nil: it does not.
  private var waiters: [Waiter?]
  /// Indexed by node: how often its program acquired a lock.
  private var acquisitions: [Int64]
  private var waiting = 0
  /// The last acquisition, or the moment from which somebody waits again.
  private var quietSince = Instant.start
  /// From when on somebody has waited without a break.
  private var waitingSince = Instant.start
  /// The first crash of the service after which nobody has acquired a lock yet.
  private var serviceCrashed: Instant?

  private struct Waiter: Equatable {
    var since: Instant
    var left: Int
  }

  public init(_ topology: Topology, locksHeld: Int) {
    self.topology = topology
    self.locksHeld = locksHeld
    queues = LockQueues(nodes: topology.count)
    waiters = Array(repeating: nil, count: topology.count)
    acquisitions = Array(repeating: 0, count: topology.count)
  }

  /// How evenly the clients acquired: Jain's index in thousandths, rounded; nil where none acquired.
  ///
  /// (Sum of x)^2 / (n x sum of x^2) for n clients with x acquisitions each: 1000 where all have as many,
  /// 1000 / n where one has them all.
  ///
  /// - Source: Jain, Chiu and Hawe 1984, "A quantitative measure of fairness and discrimination".
  public var fairness: Int64? {
    var sum: UInt128 = 0, squares: UInt128 = 0
    for count in acquisitions[topology.indices(.client)] {
      sum += UInt128(count)
      squares += UInt128(count) * UInt128(count)
    }
    if sum == 0 { return nil }
    let whole = UInt128(topology.clients) * squares
    return Int64((sum * sum * 1000 + whole / 2) / whole)
  }

  mutating func saw(_ record: Record) {
    queues.saw(record)
    switch record.kind {
    case .waiting: begin(Int(record.client.index), at: record.at)
    case .acquired: acquired(Int(record.client.index), at: record.at)
    case .sectionEnded: giveUp(Int(record.client.index), at: record.at)
    case .crashed: crashed(record.node, at: record.at)
    default: break
    }
  }

  /// Ends what is still going on when the run is over.
  mutating func finish(at end: Instant) {
    queues.finish(at: end)
    if waiting > 0 { endOutage(at: end) }
    for node in waiters.indices { giveUp(node, at: end) }
  }

  private mutating func begin(_ client: Int, at now: Instant) {
    giveUp(client, at: now)
    if waiting == 0 { (quietSince, waitingSince) = (now, now) }
    waiting += 1
    waiters[client] = Waiter(since: now, left: locksHeld)
  }

  private mutating func acquired(_ client: Int, at now: Instant) {
    guard let waiter = waiters[client] else { return }
    waits.add(now - waiter.since)
    acquisitions[client] += 1
    endStall(at: now)
    endOutage(at: now)
    if waiter.left > 1 {
      waiters[client] = Waiter(since: now, left: waiter.left - 1)
    } else {
      waiters[client] = nil
      waiting -= 1
    }
  }

  private mutating func crashed(_ node: NodeID, at now: Instant) {
    switch topology.kind(of: node) {
    case .service, .layer: serviceCrashed = serviceCrashed ?? now
    case .client: giveUp(Int(node.index), at: now)
    case .resource: break
    }
  }

  private mutating func giveUp(_ node: Int, at now: Instant) {
    guard waiters[node] != nil else { return }
    waiters[node] = nil
    waiting -= 1
    unfinishedWaits += 1
    if waiting == 0 { endStall(at: now) }
  }

  private mutating func endStall(at now: Instant) {
    longestStall = max(longestStall, now - quietSince)
    quietSince = now
  }

  private mutating func endOutage(at now: Instant) {
    guard let crash = serviceCrashed else { return }
    serviceOutages.add(now - max(crash, waitingSince))
    serviceCrashed = nil
  }
}
