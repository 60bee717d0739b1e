import Contract

/// Which clients were paused, or cut off from a node of the service, and until when.
///
/// Cut off means: a cut, delay, drop or clog on a link to or from any service node or layer, or a slow node.
struct Hindrances: Sendable {
  private let topology: Topology
  /// For each client, the levers that now hinder it alone, and when the last one ended.
  private var active = Rows<Int>(0)
  private var ended = Rows<Instant>(Instant(nanos: -1))
  /// The same for what hinders all clients.
  private var allActive = 0
  private var allEnded = Instant(nanos: -1)

  init(_ topology: Topology) { self.topology = topology }

  func hindered(_ client: NodeID, since start: Instant) -> Bool {
    active[client] > 0 || allActive > 0 || ended[client] >= start || allEnded >= start
  }

  mutating func saw(_ lever: Lever, began: Bool, at now: Instant) {
    switch lever.action {
    case .pause: change(lever.nodes, began, now)
    case .slow:
      change(lever.nodes, began, now)
      if lever.nodes.contains(where: isServer) { changeAll(began, now) }
    case .cut, .delay, .drop, .clog:
      for set in lever.links {
        if set.to.contains(where: isServer) { change(set.from, began, now) }
        if set.from.contains(where: isServer) { change(set.to, began, now) }
      }
    default: break
    }
  }

  private func isServer(_ node: NodeID) -> Bool { [.service, .layer].contains(topology.kind(of: node)) }

  private mutating func change(_ nodes: [NodeID], _ began: Bool, _ now: Instant) {
    for client in nodes where topology.kind(of: client) == .client {
      active[client] += began ? 1 : -1
      if !began { ended[client] = now }
    }
  }

  private mutating func changeAll(_ began: Bool, _ now: Instant) {
    allActive += began ? 1 : -1
    if !began { allEnded = now }
  }
}
