import Contract
import World

/// The measures of all runs of a case, without keeping the runs.
public struct CaseMeasures: Sendable {
  public private(set) var waits = SpanHistogram()
  public private(set) var unfinishedWaits: Int64 = 0
  /// The longest stall of each run.
  public private(set) var stalls = SpanHistogram()
  public private(set) var serviceOutages = SpanHistogram()
  public private(set) var holderOutages = SpanHistogram()
  public private(set) var requests: Int64 = 0
  public private(set) var crowdedRequests: Int64 = 0
  public private(set) var crowdedAcquisitions: Int64 = 0
  public private(set) var messages: Int64 = 0
  /// Of all nodes, the resource among them.
  public private(set) var syncs: Int64 = 0
  /// Simulated time of all runs, each rounded down to milliseconds.
  public private(set) var milliseconds: Int64 = 0
  /// Jain's index of each run that had an acquisition: how many runs, their sum, the least; in thousandths.
  public private(set) var fairRuns: Int64 = 0
  public private(set) var fairnessSum: Int64 = 0
  public private(set) var fairnessLeast: Int64?
  /// Runs in which some check could not decide.
  public private(set) var inconclusive = 0
  /// Indexed by question, in their order: runs that violated one of its checks.
  public private(set) var violatedRuns = Question.allCases.map { _ in 0 }
  /// The first runs in which the resource was harmed, in run order, no more than `mostHarmed`.
  public private(set) var harmedSeeds: [UInt64] = []
  /// Indexed by check, in catalog order: the first run that violated it, and how.
  public private(set) var firsts: [(seed: UInt64, sentence: String)?] = []

  /// How many harmed runs are kept, to be run again under other guards.
  public static let mostHarmed = 50

  public init() {}

  public var acquisitions: Int64 { waits.total }
  /// Runs in which the resource was harmed.
  public var harmed: Int { violatedRuns[Question.allCases.firstIndex(of: .resource)!] }

  /// Adds a run of a runner that measures.
  public mutating func add(_ result: RunResult) {
    if let measures = result.measures { add(measures) }
    add(result.counts)
    milliseconds += result.endedAt.nanos / 1_000_000
    let isUndecided = result.verdicts.contains {
      if case .unknown = $0.verdict { true } else { false }
    }
    if isUndecided { inconclusive += 1 }
    addViolations(of: result)
  }

  mutating func add(_ run: RunMeasures) {
    waits.add(run.waits)
    unfinishedWaits += run.unfinishedWaits
    stalls.add(run.longestStall)
    serviceOutages.add(run.serviceOutages)
    holderOutages.add(run.holderOutages)
    requests += run.requests
    crowdedRequests += run.crowdedRequests
    crowdedAcquisitions += run.crowdedAcquisitions
    guard let fairness = run.fairness else { return }
    fairRuns += 1
    fairnessSum += fairness
    fairnessLeast = min(fairnessLeast ?? fairness, fairness)
  }

  mutating func add(_ counts: World.Counts) {
    messages += counts.messages
    syncs += counts.syncs
  }

  private mutating func addViolations(of result: RunResult) {
    if firsts.isEmpty { firsts = result.verdicts.map { _ in nil } }
    for (number, question) in Question.allCases.enumerated() {
      let isViolated = result.verdicts.contains { $0.isViolated && $0.check.question == question }
      guard isViolated else { continue }
      violatedRuns[number] += 1
      if question == .resource, harmedSeeds.count < CaseMeasures.mostHarmed {
        harmedSeeds.append(result.seed)
      }
    }
    for (index, verdict) in result.verdicts.enumerated() where verdict.isViolated && firsts[index] == nil {
      firsts[index] = (result.seed, verdict.explanation ?? verdict.check.summary)
    }
  }
}
