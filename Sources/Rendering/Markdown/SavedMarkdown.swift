import Lab

/// Saved results of a sweep or a check as one table of Markdown.
public enum SavedMarkdown {
  /// - Parameter name: what the page is called.
  public static func report(_ cases: [CheckedCase], name: String) -> String {
    let hasStatus = cases.contains { $0.outcome.status != .met }
    let head = ["scenario", "case"] + (hasStatus ? ["status"] : []) + ["runs", "violated (95 % interval)"]
    var lines = ["# Results: \(name)", "", row(head), row(head.map { _ in "---" })]
    for one in cases {
      let name = one.algorithm.isEmpty ? "" : "\(one.algorithm)/\(one.guardName)"
      let status = hasStatus ? [one.outcome.status.rawValue] : []
      let cells = [Quantity.grouped(one.tally.runs), verdict(one).joined(separator: "<br>")]
      lines.append(row([one.scenario, name] + status + cells))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func verdict(_ one: CheckedCase) -> [String] {
    let tally = one.tally
    if tally.runs == 0 { return ["not run" + (one.outcome.reason.map { ": " + $0 } ?? "")] }
    var lines = tally.violated.map { check in
      let found = Proportion(count: tally.seeds(violating: check).count, tries: tally.runs)
      let unexpected = one.outcome.unexpected.contains(check) ? ", not expected" : ""
      return "\(check) \(ComparisonFigures.rate(found))\(unexpected)"
    }
    let rest = Proportion(count: 0, tries: max(1, tally.runs - tally.vacuous))
    if lines.isEmpty, tally.vacuous < tally.runs {
      lines = ["none, each below \(Proportion.percent(rest.ruleOfThree)) at 95 %"]
    }
    lines += one.outcome.missing.map { "\($0) was to be violated, and is not" }
    if !tally.undecided.isEmpty { lines.append("undecided: \(tally.undecided.joined(separator: ", "))") }
    if tally.vacuous > 0 { lines.append("vacuous in \(Quantity.grouped(tally.vacuous))") }
    return lines
  }

  private static func row(_ cells: [String]) -> String {
    "| " + cells.map { String($0.map { $0 == "|" ? "/" : $0 == "\n" ? " " : $0 }) }.joined(separator: " | ")
      + " |"
  }
}
