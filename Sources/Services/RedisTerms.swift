import Contract

/// The parameters that every Redis-backed lock has.
public struct RedisTerms: Sendable {
  public enum Fsync: String, Sendable, CaseIterable {
    /// No persistence at all, as `appendonly no`, the default of Redis.
    case never
    case everysec, always
  }

  public let nodes: Int
  public let fsync: Fsync
  public let restartDelay: Nanos
  public let retryDelay: Nanos
  /// Added to the retry delay, uniform below this.
  public let retryJitter: Nanos
  public let requestTimeout: Nanos
  /// How many times a refused or timed-out attempt is repeated; nil: without limit.
  public let retries: Int64?
  /// What a client takes off the TTL for clocks that run apart.
  public let drift: DriftAllowance

  public init(_ settings: Settings) {
    nodes = Int(settings.count("nodes") ?? 1)
    fsync = Fsync(rawValue: settings.choice("fsync") ?? "never") ?? .never
    restartDelay = settings.duration("restartDelay") ?? .zero
    retryDelay = settings.duration("retryDelay") ?? .milliseconds(200)
    retryJitter = settings.duration("retryJitter") ?? .milliseconds(200)
    requestTimeout = settings.duration("requestTimeout") ?? .milliseconds(50)
    retries = settings.count("retries")
    drift = DriftAllowance(settings)
  }

  /// The parameters; `nodes` only where the lock has a choice.
  public static func parameters(nodes: ParameterSpec? = nil) -> [ParameterSpec] {
    (nodes.map { [$0] } ?? []) + [
      ParameterSpec(
        "fsync", .choice(Fsync.allCases.map(\.rawValue)), .choice("never"),
        "persistence: none, synced once a second, or synced before each answer"),
      ParameterSpec(
        "restartDelay", .duration, .duration(.zero),
        "how much longer a crashed node stays away, on its own wall clock"),
      ParameterSpec("retryDelay", .duration, .duration(.milliseconds(200)), "rest after a failed attempt"),
      ParameterSpec(
        "retryJitter", .duration, .duration(.milliseconds(200)), "added to the rest, uniform from zero"),
      ParameterSpec(
        "requestTimeout", .duration, .duration(.milliseconds(50)), "how long a client waits for answers"),
      ParameterSpec("retries", .count(0...1_000_000), nil, "attempts after the first; absent: without limit"),
      DriftAllowance.parameter,
    ]
  }
}

/// What a careful client takes off its TTL: a share for drifting clocks, and 2 ms.
///
/// Source: redis-doc, distributed locks: CLOCK_DRIFT; client constant int(0.01 * TTL) + 2 ms.
public struct DriftAllowance: Sendable {
  /// Parts per billion of the TTL.
  public let rate: Int64

  public init(_ settings: Settings) { rate = settings.rate("drift") ?? 10_000_000 }

  public static let parameter = ParameterSpec(
    "drift", .rate(signed: false), .rate(10_000_000), "taken off the TTL for drift, with 2 ms more")

  /// When a lease of this TTL, asked for at `asked`, must no longer be counted on.
  public func deadline(asked: LocalTime, ttl: Nanos) -> LocalTime {
    asked + ttl + -ttl.scaled(partsPerBillion: rate) + .milliseconds(-2)
  }
}
