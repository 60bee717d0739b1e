import Contract

/// Messages that never arrive.
///
/// - Stands for: full queues, damaged packets, a connection that breaks with data under way.
/// - Pulls: one `drop` on the links, with a salt from which it draws which messages to take.
/// - Source: Bailis and Kingsbury 2014, "The network is reliable".
public struct Drop: Fault {
  public static let name = "drop"
  public static let standsFor = "messages lost in full queues or broken connections"
  public static let source = "Bailis and Kingsbury 2014, The network is reliable"
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
    traffic.saltedLevers(.drop(chance), in: &scene)
  }
}
