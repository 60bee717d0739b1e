import Contract

/// Cases that met the same seeds, in one scenario or several: all that a report says, as plain values.
///
/// It holds no runner and nothing of a catalog, so that a file of results can be read back and rendered to
/// the same bytes.
public struct Comparison: Sendable {
  /// What the report is called: its own name, or those of its scenarios.
  public var name: String
  /// The command that makes the comparison again.
  public var command: String
  /// In the order in which they were asked for, each with its cases in the order of `rows`.
  public var scenarios: [ComparedScenario]
  /// Names of all cases: the least harm first, as `RowOrder` says.
  public var rows: [String]
  /// False where the user stopped it: then it tells of the runs that were done, and lacks scenarios.
  public var isComplete = true

  /// A comparison as it was written.
  public init(name: String, command: String, scenarios: [ComparedScenario], rows: [String]) {
    self.name = name
    self.command = command
    self.scenarios = scenarios
    self.rows = rows
  }

  /// Sorts the cases of all scenarios in one order.
  public init(name: String, command: String, scenarios: [ComparedScenario], _ catalog: Catalog) {
    let rows = RowOrder.sorted(scenarios, catalog)
    let sorted = scenarios.map { scenario in
      var scenario = scenario
      let (cases, absent) = (scenario.cases, scenario.absent)
      scenario.cases = rows.compactMap { name in cases.first { $0.name == name } }
      scenario.absent = rows.compactMap { name in absent.first { $0.name == name } }
      return scenario
    }
    self.init(name: name, command: command, scenarios: sorted, rows: rows)
  }

  /// Whether some scenario can have the case.
  public func appliesAnywhere(_ row: String) -> Bool {
    scenarios.contains { scenario in
      !scenario.absent.contains { $0.name == row }
    }
  }

  /// The cases that no scenario can have, each with the reason of the first; they have no row in a matrix.
  public var absentEverywhere: [AbsentCase] {
    rows.filter { !appliesAnywhere($0) }.compactMap { row in
      scenarios.first?.absent.first { $0.name == row }
    }
  }

  /// What a case came to in a scenario, as a cell of the matrix.
  public func cell(_ row: String, in scenario: ComparedScenario) -> ComparedVerdict {
    if let found = scenario.cases.first(where: { $0.name == row }) { return found.verdict }
    if let absent = scenario.absent.first(where: { $0.name == row }) { return .doesNotApply(absent.reason) }
    return .notRun
  }
}

/// One scenario of a comparison, with the cases that met it.
public struct ComparedScenario: Sendable {
  public var name: String
  public var about: String
  public var source: String
  /// As scenario files write them: `1..200`.
  public var seeds: String
  public var cases: [ComparedCase]
  /// Cases that were asked for and that the scenario cannot have.
  public var absent: [AbsentCase]

  public init(
    name: String, about: String, source: String, seeds: String, cases: [ComparedCase],
    absent: [AbsentCase] = []
  ) {
    self.name = name
    self.about = about
    self.source = source
    self.seeds = seeds
    self.cases = cases
    self.absent = absent
  }
}

/// A case that a scenario cannot have: the guard's need is not met, or a fault's node is not there.
public struct AbsentCase: Sendable, Equatable {
  public var algorithm: String
  public var guardName: String
  public var reason: String

  public init(algorithm: String, guardName: String, reason: String) {
    self.algorithm = algorithm
    self.guardName = guardName
    self.reason = reason
  }

  /// `redlock/read-write-ratchet`.
  public var name: String { "\(algorithm)/\(guardName)" }
}

/// What a case came to in a scenario: one cell of the matrix.
public enum ComparedVerdict: Sendable, Equatable {
  /// The comparison was interrupted, or the scenario's file names no such case.
  case notRun
  case doesNotApply(String)
  /// In no run did the story happen; why not in the first.
  case vacuous(String)
  /// The question that is worst answered, and in how many runs; `progress` alone: liveness was lost.
  case violated(Question, runs: Int)
  /// Nothing was violated, and these checks could not decide some run.
  case inconclusive([String])
  /// Nothing was violated in so many runs, vacuous ones not counted.
  case holds(runs: Int)

  /// Which question weighs most when several are violated.
  public static let gravity: [Question] = [.resource, .belief, .service, .progress]
}

/// The order of the rows of a comparison.
///
/// By the share of runs, over all scenarios together, that lost an update, which a stale write need not;
/// then by that of all harm to the resource, of belief, of the service's promise and of progress; then by
/// messages per acquisition; then by the catalogs.
/// The least comes first; what never ran comes last.
struct RowOrder {
  private var name: String
  private var rank: [Int]
  private var runs = 0
  /// Lost updates, then the questions in the order of `ComparedVerdict.gravity`.
  private var violated = [0] + ComparedVerdict.gravity.map { _ in 0 }
  private var messages: Int64 = 0
  private var acquisitions: Int64 = 0

  static func sorted(_ scenarios: [ComparedScenario], _ catalog: Catalog) -> [String] {
    var rows: [RowOrder] = []
    func place(_ algorithm: String, _ guardName: String) -> Int {
      let row = RowOrder(algorithm, guardName, catalog)
      if let place = rows.firstIndex(where: { $0.name == row.name }) { return place }
      rows.append(row)
      return rows.count - 1
    }
    for scenario in scenarios {
      for one in scenario.cases { rows[place(one.algorithm, one.guardName)].add(one) }
      for one in scenario.absent { _ = place(one.algorithm, one.guardName) }
    }
    return rows.sorted { $0.precedes($1) }.map(\.name)
  }

  private init(_ algorithm: String, _ guardName: String, _ catalog: Catalog) {
    name = "\(algorithm)/\(guardName)"
    rank = [
      catalog.algorithms.firstIndex { $0.name == algorithm } ?? .max,
      catalog.guards.firstIndex { $0.name == guardName } ?? .max,
    ]
  }

  private mutating func add(_ one: ComparedCase) {
    runs += one.runs
    violated[0] += one.lostUpdates
    for (place, question) in ComparedVerdict.gravity.enumerated() {
      violated[place + 1] += one.violatedRuns(of: question)
    }
    messages += one.costs.messages
    acquisitions += one.costs.acquisitions
  }

  private func precedes(_ other: RowOrder) -> Bool {
    if (runs == 0) != (other.runs == 0) { return other.runs == 0 }
    for place in violated.indices {
      let left = violated[place] * other.runs, right = other.violated[place] * runs
      if left != right { return left < right }
    }
    if (acquisitions == 0) != (other.acquisitions == 0) { return other.acquisitions == 0 }
    let left = Int128(messages) * Int128(other.acquisitions)
    let right = Int128(other.messages) * Int128(acquisitions)
    return left == right ? rank.lexicographicallyPrecedes(other.rank) : left < right
  }
}
