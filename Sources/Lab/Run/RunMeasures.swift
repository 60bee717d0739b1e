import Contract
import World

/// What one run cost its clients in time, in figures that locks can be compared by.
///
/// All times are true times. A wait begins with a section, or with the grant of the section's lock before;
/// it ends when the program learns of the grant. A stall is a time in which somebody waits and nobody
/// acquires.
public struct RunMeasures: Sendable, Equatable {
  /// From the beginning of a wait to its end, of waits that ended with the lock.
  public private(set) var waits = SpanHistogram()
  /// Waits that ended without the lock: the client crashed, gave up, lost another lock, or the run was over.
  public private(set) var unfinishedWaits: Int64 = 0
  public private(set) var longestStall = Nanos.zero

  private let locksHeld: Int
  /// Indexed by node: since when its program waits, and for how many locks more; nil: it does not.
  private var waiters: [Waiter?]
  private var waiting = 0
  /// The last acquisition, or the moment from which somebody waits again.
  private var quietSince = Instant.start

  private struct Waiter: Equatable {
    var since: Instant
    var left: Int
  }

  /// - Parameter nodes: how many the run has.
  public init(nodes: Int, locksHeld: Int) {
    self.locksHeld = locksHeld
    waiters = Array(repeating: nil, count: nodes)
  }

  mutating func saw(_ record: Record) {
    switch record.kind {
    case .waiting: begin(Int(record.client.index), at: record.at)
    case .acquired: acquired(Int(record.client.index), at: record.at)
    case .sectionEnded: giveUp(Int(record.client.index), at: record.at)
    case .crashed: giveUp(Int(record.node.index), at: record.at)
    default: break
    }
  }

  /// Ends what is still going on when the run is over.
  mutating func finish(at end: Instant) {
    for node in waiters.indices { giveUp(node, at: end) }
  }

  private mutating func begin(_ client: Int, at now: Instant) {
    giveUp(client, at: now)
    if waiting == 0 { quietSince = now }
    waiting += 1
    waiters[client] = Waiter(since: now, left: locksHeld)
  }

  private mutating func acquired(_ client: Int, at now: Instant) {
    guard let waiter = waiters[client] else { return }
    waits.add(now - waiter.since)
    endStall(at: now)
    if waiter.left > 1 {
      waiters[client] = Waiter(since: now, left: waiter.left - 1)
    } else {
      waiters[client] = nil
      waiting -= 1
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
}

/// The measures of all runs of a case, without keeping the runs.
public struct CaseMeasures: Sendable, Equatable {
  public private(set) var waits = SpanHistogram()
  public private(set) var unfinishedWaits: Int64 = 0
  /// The longest stall of each run.
  public private(set) var stalls = SpanHistogram()
  public private(set) var messages: Int64 = 0
  /// Of all nodes, the resource among them.
  public private(set) var syncs: Int64 = 0
  /// Runs in which some check could not decide.
  public private(set) var inconclusive = 0

  public init() {}

  public var acquisitions: Int64 { waits.total }
  /// In hundredths, rounded; nil without an acquisition.
  public var messagesPerAcquisition: Int64? { perAcquisition(messages) }
  /// In hundredths, rounded; nil without an acquisition.
  public var syncsPerAcquisition: Int64? { perAcquisition(syncs) }

  mutating func add(_ run: RunMeasures) {
    waits.add(run.waits)
    unfinishedWaits += run.unfinishedWaits
    stalls.add(run.longestStall)
  }

  mutating func add(_ counts: World.Counts) {
    messages += counts.messages
    syncs += counts.syncs
  }

  /// Adds a run of a runner that measures.
  public mutating func add(_ result: RunResult) {
    if let measures = result.measures { add(measures) }
    add(result.counts)
    let isUndecided = result.verdicts.contains {
      if case .unknown = $0.verdict { true } else { false }
    }
    if isUndecided { inconclusive += 1 }
  }

  private func perAcquisition(_ count: Int64) -> Int64? {
    acquisitions == 0 ? nil : (count * 100 + acquisitions / 2) / acquisitions
  }
}
