import Contract
import World

/// A run told in full: its result, and every record and message, in order.
public struct Story: Sendable {
  public let scenario: Scenario
  public let subject: Case
  public let topology: Topology
  public let facts: RunFacts
  public let result: RunResult
  public let records: [Record]
}

extension Runner {
  /// Runs the seed again and keeps everything; the digest is that of any other run of the seed.
  public func story(seed: UInt64) -> Story {
    var records: [Record] = []
    let result = run(seed: seed, traced: true) { record, _ in records.append(record) }
    return Story(
      scenario: scenario, subject: subject, topology: topology, facts: facts, result: result, records: records
    )
  }

  /// The guards of the catalog under which this case's seed does no harm to the resource, each one tried.
  ///
  /// Harm: a violated check whose question is the resource. Only guards that the lock's tokens suffice for.
  public func rescuers(seed: UInt64) -> [String] {
    catalog.guards.compactMap { type in
      guard type.name != subject.guardName, type.needs <= subject.algorithmType.token,
        !type.livesInStore || subject.algorithmType.holdsData
      else { return nil }
      let other = Runner(scenario, Case(subject.algorithmType, type, in: scenario), catalog)
      let harm = other.run(seed: seed).verdicts.contains { $0.isViolated && $0.check.question == .resource }
      return harm ? nil : type.name
    }
  }
}
