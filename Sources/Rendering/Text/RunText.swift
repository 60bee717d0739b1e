import Contract
import Lab

/// One case of a scenario, run at one seed.
public struct RunRow {
  public let runner: Runner
  public let result: RunResult
  /// nil where nothing was asked of the case.
  public let outcome: Outcome?
  public let expected: ExpectedCase?

  public init(runner: Runner, result: RunResult, outcome: Outcome?, expected: ExpectedCase?) {
    self.runner = runner
    self.result = result
    self.outcome = outcome
    self.expected = expected
  }
}

/// The text of `sim run`: verdicts, then what happened in each violated case, then what the runs reached.
public enum RunText {
  /// As many other seeds are tried for each violated case; the page of the same run tries more.
  public static let mostNeighbours = 32

  /// - Parameters:
  ///   - command: how the reader calls the command, such as `sim`.
  ///   - neighbours: how many other seeds are tried for each violated case at most.
  public static func report(
    _ scenario: Scenario, _ rows: [RunRow], _ catalog: Catalog, command: String, _ style: Style,
    neighbours: Int = RunText.mostNeighbours
  ) -> String {
    let replay = Replay(command, scenario)
    var page = header(scenario, rows, style) + "\n" + table(rows, catalog, style)
    page += remarks(rows, style)
    page += CaseStory.all(rows, replay, neighbours: neighbours, style)
    page += Coverage.text(rows, replay, style)
    return page
  }

  private static func header(_ scenario: Scenario, _ rows: [RunRow], _ style: Style) -> String {
    var page = Paragraph.hanging("\(scenario.name)  ", scenario.about, style, leadInk: .strong)
    let seed = rows.first.map { "seed \($0.result.seed), " } ?? ""
    page += Paragraph.hanging("", "\(seed)source: \(scenario.source)", style, .faint)
    if let words = scenario.disagrees { page += Paragraph.hanging("disagrees  ", words, style, .faint) }
    page += Paragraph.hanging("", terms(scenario), style, .faint)
    return page
  }

  /// "2 clients, 1 lock, lease 10 s refreshed every 3 s, fault: pause".
  static func terms(_ scenario: Scenario) -> String {
    let refresh = scenario.lease.refresh.map { " refreshed every \($0.spoken)" } ?? " never refreshed"
    var parts = [
      Quantity.counted(scenario.load.clients, "client"), Quantity.counted(scenario.load.locks, "lock"),
      "lease \(scenario.lease.ttl.spoken)\(refresh)",
    ]
    var kinds: [String] = []
    for fault in scenario.faults where !kinds.contains(fault.name) { kinds.append(fault.name) }
    if scenario.plan != nil { kinds.append("a saved plan") }
    if let chaos = scenario.chaos { kinds.append("chaos of " + Quantity.listed(chaos.faults)) }
    parts.append(kinds.isEmpty ? "no fault" : "faults: " + kinds.joined(separator: ", "))
    return parts.joined(separator: ", ")
  }

  private static func table(_ rows: [RunRow], _ catalog: Catalog, _ style: Style) -> String {
    let lines = rows.map { row in
      VerdictTable.Line(
        algorithm: row.runner.subject.algorithmName, guardName: row.runner.subject.guardName,
        verdicts: row.result.verdicts, unexpected: row.outcome?.unexpected ?? [], status: status(row))
    }
    return VerdictTable(lines, catalog.checks, style).text()
  }

  static func status(_ row: RunRow) -> (text: String, ink: Ink) {
    guard let outcome = row.outcome else { return ("", .plain) }
    switch outcome.status {
    case .met where row.expected == nil: return ("safe", .good)
    case .met where outcome.missing.isEmpty: return ("yes", .good)
    case .met: return ("in part", .warning)
    case .unmet: return (row.expected == nil ? "UNSAFE" : "NO", .bad)
    case .vacuous: return ("VACUOUS", .warning)
    case .inconclusive: return ("UNDECIDED", .warning)
    case .error: return ("ERROR", .bad)
    }
  }

  /// What the status of a case means where it is not plainly met.
  private static func remarks(_ rows: [RunRow], _ style: Style) -> String {
    var page = ""
    for row in rows {
      guard let outcome = row.outcome else { continue }
      var parts: [String] = []
      if !outcome.unexpected.isEmpty, row.expected != nil {
        parts.append("not expected to be violated: " + outcome.unexpected.joined(separator: ", "))
      }
      if !outcome.missing.isEmpty {
        parts.append(
          "expected of at least one seed, not of this one: " + outcome.missing.joined(separator: ", "))
      }
      if let vacuity = row.result.vacuity {
        parts.append(Outcome.sentence(vacuity) + ", so this run says nothing about its story")
      } else if let reason = outcome.reason {
        parts.append(reason)
      }
      guard !parts.isEmpty else { continue }
      let text = parts.joined(separator: "; ")
      page += Paragraph.hanging(row.runner.subject.name + ": ", text, style, .warning)
    }
    return page
  }
}
