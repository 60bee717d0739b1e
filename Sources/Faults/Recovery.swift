import Contract

/// FoundationDB recovers: it is away for a while, and comes back with versions far ahead.
///
/// - Stands for: the loss of a transaction process, after which a new generation starts at a higher version.
/// - Pulls: one `recovery` for the whole service, with the outage, which is how long it lasts, and the jump.
/// - Source: FoundationDB, ServerKnobs, MAX_VERSIONS_IN_FLIGHT: 100 million, worth 100 seconds of versions.
public struct Recovery: Fault {
  public static let name = "recovery"
  public static let standsFor = "a FoundationDB recovery: an outage, then versions jump ahead"
  public static let source = "FoundationDB, ServerKnobs, MAX_VERSIONS_IN_FLIGHT"
  public static let fields = [
    ParameterSpec("down", .duration, required: true, "how long the store is away; may be \"0s\""),
    ParameterSpec(
      "versions", .count(0...1_000_000_000_000_000), .count(100_000_000), "how far the versions jump ahead"),
  ]
  public static let disturbs: Disturbance? = .recovery

  let down: Nanos
  let versions: Int64

  public init(_ fields: Settings) throws(FieldProblem) {
    guard let down = fields.duration("down") else {
      throw FieldProblem("down", "\"down\" is missing; give the length of the outage, such as \"2s\"")
    }
    self.down = down
    versions = fields.count("versions") ?? 100_000_000
    guard down != .zero || versions != 0 else {
      throw FieldProblem("versions", "without an outage or a jump nothing happens; give one of them")
    }
  }

  public static func drawn(
    _ chance: inout Chance, _ terms: ChaosTerms
  ) -> [(name: String, value: SettingValue)]? {
    terms.topology.services == 0 ? nil : [("down", chance.length(terms))]
  }

  public func levers(_ scene: inout Scene) -> [Lever] {
    scene.disturb(.recovery, down.count, versions)
  }
}
