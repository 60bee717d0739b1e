import Contract

/// A node that works, and works too slowly.
///
/// - Stands for: grey failure: a half-broken network card, a processor throttled by heat, a busy neighbour.
/// - Pulls: one `slow` for each node: all it sends, receives and syncs takes `factor` times as long.
/// - Source: Huang et al. 2017, "Gray failure: the Achilles' heel of cloud-scale systems".
public struct Slow: Fault {
  public static let name = "slow"
  public static let standsFor = "grey failure: a node that answers, and takes many times as long"
  public static let source = "Huang et al. 2017, Gray failure: the Achilles' heel of cloud-scale systems"
  public static let fields = [
    NodeField.spec,
    ParameterSpec("factor", .factor, required: true, "how many times as long everything takes; above 1"),
    Length.spec,
  ]

  let node: NodeField
  /// Thousandths.
  let factor: Int64
  let lasts: Nanos?

  public init(_ fields: Settings) throws(FieldProblem) {
    node = try NodeField(fields)
    guard let factor = fields.factor("factor"), factor > 1_000 else {
      throw FieldProblem("factor", "a node is slow with a factor above 1; give one such as 10")
    }
    self.factor = factor
    lasts = try fields.length()
  }

  public static func drawn(
    _ chance: inout Chance, _ terms: ChaosTerms
  ) -> [(name: String, value: SettingValue)]? {
    let factor = chance.one(of: [2_000, 10_000, 100_000] as [Int64])
    return [("node", chance.victim(terms)), ("factor", .factor(factor)), ("for", chance.length(terms))]
  }

  public func levers(_ scene: inout Scene) -> [Lever] {
    node.levers(.slow(factor), lasts: lasts, in: &scene)
  }
}
