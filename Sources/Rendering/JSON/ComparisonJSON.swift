import Contract
import Lab

extension JSONReport {
  /// A comparison: counts and whole nanoseconds; rates and their 95 % intervals in parts per million.
  public static func comparison(_ comparison: Comparison, _ catalog: Catalog) -> String {
    JSONText.indented(
      .object([
        ("schema", .integer(schema)), ("kind", .text("comparison")), ("command", .text(comparison.command)),
        ("scenarios", .list(comparison.groups.map { scenario($0, catalog) })),
      ]))
  }

  private static func scenario(_ group: [ComparedCase], _ catalog: Catalog) -> JSONValue {
    let story = group[0].checked
    return .object([
      ("scenario", .text(story.scenario)), ("about", .text(story.about)), ("source", .text(story.source)),
      ("seeds", .text(ComparisonFigures.seeds(group[0].seeds))),
      ("cases", .list(group.map { one($0, catalog) })),
    ])
  }

  private static func one(_ one: ComparedCase, _ catalog: Catalog) -> JSONValue {
    let tally = one.checked.tally, reached = tally.reached, measures = one.measures
    let questions = Question.allCases.map { question -> (key: String, value: JSONValue?) in
      (question.rawValue, checks(of: question, one, catalog))
    }
    return .object([
      ("algorithm", .text(one.checked.algorithm)), ("guard", .text(one.checked.guardName)),
      ("status", .text(one.checked.outcome.status.rawValue)), ("runs", .integer(tally.runs)),
      ("vacuous", .integer(tally.vacuous)), ("inconclusive", .integer(measures.inconclusive)),
      ("questions", .object(questions)), ("acquisitions", .integer(measures.acquisitions)),
      ("unfinishedWaits", .integer(measures.unfinishedWaits)), ("wait", spans(measures.waits)),
      ("longestStall", spans(measures.stalls)),
      ("sectionsDone", .integer(reached.sections - reached.abandoned)),
      ("sectionsAbandoned", .integer(reached.abandoned)), ("messages", .integer(measures.messages)),
      ("syncs", .integer(measures.syncs)), ("effects", .integer(reached.effects)),
      ("duplicateEffects", .integer(reached.duplicateEffects)),
    ])
  }

  /// The checks that apply to the case, each with the runs that violated it.
  private static func checks(
    of question: Question, _ one: ComparedCase, _ catalog: Catalog
  ) -> JSONValue {
    let tally = one.checked.tally
    let judged = catalog.checks.indices.filter {
      catalog.checks[$0].question == question && tally.notApplicable[$0] < tally.runs
    }
    return .object(
      judged.map { index in
        let found = Proportion(count: tally.violations[index].count, tries: tally.runs)
        let (low, high) = found.interval
        let value = JSONValue.object([
          ("violated", .integer(found.count)), ("undecided", .integer(tally.unknown[index])),
          ("rate", millionths(found.rate)), ("low", millionths(low)), ("high", millionths(high)),
        ])
        return (catalog.checks[index].name, value)
      })
  }

  private static func millionths(_ rate: Double) -> JSONValue { .integer(Int((rate * 1_000_000).rounded())) }

  private static func spans(_ histogram: SpanHistogram) -> JSONValue {
    .object([
      ("p50", histogram.percentile(50).map { .integer($0.count) } ?? .null),
      ("p99", histogram.percentile(99).map { .integer($0.count) } ?? .null),
      ("max", histogram.percentile(100).map { .integer($0.count) } ?? .null),
    ])
  }
}
