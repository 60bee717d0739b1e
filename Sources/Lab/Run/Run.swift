import Contract
import World

/// What one run of a case came to.
public struct RunResult: Sendable {
  public let seed: UInt64
  public let digest: Digest
  /// In catalog order.
  public let verdicts: [CheckVerdict]
  public let plan: [PlanEntry]
  /// Why the run says nothing about its story; nil where it does.
  public let vacuity: Vacuity?
  public let counts: World.Counts
  public let reached: Reached
  public let ended: EndReason
  public let endedAt: Instant
  /// nil where the runner does not measure.
  public let measures: RunMeasures?

  /// Names of the violated checks, in catalog order.
  public var violated: [String] { verdicts.filter(\.isViolated).map(\.name) }
}

/// One check's verdict of one run.
public struct CheckVerdict: Sendable {
  public let check: any Check.Type
  public let verdict: Verdict
  /// The check as it was at the end of the run; nil where it has no violation to explain.
  private let judge: (any Check)?
  private let topology: Topology
  private var sentence: String?

  init(_ check: any Check.Type, _ judge: (any Check)?, _ topology: Topology) {
    self.check = check
    self.topology = topology
    verdict = judge?.verdict ?? .notApplicable
    if case .violated = verdict { self.judge = judge } else { self.judge = nil }
  }

  /// A verdict that was reached elsewhere, with its sentence.
  public init(check: any Check.Type, verdict: Verdict, explanation: String?) {
    self.check = check
    self.verdict = verdict
    judge = nil
    topology = Topology(services: 0, layers: 0, clients: 0)
    sentence = explanation
  }

  /// The violation in one sentence, made when it is asked for; nil where there is none.
  public var explanation: String? {
    guard case .violated(let witness) = verdict else { return nil }
    return sentence ?? judge?.explanation(of: witness, topology)
  }

  public var name: String { check.name }
  public var isViolated: Bool {
    if case .violated = verdict { return true }
    return false
  }
}

public enum Vacuity: Sendable, Equatable {
  /// The scripted fault of this index, from 0, never fired.
  case faultNeverFired(Int, name: String)
  /// There was neither a grant nor a violation.
  case nothingGranted
}

/// How far a run got, so that a pass can say what it covered.
public struct Reached: Sendable, Equatable {
  public var grants: Int64 = 0
  public var sections: Int64 = 0
  /// Sections that ended without their work done.
  public var abandoned: Int64 = 0
  /// Leases or locks whose expiry the service acted on.
  public var expiries: Int64 = 0
  /// Accesses that the guard refused.
  public var rejections: Int64 = 0
  public var writes: Int64 = 0
  /// Writes kept beside what they had not seen, for a reader to merge.
  public var siblings: Int64 = 0
  /// Effects carried out, such as e-mails sent, and how many of them for a job that was done before.
  public var effects: Int64 = 0
  public var duplicateEffects: Int64 = 0
  /// Sections that ended because the client learned that its lease was gone.
  public var leasesLost: Int64 = 0
  /// Transactions begun at the store: in all, in the median whole second, in the busiest.
  public var transactions: Int64 = 0
  public var usualTransactions: Int64 = 0
  public var mostTransactions: Int64 = 0
  /// Connections that clients opened in the busiest second.
  public var mostConnections: Int64 = 0
  /// From the first fault until the last lease was lost or lock acquired after it; nil: none was.
  public var settledAfter: Nanos?

  /// Duplicate effects in 1,000 sections, in tenths, rounded up: 0 means none at all; nil without effects.
  public var duplicateTenthsPerThousand: Int64? {
    effects == 0 || sections == 0 ? nil : (duplicateEffects * 10_000 + sections - 1) / sections
  }

  mutating func saw(_ record: Record) {
    switch record.kind {
    case .granted: grants += 1
    case .sectionEnded:
      sections += 1
      if record.a != SectionEnd.done.rawValue { abandoned += 1 }
      if record.a == SectionEnd.leaseLost.rawValue { leasesLost += 1 }
    case .leaseExpired: expiries += 1
    case .readRejected, .writeRejected: rejections += 1
    case .writeApplied: writes += 1
    case .siblingKept: siblings += 1
    case .effectApplied:
      effects += 1
      duplicateEffects += record.c
    default: break
    }
  }
}

/// Runs one case of one scenario, seed after seed.
public struct Runner: Sendable {
  public let scenario: Scenario
  public let subject: Case
  let catalog: Catalog
  let facts: RunFacts
  /// Whether results tell what the run cost; off unless somebody compares.
  public var isMeasured = false
  /// The setup of any seed, but for the seed and what is drawn from it.
  private var setup: Setup
  /// The checks as they are before the first record.
  let jury: Jury

  public init(_ scenario: Scenario, _ subject: Case, _ catalog: Catalog) {
    self.scenario = scenario
    self.subject = subject
    self.catalog = catalog
    facts = subject.facts(scenario)
    setup = subject.setup(scenario, catalog)
    jury = Jury(catalog.checks, facts)
  }

  public var topology: Topology { facts.topology }

  /// The same case without one of its scripted faults, which keeps its place so that no other draw shifts.
  func silencing(_ fault: Int) -> Runner {
    var other = self
    other.setup.faults[fault].trigger = .when(.waiting, node: nil, count: .max, after: .zero)
    return other
  }

  /// The same case without one lever of its saved plan.
  func omitting(_ entry: Int) -> Runner {
    var other = self
    other.setup.plan.remove(at: entry)
    return other
  }

  /// The world of a seed before its first event.
  public func world(seed: UInt64, traced: Bool = false) -> World {
    var setup = setup
    setup.seed = seed
    setup.isTraced = traced
    if let chaos = scenario.chaos {
      setup.faults += chaos.drawn(seed: seed, subject.chaosTerms(scenario), catalog)
    }
    return World(setup)
  }

  /// Runs to the end; `listener` sees every record, and messages too where `traced`.
  public func run(
    seed: UInt64, traced: Bool = false, listener: ((Record, World) -> Void)? = nil
  ) -> RunResult {
    var world = world(seed: seed, traced: traced)
    var jury = jury
    var reached = Reached()
    var pace = Pace()
    var measures =
      isMeasured ? RunMeasures(topology, locksHeld: scenario.load.locksHeld) : nil
    var isOver = false
    while !isOver {
      isOver = !world.step()
      guard isOver || world.records.count >= 64 else { continue }
      for record in world.records {
        reached.saw(record)
        pace.saw(record, transactions: world.counts.transactions)
        measures?.saw(record)
        listener?(record, world)
      }
      jury.saw(world.records, world.plan)
      world.records.removeAll(keepingCapacity: true)
    }
    jury.finish(at: world.now, world.ended!)
    pace.enter(&reached, transactions: world.counts.transactions)
    measures?.finish(at: world.now)
    let verdicts = jury.verdicts(topology)
    return RunResult(
      seed: seed, digest: world.digest, verdicts: verdicts, plan: world.plan,
      vacuity: vacuity(world, reached, verdicts), counts: world.counts, reached: reached,
      ended: world.ended!, endedAt: world.now, measures: measures)
  }

  func vacuity(_ world: World, _ reached: Reached, _ verdicts: [CheckVerdict]) -> Vacuity? {
    for (index, script) in scenario.faults.enumerated() where !script.isOptional {
      if !world.faultsFired[index] { return .faultNeverFired(index, name: script.name) }
    }
    let isEmpty = reached.grants == 0 && !verdicts.contains(where: \.isViolated)
    return isEmpty ? .nothingGranted : nil
  }
}
