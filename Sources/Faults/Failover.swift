import Contract

/// A replica that lags behind becomes the master.
///
/// - Stands for: asynchronous replication: the master dies, and what it had not passed on is gone.
/// - Pulls: one `failover` for the whole service, with the span of writes that the replica misses.
/// - Source: Redis documentation, "Replication"; Kingsbury 2013, "Jepsen: Redis".
public struct Failover: Fault {
  public static let name = "failover"
  public static let standsFor = "an asynchronous replica is promoted and the latest writes are gone"
  public static let source = "Redis documentation, Replication; Kingsbury 2013, Jepsen: Redis"
  public static let fields = [
    ParameterSpec("lose", .duration, required: true, "the span of latest writes that the replica misses")
  ]
  public static let disturbs: Disturbance? = .failover

  let loss: Nanos

  public init(_ fields: Settings) throws(FieldProblem) {
    guard let loss = fields.duration("lose") else {
      throw FieldProblem("lose", "\"lose\" is missing; give the span of the writes lost, such as \"100ms\"")
    }
    self.loss = loss
  }

  public static func drawn(
    _ chance: inout Chance, _ terms: ChaosTerms
  ) -> [(name: String, value: SettingValue)]? {
    terms.topology.services == 0 ? nil : [("lose", .duration(chance.span(below: .seconds(1))))]
  }

  public func levers(_ scene: inout Scene) -> [Lever] {
    scene.disturb(.failover, loss.count)
  }
}
