import Contract

/// The fields of the costs by the names that results have for them, for those who write and read results.
///
/// A field that is missing here would be lost on the way through a file; `ComparisonTests` looks for that.
extension CaseCosts {
  public static var counts: [(name: String, path: WritableKeyPath<CaseCosts, Int64>)] {
    [
      ("acquisitions", \.acquisitions), ("unfinishedWaits", \.unfinishedWaits), ("requests", \.requests),
      ("crowdedRequests", \.crowdedRequests), ("crowdedAcquisitions", \.crowdedAcquisitions),
      ("messages", \.messages), ("syncs", \.syncs), ("milliseconds", \.milliseconds),
      ("sectionsDone", \.sectionsDone), ("sectionsAbandoned", \.sectionsAbandoned),
      ("leasesLost", \.leasesLost), ("effects", \.effects), ("duplicateEffects", \.duplicateEffects),
    ]
  }

  /// Counts that may be missing: null in results.
  public static var optionalCounts: [(name: String, path: WritableKeyPath<CaseCosts, Int64?>)] {
    [("transactions", \.transactions), ("fairness", \.fairness), ("fairnessLeast", \.fairnessLeast)]
  }

  public static var spans: [(name: String, path: WritableKeyPath<CaseCosts, SpanFigures>)] {
    [
      ("wait", \.wait), ("longestStall", \.stall), ("serviceOutage", \.serviceOutage),
      ("holderOutage", \.holderOutage),
    ]
  }

  /// What follows from the others, in hundredths: written for programs, and not read back.
  public static var derived: [(name: String, path: KeyPath<CaseCosts, Int64?>)] {
    [
      ("messagesPerAcquisition", \.messagesPerAcquisition), ("syncsPerAcquisition", \.syncsPerAcquisition),
      ("requestsPerAcquisition", \.requestsPerAcquisition),
      ("transactionsPerAcquisition", \.transactionsPerAcquisition), ("herdFactor", \.herd),
      ("sectionsPerMinute", \.sectionsPerMinute),
    ]
  }
}
