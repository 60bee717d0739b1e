import Contract
import Lab

/// A case as it is told outside the terminal: its outcome, and what running it again tells of it.
public struct CaseReport: Sendable {
  public let checked: CheckedCase
  /// nil where nothing could be run.
  private let runner: Runner?
  /// How the reader calls the command, such as `sim`.
  private let command: String

  public init(_ checked: CheckedCase, _ runner: Runner?, command: String) {
    self.checked = checked
    self.runner = runner
    self.command = command
  }

  /// What a report of tests calls it.
  enum Kind { case passed, failed, undecided, skipped }

  /// A case whose runs were not begun says nothing, whatever its outcome; a pass least of all.
  var kind: Kind {
    switch checked.outcome.status {
    case .met: checked.tally.runs == 0 ? .skipped : .passed
    case .unmet: checked.tally.runs == 0 ? .skipped : .failed
    case .vacuous, .inconclusive, .error: .undecided
    }
  }

  /// "redlock/unfenced"; the path of a file in which there is no case.
  var name: String {
    checked.algorithm.isEmpty ? checked.path : "\(checked.algorithm)/\(checked.guardName)"
  }

  /// The cases of each scenario, in the order given.
  static func grouped(_ cases: [CaseReport]) -> [[CaseReport]] {
    var groups: [[CaseReport]] = []
    for one in cases {
      if let last = groups.last?[0].checked, last.path == one.checked.path,
        last.scenario == one.checked.scenario
      {
        groups[groups.count - 1].append(one)
      } else {
        groups.append([one])
      }
    }
    return groups
  }

  // MARK: violations

  /// A violated check: at which seeds, and the first of them in one sentence.
  struct Violation {
    let check: String
    let seeds: [UInt64]
    let sentence: String
  }

  /// The violations of these checks, each told from its first seed, which is run again for that.
  func violations(of checks: [String]) -> [Violation] {
    var told: [(seed: UInt64, verdicts: [CheckVerdict])] = []
    return checks.compactMap { check in
      let seeds = checked.tally.seeds(violating: check)
      guard let seed = seeds.first else { return nil }
      if !told.contains(where: { $0.seed == seed }), let runner {
        told.append((seed, runner.run(seed: seed).verdicts))
      }
      let verdict = told.first { $0.seed == seed }?.verdicts.first { $0.name == check }
      let sentence = verdict?.explanation ?? verdict?.check.summary ?? "\(check) is violated"
      return Violation(check: check, seeds: seeds, sentence: sentence + ".")
    }
  }

  var unexpected: [Violation] { violations(of: checked.outcome.unexpected) }
  /// Names of the checks that were violated and were to be, or might be.
  var expected: [String] { checked.tally.violated.filter { !checked.outcome.unexpected.contains($0) } }

  /// The figure of the run that a reader replays first, as text; nil where there is nothing to draw.
  func figure() -> String? {
    guard let runner, let seed = firstSeed else { return nil }
    guard let figure = Narrator.figure(runner.story(seed: seed), rows: 16), figure.rows.count > 1 else {
      return nil
    }
    return SpaceTimeText(figure, indent: 0, Style(color: false)).text()
  }

  /// The seed that shows best what the report is about: the first that did what was not expected.
  var firstSeed: UInt64? {
    let checks = checked.outcome.unexpected + checked.tally.violated
    return checks.lazy.compactMap { checked.tally.seeds(violating: $0).first }.first
  }

  /// The command line that runs the case again, at its most telling seed.
  var replay: String? {
    guard let seed = firstSeed ?? runner?.scenario.seeds.first else { return nil }
    let replay = Replay(command, name: checked.scenario, path: checked.path.isEmpty ? nil : checked.path)
    return replay.line(algorithm: checked.algorithm, guardName: checked.guardName, seed: seed)
      .words.joined(separator: " ")
  }
}

extension CaseReport {
  // MARK: sentences

  /// What is not as expected, one sentence for each thing; none for a case that is met.
  func complaints() -> [String] {
    let runs = Quantity.grouped(checked.tally.runs)
    let wish = checked.expected == nil ? "is violated" : "is violated and was to hold"
    var sentences = unexpected.map { one in
      "\(one.check) \(wish), at \(Quantity.grouped(one.seeds.count)) of \(runs) seeds; seed \(one.seeds[0]):"
        + " \(one.sentence)"
    }
    if kind == .failed { sentences += missing }
    if kind == .undecided {
      sentences.append("\(checked.outcome.status.rawValue): \(checked.outcome.reason ?? "nothing is known").")
    }
    return sentences
  }

  /// Expected violations that did not come.
  var missing: [String] {
    let runs = Quantity.counted(checked.tally.runs, "seed")
    return checked.outcome.missing.map {
      "\($0) was to be violated by one of \(runs) at least, and is by none."
    }
  }

  /// What the runs of the case showed, whatever was expected.
  func findings() -> [String] {
    let tally = checked.tally
    guard tally.runs > 0 else { return [] }
    var lines = [Quantity.counted(tally.runs, "run") + "."]
    for check in expected {
      let seeds = tally.seeds(violating: check)
      let wish = checked.expected == nil ? "Violated" : "Violated, as expected"
      lines.append("\(wish): \(check) at \(CaseReport.listed(seeds: seeds)).")
    }
    if let covered { lines.append(covered) }
    if tally.vacuous > 0 { lines.append("Vacuous: \(Quantity.counted(tally.vacuous, "run")).") }
    return lines
  }

  /// What the runs say of the checks that none violated; nil where they say nothing.
  var covered: String? {
    let none = Proportion(count: 0, tries: checked.tally.runs - checked.tally.vacuous)
    guard none.tries > 0 else { return nil }
    let what = checked.tally.violated.isEmpty ? "No check" : "No other check"
    return "\(what) was violated in \(Quantity.counted(none.tries, "run")),"
      + " which bounds the rate of each by \(Proportion.percent(none.ruleOfThree)) at 95 %."
  }

  /// "seed 4", "seeds 1 to 20", "seeds 1, 5 and 9", "seeds 1, 5, 9, ... and 90 more".
  static func listed(seeds: [UInt64]) -> String {
    guard let first = seeds.first, let last = seeds.last, seeds.count > 1 else {
      return "seed " + (seeds.first.map { String($0) } ?? "unknown")
    }
    if seeds.count > 2, last > first, last - first == UInt64(seeds.count - 1) {
      return "seeds \(first) to \(last)"
    }
    let shown = seeds.prefix(10).map { String($0) }
    if shown.count == seeds.count { return "seeds " + Quantity.listed(shown) }
    return "seeds \(shown.joined(separator: ", ")) and \(Quantity.grouped(seeds.count - shown.count)) more"
  }

  /// "41 cases of 20 scenarios: 39 met, 1 unmet, 1 vacuous".
  static func sum(_ cases: [CaseReport]) -> String {
    let order: [Outcome.Status] = [.met, .unmet, .vacuous, .inconclusive, .error]
    let begun = cases.filter { $0.kind != .skipped }
    var parts = order.compactMap { status -> String? in
      let count = begun.count { $0.checked.outcome.status == status }
      return count == 0 ? nil : "\(Quantity.grouped(count)) \(status.rawValue)"
    }
    if begun.count < cases.count { parts.append("\(Quantity.grouped(cases.count - begun.count)) not run") }
    let files = Quantity.counted(grouped(cases).count, "scenario")
    return "\(Quantity.counted(cases.count, "case")) of \(files): " + parts.joined(separator: ", ")
  }
}
