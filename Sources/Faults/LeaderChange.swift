import Contract

/// The leader is deposed, and another one has to be elected.
///
/// - Stands for: an election after a missed heartbeat, or a leadership transfer by an operator.
/// - Pulls: one `leaderChange` for the whole service.
/// - Source: Ongaro and Ousterhout 2014, "In search of an understandable consensus algorithm".
public struct LeaderChange: Fault {
  public static let name = "leader-change"
  public static let standsFor = "an election after a missed heartbeat, or a transfer of leadership"
  public static let source = "Ongaro and Ousterhout 2014, In search of an understandable consensus algorithm"
  public static let fields: [ParameterSpec] = []
  public static let disturbs: Disturbance? = .leaderChange

  public init(_ fields: Settings) throws(FieldProblem) {}

  public static func drawn(
    _ chance: inout Chance, _ terms: ChaosTerms
  ) -> [(name: String, value: SettingValue)]? {
    terms.topology.services == 0 ? nil : []
  }

  public func levers(_ scene: inout Scene) -> [Lever] {
    scene.disturb(.leaderChange)
  }
}
