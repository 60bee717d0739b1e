import Contract

/// Clocks that run too fast or too slow.
///
/// - Stands for: a hot or faulty oscillator, a virtual machine whose timer interrupts get lost.
/// - Pulls: one `clockDrift` for each node, on wall and monotonic clock, on top of the node's own error.
/// - Source: Corbett et al. 2012, "Spanner: Google's globally-distributed database": the bound of 200 ppm.
public struct ClockDrift: Fault {
  public static let name = "clock-drift"
  public static let standsFor = "a faulty oscillator, or a virtual machine that loses timer interrupts"
  public static let source = "Corbett et al. 2012, Spanner (the bound of 200 ppm on clock drift)"
  public static let fields = [
    NodeField.spec,
    ParameterSpec("rate", .rate(signed: true), required: true, "how much too fast; negative: too slow"),
    Length.spec,
  ]

  let node: NodeField
  /// Parts per billion.
  let rate: Int64
  let lasts: Nanos?

  public init(_ fields: Settings) throws(FieldProblem) {
    node = try NodeField(fields)
    rate = try ClockDrift.rate(fields)
    lasts = try fields.length()
  }

  public static func drawn(
    _ chance: inout Chance, _ terms: ChaosTerms
  ) -> [(name: String, value: SettingValue)]? {
    let rate = chance.one(of: [-100_000_000, -1_000_000, 1_000_000, 100_000_000] as [Int64])
    return [("node", chance.someNode(terms)), ("rate", .rate(rate)), ("for", chance.length(terms))]
  }

  public func levers(_ scene: inout Scene) -> [Lever] {
    node.levers(.clockDrift(rate), lasts: lasts, in: &scene)
  }

  static func rate(_ fields: Settings) throws(FieldProblem) -> Int64 {
    guard let rate = fields.rate("rate") else {
      throw FieldProblem("rate", "\"rate\" is missing; give a rate such as \"50ppm\"")
    }
    guard rate != 0 else {
      throw FieldProblem("rate", "a rate of 0 changes nothing; give a rate such as \"50ppm\" or \"-50ppm\"")
    }
    guard rate > -1_000_000_000 else {
      throw FieldProblem("rate", "no drift makes a clock stand or run backwards; stay above -1000000ppm")
    }
    return rate
  }
}
