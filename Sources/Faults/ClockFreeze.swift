import Contract

/// A wall clock that stands still, and then catches up.
///
/// - Stands for: a time daemon that holds the clock, or a virtual machine whose time of day is not updated.
/// - Pulls: one `clockFreeze` for each node; the monotonic clock goes on.
/// - Source: VMware 2011, "Timekeeping in VMware virtual machines".
public struct ClockFreeze: Fault {
  public static let name = "clock-freeze"
  public static let standsFor =
    "a wall clock that is stuck, as in a virtual machine whose time is not updated"
  public static let source = "VMware 2011, Timekeeping in VMware virtual machines"
  public static let fields = [NodeField.spec, Length.spec]

  let node: NodeField
  let lasts: Nanos?

  public init(_ fields: Settings) throws(FieldProblem) {
    node = try NodeField(fields)
    lasts = try fields.length()
  }

  public static func drawn(
    _ chance: inout Chance, _ terms: ChaosTerms
  ) -> [(name: String, value: SettingValue)]? {
    [("node", chance.someNode(terms)), ("for", chance.length(terms))]
  }

  public func levers(_ scene: inout Scene) -> [Lever] {
    node.levers(.clockFreeze, lasts: lasts, in: &scene)
  }
}
