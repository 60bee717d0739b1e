import Contract
import World

/// A run's plan as JSON: `{ record: 123, lever: "pause", nodes: ["client-1"], forNanos: 15000000000, ... }`.
public enum PlanText {
  /// A plan with the names of its nodes.
  public static func json(_ plan: [PlanEntry], _ topology: Topology) -> JSONValue {
    .list(plan.map { json($0, topology) })
  }

  /// One entry; what has its default is left out.
  public static func json(_ entry: PlanEntry, _ topology: Topology) -> JSONValue {
    let lever = entry.lever
    let action = LeverForms.parts(of: lever.action)
    var members: [(key: String, value: JSONValue?)] = []
    switch entry.anchor {
    case .record(let ordinal): members.append(("record", .integer(ordinal)))
    case .time(let instant): members.append(("time", .integer(instant.nanos)))
    }
    members.append(("lever", .text(action.word)))
    members.append(("nodes", lever.nodes.isEmpty ? nil : names(lever.nodes, topology)))
    members.append(("links", lever.links.isEmpty ? nil : .list(lever.links.map { link($0, topology) })))
    members += action.values.map { (key: $0.name, value: $0.value.json) }
    members.append(("forNanos", lever.lasts.map { .integer($0.count) }))
    members.append(("messages", lever.messages.map { .integer($0) }))
    members.append(("salt", lever.salt == 0 ? nil : .text("0x" + String(lever.salt, radix: 16))))
    return .object(members)
  }

  private static func names(_ nodes: [NodeID], _ topology: Topology) -> JSONValue {
    .list(nodes.map { .text(topology.name(of: $0)) })
  }

  private static func link(_ link: LinkSet, _ topology: Topology) -> JSONValue {
    .object([("from", names(link.from, topology)), ("to", names(link.to, topology))])
  }

  // MARK: reading

  /// The plan in a value of a file, for a case with these nodes.
  ///
  /// - Throws: `ScenarioProblem` where an entry is malformed, or names a node that the case does not have.
  public static func plan(
    _ value: JSONValue, _ topology: Topology, path: String = "", keyPath: JSONPath = JSONPath()
  ) throws(ScenarioProblem) -> [PlanEntry] {
    var check = FormCheck(path: path, keyPath)
    try check.check(value, LeverForms.plan)
    let reader = PlanReader(topology: topology, path: path)
    var plan: [PlanEntry] = []
    for (position, entry) in (value.list ?? []).enumerated() {
      plan.append(try reader.entry(entry, keyPath.index(position)))
    }
    return plan
  }
}

/// Turns entries whose form is right into levers.
private struct PlanReader {
  let topology: Topology
  let path: String

  func entry(_ value: JSONValue, _ here: JSONPath) throws(ScenarioProblem) -> PlanEntry {
    guard let form = LeverForms.all.first(where: { $0.word == value["lever"]?.text }) else {
      preconditionFailure("the lever at \(here) was not checked")
    }
    var given: [(name: String, value: SettingValue)] = []
    for spec in form.values {
      guard let value = value[spec.name], let setting = try? spec.kind.decode(value) else { continue }
      given.append((spec.name, setting))
    }
    let lever = Lever(
      form.action(Settings(form.values, given: given)),
      nodes: try nodes(value["nodes"], here.key("nodes")),
      links: try links(value["links"], here.key("links")),
      lasts: value["forNanos"]?.number?.integer.map(Nanos.init),
      messages: value["messages"]?.number?.integer,
      salt: value["salt"]?.text.flatMap(SeedText.seed) ?? 0)
    if case .disturb = lever.action {
    } else if lever.nodes.isEmpty && lever.links.isEmpty {
      throw ScenarioProblem(
        path: path, at: value.position, keyPath: here,
        "the lever \"\(form.word)\" strikes neither nodes nor links")
    }
    return PlanEntry(anchor: anchor(value), lever: lever)
  }

  private func anchor(_ value: JSONValue) -> PlanEntry.Anchor {
    if let ordinal = value["record"]?.number?.integer { return .record(ordinal) }
    return .time(Instant(nanos: value["time"]?.number?.integer ?? 0))
  }

  private func links(_ value: JSONValue?, _ here: JSONPath) throws(ScenarioProblem) -> [LinkSet] {
    var links: [LinkSet] = []
    for (position, link) in (value?.list ?? []).enumerated() {
      let place = here.index(position)
      links.append(
        LinkSet(
          from: try nodes(link["from"], place.key("from")), to: try nodes(link["to"], place.key("to"))))
    }
    return links
  }

  private func nodes(_ value: JSONValue?, _ here: JSONPath) throws(ScenarioProblem) -> [NodeID] {
    var nodes: [NodeID] = []
    for (position, name) in (value?.list ?? []).enumerated() {
      guard let node = name.text.flatMap(topology.node(named:)) else {
        throw ScenarioProblem(
          path: path, at: name.position, keyPath: here.index(position), found: name.shown,
          topology.sentence(withoutNode: name.text ?? "", of: "the case"))
      }
      nodes.append(node)
    }
    return nodes
  }
}

extension Topology {
  /// Why the owner of these nodes has none of this name.
  func sentence(withoutNode name: String, of owner: String) -> String {
    guard case .named(let kind, _)? = NodeText.selector(name) else {
      return "expected a node such as \"client-1\""
    }
    let count = indices(kind).count
    switch count {
    case 0: return "but \(owner) has no \(kind.word) node"
    case 1: return "but \(owner) has only \"\(kind.word)-1\""
    default: return "but \(owner) has only \"\(kind.word)-1\" to \"\(kind.word)-\(count)\""
    }
  }
}
