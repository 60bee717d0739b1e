import Contract

/// A wall clock that jumps, forwards or back.
///
/// - Stands for: NTP that steps instead of slewing, or an administrator who sets the clock.
/// - Pulls: one `clockStep` for each node; the monotonic clock does not notice.
/// - Source: Kleppmann 2016, "How to do distributed locking": discontinuous jumps of `gettimeofday`.
public struct ClockStep: Fault {
  public static let name = "clock-step"
  public static let standsFor = "NTP steps the wall clock, or an administrator sets it"
  public static let source = "Kleppmann 2016, How to do distributed locking (jumps of gettimeofday)"
  public static let fields = [
    NodeField.spec,
    ParameterSpec("by", .signedDuration, required: true, "how far the wall clock jumps; negative: back"),
  ]

  let node: NodeField
  let distance: Nanos

  public init(_ fields: Settings) throws(FieldProblem) {
    node = try NodeField(fields)
    distance = try fields.span("by")
  }

  public static func drawn(
    _ chance: inout Chance, _ terms: ChaosTerms
  ) -> [(name: String, value: SettingValue)]? {
    let distance = chance.spanAround(terms.lease.ttl)
    let isBack = chance.below(2) == 0
    return [("node", chance.someNode(terms)), ("by", .duration(isBack ? -distance : distance))]
  }

  public func levers(_ scene: inout Scene) -> [Lever] {
    node.levers(.clockStep(by: distance), in: &scene)
  }
}
