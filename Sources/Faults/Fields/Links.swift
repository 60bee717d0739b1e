import Contract

/// The fields `from` and `to`: the directed links that a fault strikes, found out when it fires.
struct Links: Sendable, Equatable {
  static let specs = [
    ParameterSpec("from", .nodes, required: true, "the nodes that send"),
    ParameterSpec("to", .nodes, required: true, "the nodes that receive"),
  ]

  let from, to: [NodeSelector]

  init(_ fields: Settings) throws(FieldProblem) {
    from = try fields.someNodes("from")
    to = try fields.someNodes("to")
    guard from.count > 1 || from != to || !from[0].isOneNode else {
      throw FieldProblem("to", "a node has no link to itself; \"to\" must name another node than \"from\"")
    }
  }

  /// The links from the first nodes to the second; nil where no two different nodes are meant now.
  func found(in scene: inout Scene) -> LinkSet? {
    let links = LinkSet(from: scene.nodes(from), to: scene.nodes(to))
    let isLink = links.from.contains { sender in links.to.contains { $0 != sender } }
    return isLink ? links : nil
  }
}

extension NodeSelector {
  /// Whether it means the same single node wherever it stands in one fault.
  var isOneNode: Bool {
    switch self {
    case .named, .holder, .previousHolder, .leader: true
    case .anyClient, .anyService, .allClients, .allServices, .allLayers: false
    }
  }
}
