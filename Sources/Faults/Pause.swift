import Contract

/// A node that executes nothing for a while and does not notice.
///
/// - Stands for: a garbage collection, SIGSTOP, or a virtual machine that gets no processor (`runs`); a
///   suspended virtual machine, whose monotonic clock stands still as well (`frozen`).
/// - Pulls: one `pause` for each node; its network buffer goes on filling.
/// - Source: Kleppmann 2016, "How to do distributed locking": process pauses, and HBase's lost leases.
public struct Pause: Fault {
  public static let name = "pause"
  public static let standsFor =
    "garbage collection, SIGSTOP, a virtual machine without processor, or suspended"
  public static let source = "Kleppmann 2016, How to do distributed locking (process pauses)"
  public static let fields = [
    NodeField.spec, Length.spec,
    ParameterSpec(
      "clock", .choice(["runs", "frozen"]), .choice("runs"), "whether the monotonic clock goes on meanwhile"),
  ]

  let node: NodeField
  let lasts: Nanos?
  let isFrozen: Bool

  public init(_ fields: Settings) throws(FieldProblem) {
    node = try NodeField(fields)
    lasts = try fields.length()
    isFrozen = fields.choice("clock") == "frozen"
  }

  public static func drawn(
    _ chance: inout Chance, _ terms: ChaosTerms
  ) -> [(name: String, value: SettingValue)]? {
    let clock = SettingValue.choice(chance.below(4) == 0 ? "frozen" : "runs")
    return [("node", chance.victim(terms)), ("for", chance.length(terms)), ("clock", clock)]
  }

  public func levers(_ scene: inout Scene) -> [Lever] {
    node.levers(.pause(frozen: isFrozen), lasts: lasts, in: &scene)
  }
}
