import Contract
import Lab

/// The part of a run that its figure tells: from the first grant involved to what came of the violation.
struct Chapter: Sendable {
  /// The check whose violation is the point of the figure.
  let check: any Check.Type
  let lock: LockID
  /// Numbers of the grants that the violation is about, lowest first; empty where it is about none.
  let grants: [Int64]
  /// The clients that get a lane, in node order; at most three.
  private(set) var clients: [NodeID]
  /// The first and last record told.
  private(set) var ordinals: ClosedRange<Int64>
  /// The record that completes the violation.
  let climax: Int64

  /// More lanes than these leave no room for words.
  private static let mostClients = 3

  /// nil where no check was violated.
  init?(_ story: Story) {
    guard let verdict = story.result.tellingViolations.first else { return nil }
    guard case .violated(let witness) = verdict.verdict else { return nil }
    let records = story.records.filter { $0.ordinal > 0 }
    check = verdict.check
    lock = witness.second.lock == .none ? witness.first.lock : witness.second.lock
    climax = witness.second.ordinal
    var grants = Chapter.grants(witness, records)
    let span = Chapter.span(witness, grants, records)
    let believed = Chapter.believed(before: span.lowerBound, lock, records)
    grants = (grants + believed.filter { !grants.contains($0) }).sorted()
    self.grants = grants
    clients = Chapter.clients(witness, grants, records, story.topology)
    ordinals = Chapter.span(witness, grants, records)
  }

  /// The chapter with all from its first fault on to the end of the run: for what is violated by waiting.
  func toTheEnd(of story: Story) -> Chapter {
    let fault = story.records.first { $0.kind == .leverBegan }?.ordinal ?? ordinals.lowerBound
    let last = story.records.map(\.ordinal).max() ?? ordinals.upperBound
    var whole = self
    whole.ordinals = min(fault, ordinals.lowerBound)...max(last, ordinals.upperBound)
    let ofLock = story.records.filter { $0.lock == lock }
    let others = story.records.filter { $0.kind == .crashed }.map(\.node)
      + ofLock.filter { $0.kind == .granted }.suffix(1).map(\.client)
      + ofLock.filter { $0.kind == .acquireSent }.map(\.client)
    for other in others where whole.clients.count < Chapter.mostClients {
      let isNew = !whole.clients.contains(other) && story.topology.kind(of: other) == .client
      if isNew { whole.clients.append(other) }
    }
    whole.clients.sort()
    return whole
  }

  /// Grants in which clients still believe as the chapter begins: without them it would begin in the middle.
  private static func believed(before ordinal: Int64, _ lock: LockID, _ records: [Record]) -> [Int64] {
    var book = LaneBook(lock: lock, quorum: 1, [])
    for record in records.prefix(while: { $0.ordinal < ordinal }) { book.saw(record) }
    return book.beliefs.suffix(mostClients - 1).map(\.grant)
  }

  private static func grants(_ witness: Witness, _ records: [Record]) -> [Int64] {
    var grants: [Int64] = []
    for record in [witness.first, witness.second] {
      let grant = record.grant > 0 ? record.grant : latestGrant(before: record, records)
      if grant > 0, !grants.contains(grant) { grants.append(grant) }
    }
    return grants.sorted()
  }

  /// The grant that a record of a client is about where the record itself does not say.
  private static func latestGrant(before record: Record, _ records: [Record]) -> Int64 {
    guard record.client != .none, record.kind != .waiting else { return 0 }
    let isOfOwner = record.kind == .removed || record.kind == .extended
    let client = isOfOwner ? NodeID(Int32(truncatingIfNeeded: record.a)) : record.client
    return records.last {
      $0.kind == .granted && $0.client == client && $0.ordinal < record.ordinal
        && (record.lock == .none || $0.lock == record.lock)
    }?.grant ?? 0
  }

  private static func clients(
    _ witness: Witness, _ grants: [Int64], _ records: [Record], _ topology: Topology
  ) -> [NodeID] {
    let owners = records.filter { $0.kind == .granted && grants.contains($0.grant) }.map(\.client)
    var clients: [NodeID] = []
    for client in owners + [witness.first.client, witness.second.client]
    where client != .none && topology.kind(of: client) == .client && !clients.contains(client) {
      clients.append(client)
    }
    return clients.prefix(mostClients).sorted()
  }

  private static func span(_ witness: Witness, _ grants: [Int64], _ records: [Record]) -> ClosedRange<Int64> {
    let granted = records.first { $0.kind == .granted && grants.contains($0.grant) }?.ordinal
    let first = min(granted ?? witness.first.ordinal, witness.first.ordinal)
    let outcome = records.last {
      ($0.isAccess || $0.kind == .leaseLost) && grants.contains($0.grant)
    }?.ordinal ?? 0
    let last = max(witness.second.ordinal, outcome)
    return min(first, last)...last
  }
}

extension Record {
  /// Whether the resource or the store decided on an access.
  var isAccess: Bool {
    switch kind {
    case .readApplied, .writeApplied, .effectApplied, .readRejected, .writeRejected: true
    default: false
    }
  }
}

extension RunResult {
  /// All violations, the most telling first: harm to the resource, then what clients believed, then the rest.
  var tellingViolations: [CheckVerdict] {
    let order: [Question] = [.resource, .belief, .service, .progress]
    return order.flatMap { question in verdicts.filter { $0.isViolated && $0.check.question == question } }
  }
}
