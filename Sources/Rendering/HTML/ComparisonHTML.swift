import Contract
import Lab

/// A comparison as one page: the matrix, the same in short, each scenario with what broke and what it cost.
///
/// Every violated cell of the matrix leads to the figure of a run that shows it.
public enum ComparisonHTML {
  public static func report(_ comparison: Comparison) -> String {
    let gallery = Gallery(comparison)
    var body = "<h1>Compared: \(HTMLText.escaped(comparison.name))</h1>\n"
      + "<p class=\"terms\">Made by <code>\(HTMLText.escaped(comparison.command))</code>; do not edit.</p>\n"
    if !comparison.isComplete {
      body += "<p class=\"headline\"><b>\(ComparisonSummary.interrupted)</b></p>\n"
    }
    body += comparison.scenarios.count > 1
      ? matrix(comparison, gallery) + summary(comparison) : summary(comparison)
    if gallery.hasFigures { body += "<h2>The signs of the figures</h2>\n" + FigureStyle.legend() }
    for place in comparison.scenarios.indices {
      body += ComparisonSectionHTML(comparison.scenarios[place], place, gallery).text()
    }
    body += "<h2>What the words mean</h2>\n" + paragraph(ComparisonFigures.order)
      + paragraph(ComparisonFigures.glossary)
    return HTMLPage.text(title: "Compared: \(comparison.name)", body: body, css: css)
  }

  private static func paragraph(_ text: String) -> String {
    "<p class=\"note\">\(HTMLText.escaped(text))</p>\n"
  }

  private static func summary(_ comparison: Comparison) -> String {
    let items = ComparisonSummary(comparison).sentences.map { "<li>\(HTMLText.escaped($0))</li>\n" }
    return "<h2>In short</h2>\n<ul class=\"short\">\n\(items.joined())</ul>\n"
  }

  // MARK: the matrix

  /// Cases down, scenarios across.
  private static func matrix(_ comparison: Comparison, _ gallery: Gallery) -> String {
    var text = "<h2 id=\"matrix\">Matrix</h2>\n"
      + "<div class=\"scroll\" tabindex=\"0\" role=\"region\""
      + " aria-label=\"Matrix of all cases and scenarios\">\n"
      + "<table class=\"matrix\"><thead><tr><th scope=\"col\">case</th>"
    for (place, scenario) in comparison.scenarios.enumerated() {
      text += "<th scope=\"col\"><a href=\"#s\(place + 1)\">\(breakable(scenario.name))</a></th>"
    }
    text += "</tr></thead>\n<tbody>\n"
    for row in comparison.rows {
      text += "<tr><th scope=\"row\">\(HTMLText.escaped(row))</th>"
      for (place, scenario) in comparison.scenarios.enumerated() {
        text += cell(ComparisonCell(row, scenario, comparison), gallery.target(row, place))
      }
      text += "</tr>\n"
    }
    return text + "</tbody></table></div>\n" + key
  }

  private static func cell(_ cell: ComparisonCell, _ target: String?) -> String {
    var words = HTMLText.escaped(cell.sign + " " + cell.claim)
    if let target { words = "<a href=\"#\(target)\">\(words)</a>" }
    let rate = cell.rate.isEmpty ? "" : "<small>\(HTMLText.escaped(cell.rate))</small>"
    return "<td class=\"\(cell.style)\" title=\"\(HTMLText.escaped(cell.full))\">\(words)\(rate)</td>"
  }

  /// A name that may be broken after its hyphens.
  private static func breakable(_ name: String) -> String {
    HTMLText.escaped(name).split(separator: "-").joined(separator: "-<wbr>")
  }

  private static let key = """
    <p class="note">Each cell gives the worst answer and in how many runs; a link leads to a run that\
     shows it. ✗ the resource was harmed: an acknowledged update was <b>lost</b>, or a <b>stale</b> write was\
     applied though no update was lost, or the rightful holder was <b>refused</b>; ◆ two clients held the\
     <b>belief</b> to have the lock at once; ▲ the service broke a <b>promise</b>; ◷ somebody <b>waits</b>\
     for good; ✓ all <b>held</b>, and the rate of violations is below the figure with 95 % certainty;\
     ? undecided or vacuous; n/a: the scenario cannot have the case, for the reason told there; blank: it was\
     not asked for it.</p>

    """

  static let css = """
    main{max-width:1400px}
    .matrix{font-size:11px}.matrix td,.matrix th{padding:1px 3px;vertical-align:top}
    .matrix thead th{font-weight:400;overflow-wrap:break-word}
    .matrix tbody th{white-space:nowrap;font-weight:400;position:sticky;left:0;background:var(--bg)}
    .matrix td small{display:block;color:var(--faint);font-size:10px;white-space:nowrap}
    .matrix td{white-space:nowrap}td.bad{background:var(--badbox)}td.warn{background:var(--warnbox)}
    td.warn,td.warn a{color:var(--warn)}td.half,td.half a{color:var(--bad)}
    td.good{color:var(--lease)}td.off{background:none}
    .costs td{text-align:right;white-space:nowrap}.costs tbody th{font-weight:400;white-space:nowrap}
    .short{margin:4px 0;padding-left:20px}.twin{font-size:14px}
    .story{border-top:2px solid var(--ink);margin-top:30px}
    :root{--badbox:#fdeae3;--warnbox:#fbf3df}
    @media (prefers-color-scheme:dark){:root{--badbox:#3a2019;--warnbox:#332a15}}
    @media print{:root{--badbox:#fff;--warnbox:#fff}.matrix td,.matrix th,.costs td,.costs th{font-size:8px;\
    padding:1px 2px}.matrix tbody th{white-space:normal}}

    """
}

extension ComparisonCell {
  /// A shape for those who see no colour.
  var sign: String {
    switch verdict {
    case .violated(.resource, _): "✗"
    case .violated(.belief, _): "◆"
    case .violated(.service, _): "▲"
    case .violated(.progress, _): "◷"
    case .holds: "✓"
    case .vacuous, .inconclusive: "?"
    case .notRun, .doesNotApply: ""
    }
  }

  var claim: String {
    switch verdict {
    case .violated(.resource, _): harm
    case .violated(.belief, _): "belief"
    case .violated(.service, _): "promise"
    case .violated(.progress, _): "waits"
    case .holds: "held"
    case .vacuous: "vacuous"
    case .inconclusive: "undecided"
    case .doesNotApply: "n/a"
    case .notRun: ""
    }
  }

  /// The worst that came to the resource: a lost update is another matter than a stale write, or a refusal.
  private var harm: String {
    let violated = one?.checks.filter { $0.question == .resource && $0.violated > 0 }.map(\.name) ?? []
    if violated.contains("lost-update") { return "lost" }
    return violated.contains("stale-write") ? "stale" : "refused"
  }

  /// Whether updates are counted and all are there.
  private var keepsUpdates: Bool {
    one?.checks.contains { $0.name == "lost-update" && $0.violated == 0 } ?? false
  }

  /// "25.0 %", "< 1.5 %", or nothing.
  fileprivate var rate: String {
    switch verdict {
    case .violated(_, let runs): short(Proportion(count: runs, tries: one?.runs ?? runs).rate)
    case .holds(let runs): "<" + short(Proportion(count: 0, tries: runs).ruleOfThree)
    default: ""
    }
  }

  /// Without a decimal that says nothing, for the sake of narrow columns.
  private func short(_ rate: Double) -> String { Proportion.percent(rate).replacing(".0 %", with: " %") }

  fileprivate var full: String { [words.claim, words.figures].filter { !$0.isEmpty }.joined(separator: " ") }

  var style: String {
    switch verdict {
    case .violated(.resource, _): keepsUpdates ? "half" : "bad"
    case .violated, .vacuous, .inconclusive: "warn"
    case .holds: "good"
    case .notRun, .doesNotApply: "off"
    }
  }
}
