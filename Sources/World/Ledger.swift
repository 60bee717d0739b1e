import Contract

/// Who was granted what: folds the nodes' votes into one grant at the quorum-th.
struct Ledger: Sendable {
  var grants: Int64 = 0
  /// Settings of timers, so that each has a number of its own.
  var settings: Int64 = 0
  /// Indexed by lock: the clients of its latest grant and of the one before it.
  var latest: [(holder: NodeID, previous: NodeID)] = []
  /// The lock that was granted last.
  var latestLock = LockID.none
  var leader = NodeID.none

  var holder: NodeID { latestLock == .none ? .none : latest[Int(latestLock.index)].holder }
  var previousHolder: NodeID { latestLock == .none ? .none : latest[Int(latestLock.index)].previous }

  mutating func grant(_ lock: LockID, to client: NodeID) -> Int64 {
    grants += 1
    while latest.count <= Int(lock.index) { latest.append((.none, .none)) }
    latest[Int(lock.index)] = (client, latest[Int(lock.index)].holder)
    latestLock = lock
    return grants
  }
}

extension World {
  /// States a fact: dates and numbers it, lets the ledger and the faults see it, keeps it for the listeners.
  mutating func emit(_ fact: Record, from index: Int) {
    var record = fact
    record.at = now
    if record.node == .none { record.node = NodeID(index) }
    if record.client == .none, kind(index) == .client { record.client = NodeID(index) }
    counts.records += 1
    record.ordinal = counts.records
    digest.fold(record.print)
    records.append(record)
    enter(record)
    if agenda.watches(record.kind) { strike(on: record) }
  }

  mutating func enter(_ record: Record) {
    switch record.kind {
    case .acquireSent: openAttempt(record)
    case .attemptEnded: endAttempt(record)
    case .voted: vote(record)
    case .sectionEnded: hosts[Int(record.client.index)].sectionsDone = record.b
    case .clientDone: markDone(Int(record.client.index))
    case .leaderElected: ledger.leader = record.node
    default: break
    }
  }

  mutating func markDone(_ client: Int) {
    guard !hosts[client].isDone else { return }
    hosts[client].isDone = true
    clientsDone += 1
  }

  mutating func openAttempt(_ record: Record) {
    let client = Int(record.client.index)
    let attempt = Attempt(lock: record.lock, unique: record.token.unique)
    if let place = hosts[client].attempts.firstIndex(where: { $0.lock == record.lock }) {
      hosts[client].attempts[place] = attempt
    } else {
      hosts[client].attempts.append(attempt)
    }
  }

  mutating func endAttempt(_ record: Record) {
    hosts[Int(record.client.index)].attempts.removeAll { $0.lock == record.lock }
  }

  /// Counts one node's yes. A vote for an attempt that its client gave up makes no grant: a ghost.
  mutating func vote(_ record: Record) {
    let client = Int(record.client.index)
    guard client >= 0,
      let place = hosts[client].attempts.firstIndex(where: {
        $0.lock == record.lock && $0.unique == record.token.unique
      }), hosts[client].attempts[place].grant == 0
    else { return }
    hosts[client].attempts[place].votes |= 1 << UInt64(UInt32(bitPattern: record.node.index) & 63)
    guard hosts[client].attempts[place].votes.nonzeroBitCount >= setup.quorum else { return }
    grant(client, place, record.token, at: record.node)
  }

  mutating func grant(_ client: Int, _ place: Int, _ token: Token, at node: NodeID) {
    let lock = hosts[client].attempts[place].lock
    let number = ledger.grant(lock, to: NodeID(client))
    hosts[client].attempts[place].grant = number
    var record = Record(.granted, lock: lock, client: NodeID(client), grant: number, token: token)
    record.node = node
    emit(record, from: Int(node.index))
  }

  /// An answer on its way to the program, with the grant's number; a belief without a grant gets one now.
  mutating func stamped(_ answer: Answer, _ index: Int) -> Answer {
    guard case .acquired(let lock, var grant) = answer else { return answer }
    var place = hosts[index].attempts.firstIndex { $0.lock == lock }
    if place == nil {
      hosts[index].attempts.append(Attempt(lock: lock, unique: grant.token.unique))
      place = hosts[index].attempts.count - 1
    }
    if hosts[index].attempts[place!].grant == 0 { self.grant(index, place!, grant.token, at: NodeID(index)) }
    grant.stamp = hosts[index].attempts[place!].grant
    return .acquired(lock, grant)
  }
}

extension Record {
  /// A hash of all that the record says, but for its date and number, which the run itself gives.
  var print: UInt64 {
    // Two chains of multiplications, which a processor works on at the same time.
    var print = Fingerprint(), numbers = Fingerprint()
    let place = UInt64(UInt32(bitPattern: node.index)) << 32 | UInt64(UInt32(bitPattern: client.index))
    print.add(place)
    print.add(UInt64(kind.rawValue) | UInt64(item) << 8 | UInt64(UInt32(bitPattern: lock.index)) << 32)
    print.add(grant)
    print.add(token)
    numbers.add(a)
    numbers.add(b)
    numbers.add(c)
    numbers.add(d)
    print.add(numbers.value)
    return print.value
  }
}
