import Contract

/// Messages that arrive twice.
///
/// - Stands for: a retransmission whose original arrives after all; a proxy that tries again.
/// - Pulls: one `duplicate` on the links, with a salt for which messages, and when the second copies arrive.
/// - Source: Birrell and Nelson 1984, "Implementing remote procedure calls": duplicate call packets.
public struct Duplicate: Fault {
  public static let name = "duplicate"
  public static let standsFor = "messages delivered again by a retransmission or a proxy"
  public static let source =
    "Birrell and Nelson 1984, Implementing remote procedure calls (duplicate packets)"
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
    traffic.saltedLevers(.duplicate(chance), in: &scene)
  }
}
