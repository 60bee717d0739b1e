import Contract
import Lab

/// A comparison in short: sentences made of its figures, so that none of them can be out of date.
struct ComparisonSummary {
  /// More cases than these are not named one by one.
  private static let most = 8

  private let rows: [RowSum]
  private let scenarios: Int
  private let isComplete: Bool

  init(_ comparison: Comparison) {
    scenarios = comparison.scenarios.count
    isComplete = comparison.isComplete
    rows = comparison.rows.map { RowSum($0, comparison) }.filter { $0.runs > 0 }
  }

  var sentences: [String] {
    guard !rows.isEmpty else { return warning + ["No case was run."] }
    return warning + (repeats + harm + troubles + costs).map { $0 + "." }
  }

  /// What stands on top of a report that was stopped.
  static let interrupted =
    "Interrupted: this tells only of the runs that were done; scenarios may be missing, rates are not final."

  private var warning: [String] { isComplete ? [] : [ComparisonSummary.interrupted] }

  /// Where work is done that cannot be taken back, what counts first is how much of it was done twice.
  private var repeats: [String] {
    [span("Duplicates in 1,000 sections", rows) { $0.duplicates }].compactMap { $0 }
  }

  // MARK: harm

  private var harm: [String] {
    let judged = rows.filter { $0.applies(.resource) }
    let harmed = judged.filter { $0.violated(.resource) > 0 }
    let unharmed = judged.filter { $0.violated(.resource) == 0 }
    var sentences: [String] = []
    if judged.isEmpty { return ["No case has a resource that could be harmed"] }
    if harmed.isEmpty { return ["No run of any case harmed the resource"] }
    if unharmed.isEmpty {
      sentences.append("Every case that ran harmed the resource")
    } else {
      let runs = unharmed.map(\.runs)
      let bound = runs.min() == runs.max() ? " (0 of \(Quantity.grouped(runs[0])) runs each)" : ""
      sentences.append("Never harmed the resource\(bound): \(named(unharmed))")
    }
    sentences += harmed.reversed().prefix(ComparisonSummary.most).map(harmSentence)
    if harmed.count > ComparisonSummary.most {
      sentences.append(
        "\(harmed.count - ComparisonSummary.most) more cases harmed it less often, as the matrix shows")
    }
    return sentences
  }

  private func named(_ rows: [RowSum]) -> String {
    let names = rows.prefix(ComparisonSummary.most).map { row in
      row.scenarios == scenarios ? row.name : "\(row.name) (in \(row.scenarios) scenarios)"
    }
    let rest = rows.count - names.count
    return rest > 0 ? names.joined(separator: ", ") + " and \(rest) more" : Quantity.listed(names)
  }

  private func harmSentence(_ row: RowSum) -> String {
    let found = Proportion(count: row.violated(.resource), tries: row.runs)
    var text =
      "\(row.name): the resource was harmed in \(Quantity.grouped(found.count)) of"
      + " \(Quantity.grouped(found.tries)) runs (\(Proportion.percent(found.rate)))"
    if row.keepsUpdates { text += ", though no update was lost" }
    if scenarios > 1 { text += ", in \(row.harmedScenarios) of \(row.scenarios) scenarios" }
    return text + row.saving
  }

  // MARK: the other questions

  private var troubles: [String] {
    let others: [Question] = [.service, .belief, .progress]
    return others.compactMap { question in
      let judged = rows.filter { $0.applies(question) }
      let troubled = judged.filter { $0.violated(question) > 0 }
      if judged.isEmpty { return nil }
      let claim = question.trouble.prefix(1).uppercased() + question.trouble.dropFirst()
      if troubled.isEmpty { return claim + ": in no run" }
      let worst = troubled.sorted { $0.isWorse($1, question) }.prefix(ComparisonSummary.most).map { row in
        let rate = Proportion(count: row.violated(question), tries: row.runs).rate
        return "\(row.name) \(Proportion.percent(rate))"
      }
      let rest = troubled.count - worst.count
      let more = rest > 0 ? ", \(rest) more less often" : ""
      let none = judged.count - troubled.count
      let others = none > 0 ? "; in no run of \(Quantity.counted(none, "other"))" : ""
      return "\(claim): \(worst.joined(separator: ", "))\(more)\(others)"
    }
  }

  // MARK: costs

  private var costs: [String] {
    var sentences = [
      span("Messages per acquisition", rows) { $0.messages },
      span("Longest stall", rows) { $0.stall },
      span("Longest outage after a crash of the service", rows) { $0.serviceOutage },
      span("Longest outage after a crash of a holder", rows) { $0.holderOutage },
      span("Sections done per minute", rows) { $0.throughput },
    ].compactMap { $0 }
    let unharmed = rows.filter { $0.applies(.resource) && $0.violated(.resource) == 0 }
    if !unharmed.isEmpty, unharmed.count < rows.count {
      let least = unharmed.compactMap { row in row.messages.map { (row.name, $0) } }.min {
        $0.1.value < $1.1.value
      }
      if let least {
        sentences.append(
          "The cheapest case that never harmed the resource is \(least.0),"
            + " with \(least.1.text) messages per acquisition")
      }
    }
    return sentences
  }

  /// From the least to the most of a figure, with the first case that has each; nil where two differ not.
  private func span(
    _ label: String, _ rows: [RowSum], _ figure: (RowSum) -> RowSum.Figure?
  ) -> String? {
    let found = rows.compactMap { row in figure(row).map { (name: row.name, figure: $0) } }
    guard let least = found.min(by: { $0.figure.value < $1.figure.value }),
      let most = found.max(by: { $0.figure.value < $1.figure.value }), least.figure.text != most.figure.text
    else { return nil }
    return "\(label): from \(least.figure.text) (\(least.name)) to \(most.figure.text) (\(most.name))"
  }
}

/// What a case came to in all scenarios together.
struct RowSum {
  let name: String
  private(set) var runs = 0
  private(set) var scenarios = 0
  private(set) var harmedScenarios = 0
  private var cases: [ComparedCase] = []

  /// A figure to compare by, and how it is written.
  struct Figure {
    let value: Int64
    let text: String
  }

  init(_ name: String, _ comparison: Comparison) {
    self.name = name
    for scenario in comparison.scenarios {
      guard let one = scenario.cases.first(where: { $0.name == name }), one.runs > 0 else { continue }
      cases.append(one)
      runs += one.runs
      scenarios += 1
      if one.violatedRuns(of: .resource) > 0 { harmedScenarios += 1 }
    }
  }

  /// Whether updates are counted and none was lost.
  var keepsUpdates: Bool {
    let counted = cases.flatMap(\.checks).filter { $0.name == "lost-update" }
    return !counted.isEmpty && counted.allSatisfy { $0.violated == 0 }
  }

  func applies(_ question: Question) -> Bool {
    cases.contains { $0.checks.contains { $0.question == question } }
  }

  func violated(_ question: Question) -> Int { cases.reduce(0) { $0 + $1.violatedRuns(of: question) } }

  func isWorse(_ other: RowSum, _ question: Question) -> Bool {
    Int128(violated(question)) * Int128(other.runs) > Int128(other.violated(question)) * Int128(runs)
  }

  /// "; unique-token would have saved all of them", or the guard that would have saved the most.
  var saving: String {
    let rescues = cases.compactMap(\.rescue)
    var guards: [(name: String, unharmed: Int, rerun: Int)] = []
    for rescue in rescues {
      for one in rescue.guards {
        if let place = guards.firstIndex(where: { $0.name == one.guardName }) {
          guards[place].unharmed += one.unharmed
          guards[place].rerun += rescue.rerun
        } else {
          guards.append((one.guardName, one.unharmed, rescue.rerun))
        }
      }
    }
    let rerun = rescues.reduce(0) { $0 + $1.rerun }
    let harmed = rescues.reduce(0) { $0 + $1.harmed }
    guard rerun > 0 else { return "" }
    let all = guards.filter { $0.unharmed == rerun && $0.rerun == rerun }.map(\.name)
    let what = rerun == harmed ? "all of them" : "all \(rerun) that were run again"
    if !all.isEmpty { return "; \(Quantity.listed(all)) would have saved \(what)" }
    guard let best = guards.filter({ $0.unharmed > 0 }).max(by: { $0.unharmed < $1.unharmed }) else {
      return "; no guard that its tokens allow would have saved any"
    }
    let which = rerun == harmed ? "" : " that were run again"
    return "; \(best.name) would have saved the most, \(best.unharmed) of \(best.rerun)\(which)"
  }

  // MARK: figures

  private func sum(_ count: (CaseCosts) -> Int64) -> Int64 { cases.reduce(0) { $0 + count($1.costs) } }

  private static func figure(_ value: Int64?, places: Int) -> Figure? {
    value.map { Figure(value: $0, text: Quantity.groupedFixed(UInt64($0), places: places)) }
  }

  private var costs: CaseCosts {
    var costs = CaseCosts()
    costs.acquisitions = sum(\.acquisitions)
    costs.messages = sum(\.messages)
    costs.milliseconds = sum(\.milliseconds)
    costs.sectionsDone = sum(\.sectionsDone)
    costs.sectionsAbandoned = sum(\.sectionsAbandoned)
    costs.effects = sum(\.effects)
    costs.duplicateEffects = sum(\.duplicateEffects)
    return costs
  }

  var messages: Figure? { RowSum.figure(costs.messagesPerAcquisition, places: 2) }
  var throughput: Figure? { RowSum.figure(costs.sectionsPerMinute, places: 2) }
  var duplicates: Figure? { RowSum.figure(costs.duplicateTenthsPerThousand, places: 1) }
  var stall: Figure? { longest { $0.stall } }
  var serviceOutage: Figure? { longest { $0.serviceOutage } }
  var holderOutage: Figure? { longest { $0.holderOutage } }

  private func longest(_ spans: (CaseCosts) -> SpanFigures) -> Figure? {
    cases.compactMap { spans($0.costs).longest }.max().map { Figure(value: $0.count, text: $0.spoken) }
  }
}
