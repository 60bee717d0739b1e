import Contract

/// The service or database answers nobody.
///
/// - Stands for: a database without a quorum or with its machines full; a deployment that went wrong.
/// - Pulls: one `unavailable` (1, 0) for the whole service, whose end World announces with (0, 0).
/// - Source: FoundationDB forum, "Locking with FoundationDB": the layer that loses the database.
public struct Unavailable: Fault {
  public static let name = "unavailable"
  public static let standsFor =
    "the service or database answers nobody: no quorum, a deployment that went wrong"
  public static let source = "FoundationDB forum, Locking with FoundationDB (the database is away)"
  public static let fields = [Length.spec]
  public static let disturbs: Disturbance? = .unavailable

  let lasts: Nanos?

  public init(_ fields: Settings) throws(FieldProblem) {
    lasts = try fields.length()
  }

  public static func drawn(
    _ chance: inout Chance, _ terms: ChaosTerms
  ) -> [(name: String, value: SettingValue)]? {
    terms.topology.services == 0 ? nil : [("for", chance.length(terms))]
  }

  public func levers(_ scene: inout Scene) -> [Lever] {
    scene.disturb(.unavailable, 1, lasts: lasts)
  }
}
