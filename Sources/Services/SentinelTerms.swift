import Contract

/// The parameters of Redis nodes with replicas and sentinels.
public struct SentinelTerms: Sendable {
  /// How many replicas must have a write before its client counts on the lock (`WAIT`).
  public let wait: Int
  public let minReplicas: Int
  /// How old a replica's acknowledgement may be for it to count, in whole seconds.
  public let maxLag: Nanos
  public let sentinels: Int
  /// How many sentinels must find the master down.
  public let agreement: Int
  public let downAfter: Nanos
  public let failoverTimeout: Nanos
  public let tiltPeriod: Nanos
  /// Whether a failover that a person asks for has the master hand over first.
  public let coordinates: Bool

  public init(_ settings: Settings) {
    wait = Int(settings.count("wait") ?? 0)
    minReplicas = Int(settings.count("minReplicas") ?? 0)
    maxLag = settings.duration("maxLag") ?? .seconds(10)
    sentinels = Int(settings.count("sentinels") ?? 3)
    agreement = Int(settings.count("agreement") ?? 2)
    downAfter = settings.duration("downAfter") ?? .seconds(30)
    failoverTimeout = settings.duration("failoverTimeout") ?? .seconds(180)
    tiltPeriod = settings.duration("tiltPeriod") ?? .seconds(30)
    coordinates = settings.choice("manualFailover") == "coordinated"
  }

  /// The parameters; Redis' own defaults, but for what a lock's client decides.
  public static func parameters(wait: Int64) -> [ParameterSpec] {
    [
      ParameterSpec(
        "wait", .count(0...62), .count(wait), "WAIT: replicas that must have the key before the lock counts"),
      ParameterSpec(
        "minReplicas", .count(0...62), .count(0),
        "min-replicas-to-write: with fewer the master refuses writes"),
      ParameterSpec(
        "maxLag", .duration, .duration(.seconds(10)),
        "min-replicas-max-lag: how old an acknowledgement may be"),
      ParameterSpec("sentinels", .count(1...63), .count(3), "sentinel processes, named layer-1 and on"),
      ParameterSpec(
        "agreement", .count(1...63), .count(2), "the sentinels' quorum: so many must find it down"),
      ParameterSpec(
        "downAfter", .duration, .duration(.seconds(30)), "down-after-milliseconds: silence that means down"),
      ParameterSpec(
        "failoverTimeout", .duration, .duration(.seconds(180)),
        "how long a failover may take; twice that between two"),
      ParameterSpec(
        "tiltPeriod", .duration, .duration(.seconds(30)),
        "TILT: how long a sentinel acts on nothing after its clock jumped"),
      ParameterSpec(
        "manualFailover", .choice(["forced", "coordinated"]), .choice("forced"),
        "SENTINEL FAILOVER (leader-change): without asking the master, or by its handing over"),
    ]
  }
}
