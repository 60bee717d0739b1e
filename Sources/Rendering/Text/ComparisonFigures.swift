import Contract
import Lab

/// The figures of a compared case in words, the same in every form of a report.
struct ComparisonFigures {
  let one: ComparedCase

  /// What the runs say to one of the four questions: each violated check, or that none was.
  func answer(_ question: Question) -> [String] {
    if one.runs == 0 { return ["not run"] }
    let judged = one.checks.filter { $0.question == question }
    if judged.isEmpty { return ["does not apply"] }
    var lines = judged.filter { $0.violated > 0 }.map {
      "\($0.name) \(ComparisonFigures.rate(Proportion(count: $0.violated, tries: one.runs)))"
    }
    lines += judged.filter { $0.undecided > 0 }.map {
      "\($0.name) undecided in \(Quantity.grouped($0.undecided))"
    }
    return lines.isEmpty ? ["held"] : lines
  }

  /// "12 of 200: 6.0 % (3.5 % to 10.2 %)".
  static func rate(_ found: Proportion) -> String {
    "\(Quantity.grouped(found.count)) of \(Quantity.grouped(found.tries)): \(percents(found))"
  }

  /// "6.0 % (3.5 % to 10.2 %)".
  static func percents(_ found: Proportion) -> String {
    let (low, high) = found.interval
    return "\(Proportion.percent(found.rate)) (\(Proportion.percent(low)) to \(Proportion.percent(high)))"
  }

  /// The rows of costs, in their order; every case has them all.
  var costs: [CostRow] { runs + waits + work + traffic }

  private var runs: [CostRow] {
    [
      CostRow("runs", Quantity.grouped(one.runs)),
      CostRow("vacuous runs", Quantity.grouped(one.vacuous)),
      CostRow("inconclusive runs", Quantity.grouped(one.inconclusive)),
    ]
  }

  private var waits: [CostRow] {
    let costs = one.costs
    return [
      CostRow("acquisitions", Quantity.grouped(costs.acquisitions)),
      CostRow("waits that ended without the lock", Quantity.grouped(costs.unfinishedWaits)),
      CostRow("wait, median", spoken(costs.wait.median)),
      CostRow("wait, 99 in 100 at most", spoken(costs.wait.rare)),
      CostRow("wait, longest", spoken(costs.wait.longest)),
      CostRow("longest stall, median run", spoken(costs.stall.median)),
      CostRow("longest stall, worst run", spoken(costs.stall.longest)),
      CostRow("outage after service crash, median", spoken(costs.serviceOutage.median)),
      CostRow("outage after service crash, worst", spoken(costs.serviceOutage.longest)),
      CostRow("outage after holder crash, median", spoken(costs.holderOutage.median)),
      CostRow("outage after holder crash, worst", spoken(costs.holderOutage.longest)),
    ]
  }

  private var work: [CostRow] {
    let costs = one.costs
    return [
      CostRow("sections done", Quantity.grouped(costs.sectionsDone)),
      CostRow("sections done per minute", fixed(costs.sectionsPerMinute, places: 2)),
      CostRow("sections abandoned", Quantity.grouped(costs.sectionsAbandoned)),
      CostRow("leases lost", Quantity.grouped(costs.leasesLost)),
      CostRow("fairness, mean of the runs", fixed(costs.fairness, places: 3)),
      CostRow("fairness, worst run", fixed(costs.fairnessLeast, places: 3)),
    ]
  }

  private var traffic: [CostRow] {
    let costs = one.costs
    return [
      CostRow("messages per acquisition", fixed(costs.messagesPerAcquisition, places: 2)),
      CostRow("disk syncs per acquisition", fixed(costs.syncsPerAcquisition, places: 2)),
      CostRow("store transactions per acquisition", fixed(costs.transactionsPerAcquisition, places: 2)),
      CostRow("requests per acquisition", fixed(costs.requestsPerAcquisition, places: 2)),
      CostRow("herd factor", fixed(costs.herd, places: 2)),
      CostRow(
        "duplicates in 1,000 sections",
        fixed(costs.duplicateTenthsPerThousand, places: 1, "no effects")),
    ]
  }

  /// What the words of the costs mean.
  static let glossary = """
    A wait lasts from the beginning of a section until its client knows that it has the lock, in true\
     time; median and the 99th percentile are at most 1 % too long. A stall is a time in which somebody\
     waits and nobody acquires. An outage lasts from the crash of a service node or layer, or from the\
     next wait where nobody waits then, until anybody acquires a lock; after the crash of a client that\
     holds a lock, until anybody acquires that one. A minute is one of simulated time. A lease is lost\
     where a section ends because its client learns that it is gone. Fairness is Jain's index of the\
     acquisitions of each client: 1 where all have as many, 1/n where one of n has all. Messages and disk\
     syncs are those of all nodes, the resource among them. A request asks for a lock once, whether of\
     one node or of a quorum. The herd factor is the requests per acquisition while at least two clients\
     want the lock: near 1 where waiters queue, as many as there are waiters where all of them ask\
     whenever it is free, more where they poll. Duplicates are effects for a job that was done before,\
     rounded up. "None" stands where there was nothing to measure; what is 0 or none\
     throughout is left out.
    """

  /// What the cases of a scenario share, and what they do not.
  static func shared(_ scenario: ComparedScenario) -> String {
    "Every case ran at the seeds \(scenario.seeds) with the same load, delays and fault plan;"
      + " roles such as the holder, events that a fault waits for, and nodes that the seed picks are those"
      + " of the case. Rates are of runs, with their 95 % intervals (Wilson)."
  }

  /// How the rows are sorted.
  static let order = """
    Rows stand in the order of lost updates, the fewest first; then of all harm to the resource, overlapping\
     beliefs, broken promises, lost liveness and messages per acquisition, over all scenarios together; then\
     as in the catalogs.
    """

  private func spoken(_ span: Nanos?) -> String { span?.spoken ?? "none" }

  private func fixed(_ count: Int64?, places: Int, _ none: String = "none") -> String {
    count.map { Quantity.groupedFixed(UInt64($0), places: places) } ?? none
  }
}

/// One figure of the costs, with its label.
struct CostRow {
  let label: String
  let value: String

  init(_ label: String, _ value: String) {
    self.label = label
    self.value = value
  }

  /// Whether there was nothing to measure or to count; such rows say little.
  var isNothing: Bool { value == "none" || value == "0" || value == "no effects" }
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

  /// The bad answer.
  var trouble: String {
    switch self {
    case .service: "promise broken"
    case .belief: "beliefs overlap"
    case .resource: "resource harmed"
    case .progress: "liveness lost"
    }
  }

  /// The letter of the bad answer in a matrix.
  var mark: String {
    switch self {
    case .service: "P"
    case .belief: "B"
    case .resource: "H"
    case .progress: "L"
    }
  }
}
