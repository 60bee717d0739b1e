/// A node of a run: the resource, a service node, a layer process or a client.
///
/// Numbers are dense: the resource is 0, services follow, then layers, then clients.
public struct NodeID: Hashable, Comparable, Sendable, BitwiseCopyable {
  public let index: Int32

  @inlinable public init(_ index: Int32) { self.index = index }
  @inlinable public init(_ index: Int) { self.index = Int32(index) }

  /// Stands for "no node" where a record concerns none.
  @inlinable public static var none: NodeID { NodeID(-1 as Int32) }

  @inlinable public static func < (left: NodeID, right: NodeID) -> Bool { left.index < right.index }
}

/// A logical lock, counted from 0; people read `lock-1` for the first.
public struct LockID: Hashable, Comparable, Sendable, BitwiseCopyable {
  public let index: Int32

  @inlinable public init(_ index: Int32) { self.index = index }
  @inlinable public init(_ index: Int) { self.index = Int32(index) }

  /// Stands for "no lock", or for "the lease under all locks of this client".
  @inlinable public static var none: LockID { LockID(-1 as Int32) }

  @inlinable public static func < (left: LockID, right: LockID) -> Bool { left.index < right.index }
}

/// What a node is; the word is the one that scenario files use before the number.
public enum NodeKind: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case resource, service, layer, client

  public var word: String {
    switch self {
    case .resource: "resource"
    case .service: "service"
    case .layer: "layer"
    case .client: "client"
    }
  }
}

/// How many nodes of each kind a run has, and how they are numbered and named.
public struct Topology: Sendable, Equatable {
  public let services: Int
  public let layers: Int
  public let clients: Int

  public init(services: Int, layers: Int, clients: Int) {
    self.services = services
    self.layers = layers
    self.clients = clients
  }

  public var count: Int { 1 + services + layers + clients }
  public let resource = NodeID(0 as Int32)

  /// The node with this number, from 1, among its kind; nil where there are fewer.
  public func node(_ kind: NodeKind, _ number: Int) -> NodeID? {
    let range = indices(kind)
    guard number >= 1, number <= range.count else { return nil }
    return NodeID(range.lowerBound + number - 1)
  }

  /// The node indices of one kind, in number order.
  public func indices(_ kind: NodeKind) -> Range<Int> {
    switch kind {
    case .resource: 0..<1
    case .service: 1..<(1 + services)
    case .layer: (1 + services)..<(1 + services + layers)
    case .client: (1 + services + layers)..<count
    }
  }

  public func kind(of node: NodeID) -> NodeKind {
    let index = Int(node.index)
    if index == 0 { return .resource }
    if index <= services { return .service }
    return index <= services + layers ? .layer : .client
  }

  /// The number of a node among its kind, from 1.
  public func number(of node: NodeID) -> Int {
    Int(node.index) - indices(kind(of: node)).lowerBound + 1
  }

  /// The name that scenario files and reports use: `client-2`, `service-1`, `resource`.
  public func name(of node: NodeID) -> String {
    if node == .none { return "nobody" }
    let kind = kind(of: node)
    return kind == .resource ? kind.word : "\(kind.word)-\(number(of: node))"
  }

  /// The node of this name; nil where the run has none.
  public func node(named name: String) -> NodeID? {
    if name == NodeKind.resource.word { return resource }
    guard let dash = name.lastIndex(of: "-"), let number = Int(name[name.index(after: dash)...]) else {
      return nil
    }
    let word = String(name[..<dash])
    guard let kind = NodeKind.allCases.first(where: { $0 != .resource && $0.word == word }) else {
      return nil
    }
    guard name == "\(kind.word)-\(number)" else { return nil }
    return node(kind, number)
  }
}
