import Clients
import Contract

/// Reads scenario files: everything that section 3 of the interface calls an error is one here.
public struct ScenarioReader: Sendable {
  let catalog: Catalog
  private let form: Form

  /// A reader that knows the names of these catalogs.
  public init(_ catalog: Catalog) {
    self.catalog = catalog
    form = .object(ScenarioKeys(catalog).file)
  }

  /// The scenario in a text, checked for all cases that it expects.
  ///
  /// - Parameter planFor: the algorithm whose nodes a `plan` names, where the file expects no case.
  /// - Throws: `ScenarioProblem`, the first that is found.
  public func scenario(
    _ text: String, path: String = "", planFor algorithm: String? = nil
  ) throws(ScenarioProblem) -> Scenario {
    try scenario(Array(text.utf8), path: path, planFor: algorithm)
  }

  /// As above, from bytes that are not yet known to be UTF-8.
  public func scenario(
    _ bytes: [UInt8], path: String = "", planFor algorithm: String? = nil
  ) throws(ScenarioProblem) -> Scenario {
    let tree = try JSON5.read(bytes, path: path)
    var check = FormCheck(path: path)
    try check.check(tree, form)
    let builder = ScenarioBuilder(tree: tree, path: path, catalog: catalog)
    var scenario = try builder.scenario()
    try builder.refuseImpossibleCases(scenario)
    try builder.readPlan(into: &scenario, for: algorithm)
    return scenario
  }
}

/// Makes a scenario of a tree whose form is right, and refuses what is right only key by key.
private struct ScenarioBuilder {
  let tree: JSONValue
  let path: String
  let catalog: Catalog

  func scenario() throws(ScenarioProblem) -> Scenario {
    var scenario = Scenario(
      name: try name(), about: text("about"), source: text("source"), duration: .zero, lease: try lease(),
      load: try load())
    scenario.disagrees = tree["disagrees"]?.text
    fill(&scenario, [SectionKeys.duration, SectionKeys.progress], from: tree)
    fill(&scenario, SectionKeys.disk, from: tree["disk"])
    fill(&scenario.network, SectionKeys.network, from: tree["network"])
    if scenario.network.userTimeout != nil, scenario.load.timeout == nil {
      throw problem(
        JSONPath().key("network").key("userTimeout"), found: true,
        "but with load.timeout \"never\" a client waits for ever for what is lost with its connection")
    }
    fill(&scenario.clocks, SectionKeys.clocks, from: tree["clocks"])
    if let seeds = tree["seeds"].flatMap({ try? SeedText.decode($0) }) { scenario.seeds = seeds }
    scenario.parameters = parameters()
    scenario.faults = try faults()
    scenario.chaos = chaos()
    scenario.expect = expect()
    scenario.path = path.isEmpty ? nil : path
    scenario.tree = tree
    return scenario
  }

  // MARK: sections

  private func text(_ key: String) -> String { tree[key]?.text ?? "" }

  private func name() throws(ScenarioProblem) -> String {
    let name = text("name"), stem = ScenarioReader.stem(of: path)
    guard path.isEmpty || name == stem else {
      throw problem(
        JSONPath().key("name"), found: true, "expected \(JSONText.quoted(stem)), as the file is called")
    }
    return name
  }

  private func lease() throws(ScenarioProblem) -> LeaseTerms {
    var lease = LeaseTerms(ttl: .zero, refresh: nil)
    fill(&lease, SectionKeys.lease, from: tree["lease"])
    if let refresh = lease.refresh, refresh >= lease.ttl {
      let ttl = DurationText.text(lease.ttl)
      throw problem(
        JSONPath().key("lease").key("refresh"), found: true,
        "expected a duration shorter than the ttl, \"\(ttl)\"")
    }
    return lease
  }

  private func load() throws(ScenarioProblem) -> Load {
    var load = Load(clients: 1)
    fill(&load, SectionKeys.load, from: tree["load"])
    if load.locksHeld > load.locks {
      let have = load.locks == 1 ? "is only one lock" : "are only \(load.locks) locks"
      throw problem(JSONPath().key("load").key("locksHeld"), found: true, "but there \(have)")
    }
    if load.items > ScenarioReader.mostItems / load.locks {
      throw problem(
        JSONPath().key("load").key("items"), found: true,
        "but all locks together protect at most 1000000 items")
    }
    if load.itemsRead > load.items {
      let have = load.items == 1 ? "protects only one item" : "protects only \(load.items) items"
      throw problem(JSONPath().key("load").key("itemsRead"), found: true, "but each lock \(have)")
    }
    return load
  }

  private func fill<Section>(_ section: inout Section, _ keys: [SectionKey<Section>], from value: JSONValue?)
  {
    for key in keys {
      guard let value = value?[key.spec.name], let setting = try? key.spec.kind.decode(value) else {
        continue
      }
      key.set(&section, setting)
    }
  }

  /// The values that an object gives to parameters or fields, in the order of their table.
  private func given(_ specs: [ParameterSpec], in value: JSONValue) -> [(name: String, value: SettingValue)] {
    specs.compactMap { spec in
      value[spec.name].flatMap { try? spec.kind.decode($0) }.map { (spec.name, $0) }
    }
  }

  private func parameters() -> [(algorithm: String, given: [(name: String, value: SettingValue)])] {
    (tree["parameters"]?.members ?? []).map { member in
      (member.key, given(catalog.algorithm(member.key)?.parameters ?? [], in: member.value))
    }
  }

  // MARK: faults

  private func faults() throws(ScenarioProblem) -> [ScriptedFault] {
    var faults: [ScriptedFault] = []
    for (position, entry) in (tree["faults"]?.list ?? []).enumerated() {
      guard let name = entry["fault"]?.text, let type = catalog.fault(name) else { continue }
      let fields = given(type.fields, in: entry)
      do {
        _ = try type.init(Settings(type.fields, given: fields))
      } catch {
        let here = JSONPath().key("faults").index(position)
        throw problem(entry[error.field] == nil ? here : here.key(error.field), error.sentence)
      }
      faults.append(
        ScriptedFault(
          name: name, fields: fields, trigger: trigger(entry), isOptional: entry["optional"]?.flag ?? false))
    }
    return faults
  }

  private func trigger(_ entry: JSONValue) -> Trigger {
    guard let when = entry["when"] else {
      let at = entry["at"]?.text.flatMap(DurationText.nanos) ?? .zero
      return .at(Instant(nanos: at.count))
    }
    guard let kind = when["event"]?.text.flatMap(EventWords.kind) else {
      preconditionFailure("the event of a fault was not checked")
    }
    return .when(
      kind, node: when["node"]?.text.flatMap(NodeText.selector), count: when["count"]?.number?.integer ?? 1,
      after: when["after"]?.text.flatMap(DurationText.nanos) ?? .zero)
  }

  private func chaos() -> Chaos? {
    guard let value = tree["chaos"] else { return nil }
    var chaos = Chaos(faults: (value["faults"]?.list ?? []).compactMap(\.text), every: .zero, until: .start)
    fill(&chaos, SectionKeys.chaos, from: value)
    return chaos
  }

  // MARK: cases

  private func expect() -> [ExpectedCase] {
    (tree["expect"]?.members ?? []).flatMap { algorithm in
      (algorithm.value.members ?? []).map { guarded in
        let names = (guarded.value.list ?? []).compactMap(\.text)
        return ExpectedCase(
          algorithm: algorithm.key, guardName: guarded.key, violated: names.filter { !$0.hasSuffix("?") },
          optional: names.filter { $0.hasSuffix("?") }.map { String($0.dropLast()) })
      }
    }
  }

  func refuseImpossibleCases(_ scenario: Scenario) throws(ScenarioProblem) {
    for expected in scenario.expect {
      guard let algorithm = catalog.algorithm(expected.algorithm),
        let guardType = catalog.guardType(expected.guardName)
      else { continue }
      let problems = scenario.problems(for: scenario.made(algorithm), under: guardType, in: catalog)
      if let first = problems.first { throw first }
    }
  }

  /// The plan with the nodes of the first expected case.
  func readPlan(into scenario: inout Scenario, for fallback: String?) throws(ScenarioProblem) {
    guard tree["plan"] != nil else { return }
    guard let algorithm = (scenario.expect.first?.algorithm ?? fallback).flatMap(catalog.algorithm) else {
      throw problem(
        JSONPath().key("plan"), "a plan needs an \"expect\", whose first case says which nodes there are")
    }
    scenario.plan = try scenario.plan(for: scenario.topology(of: scenario.made(algorithm)))
  }

  private func problem(_ keyPath: JSONPath, found: Bool = false, _ sentence: String) -> ScenarioProblem {
    let value = tree.value(at: keyPath)
    return ScenarioProblem(
      path: path, at: value?.position ?? .none, keyPath: keyPath, found: found ? value?.shown : nil, sentence)
  }
}

extension ScenarioReader {
  /// Of all locks together.
  static let mostItems = 1_000_000

  /// A file's name without folders and ending: `gc-pause` of `Scenarios/gc-pause.json5`.
  public static func stem(of path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? ""
    guard let dot = file.lastIndex(of: "."), dot != file.startIndex else { return file }
    return String(file[..<dot])
  }
}
