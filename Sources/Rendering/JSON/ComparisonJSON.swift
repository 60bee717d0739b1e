import Contract
import Lab

extension JSONReport {
  /// A comparison: counts and whole nanoseconds; rates and their 95 % intervals in parts per million.
  ///
  /// `ComparisonReader` makes the same value of it.
  public static func comparison(_ comparison: Comparison) -> String {
    JSONText.indented(
      .object([
        ("schema", .integer(schema)), ("kind", .text("comparison")), ("name", .text(comparison.name)),
        ("command", .text(comparison.command)),
        ("complete", .flag(comparison.isComplete)), ("rows", .list(comparison.rows.map { .text($0) })),
        ("scenarios", .list(comparison.scenarios.map(scenario))),
      ]))
  }

  private static func scenario(_ scenario: ComparedScenario) -> JSONValue {
    .object([
      ("scenario", .text(scenario.name)), ("about", .text(scenario.about)),
      ("source", .text(scenario.source)), ("seeds", .text(scenario.seeds)),
      ("cases", .list(scenario.cases.map(one))), ("doesNotApply", .list(scenario.absent.map(absent))),
    ])
  }

  private static func absent(_ absent: AbsentCase) -> JSONValue {
    .object([
      ("algorithm", .text(absent.algorithm)), ("guard", .text(absent.guardName)),
      ("reason", .text(absent.reason)),
    ])
  }

  private static func one(_ one: ComparedCase) -> JSONValue {
    let questions = zip(Question.allCases, one.violatedRuns).map { question, runs in
      (key: question.rawValue, value: Optional(runs.map { .integer($0) } ?? JSONValue.null))
    }
    return .object([
      ("algorithm", .text(one.algorithm)), ("guard", .text(one.guardName)),
      ("status", .text(one.status.rawValue)), ("verdict", .text(one.verdict.word)),
      ("runs", .integer(one.runs)), ("vacuous", .integer(one.vacuous)),
      ("vacuity", one.vacuity.map { .text($0) } ?? .null), ("inconclusive", .integer(one.inconclusive)),
      ("violatedRuns", .object(questions)), ("checks", .list(one.checks.map { check($0, one.runs) })),
      ("costs", costs(one.costs)), ("fencing", one.rescue.map(rescue) ?? .null),
    ])
  }

  private static func check(_ check: ComparedCheck, _ runs: Int) -> JSONValue {
    let found = Proportion(count: check.violated, tries: runs)
    let (low, high) = found.interval
    return .object([
      ("check", .text(check.name)), ("question", .text(check.question.rawValue)),
      ("summary", .text(check.summary)), ("violated", .integer(check.violated)),
      ("undecided", .integer(check.undecided)), ("rate", millionths(found.rate)),
      ("low", millionths(low)), ("high", millionths(high)),
      ("example", check.example.map(example) ?? .null),
    ])
  }

  private static func example(_ example: ComparedExample) -> JSONValue {
    .object([
      ("seed", .text(String(example.seed))), ("sentence", .text(example.sentence)),
      ("replay", .text(example.replay)), ("figure", example.figure ?? .null),
    ])
  }

  private static func millionths(_ rate: Double) -> JSONValue { .integer(Int((rate * 1_000_000).rounded())) }

  private static func costs(_ costs: CaseCosts) -> JSONValue {
    var members: [(key: String, value: JSONValue?)] = []
    for field in CaseCosts.counts { members.append((field.name, .integer(costs[keyPath: field.path]))) }
    for field in CaseCosts.optionalCounts {
      members.append((field.name, integer(costs[keyPath: field.path])))
    }
    for field in CaseCosts.spans { members.append((field.name, spans(costs[keyPath: field.path]))) }
    for field in CaseCosts.derived {
      let value = costs[keyPath: field.path].map { JSONValue.decimal($0, places: 2) }
      members.append((field.name, value ?? .null))
    }
    return .object(members)
  }

  private static func spans(_ spans: SpanFigures) -> JSONValue {
    .object([
      ("count", .integer(spans.count)), ("p50", integer(spans.median?.count)),
      ("p99", integer(spans.rare?.count)), ("max", integer(spans.longest?.count)),
    ])
  }

  private static func integer(_ value: Int64?) -> JSONValue { value.map { .integer($0) } ?? .null }

  private static func rescue(_ rescue: Rescue) -> JSONValue {
    .object([
      ("harmed", .integer(rescue.harmed)), ("rerun", .integer(rescue.rerun)),
      ("orderedTokens", .flag(rescue.isOrdered)),
      ("guards", .list(
        rescue.guards.map {
          .object([("guard", .text($0.guardName)), ("unharmed", .integer($0.unharmed))])
        })),
    ])
  }
}

extension ComparedVerdict {
  /// The word for it in results.
  var word: String {
    switch self {
    case .notRun: "not-run"
    case .doesNotApply: "does-not-apply"
    case .vacuous: "vacuous"
    case .violated(.progress, _): "liveness-lost"
    case .violated: "violated"
    case .inconclusive: "inconclusive"
    case .holds: "holds"
    }
  }
}
