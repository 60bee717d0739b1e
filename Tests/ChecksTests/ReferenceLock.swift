import Contract

/// Random runs of a lock that is right by construction: each lock serves one section after the other.
struct ReferenceLock {
  static let facts = RunFacts.made(locks: 2, refresh: .seconds(9), clients: 6)

  private var chance: Chance
  private var records: [Record] = []
  private var now: Int64 = 0
  private var lock = LockID(0)
  private var token: Int64 = 0
  private var version: Int64 = 0
  private var highest: Int64 = 0
  private var access: Int64 = 0

  /// A run of two locks with three clients each, in the order of its records.
  static func run(_ seed: UInt64) -> [Record] {
    var records: [Record] = []
    for lock in 0..<2 {
      var part = ReferenceLock(chance: Chance(seed: seed, "reference", lock))
      part.lock = LockID(lock)
      for _ in 0..<(3 + part.chance.below(5)) { part.section() }
      records += part.records
    }
    let order = records.indices.sorted { (records[$0].at, $0) < (records[$1].at, $1) }
    return numbered(order.map { records[$0] })
  }

  private init(chance: Chance) { self.chance = chance }

  /// Numbers the grants over all locks, in their order; until here the token stands for the grant.
  private static func numbered(_ records: [Record]) -> [Record] {
    var records = records
    var numbers: [[Int64]] = [[0], [0]]
    var grants: Int64 = 0
    for index in records.indices where records[index].token.order > 0 {
      let lock = Int(records[index].lock.index)
      if records[index].kind == .granted {
        grants += 1
        numbers[lock].append(grants)
      }
      records[index].grant = numbers[lock][Int(records[index].token.order)]
    }
    return records
  }

  private mutating func add(
    _ kind: Record.Kind, _ client: NodeID, holds: Bool = true, a: Int64 = 0, b: Int64 = 0, c: Int64 = 0
  ) {
    now += 1 + chance.below(400_000_000)
    var record = Record(
      kind, lock: lock, client: client, token: holds ? Token(order: token) : .none, a: a, b: b, c: c,
      d: highest)
    record.at = Instant(nanos: now)
    record.node = client
    records.append(record)
  }

  /// One client waits, is granted the lock, and keeps or loses it in one of the ways that are right.
  private mutating func section() {
    let client = ReferenceLock.facts.topology.node(.client, Int(lock.index) * 3 + 1 + Int(chance.below(3)))!
    add(.waiting, client, holds: false)
    add(.acquireSent, client, holds: false)
    token += 1
    add(.granted, client)
    if chance.below(8) == 0 {
      add(.attemptEnded, client)
      return add(.sectionEnded, client, holds: false, a: SectionEnd.notAcquired.rawValue)
    }
    add(.acquired, client)
    if chance.below(2) == 0 { refresh(client) }
    access += 2
    if chance.below(8) > 0 { read(client) }
    if chance.below(8) == 0 { return add(.crashed, client) }
    if chance.below(8) == 0 {
      now += 10_000_000_000
      return add(.leaseLost, client, a: 1)
    }
    write(client)
    add(.releaseSent, client)
    add(.removed, client, a: Int64(client.index))
    add(.released, client)
    add(.sectionEnded, client, holds: false)
    if chance.below(4) == 0 { add(.itemRestored, .none, holds: false, c: version) }
  }

  private mutating func refresh(_ client: NodeID) {
    add(.refreshSent, client, a: 1)
    add(.extended, client, a: Int64(client.index))
    add(.refreshed, client, a: 1)
  }

  private mutating func read(_ client: NodeID) {
    highest = token
    add(.readApplied, client, a: access, b: version)
    add(.read, client, a: access, b: version)
  }

  /// The write arrives once, or twice in a row.
  private mutating func write(_ client: NodeID) {
    highest = token
    let base = version
    for _ in 0...chance.below(2) {
      version += 1
      add(.writeApplied, client, a: access + 1, b: base, c: version)
      add(.writeAcknowledged, client, a: access + 1, c: version)
    }
  }
}
