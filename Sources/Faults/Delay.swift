import Contract

/// Packets that the network keeps and delivers much later.
///
/// - Stands for: a switch that holds packets, as for about 90 seconds at GitHub; a queue that fills up on the
///   way.
/// - Pulls: one `delay` on the links; packets behind the delayed ones are not held up.
/// - Source: Imbriaco 2012, "Downtime last Saturday", GitHub; cited by Kleppmann 2016.
public struct Delay: Fault {
  public static let name = "delay"
  public static let standsFor = "packets held in the network and delivered later, as for 90 s at GitHub"
  public static let source = "Imbriaco 2012, Downtime last Saturday (GitHub), cited by Kleppmann 2016"
  public static let fields =
    [ParameterSpec("by", .duration, required: true, "how much later each message arrives")] + Traffic.specs

  let traffic: Traffic
  let time: Nanos

  public init(_ fields: Settings) throws(FieldProblem) {
    traffic = try Traffic(fields)
    time = try fields.span("by")
  }

  public static func drawn(
    _ chance: inout Chance, _ terms: ChaosTerms
  ) -> [(name: String, value: SettingValue)]? {
    chance.link(terms) + [("by", chance.length(terms)), ("messages", .count(1 + chance.below(4)))]
  }

  public func levers(_ scene: inout Scene) -> [Lever] {
    traffic.levers(.delay(by: time), in: &scene)
  }
}
