import Contract

/// Messages that overtake each other.
///
/// - Stands for: several paths through the network, or several connections between two processes.
/// - Pulls: one `reorder` on the links, with a salt for which messages are held back, and how long.
/// - Source: Bennett, Partridge, Shectman 1999, "Packet reordering is not pathological network behavior".
public struct Reorder: Fault {
  public static let name = "reorder"
  public static let standsFor = "messages that overtake each other on parallel paths or connections"
  public static let source = "Bennett et al. 1999, Packet reordering is not pathological network behavior"
  public static let fields = Traffic.specs + [Traffic.probability]

  let traffic: Traffic
  let chance: Probability

  public init(_ fields: Settings) throws(FieldProblem) {
    traffic = try Traffic(fields)
    chance = try fields.chance()
  }

  public static func drawn(
    _ chance: inout Chance, _ terms: ChaosTerms
  ) -> [(name: String, value: SettingValue)]? {
    chance.link(terms) + [("for", chance.length(terms)), ("probability", chance.someProbability())]
  }

  public func levers(_ scene: inout Scene) -> [Lever] {
    traffic.saltedLevers(.reorder(chance), in: &scene)
  }
}
