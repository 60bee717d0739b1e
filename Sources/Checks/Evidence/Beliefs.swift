import Contract

/// Who believes to hold which lock, as the clients' own records say.
///
/// A belief lasts from `acquired` to the release, the loss of the lease, the end of the section or a crash.
struct Beliefs: Sendable {
  static let reads: RecordKinds = [.acquired, .releaseSent, .leaseLost, .sectionEnded, .clientDone, .crashed]

  /// One belief: its `acquired` record, and the older one of the same client.
  private struct Belief: Sendable, BitwiseCopyable {
    let acquired: ShortRecord
    var older: Int32
  }

  private struct Lock: Sendable, BitwiseCopyable {
    var believers: Int32 = 0
    var latest = NodeID.none
  }

  private var held: Slab<Belief>
  /// For each client, the newest of its open beliefs.
  private var newest: Rows<Int32>
  private var locks: Rows<Lock>

  init(_ facts: RunFacts) {
    held = Slab(expecting: facts.locks)
    newest = Rows(Slab<Belief>.none, expecting: facts.topology.count)
    locks = Rows(Lock(), expecting: facts.locks)
  }

  mutating func saw(_ record: Record) {
    switch record.kind {
    case .acquired: begin(record)
    case .releaseSent, .leaseLost: end(record.client, record.lock)
    case .sectionEnded, .clientDone: end(record.client, .none)
    case .crashed: end(record.node, .none)
    default: break
    }
  }

  func count(_ lock: LockID) -> Int { Int(locks[lock].believers) }

  /// The client that came to believe last of this lock, whether or not it still does.
  func latest(_ lock: LockID) -> NodeID { locks[lock].latest }

  /// The `acquired` record of a client that believes to hold the lock.
  func acquired(_ client: NodeID, _ lock: LockID) -> Record? {
    if locks[lock].believers == 0 { return nil }
    var place = newest[client]
    while place != Slab<Belief>.none {
      if held[place].acquired.lock == lock { return held[place].acquired.whole }
      place = held[place].older
    }
    return nil
  }

  private mutating func begin(_ record: Record) {
    if locks[record.lock].believers > 0 { end(record.client, record.lock) }
    newest[record.client] = held.put(Belief(acquired: ShortRecord(record), older: newest[record.client]))
    locks[record.lock].believers += 1
    locks[record.lock].latest = record.client
  }

  /// `lock == .none`: all beliefs of the client.
  private mutating func end(_ client: NodeID, _ lock: LockID) {
    var place = newest[client], newer = Slab<Belief>.none
    while place != Slab<Belief>.none {
      let belief = held[place]
      if lock == .none || belief.acquired.lock == lock {
        locks[belief.acquired.lock].believers -= 1
        held.remove(place)
        if newer == Slab<Belief>.none {
          newest[client] = belief.older
        } else {
          held[newer].older = belief.older
        }
      } else {
        newer = place
      }
      place = belief.older
    }
  }
}
