import Contract
import World

extension Scenario {
  /// The algorithm with the parameters that this scenario gives it.
  public func made(_ type: any LockAlgorithm.Type) -> any LockAlgorithm {
    let given = parameters.first { $0.algorithm == type.name }?.given ?? []
    return type.init(Settings(type.parameters, given: given))
  }

  /// The nodes of a run of this scenario with an algorithm.
  public func topology(of algorithm: any LockAlgorithm) -> Topology {
    Topology(services: algorithm.services, layers: algorithm.layers, clients: load.clients)
  }

  /// The plan with the node numbers of a case; nil where the scenario has none.
  ///
  /// A file names nodes, and the same name has another number where there are more services.
  /// - Throws: `ScenarioProblem` where the plan names a node that the case does not have.
  public func plan(for topology: Topology) throws(ScenarioProblem) -> [PlanEntry]? {
    guard let value = tree?["plan"] else { return plan }
    return try PlanText.plan(value, topology, path: path ?? "", keyPath: JSONPath().key("plan"))
  }

  /// What this scenario asks of a case that the case does not have; empty where they fit.
  public func problems(
    for algorithm: any LockAlgorithm, under guardType: any Guard.Type, in catalog: Catalog
  ) -> [ScenarioProblem] {
    var check = CaseCheck(
      scenario: self, algorithm: type(of: algorithm), heeds: algorithm.heeds, guardType: guardType,
      topology: topology(of: algorithm))
    check.checkGuard()
    check.checkNetwork()
    for (position, fault) in faults.enumerated() where !fault.isOptional {
      check.check(fault, catalog.fault(fault.name)?.disturbs, JSONPath().key("faults").index(position))
    }
    for (position, name) in (chaos?.faults ?? []).enumerated() {
      let here = JSONPath().key("chaos").key("faults").index(position)
      check.checkDisturbance(catalog.fault(name)?.disturbs, of: name, here)
    }
    check.checkPlan()
    return check.problems
  }
}

/// Collects what a case lacks.
private struct CaseCheck {
  let scenario: Scenario
  let algorithm: any LockAlgorithm.Type
  let heeds: [Disturbance]
  let guardType: any Guard.Type
  let topology: Topology
  var problems: [ScenarioProblem] = []

  mutating func checkGuard() {
    let here = JSONPath().key("expect").key(algorithm.name).key(guardType.name)
    if algorithm.token < guardType.needs {
      report(
        here,
        "\"\(algorithm.name)\" hands out \(words(algorithm.token)), and the guard \"\(guardType.name)\""
          + " needs \(words(guardType.needs))")
    }
    if guardType.livesInStore { checkStore(here) }
    if guardType.keepsSiblings, scenario.load.pattern == .increment {
      report(
        JSONPath().key("load").key("pattern"),
        "the guard \"\(guardType.name)\" keeps conflicting writes side by side, and nobody can merge two"
          + " values of a counter; give the pattern \"append\"")
    }
  }

  private mutating func checkStore(_ here: JSONPath) {
    if !algorithm.holdsData {
      report(
        here,
        "the guard \"\(guardType.name)\" needs a lock whose own store holds the data,"
          + " and that of \"\(algorithm.name)\" holds none")
    }
    if scenario.load.items > 1 {
      report(
        JSONPath().key("load").key("items"),
        "under the guard \"\(guardType.name)\" each lock has one item, beside its own key in the store")
    }
    if scenario.load.pattern == .effect {
      report(
        JSONPath().key("load").key("pattern"),
        "an effect leaves the store, where the guard \"\(guardType.name)\" has no say")
    }
  }

  private func words(_ token: TokenKind) -> String {
    switch token {
    case .none: "no tokens"
    case .unique: "unique tokens"
    case .ordered: "ordered tokens"
    case .paired: "paired tokens"
    }
  }

  /// Locks whose sessions are connections learn from their kernel that one is gone; that is not modelled.
  mutating func checkNetwork() {
    guard scenario.network.userTimeout != nil,
      algorithm.protocols.contains(where: { $0 == ConnectionMessage.self })
    else { return }
    report(
      JSONPath().key("network").key("userTimeout"),
      "but \"\(algorithm.name)\" has its own idea of when a connection ends, and does not heed this one")
  }

  mutating func check(_ fault: ScriptedFault, _ disturbs: Disturbance?, _ here: JSONPath) {
    checkDisturbance(disturbs, of: fault.name, here.key("fault"), hint: CaseCheck.hint)
    for (name, value) in fault.fields {
      guard case .nodes(let selectors) = value else { continue }
      let isList = scenario.tree?.value(at: here.key(name))?.list != nil
      for (position, selector) in selectors.enumerated() {
        check(selector, isList ? here.key(name).index(position) : here.key(name))
      }
    }
    if case .when(_, let node?, _, _) = fault.trigger { check(node, here.key("when").key("node")) }
    checkLinks(fault, here)
  }

  /// Clients do not know each other, and the resource knows nobody but clients: nothing travels in between.
  private mutating func checkLinks(_ fault: ScriptedFault, _ here: JSONPath) {
    let fields = Settings([], given: fault.fields)
    guard let from = fields.nodes("from"), let to = fields.nodes("to") else { return }
    let kinds = (from: from.map(CaseCheck.kind), to: to.map(CaseCheck.kind))
    let isLink = kinds.from.contains { sender in
      kinds.to.contains { receiver in
        sender == .client || receiver == .client
          ? sender != receiver : sender != .resource && receiver != .resource
      }
    }
    if isLink { return }
    report(here.key("to"), found: nil, "nothing ever travels from these nodes to those\(CaseCheck.hint)")
  }

  private static func kind(_ selector: NodeSelector) -> NodeKind {
    switch selector {
    case .named(let kind, _): kind
    case .holder, .previousHolder, .anyClient, .allClients: .client
    case .leader, .anyService, .allServices: .service
    case .allLayers: .layer
    }
  }

  private static let hint = "; a fault with optional: true may stay without effect"

  mutating func checkDisturbance(
    _ needed: Disturbance?, of fault: String, _ here: JSONPath, hint: String = ""
  ) {
    guard let needed, !needed.strikes(heeding: heeds, services: topology.services) else { return }
    let terms = algorithm.heeds.contains(needed) ? " with these parameters" : ""
    report(here, found: fault, "but nothing in \"\(algorithm.name)\"\(terms) can suffer it\(hint)")
  }

  private mutating func check(_ selector: NodeSelector, _ here: JSONPath) {
    guard let lack = lack(of: selector) else { return }
    report(here, found: NodeText.text(selector), lack + CaseCheck.hint)
  }

  /// Why the case has nobody of this name or role; nil where it has.
  private func lack(of selector: NodeSelector) -> String? {
    let owner = "\"\(algorithm.name)\""
    switch selector {
    case .named(.resource, _):
      return guardType.livesInStore ? "but under the guard \"\(guardType.name)\" there is no resource" : nil
    case .named(let kind, let number):
      if topology.node(kind, number) != nil { return nil }
      return topology.sentence(withoutNode: NodeText.text(selector), of: kind == .client ? "the load" : owner)
    case .leader: return algorithm.hasLeader ? nil : "but \(owner) elects no leader"
    case .anyService, .allServices: return topology.services > 0 ? nil : "but \(owner) has no service node"
    case .allLayers: return topology.layers > 0 ? nil : "but \(owner) has no layer node"
    case .holder, .previousHolder, .anyClient, .allClients: return nil
    }
  }

  mutating func checkPlan() {
    guard scenario.plan != nil || scenario.tree?["plan"] != nil else { return }
    do {
      _ = try scenario.plan(for: topology)
    } catch {
      problems.append(error)
    }
  }

  private mutating func report(_ here: JSONPath, found: String? = nil, _ sentence: String) {
    let value = scenario.tree?.value(at: here)
    problems.append(
      ScenarioProblem(
        path: scenario.path ?? "", at: value?.position ?? .none,
        keyPath: value == nil && here.steps.first == .key("expect") ? JSONPath() : here,
        found: found.map(JSONText.quoted), sentence))
  }
}
