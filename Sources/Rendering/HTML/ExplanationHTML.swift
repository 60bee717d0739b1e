import Lab

/// An explanation as a piece of a page: sentence, figure, chain, and what reruns tell.
public enum ExplanationHTML {
  /// One section; its parts' ids begin with `id`, which is also its own.
  ///
  /// - Parameter isDrawn: whether there is room for the figure.
  public static func section(_ one: Explanation, id: String, isDrawn: Bool = true) -> String {
    let violated = one.violations.map(\.check).joined(separator: ", ")
    var text = "<section class=\"case\" id=\"\(id)\" aria-labelledby=\"\(id)-h\">\n"
    text += "<h2 id=\"\(id)-h\">\(HTMLText.escaped(one.name)) <small>violates"
      + " \(HTMLText.escaped(violated)), seed \(one.seed)</small></h2>\n"
    text += headline(one) + (isDrawn ? figure(one, id) : "") + chain(one, id, isDrawn) + facts(one)
    return text + "</section>\n"
  }

  /// A section that leads to the figure of another one, in which the same happens.
  ///
  /// - Parameter other: the link.
  static func twin(_ one: Explanation, id: String, of other: String) -> String {
    let violated = HTMLText.escaped(one.violations.map(\.check).joined(separator: ", "))
    return "<section class=\"case\" id=\"\(id)\" aria-labelledby=\"\(id)-h\">\n"
      + "<h2 id=\"\(id)-h\">\(HTMLText.escaped(one.name))"
      + " <small>violates \(violated), seed \(one.seed)</small></h2>\n"
      + headline(one) + "<p class=\"twin\">Step by step as drawn for \(other), at other times.</p>\n"
      + facts(one) + "</section>\n"
  }

  private static func headline(_ one: Explanation) -> String {
    guard let first = one.violations.first else { return "" }
    let check = HTMLText.escaped(first.check), sentence = HTMLText.escaped(first.sentence)
    return "<p class=\"headline\"><b>\(check):</b> \(sentence).</p>\n"
  }

  private static func figure(_ one: Explanation, _ id: String) -> String {
    guard let diagram = one.diagram else { return "" }
    let title = "What happened to \(one.name)"
    let svg = DiagramSVG(diagram, id: id)
    let lanes = Quantity.listed(diagram.lanes.map(\.title))
    let picture = svg.text(
      title: title,
      description: "Time runs from left to right. Lanes: \(lanes). The list below tells the same.")
    let label = HTMLText.escaped("\(title): figure, scrolls sideways where the page is narrow")
    var text = "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(label)\">\n"
      + "\(picture)</div>\n"
    let hidden = svg.sheet.hiddenFaults
    let notes = [diagram.note, hidden > 0 ? "Left out: \(Quantity.counted(hidden, "more fault"))." : ""]
      .filter { !$0.isEmpty }
    if !notes.isEmpty { text += "<p class=\"note\">\(HTMLText.escaped(notes.joined(separator: " ")))</p>\n" }
    return text
  }

  private static func chain(_ one: Explanation, _ id: String, _ isDrawn: Bool) -> String {
    guard !one.steps.isEmpty else { return "" }
    let shown = isDrawn ? one.diagram?.marks.map(\.step) ?? [] : []
    var text = "<ol class=\"chain\" aria-label=\"How it came to this\">\n"
    for (number, step) in one.steps.enumerated() {
      let time = Quantity.fixed(UInt64(max(0, step.at)) / 1_000_000, places: 3) + " s"
      let link = shown.contains(number + 1) ? "<a href=\"#\(id)-m\(number + 1)\">\(time)</a>" : time
      let words = HTMLText.escaped(step.text)
      text += "<li id=\"\(id)-s\(number + 1)\">\(link) "
        + (step.isWrong ? "<span class=\"bad\">\(words)</span>" : words) + "</li>\n"
    }
    return text + "</ol>\n"
  }

  // MARK: facts

  private static func facts(_ one: Explanation) -> String {
    var rows: [(String, String)] = one.violations.dropFirst().map { violation in
      ("also", "<b>\(HTMLText.escaped(violation.check)):</b> \(HTMLText.escaped(violation.sentence)).")
    }
    rows.append(("saved by", HTMLText.escaped(guards(one))))
    let without = one.ablations.map(CaseSentence.text).joined(separator: "; ")
    if !without.isEmpty { rows.append(("rerun", HTMLText.escaped(without) + ".")) }
    let check = one.violations.first?.check ?? ""
    let near = CaseSentence.text(one.neighbour, one.difference, check: check).joined(separator: "; ")
    rows.append(("nearest seed", HTMLText.escaped(near) + "."))
    rows.append(("replay", "<code>\(HTMLText.escaped(one.replay))</code>"))
    rows.append(("digest", "<code>\(one.digest)</code>"))
    return "<dl>" + rows.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" }.joined(separator: "\n") + "</dl>\n"
  }

  /// Which guards would have kept the resource from harm, each one rerun.
  private static func guards(_ one: Explanation) -> String {
    guard one.isHarmed else { return "nothing had to: the resource was not harmed under \(one.guardName)." }
    let saving = one.guards.filter(\.saves).map(\.guardName)
    let others = one.guards.filter { !$0.saves }.map { "\($0.guardName) (\(Quantity.listed($0.harms)))" }
    var text = saving.isEmpty
      ? "no guard" : Quantity.listed(saving) + ", each rerun at this seed"
    if !one.withoutToken.isEmpty { text += "; \(one.withoutToken)" }
    if !others.isEmpty { text += "; not saved by \(Quantity.listed(others))" }
    return text + "."
  }
}
