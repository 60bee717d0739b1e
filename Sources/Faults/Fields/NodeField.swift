import Contract

/// The field `node`: the nodes that a fault strikes, found out when it fires.
struct NodeField: Sendable, Equatable {
  static let spec = ParameterSpec(
    "node", .nodes, required: true, "the nodes struck: a name, a role, or a list of them")

  let selectors: [NodeSelector]

  init(_ fields: Settings) throws(FieldProblem) { selectors = try fields.someNodes("node") }

  /// One lever for each node struck; none where the roles are filled by nobody now.
  func levers(_ action: Lever.Action, lasts: Nanos? = nil, in scene: inout Scene) -> [Lever] {
    scene.nodes(selectors).map { Lever(action, nodes: [$0], lasts: lasts) }
  }
}

extension Settings {
  /// The selectors of a field that must name somebody.
  func someNodes(_ name: String) throws(FieldProblem) -> [NodeSelector] {
    guard let selectors = nodes(name) else {
      throw FieldProblem(name, "\"\(name)\" is missing; give a node, a role, or a list of them")
    }
    guard !selectors.isEmpty else {
      throw FieldProblem(name, "an empty list strikes nobody; give a node, a role, or a list of them")
    }
    return selectors
  }
}
