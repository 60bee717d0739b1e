import Contract

/// A disk whose syncs do not return.
///
/// - Stands for: a failing drive, a full write cache, a throttled network volume.
/// - Pulls: one `diskStall` for each node; syncs asked for meanwhile are done when it ends.
/// - Source: etcd issue 15247: a leader whose disk stalled for ten seconds revoked every lease.
public struct DiskStall: Fault {
  public static let name = "disk-stall"
  public static let standsFor = "fsync does not return: a failing drive, a throttled volume"
  public static let source = "etcd issue 15247 (a stalled leader revokes every lease)"
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
    [("node", chance.diskOwner(terms)), ("for", chance.length(terms))]
  }

  public func levers(_ scene: inout Scene) -> [Lever] {
    node.levers(.diskStall, lasts: lasts, in: &scene)
  }
}
