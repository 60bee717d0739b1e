import Contract

/// Who believes to hold which lock, as the clients' own records say.
///
/// A belief lasts from `acquired` to the release, the loss of the lease, the end of the section or a crash.
struct Beliefs: Sendable {
  static let reads: RecordKinds = [.acquired, .releaseSent, .leaseLost, .sectionEnded, .clientDone, .crashed]

  /// For each client, the `acquired` records of its open beliefs, in their order.
  private var held = Rows<[Record]>([])
  /// For each lock.
  private var believers = Rows<Int>(0)
  private var latest = Rows<NodeID>(.none)

  mutating func saw(_ record: Record) {
    switch record.kind {
    case .acquired: begin(record)
    case .releaseSent, .leaseLost: end(record.client, record.lock)
    case .sectionEnded, .clientDone: end(record.client, .none)
    case .crashed: end(record.node, .none)
    default: break
    }
  }

  func count(_ lock: LockID) -> Int { believers[lock] }

  /// The client that came to believe last of this lock, whether or not it still does.
  func latest(_ lock: LockID) -> NodeID { latest[lock] }

  /// The `acquired` record of a client that believes to hold the lock.
  func acquired(_ client: NodeID, _ lock: LockID) -> Record? { held[client].first { $0.lock == lock } }

  private mutating func begin(_ record: Record) {
    end(record.client, record.lock)
    held[record.client].append(record)
    believers[record.lock] += 1
    latest[record.lock] = record.client
  }

  /// `lock == .none`: all beliefs of the client.
  private mutating func end(_ client: NodeID, _ lock: LockID) {
    guard !held[client].isEmpty else { return }
    for record in held[client] where lock == .none || record.lock == lock { believers[record.lock] -= 1 }
    held[client].removeAll { lock == .none || $0.lock == lock }
  }
}
