import Contract

/// Who is granted a lock, who believes in it, who stands still or is down, as far as the records have told.
struct LaneBook: Sendable {
  /// One grant that the service honours: which nodes hold its vote.
  private struct Lease: Sendable {
    let client: NodeID
    let unique: UInt64
    var nodes: UInt64

    func isOf(_ record: Record) -> Bool { client == record.client && unique == record.token.unique }
  }

  /// A client that counts on the lock, and its grant.
  struct Belief: Sendable {
    let client: NodeID
    let grant: Int64
  }

  private struct Vote: Hashable, Sendable {
    let node: NodeID
    let unique: UInt64
  }

  private let lock: LockID
  private let quorum: Int
  /// For each node and vote, the last record that speaks of it.
  private let lastMention: [Vote: Int64]
  private var votes: [Lease] = []
  private var leases: [Lease] = []
  private(set) var beliefs: [Belief] = []
  private var paused: [NodeID] = []
  private var down: [NodeID] = []

  /// - Parameter records: the whole run, from which it is known which votes outlive a crash of their node.
  init(lock: LockID, quorum: Int, _ records: [Record]) {
    self.lock = lock
    self.quorum = quorum
    var last: [Vote: Int64] = [:]
    for record in records where record.lock == lock && record.token.unique != 0 {
      last[Vote(node: record.node, unique: record.token.unique)] = record.ordinal
    }
    lastMention = last
  }

  /// Who has a lease that the service honours.
  var leaseholder: NodeID? { leases.first?.client }

  func standing(of client: NodeID) -> SpaceTime.Standing {
    let believes = beliefs.contains { $0.client == client }
    return SpaceTime.Standing(
      hasLease: leases.contains { $0.client == client }, believes: believes,
      isContested: believes && beliefs.count > 1, isPaused: paused.contains(client),
      isDown: down.contains(client))
  }

  mutating func saw(_ record: Record) {
    switch record.kind {
    case .crashed: crash(record)
    case .restarted: down.removeAll { $0 == record.node }
    default: if record.lock == lock || record.lock == .none { sawOfLock(record) }
    }
  }

  private mutating func sawOfLock(_ record: Record) {
    switch record.kind {
    case .voted: vote(record)
    case .granted: grant(record)
    case .leaseExpired, .removed: withdraw(record)
    case .acquired:
      disbelieve(record.client)
      beliefs.append(Belief(client: record.client, grant: record.grant))
    case .releaseSent, .leaseLost, .sectionEnded, .clientDone: disbelieve(record.client)
    default: break
    }
  }

  mutating func pause(_ nodes: [NodeID], began: Bool) {
    for node in nodes {
      if began {
        paused.append(node)
      } else if let place = paused.firstIndex(of: node) {
        paused.remove(at: place)
      }
    }
  }

  private mutating func disbelieve(_ client: NodeID) { beliefs.removeAll { $0.client == client } }

  // MARK: leases

  private static func bit(_ node: NodeID) -> UInt64 { 1 << UInt64(UInt32(bitPattern: node.index) & 63) }

  private mutating func vote(_ record: Record) {
    let bit = LaneBook.bit(record.node)
    if let place = leases.firstIndex(where: { $0.isOf(record) }) { leases[place].nodes |= bit }
    if let place = votes.firstIndex(where: { $0.isOf(record) }) {
      votes[place].nodes |= bit
    } else {
      votes.removeAll { $0.client == record.client }
      votes.append(Lease(client: record.client, unique: record.token.unique, nodes: bit))
    }
  }

  /// Whoever is granted the lock next ends the lease before, whatever the service knew of it.
  ///
  /// A grant that the client itself states, as without a lock, is no lease.
  private mutating func grant(_ record: Record) {
    leases = []
    if record.node == record.client { return }
    let voted = votes.first { $0.isOf(record) }
    leases = [voted ?? Lease(client: record.client, unique: record.token.unique, nodes: .max)]
  }

  private mutating func withdraw(_ record: Record) {
    let isOfOwner = record.kind == .removed && record.a >= 0
    let owner = isOfOwner ? NodeID(Int32(truncatingIfNeeded: record.a)) : record.client
    for place in leases.indices.reversed() where leases[place].client == owner {
      guard record.token.unique == 0 || leases[place].unique == record.token.unique else { continue }
      withdraw(LaneBook.bit(record.node), at: place)
    }
  }

  /// A quorum's lease is over when too few nodes are left that hold it.
  private mutating func withdraw(_ bit: UInt64, at place: Int) {
    leases[place].nodes &= ~bit
    if quorum == 1 || leases[place].nodes.nonzeroBitCount < quorum { leases.remove(at: place) }
  }

  /// A vote that its node never speaks of again after a crash was lost with it.
  private mutating func crash(_ record: Record) {
    down.append(record.node)
    disbelieve(record.node)
    for place in leases.indices.reversed() where leases[place].nodes & LaneBook.bit(record.node) != 0 {
      let vote = Vote(node: record.node, unique: leases[place].unique)
      guard vote.unique != 0, let last = lastMention[vote], last < record.ordinal else { continue }
      withdraw(LaneBook.bit(record.node), at: place)
    }
  }
}
