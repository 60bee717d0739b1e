import Contract
import Lab

/// The text of a sweep: for each case, how often each check was violated, and how sure that is.
public enum SweepText {
  /// - Parameter command: how the reader calls the command, such as `sim`.
  public static func report(_ cases: [CheckedCase], command: String, _ style: Style) -> String {
    guard let first = cases.first else { return "" }
    var page = ""
    var path: String?
    let width = widths(cases)
    for one in cases {
      if path != one.path + one.scenario {
        page += (path == nil ? "" : "\n") + header(one, width, style)
        path = one.path + one.scenario
      }
      page += rows(one, width, style)
    }
    return page + again(first, command, style)
  }

  /// The seeds, and how to get one of the runs again.
  private static func again(_ one: CheckedCase, _ command: String, _ style: Style) -> String {
    guard let seeds = one.seeds, let first = seeds.ranges.first?.lowerBound, one.tally.runs > 0 else {
      return ""
    }
    let replay = Replay(command, one).line(algorithm: one.algorithm, guardName: one.guardName, seed: first)
    return "\n" + Paragraph.hanging("seeds       ", SeedText.words(seeds), style, leadInk: .faint)
      + replay.text(after: "replay one  ", style, leadInk: .faint)
  }

  /// Columns: the case, the check, how often, the rate with its interval.
  private struct Widths {
    var name: Int
    var check: Int
    var count: Int
  }

  private static func name(_ one: CheckedCase) -> String { "\(one.algorithm)/\(one.guardName)" }

  private static func widths(_ cases: [CheckedCase]) -> Widths {
    let checks = cases.flatMap(\.tally.violated).map(\.count)
    let counts = cases.map { Quantity.grouped($0.tally.runs).count * 2 + 4 }
    return Widths(
      name: cases.map { name($0).count }.max() ?? 0, check: max(12, checks.max() ?? 0),
      count: max(9, 1 + (counts.max() ?? 0)))
  }

  private static func header(_ one: CheckedCase, _ width: Widths, _ style: Style) -> String {
    var line = PaintedLine(one.scenario, .strong)
    line.pad(to: width.name)
    line.add("  " + "check".padded(to: width.check), .faint)
    line.add("violated", endingAt: line.width + width.count, .faint)
    line.add("   rate (95 % interval)", .faint)
    return line.text(style)
  }

  private static func rows(_ one: CheckedCase, _ width: Widths, _ style: Style) -> String {
    var lines = one.tally.runs == 0 ? [Line("not run", "", one.outcome.reason ?? "", .warning)] : []
    if one.tally.runs > 0 { lines = violations(one.tally) + [rest(one.tally)] + doubts(one.tally) }
    var page = ""
    for (number, line) in lines.enumerated() {
      page += row(number == 0 ? name(one) : "", line, width, style)
    }
    return page
  }

  /// What one row says of a case.
  private struct Line {
    let check: String
    let count: String
    let rate: String
    let ink: Ink

    init(_ check: String, _ count: String, _ rate: String, _ ink: Ink) {
      self.check = check
      self.count = count
      self.rate = rate
      self.ink = ink
    }
  }

  private static func violations(_ tally: Tally) -> [Line] {
    tally.violated.map { check in
      let found = Proportion(count: tally.seeds(violating: check).count, tries: tally.runs)
      let (low, high) = found.interval
      let range = "(\(Proportion.percent(low)) to \(Proportion.percent(high)))"
      return Line(check, of(found), "\(Proportion.percent(found.rate)) \(range)", .bad)
    }
  }

  /// What the runs say of the checks that none violated; a vacuous run says nothing.
  private static func rest(_ tally: Tally) -> Line {
    let none = Proportion(count: 0, tries: tally.runs - tally.vacuous)
    let what = tally.violated.isEmpty ? "all checks" : "the others"
    if none.tries == 0 { return Line(what, "", "nothing is known: every run was vacuous", .warning) }
    return Line(what, of(none), "each below \(Proportion.percent(none.ruleOfThree)) at 95 %", .good)
  }

  private static func doubts(_ tally: Tally) -> [Line] {
    var lines: [Line] = []
    if !tally.undecided.isEmpty {
      lines.append(Line("undecided", "", tally.undecided.joined(separator: ", "), .warning))
    }
    if tally.vacuous > 0 {
      let found = Proportion(count: tally.vacuous, tries: tally.runs)
      lines.append(Line("vacuous runs", of(found), "in which the story did not happen", .warning))
    }
    return lines
  }

  private static func of(_ found: Proportion) -> String {
    "\(Quantity.grouped(found.count)) of \(Quantity.grouped(found.tries))"
  }

  private static func row(_ name: String, _ one: Line, _ width: Widths, _ style: Style) -> String {
    var line = PaintedLine(name.padded(to: width.name) + "  ")
    line.add(one.check.padded(to: width.check), one.ink)
    line.add(one.count, endingAt: line.width + width.count)
    guard line.width + 3 + one.rate.count > Page.width else {
      line.add("   " + one.rate)
      return line.text(style)
    }
    return line.text(style) + Paragraph.hanging("      ", one.rate, style)
  }
}
