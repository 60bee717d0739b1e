import Contract

/// Commits whose outcome the client is not told.
///
/// - Stands for: a proxy that dies between committing and answering: `commit_unknown_result`.
/// - Pulls: one `unknownResult` for the whole service, with a salt from which it draws which commits landed.
/// - Source: FoundationDB, developer guide: transactions with unknown results.
public struct UnknownResult: Fault {
  public static let name = "unknown-result"
  public static let standsFor =
    "a proxy dies between commit and answer: the transaction landed, or it did not"
  public static let source = "FoundationDB, developer guide (transactions with unknown results)"
  public static let fields = [
    ParameterSpec("commits", .count(1...1_000_000_000), required: true, "how many of the next commits end so")
  ]
  public static let disturbs: Disturbance? = .unknownResult

  let commits: Int64

  public init(_ fields: Settings) throws(FieldProblem) {
    guard let commits = fields.count("commits") else {
      throw FieldProblem("commits", "\"commits\" is missing; give how many of the next commits, such as 1")
    }
    self.commits = commits
  }

  public static func drawn(
    _ chance: inout Chance, _ terms: ChaosTerms
  ) -> [(name: String, value: SettingValue)]? {
    terms.topology.services == 0 ? nil : [("commits", .count(1 + chance.below(4)))]
  }

  public func levers(_ scene: inout Scene) -> [Lever] {
    scene.disturb(.unknownResult, commits, Int64(bitPattern: scene.salt()))
  }
}
