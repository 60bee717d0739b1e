import Contract

/// What a verification of many runs came to: how far it got, and the first run that was not repeatable.
public struct Verification: Sendable {
  public var scenario: String
  /// Runs that were compared.
  public var runs = 0
  /// nil where all digests agreed.
  public var difference: VerifyDifference?

  public init(scenario: String) { self.scenario = scenario }
}

/// A run that came out differently the second time, and where the two parted.
public struct VerifyDifference: Sendable, Equatable {
  public var algorithm: String
  public var guardName: String
  public var seed: UInt64
  /// The digests of the two runs.
  public var digests: [String]
  /// nil where the runs that were to show it agreed: the difference comes and goes.
  public var first: VerifyParting?

  public init(algorithm: String, guardName: String, seed: UInt64, digests: [String], first: VerifyParting?) {
    self.algorithm = algorithm
    self.guardName = guardName
    self.seed = seed
    self.digests = digests
    self.first = first
  }
}

/// The first event that two runs of one seed do not share.
public struct VerifyParting: Sendable, Equatable {
  /// The event's number, from 1.
  public var event: Int64
  /// What each run had there; nil where it was over.
  public var left: VerifyEvent?
  public var right: VerifyEvent?

  /// The first event in which two runs differ, by what was recorded or by the digest; nil where none does.
  public static func find(
    left: () -> VerifyEvent?, right: () -> VerifyEvent?
  ) -> VerifyParting? {
    while true {
      let ours = left()
      let theirs = right()
      if ours == nil, theirs == nil { return nil }
      if ours != theirs { return VerifyParting(event: (ours ?? theirs)!.number, left: ours, right: theirs) }
    }
  }

  /// When it happened, in true time.
  public var at: Instant { (left ?? right)!.at }

  /// What a side did that the other did not: the first of its facts that differs, or else its digest.
  public func sentence(of side: VerifyEvent?, against other: VerifyEvent?) -> String {
    guard let side else { return "the run was over" }
    let facts = other?.facts ?? []
    for (place, fact) in side.facts.enumerated() where place >= facts.count || facts[place] != fact {
      return fact
    }
    if side.facts.count < facts.count { return "nothing more in this event" }
    let content = side.facts.isEmpty ? "nothing recorded" : "the same facts with other contents"
    return "\(content), digest \(side.digest)"
  }
}
