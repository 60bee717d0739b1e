import Contract
import Lab

/// Cases down, checks across, the four answers kept apart.
struct VerdictTable: Sendable {
  /// One case: its verdicts, in catalog order, and what became of its expectation.
  struct Line: Sendable {
    var algorithm: String
    var guardName: String
    var verdicts: [CheckVerdict]
    /// Checks whose violation the scenario did not expect.
    var unexpected: [String]
    var status: (text: String, ink: Ink)
  }

  /// How much a table says in its columns; tried in this order until one fits the page.
  private enum Form: CaseIterable { case flat, nested, terse }

  private let lines: [Line]
  /// Indices of the checks that have a column: those that apply to some case.
  private let shown: [[Int]]
  private let checks: [any Check.Type]
  private let form: Form
  private let style: Style

  init(_ lines: [Line], _ checks: [any Check.Type], _ style: Style) {
    self.lines = lines
    self.checks = checks
    self.style = style
    let shown = Question.allCases.map { question in
      checks.indices.filter { index in
        checks[index].question == question && lines.contains { !$0.verdicts[index].isNotApplicable }
      }
    }.filter { !$0.isEmpty }
    self.shown = shown
    form = Form.allCases.first {
      VerdictTable.width($0, lines, shown, checks) <= Page.width
    } ?? .terse
  }

  private var hasStatus: Bool { lines.contains { !$0.status.text.isEmpty } }

  func text() -> String {
    header() + body() + legend()
  }

  // MARK: measures

  private static func width(
    _ form: Form, _ lines: [Line], _ shown: [[Int]], _ checks: [any Check.Type]
  ) -> Int {
    let status = max(8, lines.map(\.status.text.count).max() ?? 0)
    return nameWidth(form, lines) + shown.reduce(0) { $0 + groupWidth(form, $1, checks) + 2 } + 2 + status
  }

  private static func nameWidth(_ form: Form, _ lines: [Line]) -> Int {
    let widths = lines.map { line in
      form == .flat
        ? line.algorithm.count + 1 + line.guardName.count
        : max(line.algorithm.count - 6, 2 + line.guardName.count)
    }
    return max(4, widths.max() ?? 0)
  }

  private static func groupWidth(_ form: Form, _ group: [Int], _ checks: [any Check.Type]) -> Int {
    let columns = group.reduce(0) { $0 + columnWidth(form, $1, checks) } + group.count - 1
    let title = title(checks[group[0]].question)
    return max(columns, form == .terse ? title.word.count : max(title.word.count, title.rest.count))
  }

  private static func columnWidth(_ form: Form, _ check: Int, _ checks: [any Check.Type]) -> Int {
    form == .terse ? 2 : label(checks[check].name).map(\.count).max() ?? 0
  }

  /// A check's name on two lines: broken at its first hyphen, or in the middle of a long word.
  private static func label(_ name: String) -> [String] {
    switch name {
    case "reconnect-storm": return ["recon-", "storm"]
    case "linearizability": return ["lineariz-", "ability"]
    case "serializability": return ["serializ-", "ability"]
    default: break
    }
    if let hyphen = name.firstIndex(of: "-") {
      return [String(name[...hyphen]), String(name[name.index(after: hyphen)...])]
    }
    let half = name.count / 2
    return name.count < 8 ? ["", name] : [name.prefix(half) + "-", String(name.dropFirst(half))]
  }

  /// "eg" for early-grant, "pr" for progress: the column of a table that has no room for names.
  private static func initials(_ name: String) -> String {
    let words = name.split(separator: "-")
    return words.count > 1 ? String(words.prefix(2).compactMap(\.first)) : String(name.prefix(2))
  }

  private static func title(_ question: Question) -> (word: String, rest: String) {
    switch question {
    case .service: ("SERVICE", "kept its promise?")
    case .belief: ("CLIENTS", "believed?")
    case .resource: ("RESOURCE", "unharmed?")
    case .progress: ("WORK", "went on?")
    }
  }

  // MARK: parts

  private func header() -> String {
    var page = ""
    for row in form == .terse ? [0, 2] : [0, 1, 2, 3] {
      var line = PaintedLine()
      if row == (form == .terse ? 2 : 3) { line.add("case", .faint) }
      line.pad(to: VerdictTable.nameWidth(form, lines))
      for group in shown { add(group, row, to: &line) }
      if row == (form == .terse ? 2 : 3), hasStatus { line.add("  expected", .faint) }
      page += line.text(style)
    }
    return page
  }

  private func add(_ group: [Int], _ row: Int, to line: inout PaintedLine) {
    let title = VerdictTable.title(checks[group[0]].question)
    line.add("  ")
    let start = line.width
    switch row {
    case 0: line.add(title.word, .strong)
    case 1: line.add(title.rest, .faint)
    default:
      for (place, check) in group.enumerated() {
        if place > 0 { line.add(" ") }
        let width = VerdictTable.columnWidth(form, check, checks)
        let name = checks[check].name
        let label = form == .terse ? VerdictTable.initials(name) : VerdictTable.label(name)[row - 2]
        line.add(label.padded(to: width), .faint)
      }
    }
    line.pad(to: start + VerdictTable.groupWidth(form, group, checks))
  }

  private func body() -> String {
    var page = ""
    var algorithm = ""
    for row in lines {
      if form != .flat, row.algorithm != algorithm {
        page += PaintedLine(row.algorithm).text(style)
        algorithm = row.algorithm
      }
      var line = PaintedLine(form == .flat ? "\(row.algorithm)/\(row.guardName)" : "  \(row.guardName)")
      line.pad(to: VerdictTable.nameWidth(form, lines))
      for group in shown { add(group, row, to: &line) }
      line.add("  ")
      line.add(row.status.text, row.status.ink)
      page += line.text(style)
    }
    return page
  }

  private func add(_ group: [Int], _ row: Line, to line: inout PaintedLine) {
    line.add("  ")
    let start = line.width
    for (place, check) in group.enumerated() {
      if place > 0 { line.add(" ") }
      let mark = mark(row, check)
      line.add(mark.text.padded(to: VerdictTable.columnWidth(form, check, checks)), mark.ink)
    }
    line.pad(to: start + VerdictTable.groupWidth(form, group, checks))
  }

  private func mark(_ row: Line, _ check: Int) -> (text: String, ink: Ink) {
    switch row.verdicts[check].verdict {
    case .held: (form == .terse ? "." : "ok", .good)
    case .violated: (row.unexpected.contains(checks[check].name) ? "X!" : "X", .bad)
    case .notApplicable: ("-", .faint)
    case .unknown: ("?", .warning)
    }
  }

  // MARK: legend

  /// Names the marks that occur, and the checks that apply to no case.
  private func legend() -> String {
    let columns = shown.flatMap { $0 }
    let marks = lines.flatMap { line in columns.map { mark(line, $0).text } }
    var parts = ["ok", ".", "X", "X!", "?", "-"].filter(marks.contains).map { mark in
      "\(mark) \(VerdictTable.meaning(mark))"
    }
    if form == .terse {
      parts += columns.map { "\(VerdictTable.initials(checks[$0].name)) \(checks[$0].name)" }
    }
    var page = Paragraph.flow(parts, gap: "   ", width: Page.width)
    let absent = checks.indices.filter { !columns.contains($0) }.map { checks[$0].name }
    if !absent.isEmpty {
      page += Paragraph.lines("not applicable here: " + absent.joined(separator: ", "), width: Page.width)
    }
    return page.reduce("") { $0 + PaintedLine($1, .faint).text(style) }
  }

  private static func meaning(_ mark: String) -> String {
    switch mark {
    case "ok", ".": "held"
    case "X": "violated"
    case "X!": "violated, and not expected"
    case "?": "undecided"
    default: "does not apply"
    }
  }
}

extension CheckVerdict {
  var isNotApplicable: Bool {
    if case .notApplicable = verdict { return true }
    return false
  }
}
