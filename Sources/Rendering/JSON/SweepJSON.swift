import Contract
import Lab

/// The results of a sweep: written run by run, so that its size is no matter, and whole after any run.
///
/// The first line says which campaign the runs are of, each further line is a run, the last one says whether
/// all are there. The keys before and after the runs are named so that they stand in order there.
extension JSONReport {
  /// The first line, up to the opening bracket of the runs.
  public static func sweepHeader(_ campaign: Campaign) -> String {
    "{\"campaign\":\(JSONText.compact(json(campaign))),\"kind\":\"sweep\",\"runs\":["
  }

  static func json(_ campaign: Campaign) -> JSONValue {
    .object([
      ("cases", .list(campaign.cases.map(json))), ("catalogDigest", .text(campaign.catalogDigest)),
      ("coversFile", .flag(campaign.coversFile)), ("runs", .integer(campaign.runs)),
      ("scenarioDigest", .text(campaign.scenarioDigest)), ("scenario", .text(campaign.scenario)),
      ("seeds", .list(campaign.seeds.ranges.map { .text(text($0)) })),
      ("shard", .text(campaign.shard.description)), ("version", .text(campaign.version)),
    ])
  }

  private static func json(_ entry: Campaign.Entry) -> JSONValue {
    let expected = entry.expected.map { ($0.violated + $0.optional.map { $0 + "?" }).map(JSONValue.text) }
    return .object([
      ("algorithm", .text(entry.algorithm)), ("calibration", .text(entry.calibration)),
      ("expect", expected.map(JSONValue.list) ?? .null), ("guard", .text(entry.guardName)),
    ])
  }

  private static func text(_ seeds: ClosedRange<UInt64>) -> String {
    seeds.lowerBound == seeds.upperBound ? "\(seeds.lowerBound)" : "\(seeds.lowerBound)..\(seeds.upperBound)"
  }

  /// The line of a run, without what parts it from others.
  public static func sweepRun(_ runner: Runner, _ result: RunResult) -> String {
    JSONText.compact(run(runner, result))
  }

  /// One run, as it stands in a sweep.
  public static func run(_ runner: Runner, _ result: RunResult) -> JSONValue {
    .object([
      ("seed", .text(String(result.seed))), ("algorithm", .text(runner.subject.algorithmName)),
      ("guard", .text(runner.subject.guardName)), ("digest", .text(result.digest.text)),
      (
        "verdicts",
        .object(result.verdicts.map { ($0.name, .text(VerdictWord($0.verdict).rawValue)) })
      ),
      ("vacuous", .flag(result.vacuity != nil)), ("plan", PlanText.json(result.plan, runner.topology)),
    ])
  }
}

/// The lines of a sweep, one after another, and a digest of them by which damage is found out.
public struct SweepLines: Sendable {
  /// How many runs there are.
  public private(set) var count = 0
  private let campaign: Campaign
  /// The first line.
  public let header: String
  private var digest = Digest()

  public init(_ campaign: Campaign) {
    self.campaign = campaign
    header = JSONReport.sweepHeader(campaign)
    digest.fold(text: header)
  }

  /// 32 hexadecimal digits.
  public var digestText: String { digest.text }

  /// The text that a run's line adds to the results.
  public mutating func add(_ line: String) -> String {
    digest.fold(text: line)
    count += 1
    return (count == 1 ? "\n" : ",\n") + line
  }

  /// What stands behind the runs; its digest is of the header and all runs.
  ///
  /// - Parameter isComplete: whether all runs of the campaign's part are there.
  public func footer(isComplete: Bool) -> String {
    "\n],\"runsDigest\":\"\(digest.text)\",\"scenario\":\(JSONText.quoted(campaign.scenario))"
      + ",\"schema\":\(JSONReport.schema),\"status\":\"\(isComplete ? "complete" : "interrupted")\"}\n"
  }
}
