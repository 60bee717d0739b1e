import Contract

/// A link that stops, keeps everything, and then lets it all go at once.
///
/// - Stands for: a receiver whose window is closed, a stuck proxy, a switch that buffers.
/// - Pulls: one `clog` on the links; what is kept when the run ends was never delivered.
/// - Source: Zhou et al. 2021, "FoundationDB: a distributed unbundled transactional key value store":
///   clogging.
public struct Clog: Fault {
  public static let name = "clog"
  public static let standsFor =
    "a link that stops and later releases all it kept: a stuck proxy, a closed window"
  public static let source = "Zhou et al. 2021, FoundationDB (its simulator clogs links)"
  public static let fields = Links.specs + [Length.spec]

  let links: Links
  let lasts: Nanos?

  public init(_ fields: Settings) throws(FieldProblem) {
    links = try Links(fields)
    lasts = try fields.length()
  }

  public static func drawn(
    _ chance: inout Chance, _ terms: ChaosTerms
  ) -> [(name: String, value: SettingValue)]? {
    chance.link(terms) + [("for", chance.length(terms))]
  }

  public func levers(_ scene: inout Scene) -> [Lever] {
    guard let links = links.found(in: &scene) else { return [] }
    return [Lever(.clog, links: [links], lasts: lasts)]
  }
}
