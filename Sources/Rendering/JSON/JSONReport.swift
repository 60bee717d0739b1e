import Contract
import Lab

/// Results as JSON: sorted keys, no times of the machine, seeds and digests as strings.
public enum JSONReport {
  /// Counted up when a shape changes in a way that old readers would not bear.
  public static let schema = 1

  // MARK: check

  /// - Parameter isComplete: false where the user stopped it, and cases are missing.
  public static func check(_ cases: [CheckedCase], isComplete: Bool = true) -> String {
    JSONText.indented(
      .object([
        ("schema", .integer(schema)), ("kind", .text("check")), ("complete", .flag(isComplete)),
        ("cases", .list(cases.map(json))),
      ]))
  }

  private static func json(_ one: CheckedCase) -> JSONValue {
    let violated = one.tally.violated.map { check -> (key: String, value: JSONValue?) in
      (check, .list(one.tally.seeds(violating: check).map { .text(String($0)) }))
    }
    return .object([
      ("scenario", .text(one.scenario)), ("algorithm", .text(one.algorithm)), ("guard", .text(one.guardName)),
      ("status", .text(one.outcome.status.rawValue)), ("runs", .integer(one.tally.runs)),
      ("vacuous", .integer(one.tally.vacuous)),
      ("missing", .list(one.outcome.missing.map { .text($0) })),
      ("unexpected", .list(one.outcome.unexpected.map { .text($0) })), ("violated", .object(violated)),
      ("reason", one.outcome.reason.map { .text($0) } ?? .null),
    ])
  }

  // MARK: verify

  public static func verify(_ verification: Verification) -> String {
    JSONText.indented(
      .object([
        ("schema", .integer(schema)), ("kind", .text("verify")),
        ("equal", .flag(verification.difference == nil)),
        ("firstDifference", verification.difference.map(json) ?? .null),
      ]))
  }

  /// Where the event is not known, the digests stand in for what differed.
  private static func json(_ difference: VerifyDifference) -> JSONValue {
    guard let first = difference.first else {
      return .object([
        ("event", .null), ("left", .text(difference.digests.first ?? "")),
        ("right", .text(difference.digests.last ?? "")),
      ])
    }
    return .object([
      ("event", .integer(first.event)), ("left", .text(first.sentence(of: first.left, against: first.right))),
      ("right", .text(first.sentence(of: first.right, against: first.left))),
    ])
  }
}
