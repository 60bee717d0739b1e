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
  /// The catalog of the run, for who runs it again.
  public let catalog: Catalog
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
      scenario: scenario, subject: subject, topology: topology, facts: facts, result: result,
      records: records, catalog: catalog)
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
}

extension Record {
  /// The clients that the record is about; of a message between services nobody that a story tells of.
  fileprivate func concerned(_ topology: Topology) -> [NodeID] {
    guard ordinal == 0 else { return [client] }
    let receiver = NodeID(Int32(truncatingIfNeeded: kind == .messageSent ? b : Int64(node.index)))
    return [client, receiver].filter { topology.kind(of: $0) == .client }
  }
}
