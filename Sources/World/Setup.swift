import Contract

/// All that a run is a function of, with nothing left to read or to look up.
public struct Setup: Sendable {
  public var seed: UInt64
  public var duration: Instant
  public var topology: Topology
  public var lease: LeaseTerms
  public var cast: any Cast
  /// Votes that make a grant.
  public var quorum: Int
  /// Added to restarts of service nodes, on the node's wall clock.
  public var restartDelay: Nanos
  /// Disturbances that the service handles itself; an unavailable service that does not is cut off.
  public var heeds: [Disturbance]
  /// Client k starts at (k-1) times this.
  public var startEvery: Nanos
  public var network = NetworkTerms()
  public var clocks = ClockTerms()
  public var fsync = Nanos.milliseconds(1)
  /// In script order; World fires each when its trigger says so.
  public var faults: [ArmedFault] = []
  /// Levers to pull at their anchors, instead of `faults`.
  public var plan: [PlanEntry] = []
  /// The message that begins a transaction, for `World.Counts`.
  public var transaction: MessageKind?
  /// Whether programs listen when their lock client has refreshed the lease of a session.
  ///
  /// Most sessions refresh at leisure for hours: a program that does not listen need not be woken.
  public var heedsSessionRefresh = true
  /// Whether messages are listed among the records; changes neither ordinals nor the digest.
  public var isTraced = false

  public init(
    seed: UInt64, duration: Instant, topology: Topology, lease: LeaseTerms, cast: any Cast, quorum: Int,
    restartDelay: Nanos, heeds: [Disturbance], startEvery: Nanos
  ) {
    self.seed = seed
    self.duration = duration
    self.topology = topology
    self.lease = lease
    self.cast = cast
    self.quorum = quorum
    self.restartDelay = restartDelay
    self.heeds = heeds
    self.startEvery = startEvery
  }
}

/// Makes the machines of a run; asked again whenever a process restarts.
public protocol Cast: Sendable {
  func program(_ seat: Seat) -> any ErasedMachine
  func lockClient(_ seat: Seat) -> any ErasedMachine
  /// The machine of a service node or layer.
  func server(_ seat: Seat) -> any ErasedMachine
  func resource(_ seat: Seat) -> any ErasedMachine
}

/// A fault with its trigger, its fields resolved.
public struct ArmedFault: Sendable {
  public var trigger: Trigger
  public var fault: any Fault

  public init(trigger: Trigger, fault: any Fault) {
    self.trigger = trigger
    self.fault = fault
  }
}

/// How messages travel when no fault interferes.
public struct NetworkTerms: Sendable, Equatable {
  public var latency = Nanos.microseconds(500)
  /// Added to the latency, uniform below this.
  public var jitter = Nanos.microseconds(500)
  public var loss = Probability.never
  public var duplicate = Probability.never
  /// Whether messages on one link may overtake each other.
  public var reorder = false
  /// How long what a client sent may stay unacknowledged before its kernel gives the connection up; nil: for
  /// ever, and nobody acknowledges anything.
  public var userTimeout: Nanos?
  public init() {}
}

/// Bounds; each node draws its own rate error and offset from the seed.
public struct ClockTerms: Sendable, Equatable {
  /// Parts per billion.
  public var drift: Int64 = 0
  public var offset = Nanos.zero
  public init() {}
}
