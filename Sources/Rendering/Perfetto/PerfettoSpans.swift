import Contract

/// What lasts, as asynchronous slices: leases, beliefs, faults, nodes that are down.
struct PerfettoSpans: Sendable {
  /// One that has begun, and what its end has to repeat.
  struct Span: Sendable, Equatable {
    let category: String
    let name: String
    let number: Int
    let node: NodeID
  }

  /// What is open of one lock.
  struct Hold: Sendable {
    var book: LaneBook
    var lease: Span?
    var beliefs: [(grant: Int64, span: Span)] = []
    /// The clients under which the lock is noted in `held`.
    var noted: [NodeID] = []
  }

  /// Indexed by lock; nil until somebody wants it.
  var holds: [Hold?] = []
  /// For each client, the locks of which it has a lease or a belief open.
  var held: [[Int]]
  /// Levers in force, with the number of each in the plan.
  var levers: [(number: Int64, span: Span)] = []
  var down: [Span] = []

  init(_ topology: Topology) { held = Array(repeating: [], count: topology.count) }

  /// The locks that a record may change, in order.
  func locks(of record: Record) -> [Int] {
    if record.kind == .crashed { return held[Int(record.node.index)] }
    if record.lock != .none { return [Int(record.lock.index)] }
    return record.client == .none ? [] : held[Int(record.client.index)]
  }

  /// Takes a lock out, so that it is changed in place, until `close` puts it back.
  mutating func open(_ lock: Int, quorum: Int) -> Hold {
    while holds.count <= lock { holds.append(nil) }
    defer { holds[lock] = nil }
    return holds[lock] ?? Hold(book: LaneBook(lock: LockID(lock), quorum: quorum, []))
  }

  /// Notes again of which clients the lock has something open, after it changed.
  mutating func close(_ lock: Int, _ changed: consuming Hold) {
    var hold = changed
    let now = PerfettoSpans.clients(hold)
    for client in hold.noted where !now.contains(client) { held[Int(client.index)].removeAll { $0 == lock } }
    for client in now where !hold.noted.contains(client) && !held[Int(client.index)].contains(lock) {
      held[Int(client.index)].append(lock)
    }
    hold.noted = now
    holds[lock] = hold
  }

  private static func clients(_ hold: Hold) -> [NodeID] {
    (hold.lease.map { [$0.node] } ?? []) + hold.beliefs.map(\.span.node)
  }

  /// Everything that is open, in the order of its numbers.
  var all: [Span] {
    let ofLocks = holds.flatMap { hold in
      (hold?.lease.map { [$0] } ?? []) + (hold?.beliefs.map(\.span) ?? [])
    }
    return (ofLocks + levers.map(\.span) + down).sorted { $0.number < $1.number }
  }
}
