/// What checks may know of a run beside its records.
public struct RunFacts: Sendable {
  public var topology: Topology
  public var locks: Int
  /// How many items each lock protects.
  public var items: Int
  public var lease: LeaseTerms
  /// The bound on clock drift that the scenario declares, in parts per billion.
  public var declaredDrift: Int64
  /// How long a waiter may wait once all faults are over.
  public var progress: Nanos
  public var token: TokenKind
  public var leaseIsSeparate: Bool
  /// Whether a grant holds for the TTL; a lock without leases promises nothing by time.
  public var promisesLease: Bool
  /// Whether there is a service that grants, as `no-lock` has none.
  public var hasService: Bool
  public var guardKeepsHighest: Bool
  /// Whether the guard, or the store in its place, refuses accesses for their token or owner.
  public var guardJudgesTokens: Bool
  /// Whether sections read the item and write what they read plus one update.
  public var updates: Bool
  /// Whether the resource, or the store, is accessed at all.
  public var accesses: Bool

  public init(
    topology: Topology, locks: Int, items: Int = 1, lease: LeaseTerms, declaredDrift: Int64,
    progress: Nanos, token: TokenKind, leaseIsSeparate: Bool, hasService: Bool, guardKeepsHighest: Bool,
    guardJudgesTokens: Bool = true, updates: Bool, accesses: Bool, promisesLease: Bool = true
  ) {
    self.topology = topology
    self.locks = locks
    self.items = items
    self.lease = lease
    self.declaredDrift = declaredDrift
    self.progress = progress
    self.token = token
    self.leaseIsSeparate = leaseIsSeparate
    self.hasService = hasService
    self.guardKeepsHighest = guardKeepsHighest
    self.guardJudgesTokens = guardJudgesTokens
    self.updates = updates
    self.accesses = accesses
    self.promisesLease = promisesLease
  }
}
