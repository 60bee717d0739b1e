import Contract

/// Versions that advance faster or slower than a million a second.
///
/// - Stands for: a sequencer that steers its versions to a clock, or that catches up after an idle time.
/// - Pulls: one `versionRate` for the whole service, with the rate in thousandths.
/// - Source: FoundationDB, masterserver, getVersion: VERSIONS_PER_SECOND, MAX_VERSION_RATE_MODIFIER.
public struct VersionRate: Fault {
  public static let name = "version-rate"
  public static let standsFor = "versions that advance faster or slower than a million a second"
  public static let source = "FoundationDB, masterserver, getVersion (VERSIONS_PER_SECOND)"
  public static let fields = [
    ParameterSpec(
      "rate", .factor, required: true,
      "1: a million versions a second; the clamp of each request goes with it"),
    Length.spec,
  ]
  public static let disturbs: Disturbance? = .versionRate

  /// Thousandths.
  let rate: Int64
  let lasts: Nanos?

  public init(_ fields: Settings) throws(FieldProblem) {
    guard let rate = fields.factor("rate") else {
      throw FieldProblem("rate", "\"rate\" is missing; give a factor such as 2 or 0.5")
    }
    guard rate > 0 else {
      throw FieldProblem("rate", "versions never stand still; give a rate of 0.001 or more")
    }
    self.rate = rate
    lasts = try fields.length()
  }

  public static func drawn(
    _ chance: inout Chance, _ terms: ChaosTerms
  ) -> [(name: String, value: SettingValue)]? {
    guard terms.topology.services > 0 else { return nil }
    let rate = chance.one(of: [500, 900, 1_100, 2_000, 10_000] as [Int64])
    return [("rate", .factor(rate)), ("for", chance.length(terms))]
  }

  public func levers(_ scene: inout Scene) -> [Lever] { scene.disturb(.versionRate, rate, lasts: lasts) }
}
