import Lab

@testable import Rendering

/// Cases of every outcome, as reports get them.
enum CaseReports {
  /// Redlock without a guard is met; under compare-and-set a violation was not expected.
  static func gcPause() throws -> [CaseReport] { try reports(Stories.gcPause) }

  static func reports(_ story: StoryText, seeds: ClosedRange<UInt64> = 1...3) throws -> [CaseReport] {
    let scenario = try Stories.scenario(story)
    let checked = try Stories.checked(story, seeds: seeds)
    return zip(checked, scenario.cases(.standard)).map { one, subject in
      var one = one
      one.path = "Scenarios/\(one.scenario).json5"
      return CaseReport(one, Runner(scenario, subject, .standard), command: "sim")
    }
  }

  static func unread() -> CaseReport {
    let checked = CheckedCase(
      unrun: "Scenarios/torn.json5", .error, reason: "Scenarios/torn.json5:3:7: expected a colon", line: 3,
      .standard)
    return CaseReport(checked, nil, command: "sim")
  }

  static func undecided() throws -> CaseReport {
    try changed(try reports(Stories.calm)[0]) {
      $0.outcome = Outcome(.inconclusive, reason: "undecided: progress")
    }
  }

  /// A case that the user stopped before its first run.
  static func unrun() throws -> CaseReport {
    try changed(try reports(Stories.calm)[0]) { $0.tally = Tally(.standard) }
  }

  /// Met, unmet, vacuous, inconclusive, error, not run.
  static func all() throws -> [CaseReport] {
    try gcPause() + reports(Stories.neverFires) + [undecided(), unread(), unrun()]
  }

  static func changed(_ one: CaseReport, _ change: (inout CheckedCase) -> Void) throws -> CaseReport {
    var checked = one.checked
    change(&checked)
    let scenario = try Stories.scenario(Stories.gcPause)
    return CaseReport(checked, Runner(scenario, scenario.cases(.standard)[1], .standard), command: "sim")
  }

  /// So many scenarios, each with one failing case.
  static func failing(_ count: Int) throws -> [CaseReport] {
    let one = try gcPause()[1]
    return try (1...count).map { number in
      try changed(one) {
        $0.scenario = "story-\(number)"
        $0.path = "Scenarios/story-\(number).json5"
      }
    }
  }
}
