import Contract
import Lab

/// What happened in a violated case: one sentence, the figure, which guard would have saved the resource.
struct CaseStory {
  /// More figures than these hide the table above them.
  private static let mostFigures = 4
  /// More rows than these are no longer seen at one glance.
  private static let mostRows = 16

  /// The first faults left out in turn; the page of the same run has more.
  private static let mostAblations = 3

  /// A story already told, which another case may share.
  private struct Told {
    let name: String
    let sentences: String
    let figure: SpaceTime
    let isDrawn: Bool
  }

  private let row: RunRow
  private let replay: Replay
  private let neighbours: Int
  private let style: Style

  /// The stories of all violated cases; what two cases share is told once.
  ///
  /// - Parameter neighbours: how many other seeds are tried for each.
  static func all(_ rows: [RunRow], _ replay: Replay, neighbours: Int, _ style: Style) -> String {
    var page = ""
    var told: [Told] = []
    for row in rows where !row.result.violated.isEmpty {
      page += "\n" + CaseStory(row: row, replay: replay, neighbours: neighbours, style: style).text(&told)
    }
    return page
  }

  private var name: String { row.runner.subject.name }

  private func text(_ told: inout [Told]) -> String {
    let sentences = sentences()
    let story = row.runner.story(seed: row.result.seed)
    let figure = Narrator.figure(story, rows: CaseStory.mostRows)
    let twin = figure.flatMap { figure in
      told.first { $0.sentences == sentences && $0.figure.hasShape(of: figure) }
    }
    if let twin {
      let same = Paragraph.hanging("  ", "word for word what happened to \(twin.name), see above.", style)
      return title() + same + rescue() + replayed()
    }
    let drawn = self.figure(figure, sentences, &told)
    let chain = told.last?.name == name && told.last?.isDrawn == true ? chain(story) : ""
    return title() + sentences + rescue() + reruns() + drawn + chain + replayed()
  }

  /// How it came to the violation, in at most ten numbered steps; beside a figure of its own only.
  private func chain(_ story: Story) -> String {
    guard let headline = story.result.tellingViolations.first, case .violated(let witness) = headline.verdict,
      var chapter = Chapter(story)
    else { return "" }
    if headline.check.question == .progress { chapter = chapter.toTheEnd(of: story) }
    let steps = CausalChain(story, chapter, witness, CaseSentence.text(headline)).rows
    return steps.enumerated().map { number, step in
      let time = Quantity.fixed(UInt64(max(0, step.at.nanos)) / 1_000_000, places: 3) + " s"
      let place = String(number + 1)
      let lead = (number == 0 ? "  because" : "").padded(to: 12 + (place.count == 1 ? 1 : 0)) + place + ". "
      return Paragraph.hanging(lead, "\(time) \(step.text)\(CausalChain.token(step))", style, leadInk: .faint)
    }.joined()
  }

  /// The figure, or where to see it.
  private func figure(_ figure: SpaceTime?, _ sentences: String, _ told: inout [Told]) -> String {
    guard let figure, figure.rows.count > 1 else { return "" }
    let isDrawn = told.count(where: \.isDrawn) < CaseStory.mostFigures
    let twin = told.first { $0.isDrawn && $0.figure.hasShape(of: figure) }
    told.append(Told(name: name, sentences: sentences, figure: figure, isDrawn: isDrawn && twin == nil))
    if let twin {
      let place = "as drawn for \(twin.name), at other times"
      return Paragraph.hanging("  figure    ", place, style, .faint, leadInk: .faint)
    }
    guard isDrawn else {
      let place = "replay the case alone to see it"
      return Paragraph.hanging("  figure    ", place, style, .faint, leadInk: .faint)
    }
    return "\n" + SpaceTimeText(figure, indent: 2, style).text() + "\n"
  }

  private func replayed() -> String { line.text(after: "  replay    ", style, leadInk: .faint) }

  private var line: ReplayLine {
    let subject = row.runner.subject
    return replay.line(algorithm: subject.algorithmName, guardName: subject.guardName, seed: row.result.seed)
  }

  private func title() -> String {
    let violated = row.result.tellingViolations.map(\.name).joined(separator: ", ")
    return Paragraph.hanging("\(name) violates ", violated, style, .bad, leadInk: .strong)
  }

  /// The most telling sentence, then the others.
  private func sentences() -> String {
    var page = ""
    for (number, verdict) in row.result.tellingViolations.enumerated() {
      let lead = number == 0 ? "" : "\(verdict.name): "
      let text = lead + CaseSentence.text(verdict) + "."
      page += Paragraph.hanging(number == 0 ? "  " : "    ", text, style, number == 0 ? .plain : .faint)
    }
    return page
  }

  // MARK: guards

  /// Which guards would have kept the resource from harm, each one tried; or that this one did.
  private func rescue() -> String {
    guard row.result.isHarmed else { return unharmed() }
    let want = CaseSentence.want(row.runner.subject.algorithmType.token)
    let rescuers = row.runner.rescuers(seed: row.result.seed)
    if !rescuers.isEmpty {
      let text = Quantity.listed(rescuers) + " (each rerun at this seed)" + (want.isEmpty ? "" : "; \(want)")
      return Paragraph.hanging("  saved by  ", text, style, .good, leadInk: .faint)
    }
    let why = want.isEmpty ? "none of the guards that this lock's tokens allow" : "no guard: \(want)"
    return Paragraph.hanging("  saved by  ", why, style, .warning, leadInk: .faint)
  }

  /// What is left without each fault, and where the story comes out well.
  private func reruns() -> String {
    guard let headline = row.result.tellingViolations.first else { return "" }
    let inquiry = SeedInquiry(row.runner, row.result, headline.name, neighbours: neighbours)
    let without = inquiry.ablations.prefix(CaseStory.mostAblations).map(CaseSentence.text)
    let near = CaseSentence.text(inquiry.neighbour, inquiry.difference, check: headline.name)
    return (without + near).reduce("") { page, text in
      page + Paragraph.hanging(page.isEmpty ? "  reruns    " : "            ", text, style, leadInk: .faint)
    }
  }

  private func unharmed() -> String {
    let refused = row.result.reached.rejections
    guard row.result.reached.writes > 0 else { return "" }
    let accesses = refused == 1 ? "1 access" : "\(Quantity.grouped(refused)) accesses"
    let text = refused > 0
      ? "unharmed: \(row.runner.subject.guardName) refused \(accesses)" : "unharmed in this run"
    return Paragraph.hanging("  resource  ", text, style, .good, leadInk: .faint)
  }
}
