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
  /// From how many clients on a story keeps no more than what concerns its witnesses.
  private static let crowd = 10_000

  /// Runs the seed again and keeps everything; the digest is that of any other run of the seed.
  ///
  /// Of a crowd, whose messages would fill gigabytes, it keeps what concerns the clients of the witnesses, or
  /// no client.
  public func story(seed: UInt64) -> Story {
    var records: [Record] = []
    let cast = topology.clients < Runner.crowd ? nil : witnesses(seed: seed)
    let result = run(seed: seed, traced: true) { record, _ in
      if cast?.isDisjoint(with: record.concerned(topology)) != true { records.append(record) }
    }
    return Story(
      scenario: scenario, subject: subject, topology: topology, facts: facts, result: result, records: records
    )
  }

  /// The clients of the records by which checks were violated.
  private func witnesses(seed: UInt64) -> Set<NodeID> {
    var clients: Set<NodeID> = [.none]
    for verdict in run(seed: seed).verdicts {
      guard case .violated(let witness) = verdict.verdict else { continue }
      clients.formUnion([witness.first.client, witness.second.client])
    }
    return clients
  }

  /// The guards of the catalog under which this case's seed does no harm to the resource, each one tried.
  ///
  /// Harm: a violated check whose question is the resource. Only guards that fit the lock and the load.
  public func rescuers(seed: UInt64) -> [String] {
    catalog.guards.compactMap { type in
      guard type.name != subject.guardName,
        scenario.problems(for: subject.algorithm, under: type, in: catalog).isEmpty
      else { return nil }
      let other = Runner(scenario, Case(subject.algorithmType, type, in: scenario), catalog)
      let harm = other.run(seed: seed).verdicts.contains { $0.isViolated && $0.check.question == .resource }
      return harm ? nil : type.name
    }
  }
}

extension Record {
  /// The clients that the record is about; of a message between services nobody that a story tells of.
  fileprivate func concerned(_ topology: Topology) -> [NodeID] {
    guard ordinal == 0 else { return [client] }
    let receiver = NodeID(Int32(truncatingIfNeeded: kind == .messageSent ? b : Int64(node.index)))
    return [client, receiver].filter { topology.kind(of: $0) == .client }
  }
}
