import Contract
import Lab

/// Which lanes a figure has, and which node stands on which: nodes that nothing strikes share one.
struct DiagramLanes: Sendable {
  private(set) var lanes: [Diagram.Lane] = []
  /// Indexed by node: its lane; nil: it has none.
  private(set) var laneOf: [Int?]
  /// Nodes with a lane of their own.
  private(set) var alone: [NodeID] = []

  /// More service lanes than these hide the story.
  private static let mostServices = 5
  private static let mostClients = 4

  /// - Parameter chain: its clients get lanes too, as long as there are few.
  init(_ story: Story, _ chapter: Chapter, _ chain: CausalChain) {
    let topology = story.topology
    laneOf = Array(repeating: nil, count: topology.count)
    let levers = DiagramLanes.levers(story, chapter)
    if levers.contains(where: DiagramLanes.needsLane) {
      lanes.append(Diagram.Lane(kind: .faults, title: "faults", note: ""))
    }
    for client in DiagramLanes.clients(story, chapter, chain) { add(client, .client, topology) }
    if story.facts.hasService { addServices(topology, levers) }
    if story.facts.accesses, !story.subject.guardType.livesInStore {
      add(topology.resource, .resource, topology)
    }
  }

  private static func clients(_ story: Story, _ chapter: Chapter, _ chain: CausalChain) -> [NodeID] {
    var clients = chapter.clients
    let steps = chain.rows.map(\.ordinal)
    for record in story.records where record.ordinal > 0 && steps.contains(record.ordinal) {
      let isNew = record.client != .none && !clients.contains(record.client)
      if isNew, clients.count < mostClients { clients.append(record.client) }
    }
    return clients.sorted()
  }

  /// The levers that were pulled before the chapter ends.
  static func levers(_ story: Story, _ chapter: Chapter) -> [Lever] {
    story.records.filter { $0.kind == .leverBegan && $0.ordinal <= chapter.ordinals.upperBound }
      .map { story.result.plan[Int($0.a)].lever }
  }

  /// Whether a lever strikes no single node, so that it is drawn on the lane of faults.
  static func needsLane(_ lever: Lever) -> Bool {
    if case .disturb = lever.action { return true }
    return !lever.links.isEmpty
  }

  private mutating func add(_ node: NodeID, _ kind: Diagram.Lane.Kind, _ topology: Topology) {
    laneOf[Int(node.index)] = lanes.count
    alone.append(node)
    lanes.append(Diagram.Lane(kind: kind, title: topology.name(of: node), note: ""))
  }

  private mutating func addServices(_ topology: Topology, _ levers: [Lever]) {
    let nodes = (topology.indices(.service).lowerBound..<topology.indices(.layer).upperBound)
      .map { NodeID($0) }
    let struck = nodes.filter { node in
      levers.contains { lever in
        let ends = lever.links.flatMap { [$0.from, $0.to] }.filter { $0.count < nodes.count }
        return lever.nodes.contains(node) && lever.nodes.count < nodes.count
          || ends.contains { $0.contains(node) }
      }
    }
    if nodes.count == 1 || !struck.isEmpty && nodes.count <= DiagramLanes.mostServices {
      for node in nodes { add(node, .service, topology) }
      return
    }
    for node in struck.prefix(DiagramLanes.mostServices - 1) { add(node, .service, topology) }
    let rest = nodes.filter { laneOf[Int($0.index)] == nil }
    if rest.isEmpty { return }
    for node in rest { laneOf[Int(node.index)] = lanes.count }
    let title = struck.isEmpty ? "lock service" : "the others"
    lanes.append(Diagram.Lane(kind: .service, title: title, note: DiagramLanes.note(rest, topology)))
  }

  /// "5 nodes", "store, 2 layers".
  private static func note(_ nodes: [NodeID], _ topology: Topology) -> String {
    let layers = nodes.count { topology.kind(of: $0) == .layer }, services = nodes.count - layers
    if layers == 0 { return Quantity.counted(services, "node") }
    let store = services == 0 ? [] : [services == 1 ? "store" : "\(services) stores"]
    return (store + [Quantity.counted(layers, "layer")]).joined(separator: ", ")
  }

  subscript(node: NodeID) -> Int? {
    node == .none ? nil : laneOf[Int(node.index)]
  }

  /// The lane of what strikes no single node; nil where nothing does.
  var faults: Int? { lanes.first?.kind == .faults ? 0 : nil }
  var service: Int? { lanes.firstIndex { $0.kind == .service } }
}
