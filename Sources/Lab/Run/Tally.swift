import Contract

/// What many runs of one case came to, without keeping the runs.
public struct Tally: Sendable {
  public private(set) var runs = 0
  /// Indexed by check, in catalog order: the seeds that violated it, and how many runs gave each other
  /// verdict.
  public private(set) var violations: [[UInt64]]
  public private(set) var held: [Int]
  public private(set) var notApplicable: [Int]
  public private(set) var unknown: [Int]
  public private(set) var vacuous = 0
  /// Why the first vacuous run was one.
  public private(set) var firstVacuity: Vacuity?
  public private(set) var reached = Reached()
  public private(set) var events: Int64 = 0
  let names: [String]

  public init(_ catalog: Catalog) {
    names = catalog.checks.map { $0.name }
    let zeros = [Int](repeating: 0, count: names.count)
    violations = names.map { _ in [] }
    held = zeros
    notApplicable = zeros
    unknown = zeros
  }

  /// The counts of runs whose results were saved; each list is indexed by check, in catalog order.
  public init(
    _ catalog: Catalog, runs: Int, vacuous: Int, violations: [[UInt64]], unknown: [Int], notApplicable: [Int]
  ) {
    self.init(catalog)
    self.runs = runs
    self.vacuous = vacuous
    self.violations = violations
    self.unknown = unknown
    self.notApplicable = notApplicable
    held = names.indices.map { runs - violations[$0].count - unknown[$0] - notApplicable[$0] }
  }

  public mutating func add(_ run: RunResult) {
    runs += 1
    events += run.counts.events
    reached.add(run.reached)
    if let vacuity = run.vacuity {
      vacuous += 1
      firstVacuity = firstVacuity ?? vacuity
    }
    for (index, verdict) in run.verdicts.enumerated() {
      count(VerdictWord(verdict.verdict), index, run.seed)
    }
  }

  /// Adds a run of which results tell: what it reached, and why it was vacuous, is not known.
  ///
  /// - Parameter verdicts: in catalog order.
  public mutating func add(seed: UInt64, verdicts: [VerdictWord], isVacuous: Bool) {
    runs += 1
    if isVacuous { vacuous += 1 }
    for (index, word) in verdicts.enumerated() { count(word, index, seed) }
  }

  private mutating func count(_ word: VerdictWord, _ index: Int, _ seed: UInt64) {
    switch word {
    case .violated: violations[index].append(seed)
    case .held: held[index] += 1
    case .notApplicable: notApplicable[index] += 1
    case .unknown: unknown[index] += 1
    }
  }

  /// Seeds that violated the check of this name, in the order in which they were added.
  public func seeds(violating name: String) -> [UInt64] {
    names.firstIndex(of: name).map { violations[$0] } ?? []
  }

  /// Names of the checks that some run violated, in catalog order.
  public var violated: [String] { names.indices.filter { !violations[$0].isEmpty }.map { names[$0] } }
  /// Names of the checks that some run could not decide and none violated.
  public var undecided: [String] {
    names.indices.filter { unknown[$0] > 0 && violations[$0].isEmpty }.map { names[$0] }
  }
}

extension Reached {
  mutating func add(_ other: Reached) {
    grants += other.grants
    sections += other.sections
    abandoned += other.abandoned
    expiries += other.expiries
    rejections += other.rejections
    writes += other.writes
    siblings += other.siblings
    effects += other.effects
    duplicateEffects += other.duplicateEffects
    leasesLost += other.leasesLost
    transactions += other.transactions
    usualTransactions = max(usualTransactions, other.usualTransactions)
    mostTransactions = max(mostTransactions, other.mostTransactions)
    mostConnections = max(mostConnections, other.mostConnections)
    if let settled = other.settledAfter { settledAfter = max(settledAfter ?? settled, settled) }
  }
}
