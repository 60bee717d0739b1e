import Contract
import Lab

/// The text of `sim check`: every case against what its file expects, then the sum.
public enum CheckText {
  /// Columns: the status, the case, the rest.
  private static let statusWidth = 14

  /// - Parameters:
  ///   - cases: those of one scenario stand together.
  ///   - command: how the reader calls the command, such as `sim`.
  public static func report(_ cases: [CheckedCase], command: String, _ style: Style) -> String {
    var page = ""
    var place: String?
    let width = cases.map { name($0).count }.max() ?? 0
    for one in cases {
      if place != one.path + one.scenario { page += heading(one, style) + again(one, command, style) }
      place = one.path + one.scenario
      page += line(one, width, command, style)
    }
    return page + "\n" + summary(cases, style)
  }

  private static func name(_ one: CheckedCase) -> String {
    one.algorithm.isEmpty ? "" : "\(one.algorithm)/\(one.guardName)"
  }

  private static func heading(_ one: CheckedCase, _ style: Style) -> String {
    var line = PaintedLine(one.scenario, .strong)
    if !one.path.isEmpty, line.width + 2 + one.path.count <= Page.width { line.add("  " + one.path, .faint) }
    return line.text(style)
  }

  /// The command for all these runs again; nothing where nothing was run.
  private static func again(_ one: CheckedCase, _ command: String, _ style: Style) -> String {
    guard let seeds = one.seeds, one.tally.runs > 0 else { return "" }
    return Replay(command, one).line(seeds: seeds).map { $0.text(after: "  again: ", style, leadInk: .faint) }
      .joined()
  }

  // MARK: cases

  private static func line(
    _ one: CheckedCase, _ width: Int, _ command: String, _ style: Style
  ) -> String {
    let (word, ink) = status(one.outcome.status)
    let lead = "  " + word.padded(to: statusWidth) + name(one).padded(to: width) + "  "
    var page = ""
    let parts = Paragraph.flow(findings(one), gap: ", ", width: Page.width - lead.count)
    for (number, part) in parts.enumerated() {
      var line = PaintedLine()
      if number == 0 { line.add(lead, ink) }
      line.pad(to: lead.count)
      line.add(part)
      page += line.text(style)
    }
    for check in one.outcome.unexpected { page += unexpected(check, one, command, style, ink) }
    for remark in remarks(one) { page += Paragraph.hanging("    ", remark, style, ink) }
    return page
  }

  static func status(_ status: Outcome.Status) -> (word: String, ink: Ink) {
    switch status {
    case .met: ("met", .good)
    case .unmet: ("UNMET", .bad)
    case .vacuous: ("VACUOUS", .warning)
    case .inconclusive: ("INCONCLUSIVE", .warning)
    case .error: ("ERROR", .bad)
    }
  }

  /// "20 runs: stale-write in 20", "lost-update in 18", "2 vacuous"; "20 runs: all held".
  private static func findings(_ one: CheckedCase) -> [String] {
    guard one.tally.runs > 0 else { return ["not run"] }
    var parts = one.tally.violated.map { check in
      "\(check) in \(Quantity.grouped(one.tally.seeds(violating: check).count))"
    }
    if parts.isEmpty { parts = ["all held"] }
    parts[0] = "\(Quantity.counted(one.tally.runs, "run")): \(parts[0])"
    if let duplicates = Quantity.duplicates(one.tally.reached) { parts.append(duplicates) }
    if one.tally.vacuous > 0 { parts.append("\(Quantity.grouped(one.tally.vacuous)) vacuous") }
    return parts
  }

  /// A check that was to hold, and the command that shows how it does not.
  private static func unexpected(
    _ check: String, _ one: CheckedCase, _ command: String, _ style: Style, _ ink: Ink
  ) -> String {
    let seeds = one.tally.seeds(violating: check)
    let wish = one.expected == nil ? "is violated" : "is violated and was to hold"
    let times = "\(check) \(wish), at \(Quantity.counted(seeds.count, "seed"))"
    guard let seed = seeds.first else { return Paragraph.hanging("    ", times, style, ink) }
    return Paragraph.hanging("    ", times + ":", style, ink)
      + Replay(command, one).line(algorithm: one.algorithm, guardName: one.guardName, seed: seed)
        .text(after: "      ", style)
  }

  private static func remarks(_ one: CheckedCase) -> [String] {
    var remarks: [String] = []
    if one.outcome.status == .unmet || one.outcome.status == .met {
      remarks += one.outcome.missing.map { "\($0) was to be violated by at least one seed, and is by none" }
    }
    if let reason = one.outcome.reason { remarks.append(reason) }
    return remarks
  }

  // MARK: sum

  /// "41 cases of 20 scenarios: 39 met, 1 UNMET, 1 VACUOUS; 820 runs".
  private static func summary(_ cases: [CheckedCase], _ style: Style) -> String {
    var scenarios: [String] = []
    for one in cases where scenarios.last != one.path + one.scenario {
      scenarios.append(one.path + one.scenario)
    }
    let order: [Outcome.Status] = [.met, .unmet, .vacuous, .inconclusive, .error]
    let parts = order.compactMap { status -> String? in
      let count = cases.count { $0.outcome.status == status }
      return count == 0 ? nil : "\(Quantity.grouped(count)) \(CheckText.status(status).word)"
    }
    let runs = cases.reduce(0) { $0 + $1.tally.runs }
    let files = Quantity.counted(scenarios.count, "scenario")
    let text = "\(Quantity.counted(cases.count, "case")) of \(files): "
      + parts.joined(separator: ", ") + "; \(Quantity.counted(runs, "run"))"
    let isMet = cases.allSatisfy { $0.outcome.status == .met }
    return Paragraph.hanging("", text, style, isMet ? .good : .bad)
  }
}
