import Contract
import Lab

/// Results as JSON: sorted keys, no times of the machine, seeds and digests as strings.
///
/// A sweep is written run by run, so that its size is no matter: header, runs, footer, whole after any run.
public enum JSONReport {
  /// Counted up when a shape changes in a way that old readers would not bear.
  public static let schema = 1

  // MARK: sweep

  public static func sweepHeader(_ scenario: Scenario) -> String { "{\"kind\":\"sweep\",\"runs\":[" }

  public static func sweepRun(_ runner: Runner, _ result: RunResult, isFirst: Bool) -> String {
    (isFirst ? "\n" : ",\n") + JSONText.compact(run(runner, result))
  }

  /// The scenario stands behind the runs, as keys are sorted.
  public static func sweepFooter(_ scenario: Scenario) -> String {
    "\n],\"scenario\":\(JSONText.quoted(scenario.name)),\"schema\":\(schema)}\n"
  }

  /// One run, as it stands in a sweep.
  public static func run(_ runner: Runner, _ result: RunResult) -> JSONValue {
    .object([
      ("seed", .text(String(result.seed))), ("algorithm", .text(runner.subject.algorithmName)),
      ("guard", .text(runner.subject.guardName)), ("digest", .text(result.digest.text)),
      ("verdicts", .object(result.verdicts.map { ($0.name, .text($0.verdict.word)) })),
      ("vacuous", .flag(result.vacuity != nil)), ("plan", PlanText.json(result.plan, runner.topology)),
    ])
  }

  // MARK: check

  public static func check(_ cases: [CheckedCase]) -> String {
    JSONText.indented(
      .object([
        ("schema", .integer(schema)), ("kind", .text("check")), ("cases", .list(cases.map(json))),
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

extension Verdict {
  /// The word for it in results.
  var word: String {
    switch self {
    case .held: "held"
    case .violated: "violated"
    case .notApplicable: "not-applicable"
    case .unknown: "unknown"
    }
  }
}
