/// A lock: how many nodes it needs, how its machines are made, what it promises.
///
/// A value with its parameters; World asks it for new machines at the start and after crashes.
public protocol LockAlgorithm: Sendable {
  /// The name in scenario files and reports, kebab-case.
  static var name: String { get }
  /// One line for `sim list`.
  static var summary: String { get }
  /// Where the algorithm is described.
  static var source: String { get }
  static var parameters: [ParameterSpec] { get }
  static var token: TokenKind { get }
  /// Whether locks live under a lease of the client's own, created before the first acquire (FDB, etcd).
  static var leaseIsSeparate: Bool { get }
  /// Whether a grant is a promise for the TTL; if not, it lasts until the release or the connection ends.
  static var promisesLease: Bool { get }
  /// Whether data can live in the lock's own store, guarded by the ownership (`in-store`).
  static var holdsData: Bool { get }
  /// What the world can do to the service beyond crashes, pauses and links.
  static var heeds: [Disturbance] { get }
  /// Whether the service elects a leader, so that the role `leader` means something.
  static var hasLeader: Bool { get }
  /// The protocols that its machines speak, for traces.
  static var protocols: [any Payload.Type] { get }
  /// The message that begins a transaction at the algorithm's store, for counting them; nil: it has none.
  static var transaction: MessageKind? { get }

  init(_ settings: Settings)

  /// What of the type's `heeds` its parameters leave: nobody can be promoted where there is one node.
  var heeds: [Disturbance] { get }
  /// How many service nodes and layer processes there are.
  var services: Int { get }
  var layers: Int { get }
  /// How many votes make a grant.
  var quorum: Int { get }
  /// Added to every restart of a service node, on that node's wall clock.
  var restartDelay: Nanos { get }

  func client(_ seat: Seat) -> any ErasedMachine
  /// The machine of a service node or layer, as `seat.kind` says.
  func server(_ seat: Seat) -> any ErasedMachine
}

extension LockAlgorithm {
  public static var parameters: [ParameterSpec] { [] }
  public static var token: TokenKind { .none }
  public static var leaseIsSeparate: Bool { false }
  public static var promisesLease: Bool { true }
  public static var holdsData: Bool { false }
  public static var heeds: [Disturbance] { [] }
  public static var hasLeader: Bool { false }
  public static var protocols: [any Payload.Type] { [] }
  public static var transaction: MessageKind? { nil }
  public var heeds: [Disturbance] { Self.heeds }
  public var layers: Int { 0 }
  public var quorum: Int { 1 }
  public var restartDelay: Nanos { .zero }
}

/// Where a machine sits, and the terms that all machines of a run know.
public struct Seat: Sendable {
  public let node: NodeID
  public let kind: NodeKind
  /// The node's number among its kind, from 1.
  public let number: Int
  public let topology: Topology
  public let lease: LeaseTerms

  public init(node: NodeID, topology: Topology, lease: LeaseTerms) {
    self.node = node
    self.topology = topology
    self.lease = lease
    kind = topology.kind(of: node)
    number = topology.number(of: node)
  }
}

/// How long a lease lasts and how often it is refreshed.
public struct LeaseTerms: Sendable, Equatable {
  public var ttl: Nanos
  /// nil: never refreshed.
  public var refresh: Nanos?

  public init(ttl: Nanos, refresh: Nanos?) {
    self.ttl = ttl
    self.refresh = refresh
  }
}
