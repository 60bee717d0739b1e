import Contract

/// Writes scenarios as files: what hunting and shrinking find can be kept and run again.
public enum ScenarioText {
  /// The JSON5 of a scenario, without what has its default.
  ///
  /// - Parameter nodes: the nodes whose names a plan takes; needed where the scenario has one.
  /// - Parameter comment: lines that stand before the object.
  public static func json5(_ scenario: Scenario, nodes: Topology? = nil, comment: String? = nil) -> String {
    let lines = (comment ?? "").split(whereSeparator: \.isNewline).map { "// \($0)\n" }.joined()
    return lines + JSONText.json5(json(scenario, nodes: nodes))
  }

  /// The tree of a scenario file, keys in the usual order.
  public static func json(_ scenario: Scenario, nodes: Topology? = nil) -> JSONValue {
    precondition(
      scenario.plan == nil || nodes != nil, "the plan of \(scenario.name) needs nodes to be written")
    var members: [(key: String, value: JSONValue?)] = [
      ("name", .text(scenario.name)), ("about", .text(scenario.about)), ("source", .text(scenario.source)),
      ("disagrees", scenario.disagrees.map(JSONValue.text)),
    ]
    members += self.members(scenario, [SectionKeys.duration])
    members.append(("seeds", SeedText.json(scenario.seeds)))
    members.append(("lease", section(scenario.lease, SectionKeys.lease)))
    members.append(("load", section(scenario.load, SectionKeys.load)))
    members.append(("network", section(scenario.network, SectionKeys.network)))
    members.append(("clocks", section(scenario.clocks, SectionKeys.clocks)))
    members.append(("disk", section(scenario, SectionKeys.disk)))
    members.append(("parameters", parameters(scenario)))
    members.append(("faults", scenario.faults.isEmpty ? nil : .list(scenario.faults.map(json))))
    members.append(("chaos", scenario.chaos.map(json)))
    if let plan = scenario.plan, let nodes { members.append(("plan", PlanText.json(plan, nodes))) }
    members += self.members(scenario, [SectionKeys.progress])
    members.append(("expect", expect(scenario)))
    return .object(members)
  }

  // MARK: sections

  private static func members<Section>(
    _ section: Section, _ keys: [SectionKey<Section>]
  ) -> [(key: String, value: JSONValue?)] {
    keys.map { key in
      let value = key.get(section)
      return (key.spec.name, value == key.spec.standard ? nil : value?.json)
    }
  }

  private static func section<Section>(_ section: Section, _ keys: [SectionKey<Section>]) -> JSONValue? {
    let members = members(section, keys).filter { $0.value != nil }
    return members.isEmpty ? nil : .object(members)
  }

  private static func parameters(_ scenario: Scenario) -> JSONValue? {
    guard !scenario.parameters.isEmpty else { return nil }
    return .object(scenario.parameters.map { ($0.algorithm, settings($0.given)) })
  }

  private static func settings(_ given: [(name: String, value: SettingValue)]) -> JSONValue {
    .object(given.map { ($0.name, $0.value.json) })
  }

  // MARK: faults

  /// One entry of `faults`.
  static func json(_ fault: ScriptedFault) -> JSONValue {
    var members: [(key: String, value: JSONValue?)] = [("fault", .text(fault.name))]
    members += fault.fields.map { ($0.name, $0.value.json) }
    switch fault.trigger {
    case .at(let instant): members.append(("at", .text(DurationText.text(Nanos(instant.nanos)))))
    case .when(let kind, let node, let count, let after):
      guard let word = EventWords.word(kind) else { preconditionFailure("no word for the event \(kind)") }
      members.append(
        (
          "when",
          .object([
            ("event", .text(word)), ("node", node.map { .text(NodeText.text($0)) }),
            ("count", count == 1 ? nil : .integer(count)),
            ("after", after == .zero ? nil : .text(DurationText.text(after))),
          ])
        ))
    }
    members.append(("optional", fault.isOptional ? .flag(true) : nil))
    return .object(members)
  }

  private static func json(_ chaos: Chaos) -> JSONValue {
    .object([("faults", .list(chaos.faults.map(JSONValue.text)))] + members(chaos, SectionKeys.chaos))
  }

  // MARK: cases

  /// The cases grouped by algorithm, each at its first place.
  private static func expect(_ scenario: Scenario) -> JSONValue? {
    var algorithms: [String] = []
    for expected in scenario.expect where !algorithms.contains(expected.algorithm) {
      algorithms.append(expected.algorithm)
    }
    guard !algorithms.isEmpty else { return nil }
    return .object(
      algorithms.map { algorithm in
        (
          algorithm,
          .object(scenario.expect.filter { $0.algorithm == algorithm }.map { ($0.guardName, checks($0)) })
        )
      })
  }

  private static func checks(_ expected: ExpectedCase) -> JSONValue {
    .list((expected.violated + expected.optional.map { $0 + "?" }).map(JSONValue.text))
  }
}
