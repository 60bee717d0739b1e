import Contract

/// A wall clock that jumps to and fro.
///
/// - Stands for: two time daemons that fight over one clock, or two time servers that disagree.
/// - Pulls: one `clockStrobe` for each node: ahead by `by`, back after `every`, and so on.
/// - Source: Jepsen, `jepsen.nemesis.time`: strobe-time.
public struct ClockStrobe: Fault {
  public static let name = "clock-strobe"
  public static let standsFor = "a wall clock that jumps to and fro between two time sources that disagree"
  public static let source = "Jepsen, jepsen.nemesis.time (strobe-time)"
  public static let fields = [
    NodeField.spec,
    ParameterSpec("by", .duration, required: true, "how far the wall clock jumps ahead, and then back"),
    ParameterSpec("every", .duration, required: true, "how long it stays on each side"),
    Length.spec,
  ]

  let node: NodeField
  let distance, period: Nanos
  let lasts: Nanos?

  public init(_ fields: Settings) throws(FieldProblem) {
    node = try NodeField(fields)
    distance = try fields.span("by")
    period = try fields.span("every")
    lasts = try fields.length()
  }

  public static func drawn(
    _ chance: inout Chance, _ terms: ChaosTerms
  ) -> [(name: String, value: SettingValue)]? {
    let distance = chance.spanAround(terms.lease.ttl)
    let period = max(distance / 4, Nanos(1))
    return [
      ("node", chance.someNode(terms)), ("by", .duration(distance)), ("every", .duration(period)),
      ("for", chance.length(terms)),
    ]
  }

  public func levers(_ scene: inout Scene) -> [Lever] {
    node.levers(.clockStrobe(by: distance, every: period), lasts: lasts, in: &scene)
  }
}
