import Contract
import Lab

/// The figures of a comparison in words, the same in every form of it.
struct ComparisonFigures {
  let one: ComparedCase
  let catalog: Catalog

  private var tally: Tally { one.checked.tally }

  /// What the runs say to one of the four questions: each violated check, or that none was.
  func answer(_ question: Question) -> [String] {
    let checks = catalog.checks.indices.filter { catalog.checks[$0].question == question }
    let judged = checks.filter { tally.notApplicable[$0] < tally.runs }
    if tally.runs == 0 { return ["not run"] }
    if judged.isEmpty { return ["does not apply"] }
    var lines: [String] = []
    for index in judged where !tally.violations[index].isEmpty {
      lines.append("\(catalog.checks[index].name) \(ComparisonFigures.rate(found(index)))")
    }
    let undecided = judged.filter { tally.unknown[$0] > 0 }
    lines += undecided.map {
      "\(catalog.checks[$0].name) undecided in \(Quantity.grouped(tally.unknown[$0]))"
    }
    return lines.isEmpty ? ["held"] : lines
  }

  /// How often the check of this index was violated.
  private func found(_ index: Int) -> Proportion {
    Proportion(count: tally.violations[index].count, tries: tally.runs)
  }

  /// "12 of 200: 6.0 % (3.5 % to 10.2 %)".
  private static func rate(_ found: Proportion) -> String {
    let (low, high) = found.interval
    let range = "(\(Proportion.percent(low)) to \(Proportion.percent(high)))"
    return "\(Quantity.grouped(found.count)) of \(Quantity.grouped(found.tries)):"
      + " \(Proportion.percent(found.rate)) \(range)"
  }

  /// The rows of costs, in their order; every case has them all.
  var costs: [(label: String, value: String)] {
    let measures = one.measures, reached = tally.reached
    return [
      ("runs", Quantity.grouped(tally.runs)),
      ("vacuous runs", Quantity.grouped(tally.vacuous)),
      ("inconclusive runs", Quantity.grouped(measures.inconclusive)),
      ("acquisitions", Quantity.grouped(measures.acquisitions)),
      ("waits that ended without the lock", Quantity.grouped(measures.unfinishedWaits)),
      ("wait, median", spoken(measures.waits.percentile(50))),
      ("wait, 99 in 100 at most", spoken(measures.waits.percentile(99))),
      ("wait, longest", spoken(measures.waits.percentile(100))),
      ("longest stall, median run", spoken(measures.stalls.percentile(50))),
      ("longest stall, worst run", spoken(measures.stalls.percentile(100))),
      ("sections done", Quantity.grouped(reached.sections - reached.abandoned)),
      ("sections abandoned", Quantity.grouped(reached.abandoned)),
      ("messages per acquisition", hundredths(measures.messagesPerAcquisition)),
      ("disk syncs per acquisition", hundredths(measures.syncsPerAcquisition)),
      ("duplicates in 1,000 sections", tenths(reached.duplicateTenthsPerThousand)),
    ]
  }

  /// What the words of the costs mean.
  static let glossary = """
    A wait lasts from the beginning of a section until its client knows that it has the lock, in true time;\
     median and the 99th percentile are at most 1 % too long. A stall is a time in which somebody waits and\
     nobody acquires. Messages and disk syncs are those of all nodes, the resource among them. Duplicates are\
     effects for a job that was done before, rounded up.
    """

  /// What the cases of a group share, and what they do not.
  static func shared(_ group: [ComparedCase]) -> String {
    "Every case ran at the seeds \(seeds(group[0].seeds)) with the same load, delays and fault plan;"
      + " roles such as the holder, events that a fault waits for, and nodes that the seed picks are those"
      + " of the case. Rates are of runs, with their 95 % intervals (Wilson)."
  }

  static func seeds(_ list: SeedList) -> String {
    list.ranges.map {
      $0.count == 1 ? String($0.lowerBound) : "\($0.lowerBound)..\($0.upperBound)"
    }.joined(separator: ", ")
  }

  private func spoken(_ span: Nanos?) -> String { span?.spoken ?? "none" }

  private func hundredths(_ count: Int64?) -> String {
    count.map { Quantity.fixed(UInt64($0), places: 2) } ?? "none"
  }

  private func tenths(_ count: Int64?) -> String {
    count.map { Quantity.fixed(UInt64($0), places: 1) } ?? "no effects"
  }
}

extension Question {
  /// The question as reports ask it.
  var sentence: String {
    switch self {
    case .service: "did the service keep its promise?"
    case .belief: "what did clients believe?"
    case .resource: "was the resource harmed?"
    case .progress: "did work go on?"
    }
  }
}
