import Contract

/// The links between two sets of nodes are cut; overlapping cuts add up.
///
/// - Stands for: a dead switch or cable, a wrong firewall rule or route; `oneWay` for a link that carries
///   only one way.
/// - Pulls: one `cut` on the links of both directions, or of one with `oneWay`; `isolate` cuts nodes off from
///   all others.
/// - Source: Bailis and Kingsbury 2014, "The network is reliable"; Alquraan et al. 2018, "An analysis of
///   network-partitioning failures in cloud systems".
public struct Partition: Fault {
  public static let name = "partition"
  public static let standsFor = "a dead switch, a wrong firewall rule or route: links between nodes are cut"
  public static let source = "Bailis and Kingsbury 2014, The network is reliable; Alquraan et al. 2018 (OSDI)"
  public static let fields = [
    ParameterSpec("from", .nodes, nil, "the nodes on one side; needs \"to\""),
    ParameterSpec("to", .nodes, nil, "the nodes on the other side; needs \"from\""),
    ParameterSpec("oneWay", .flag, .flag(false), "cut only the links from \"from\" to \"to\""),
    ParameterSpec("isolate", .nodes, nil, "in place of both: the nodes cut off, together, from all others"),
    Length.spec,
  ]

  /// nil where `isolated` says who is cut off.
  let sides: Links?
  let isolated: [NodeSelector]
  let isOneWay: Bool
  let lasts: Nanos?

  public init(_ fields: Settings) throws(FieldProblem) {
    lasts = try fields.length()
    isOneWay = fields.flag("oneWay")
    if fields.isGiven("isolate") {
      try Partition.requireAlone(fields)
      isolated = try fields.someNodes("isolate")
      sides = nil
    } else {
      guard fields.isGiven("from") || fields.isGiven("to") else {
        throw FieldProblem("from", "a partition needs \"from\" and \"to\", or \"isolate\"; none is given")
      }
      isolated = []
      sides = try Links(fields)
    }
  }

  static func requireAlone(_ fields: Settings) throws(FieldProblem) {
    for name in ["from", "to"] where fields.isGiven(name) {
      throw FieldProblem(name, "\"isolate\" cuts nodes off from all others; give it, or \"from\" and \"to\"")
    }
    guard !fields.flag("oneWay") else {
      throw FieldProblem("oneWay", "\"isolate\" cuts both ways; for one way give \"from\" and \"to\"")
    }
  }

  public static func drawn(
    _ chance: inout Chance, _ terms: ChaosTerms
  ) -> [(name: String, value: SettingValue)]? {
    let lasts = ("for", chance.length(terms))
    switch chance.below(4) {
    case 0: return chance.link(terms) + [("oneWay", .flag(true)), lasts]
    case 1: return chance.link(terms) + [lasts]
    default: return [("isolate", chance.victim(terms)), lasts]
    }
  }

  public func levers(_ scene: inout Scene) -> [Lever] {
    guard let there = cut(in: &scene) else { return [] }
    let back = LinkSet(from: there.to, to: there.from)
    return [Lever(.cut, links: isOneWay ? [there] : [there, back], lasts: lasts)]
  }

  func cut(in scene: inout Scene) -> LinkSet? {
    if let sides { return sides.found(in: &scene) }
    let alone = scene.nodes(isolated)
    let others = scene.others(than: alone)
    return alone.isEmpty || others.isEmpty ? nil : LinkSet(from: alone, to: others)
  }
}
