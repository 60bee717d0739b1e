import Contract

/// What the runs of a case cost, in whole numbers.
public struct CaseCosts: Sendable, Equatable {
  public var acquisitions: Int64 = 0
  public var unfinishedWaits: Int64 = 0
  /// Requests for locks; see `RunMeasures` for these three.
  public var requests: Int64 = 0
  public var crowdedRequests: Int64 = 0
  public var crowdedAcquisitions: Int64 = 0
  public var messages: Int64 = 0
  public var syncs: Int64 = 0
  /// Simulated time of all runs.
  public var milliseconds: Int64 = 0
  public var sectionsDone: Int64 = 0
  public var sectionsAbandoned: Int64 = 0
  /// Sections that ended because the client learned that its lease was gone.
  public var leasesLost: Int64 = 0
  public var effects: Int64 = 0
  public var duplicateEffects: Int64 = 0
  /// Transactions begun at the store; nil where the algorithm has none.
  public var transactions: Int64?
  /// Jain's index in thousandths: the mean of the runs, and the least; nil without an acquisition.
  public var fairness: Int64?
  public var fairnessLeast: Int64?
  public var wait = SpanFigures()
  /// The longest stall of each run.
  public var stall = SpanFigures()
  public var serviceOutage = SpanFigures()
  public var holderOutage = SpanFigures()

  public init() {}

  /// - Parameter hasStore: whether the algorithm has a store whose transactions count.
  public init(_ measures: CaseMeasures, _ reached: Reached, hasStore: Bool) {
    acquisitions = measures.acquisitions
    unfinishedWaits = measures.unfinishedWaits
    requests = measures.requests
    crowdedRequests = measures.crowdedRequests
    crowdedAcquisitions = measures.crowdedAcquisitions
    messages = measures.messages
    syncs = measures.syncs
    milliseconds = measures.milliseconds
    sectionsDone = reached.sections - reached.abandoned
    sectionsAbandoned = reached.abandoned
    leasesLost = reached.leasesLost
    effects = reached.effects
    duplicateEffects = reached.duplicateEffects
    transactions = hasStore ? reached.transactions : nil
    fairness =
      measures.fairRuns == 0
      ? nil : (measures.fairnessSum + measures.fairRuns / 2) / measures.fairRuns
    fairnessLeast = measures.fairnessLeast
    wait = SpanFigures(measures.waits)
    stall = SpanFigures(measures.stalls)
    serviceOutage = SpanFigures(measures.serviceOutages)
    holderOutage = SpanFigures(measures.holderOutages)
  }

  /// In hundredths, rounded; nil without an acquisition. So also the others below.
  public var messagesPerAcquisition: Int64? { CaseCosts.hundredths(messages, per: acquisitions) }
  public var syncsPerAcquisition: Int64? { CaseCosts.hundredths(syncs, per: acquisitions) }
  public var requestsPerAcquisition: Int64? { CaseCosts.hundredths(requests, per: acquisitions) }
  /// nil also where the algorithm has no store.
  public var transactionsPerAcquisition: Int64? {
    transactions.flatMap { CaseCosts.hundredths($0, per: acquisitions) }
  }

  /// Requests per acquisition while at least two clients want the lock; nil where that never was.
  ///
  /// Each waiter needs one request where waiters queue; where all of them ask again whenever the lock is
  /// free, it grows with their number, and with every poll.
  ///
  /// - Source: Hunt et al. 2010, "ZooKeeper: wait-free coordination", section 2.4, the herd effect.
  public var herd: Int64? { CaseCosts.hundredths(crowdedRequests, per: crowdedAcquisitions) }

  /// Sections done in a minute of simulated time; nil without time.
  public var sectionsPerMinute: Int64? { CaseCosts.ratio(sectionsDone, 6_000_000, per: milliseconds) }

  /// Duplicate effects in 1,000 sections, in tenths, rounded up: 0 means none at all; nil without effects.
  public var duplicateTenthsPerThousand: Int64? {
    let sections = Int128(sectionsDone) + Int128(sectionsAbandoned)
    if effects == 0 || sections == 0 { return nil }
    return Int64(clamping: (Int128(duplicateEffects) * 10_000 + sections - 1) / sections)
  }

  private static func hundredths(_ count: Int64, per total: Int64) -> Int64? { ratio(count, 100, per: total) }

  /// So many times the quotient, rounded; figures that were read from a file may be of any size.
  private static func ratio(_ count: Int64, _ times: Int128, per total: Int64) -> Int64? {
    total == 0 ? nil : Int64(clamping: (Int128(count) * times + Int128(total) / 2) / Int128(total))
  }
}

/// How long something lasted, over all times that it did; nil where it never did.
public struct SpanFigures: Sendable, Equatable {
  public var count: Int64 = 0
  public var median: Nanos?
  /// The 99th percentile.
  public var rare: Nanos?
  public var longest: Nanos?

  public init() {}

  public init(_ spans: SpanHistogram) {
    count = spans.total
    median = spans.percentile(50)
    rare = spans.percentile(99)
    longest = spans.percentile(100)
  }
}
