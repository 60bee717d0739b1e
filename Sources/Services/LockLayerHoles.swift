import Contract

/// The holes that a lock layer can have although it looks right: each a parameter, all but the
/// thread's own closed by default.
///
/// Every one of them is a small liberty with the thread's procedure that passes calm tests; the scenario of
/// its name shows what it costs.
/// Source: forum thread "Locking with FoundationDB", steps 1 to 5, read for what they leave open.
public struct LockLayerHoles: Sendable, BitwiseCopyable {
  /// Whether a refresh writes the lease without asking whether it still exists (`blind-refresh`).
  public let refreshesBlindly: Bool
  /// Whether a request that finds its own lock after an unknown result is answered without the lock's version
  /// (`unknown-result-no-token`).
  public let forgetsToken: Bool
  /// Whether a lock whose lease is gone counts as held (`dangling-locks`).
  public let holdsDanglingLocks: Bool
  /// Whether a client counts its lease from the answer instead of the request (`deadline-from-answer`).
  public let countsFromAnswer: Bool
  /// Whether a lease that takes its own lock over goes on under the old token (`reattach-same-token`).
  public let reattachesUnderOldToken: Bool
  /// Whether a lease is stamped with the read version of its transaction, as the thread says, which on an
  /// idle
  /// database is up to two seconds older than the request (`idle-cluster`). The one hole open by default.
  public let stampsReadVersion: Bool

  public init(_ settings: Settings) {
    refreshesBlindly = settings.choice("refreshes") == "blindly"
    forgetsToken = settings.choice("unknownResult") == "no-token"
    holdsDanglingLocks = settings.choice("danglingLocks") == "held"
    countsFromAnswer = settings.choice("countsFrom") == "received"
    stampsReadVersion = settings.choice("stamp") != "commit-version"
    reattachesUnderOldToken = settings.choice("reattach") == "same-token"
  }

  public static let parameters: [ParameterSpec] = [
    ParameterSpec(
      "refreshes", .choice(["existing", "blindly"]), .choice("existing"),
      "whether a refresh asks if the lease still exists"),
    ParameterSpec(
      "unknownResult", .choice(["token", "no-token"]), .choice("token"),
      "what a request that finds its own lock after an unknown result is told"),
    ParameterSpec(
      "danglingLocks", .choice(["free", "held"]), .choice("free"),
      "what a lock is whose lease exists no more"),
    ParameterSpec(
      "countsFrom", .choice(["sent", "received"]), .choice("sent"),
      "whether a client counts its lease from the request or from the answer"),
    ParameterSpec(
      "reattach", .choice(["bump", "same-token"]), .choice("bump"),
      "the token under which a lease takes its own lock over"),
    ParameterSpec(
      "stamp", .choice(["read-version", "commit-version"]), .choice("read-version"),
      "the version with which a lease is stamped when it is made or refreshed"),
  ]
}
