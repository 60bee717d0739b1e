import Contract
import Lab

/// Cases as Markdown for a pull request: a table of the four answers, then each violation with its replay.
public enum CasesMarkdown {
  /// GitHub refuses comments of more than 65,536 characters.
  public static let mostBytes = 65_000

  /// Of which cases the page tells more than the table.
  public enum Stories: Sendable { case violated, notAsExpected }

  /// - Parameters:
  ///   - isComplete: whether all that was to be run was; a page of what was done until then says so.
  ///   - room: how many bytes the page may take; a page that is cut says so.
  public static func page(
    _ cases: [CaseReport], _ catalog: Catalog, tells stories: Stories = .violated, isComplete: Bool = true,
    room: Int = mostBytes
  ) -> String {
    var page = BoundedPage(
      room: room,
      end: "\nThe page is cut here, as it may take no more than \(Quantity.grouped(room)) bytes;"
        + " the text form of the same command tells all.\n")
    page.add { "### Lockstep: \(CaseReport.sum(cases))\n\n" }
    if !isComplete { page.add { "\(ComparisonSummary.interrupted)\n\n" } }
    let isOfMany = CaseReport.grouped(cases).count > 1
    page.add { head(isOfMany) }
    for one in cases { page.add { row(one, catalog, isOfMany) } }
    for one in cases where isTold(one, stories) { page.add { story(one) } }
    return page.text
  }

  private static func isTold(_ one: CaseReport, _ stories: Stories) -> Bool {
    switch one.kind {
    case .failed, .undecided: true
    case .passed: stories == .violated && !one.checked.tally.violated.isEmpty
    case .skipped: false
    }
  }

  // MARK: table

  private static func title(_ question: Question) -> String {
    switch question {
    case .service: "service kept its promise?"
    case .belief: "clients believed?"
    case .resource: "resource unharmed?"
    case .progress: "work went on?"
    }
  }

  private static func head(_ isOfMany: Bool) -> String {
    let titles = (isOfMany ? ["scenario"] : []) + ["case"] + Question.allCases.map(title)
      + ["runs", "as expected?"]
    return line(titles) + line(titles.map { _ in "---" })
  }

  private static func row(_ one: CaseReport, _ catalog: Catalog, _ isOfMany: Bool) -> String {
    let answers = Question.allCases.map { answer(one, $0, catalog) }
    let runs = Quantity.grouped(one.checked.tally.runs)
    return line(
      (isOfMany ? [MarkdownText.plain(one.checked.scenario)] : []) + [MarkdownText.plain(one.name)] + answers
        + [runs, status(one)])
  }

  private static func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |\n" }

  private static func status(_ one: CaseReport) -> String {
    switch one.kind {
    case .passed where one.checked.expected == nil: return "safe"
    case .passed: return one.checked.outcome.missing.isEmpty ? "yes" : "in part"
    case .failed: return one.checked.expected == nil ? "**UNSAFE**" : "**NO**"
    case .undecided: return "**\(one.checked.outcome.status.rawValue.uppercased())**"
    case .skipped: return "not run"
    }
  }

  /// "held", "stale-write in 3 of 20", "-" where no check of the question applies; vacuous runs hold nothing.
  private static func answer(_ one: CaseReport, _ question: Question, _ catalog: Catalog) -> String {
    let tally = one.checked.tally
    let asked = catalog.checks.indices.filter {
      catalog.checks[$0].question == question && tally.notApplicable[$0] < tally.runs
    }
    if asked.isEmpty { return "-" }
    let parts = asked.compactMap { index -> String? in
      let name = catalog.checks[index].name, count = tally.violations[index].count
      if count == 0 { return tally.unknown[index] > 0 ? "\(name) undecided" : nil }
      let text = "\(name) in \(Quantity.grouped(count)) of \(Quantity.grouped(tally.runs))"
      return one.checked.outcome.unexpected.contains(name) ? "**\(text)**" : text
    }
    if parts.isEmpty, tally.vacuous == tally.runs { return "vacuous" }
    return parts.isEmpty ? "held" : parts.joined(separator: "<br>")
  }

  // MARK: stories

  private static func story(_ one: CaseReport) -> String {
    var page = "\n#### \(MarkdownText.plain(one.checked.scenario)): \(MarkdownText.plain(one.name))\n\n"
    for sentence in one.complaints() { page += "- \(MarkdownText.plain(sentence))\n" }
    for violation in one.violations(of: one.expected) {
      let wish = one.checked.expected == nil ? "" : ", as expected"
      let seeds = CaseReport.listed(seeds: violation.seeds)
      let sentence = "\(violation.check)\(wish), at \(seeds): \(violation.sentence)"
      page += "- \(MarkdownText.plain(sentence))\n"
    }
    if let covered = one.covered { page += "- \(MarkdownText.plain(covered))\n" }
    guard one.checked.tally.runs > 0, let replay = one.replay else { return page }
    page += "\n" + MarkdownText.fenced(replay)
    guard let figure = one.figure() else { return page }
    let seed = one.firstSeed.map { " of seed \($0)" } ?? ""
    return page + "\n<details><summary>What happened: the figure\(seed)</summary>\n\n"
      + MarkdownText.fenced(figure, "text") + "\n</details>\n"
  }
}

/// Text within Markdown.
enum MarkdownText {
  /// Words that mean themselves, on one line: no mark-up, no table bars, no mention of a user.
  static func plain(_ text: String) -> String {
    var plain = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", "`", "*", "_", "[", "]", "~", "|": plain += "\\" + String(scalar)
      case "<": plain += "&lt;"
      case ">": plain += "&gt;"
      case "&": plain += "&amp;"
      case "@": plain += "&#64;"
      case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}": plain += " "
      default: plain.unicodeScalars.append(scalar)
      }
    }
    return plain
  }

  /// A block of code, fenced by more backticks than stand together in it.
  static func fenced(_ text: String, _ language: String = "sh") -> String {
    var longest = 0, length = 0
    for character in text {
      length = character == "`" ? length + 1 : 0
      longest = max(longest, length)
    }
    let fence = String(repeating: "`", count: max(3, longest + 1))
    return "\(fence)\(language)\n\(text)\(text.hasSuffix("\n") ? "" : "\n")\(fence)\n"
  }
}
