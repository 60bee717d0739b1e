/// One kind of thing that goes wrong: a value with one question, "which levers do you pull now?"
public protocol Fault: Sendable {
  static var name: String { get }
  /// The real event that it stands for.
  static var standsFor: String { get }
  static var source: String { get }
  static var fields: [ParameterSpec] { get }
  /// What the service must heed for the fault to mean anything; nil: nothing special.
  static var disturbs: Disturbance? { get }

  /// - Throws: `FieldProblem` where fields contradict each other.
  init(_ fields: Settings) throws(FieldProblem)

  /// The levers to pull; empty where a role is filled by nobody now, and the fault has then not fired.
  func levers(_ scene: inout Scene) -> [Lever]

  /// Fields for a fault of this kind in a chaos, drawn from the seed; nil where the run has nothing to
  /// strike.
  static func drawn(_ chance: inout Chance, _ terms: ChaosTerms) -> [(name: String, value: SettingValue)]?
}

extension Fault {
  public static var disturbs: Disturbance? { nil }
  public static func drawn(
    _ chance: inout Chance, _ terms: ChaosTerms
  ) -> [(name: String, value: SettingValue)]? { nil }
}

/// What a chaos may know of the run that it makes faults for.
public struct ChaosTerms: Sendable {
  public let topology: Topology
  public let lease: LeaseTerms
  public let heeds: [Disturbance]

  public init(topology: Topology, lease: LeaseTerms, heeds: [Disturbance]) {
    self.topology = topology
    self.lease = lease
    self.heeds = heeds
  }
}

extension Chance {
  /// A span around the time to live, where leases break: an eighth of it to twice of it, each doubling as
  /// likely.
  public mutating func spanAround(_ ttl: Nanos) -> Nanos {
    let floor = max(ttl.count / 8, 1) << below(4)
    return Nanos(floor + below(floor))
  }

  /// One of these.
  public mutating func one<Value>(of values: [Value]) -> Value { values[Int(below(Int64(values.count)))] }

  /// A client, a service node or a layer process, whichever kinds the run has.
  public mutating func someNode(_ terms: ChaosTerms) -> SettingValue {
    let kinds = [NodeKind.client, .service, .layer].filter { !terms.topology.indices($0).isEmpty }
    return node(one(of: kinds), terms)
  }

  public mutating func node(_ kind: NodeKind, _ terms: ChaosTerms) -> SettingValue {
    let number = 1 + Int(below(Int64(max(1, terms.topology.indices(kind).count))))
    return .nodes([.named(kind, number: number)])
  }
}

/// Fields of a fault that are each right and wrong together: which one, and the sentence.
public struct FieldProblem: Error, Equatable, Sendable {
  public let field: String
  public let sentence: String

  public init(_ field: String, _ sentence: String) {
    self.field = field
    self.sentence = sentence
  }
}

/// What a fault may know when it fires: who is who.
public struct Scene: Sendable {
  public let topology: Topology
  /// Clients of the latest grant, and of the one before it of the same lock.
  let holder, previousHolder, leader: NodeID
  var chance: Chance

  package init(topology: Topology, holder: NodeID, previousHolder: NodeID, leader: NodeID, chance: Chance) {
    self.topology = topology
    self.holder = holder
    self.previousHolder = previousHolder
    self.leader = leader
    self.chance = chance
  }

  /// The nodes that the selectors mean now, in order and without doubles.
  public mutating func nodes(_ selectors: [NodeSelector]) -> [NodeID] {
    var found: [NodeID] = []
    for selector in selectors {
      for node in nodes(selector) where !found.contains(node) { found.append(node) }
    }
    return found
  }

  mutating func nodes(_ selector: NodeSelector) -> [NodeID] {
    switch selector {
    case .named(let kind, let number): return topology.node(kind, number).map { [$0] } ?? []
    case .holder: return holder == .none ? [] : [holder]
    case .previousHolder: return previousHolder == .none ? [] : [previousHolder]
    case .leader: return leader == .none ? [] : [leader]
    case .anyClient: return any(.client)
    case .anyService: return any(.service)
    case .allClients: return topology.indices(.client).map { NodeID($0) }
    case .allServices: return topology.indices(.service).map { NodeID($0) }
    case .allLayers: return topology.indices(.layer).map { NodeID($0) }
    }
  }

  mutating func any(_ kind: NodeKind) -> [NodeID] {
    let range = topology.indices(kind)
    return range.isEmpty ? [] : [NodeID(range.lowerBound + Int(chance.below(Int64(range.count))))]
  }

  /// Every node of the run but these.
  public func others(than nodes: [NodeID]) -> [NodeID] {
    (0..<topology.count).map { NodeID($0) }.filter { !nodes.contains($0) }
  }

  /// A number from which a lever draws its own chances, so that a replayed plan needs no random source.
  public mutating func salt() -> UInt64 { chance.next() }
}

/// What a fault does to the world, with nobody left to choose: an entry of the run's plan.
public struct Lever: Sendable, Equatable {
  public enum Loss: Int64, Sendable, CaseIterable {
    case memory, unsynced, disk
  }

  public enum Action: Sendable, Equatable {
    /// Nothing executes; `frozen` stops the monotonic clock too.
    case pause(frozen: Bool)
    /// nil: no restart.
    case crash(restart: Nanos?, lose: Loss)
    case cut
    case delay(by: Nanos)
    case drop(Probability)
    case duplicate(Probability)
    case reorder(Probability)
    /// The link keeps everything and releases it when the lever ends.
    case clog
    case diskStall
    case clockStep(by: Nanos)
    /// Parts per billion, on top of the node's own rate error.
    case clockDrift(Int64)
    case clockFreeze
    case clockStrobe(by: Nanos, every: Nanos)
    /// Everything the node sends, receives and syncs takes this many thousandths of its time.
    case slow(Int64)
    case disturb(Disturbance, Int64, Int64)
    /// A timed fault found nobody to strike; kept in the plan because the run waited for it.
    case nothing
  }

  public var action: Action
  /// The nodes struck; empty for a lever on links.
  public var nodes: [NodeID]
  /// The directed links struck: from any of the first to any of the second.
  public var links: [LinkSet]
  /// nil: until the run ends, or at once.
  public var lasts: Nanos?
  /// For levers on links: how many messages they take before they end; nil: any number.
  public var messages: Int64?
  public var salt: UInt64

  public init(
    _ action: Action, nodes: [NodeID] = [], links: [LinkSet] = [], lasts: Nanos? = nil,
    messages: Int64? = nil,
    salt: UInt64 = 0
  ) {
    self.action = action
    self.nodes = nodes
    self.links = links
    self.lasts = lasts
    self.messages = messages
    self.salt = salt
  }
}

/// The directed links from any node of one list to any other node of another.
public struct LinkSet: Sendable, Equatable {
  public var from: [NodeID]
  public var to: [NodeID]

  public init(from: [NodeID], to: [NodeID]) {
    self.from = from
    self.to = to
  }

  public func contains(from sender: NodeID, to receiver: NodeID) -> Bool {
    sender != receiver && from.contains(sender) && to.contains(receiver)
  }
}

/// When a fault fires.
public enum Trigger: Sendable, Equatable {
  case at(Instant)
  /// At the count-th record of this kind, of this node where one is named; then `after` later.
  case when(Record.Kind, node: NodeSelector?, count: Int64, after: Nanos)
}

/// A lever that was pulled, and the moment at which a replay must pull it again.
public struct PlanEntry: Sendable, Equatable {
  public enum Anchor: Sendable, Equatable {
    case record(Int64)
    case time(Instant)
  }

  public var anchor: Anchor
  public var lever: Lever

  public init(anchor: Anchor, lever: Lever) {
    self.anchor = anchor
    self.lever = lever
  }
}
