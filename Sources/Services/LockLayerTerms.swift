import Contract

/// How a layer tells that a lease has expired.
public enum LeaseExpiry: Sendable, BitwiseCopyable {
  /// By versions alone, a million to the second.
  case versions
  /// By the layer's own monotonic clock; versions only say which lease is older than which sample.
  case hybrid
  /// By wall clocks: of the layer that stamped the lease, and of the layer that judges it.
  case clock
}

/// The parameters of a lock layer on the versioned store.
public struct LockLayerTerms: Sendable {
  public let expiry: LeaseExpiry
  public let layers: Int
  /// Whether a client keeps its lease's identifier on disk, for when it restarts.
  public let durableLease: Bool
  /// Whether a layer that cannot reach the store closes its clients' connections.
  public let closesWhenUnavailable: Bool
  public let reconnectDelay: Nanos
  public let pollInterval: Nanos
  public let requestTimeout: Nanos
  public let sampleInterval: Nanos
  /// How long a layer collects refreshes for one transaction; zero: a transaction for each.
  public let batchInterval: Nanos
  public let drift: DriftAllowance
  public let holes: LockLayerHoles
  public let store: Settings

  public init(_ settings: Settings, expiry: LeaseExpiry) {
    self.expiry = expiry
    layers = Int(settings.count("layers") ?? 2)
    durableLease = settings.flag("durableLease")
    closesWhenUnavailable = settings.choice("onUnavailable") == "close"
    reconnectDelay = settings.duration("reconnectDelay") ?? .seconds(1)
    pollInterval = settings.duration("pollInterval") ?? .milliseconds(100)
    requestTimeout = settings.duration("requestTimeout") ?? .seconds(5)
    sampleInterval = settings.duration("sampleInterval") ?? .seconds(1)
    batchInterval = settings.duration("batchInterval") ?? .zero
    drift = DriftAllowance(settings)
    holes = LockLayerHoles(settings)
    store = settings
  }

  public static let parameters: [ParameterSpec] =
    [
      ParameterSpec(
        "layers", .count(1...1_000), .count(2), "layer processes between the clients and the store"),
      ParameterSpec(
        "durableLease", .flag, .flag(false), "whether a client that restarts goes on with its old lease"),
      ParameterSpec(
        "onUnavailable", .choice(["keep", "close"]), .choice("keep"),
        "what a layer that cannot reach the store does with its clients' connections"),
      ParameterSpec(
        "reconnectDelay", .duration, .duration(.seconds(1)),
        "rest before a closed connection is opened elsewhere, and as much again drawn"),
      ParameterSpec("pollInterval", .duration, .duration(.milliseconds(100)), "rest after a lock was busy"),
      ParameterSpec(
        "requestTimeout", .duration, .duration(.seconds(5)), "how long a client waits for a layer"),
      ParameterSpec(
        "sampleInterval", .duration, .duration(.seconds(1)),
        "how often a hybrid layer dates the store's version by its own clock"),
      ParameterSpec(
        "batchInterval", .duration, .duration(.zero),
        "how long a layer collects refreshes for one transaction; 0: a transaction for each"),
      DriftAllowance.parameter,
    ] + LockLayerHoles.parameters + VersionedStore.parameters
}
