import Checks
import Contract

/// A made-up run: records and levers in order, with numbers from 1 for clients, locks, items and ordinals.
struct History {
  enum Event {
    case record(Record)
    case lever(Lever, number: Int, began: Bool, at: Instant)
  }

  private(set) var events: [Event] = []
  private(set) var now = Instant.start
  private var levers: [Lever] = []
  private var count: Int64 = 0
  let topology: Topology

  init(topology: Topology = Topology(services: 1, layers: 0, clients: 3)) { self.topology = topology }

  /// Takes these records in their order, and numbers them anew.
  init(_ records: [Record], topology: Topology) {
    self.topology = topology
    for record in records {
      now = record.at
      _ = add(record)
    }
  }

  /// Moves to a moment, in milliseconds from the start, and nanoseconds more or less.
  mutating func at(_ milliseconds: Int64, _ nanos: Int64 = 0) {
    now = Instant(nanos: milliseconds * 1_000_000 + nanos)
  }

  func node(_ client: Int) -> NodeID { topology.node(.client, client)! }

  /// Adds a record of a client now; returns its ordinal.
  @discardableResult
  mutating func add(
    _ kind: Record.Kind, _ client: Int, lock: Int = 1, item: UInt16 = 1, grant: Int64 = 0, token: Int64 = 0,
    a: Int64 = 0, b: Int64 = 0, c: Int64 = 0, d: Int64 = -1
  ) -> Int64 {
    var record = Record(
      kind, lock: lock == 0 ? .none : LockID(lock - 1), item: item - 1, client: node(client), grant: grant,
      token: Token(order: token), a: a, b: b, c: c, d: d)
    record.node = node(client)
    return add(record)
  }

  /// Adds a record of any node.
  @discardableResult
  mutating func add(_ kind: Record.Kind, node: NodeID, lock: Int = 0, c: Int64 = 0, d: Int64 = -1) -> Int64 {
    var record = Record(kind, lock: lock == 0 ? .none : LockID(lock - 1), c: c, d: d)
    record.node = node
    return add(record)
  }

  /// The resource crashes.
  mutating func crash(_ loss: Lever.Loss) {
    var record = Record(.crashed, a: loss.rawValue)
    record.node = topology.resource
    _ = add(record)
  }

  private mutating func add(_ record: Record) -> Int64 {
    count += 1
    var record = record
    record.ordinal = count
    record.at = now
    events.append(.record(record))
    return count
  }

  /// A lever begins; returns its number.
  @discardableResult
  mutating func begin(_ lever: Lever) -> Int {
    levers.append(lever)
    events.append(.lever(lever, number: levers.count, began: true, at: now))
    return levers.count
  }

  mutating func end(_ number: Int) {
    events.append(.lever(levers[number - 1], number: number, began: false, at: now))
  }
}

extension History {
  /// Asks now, is granted 1 ms and learns it 2 ms later; returns the ordinal of the grant.
  @discardableResult
  mutating func take(_ client: Int, grant: Int64, token: Int64? = nil, lock: Int = 1) -> Int64 {
    let token = token ?? grant
    add(.acquireSent, client, lock: lock)
    now = now + .milliseconds(1)
    let ordinal = add(.granted, client, lock: lock, grant: grant, token: token)
    now = now + .milliseconds(1)
    add(.acquired, client, lock: lock, grant: grant, token: token)
    return ordinal
  }

  @discardableResult
  mutating func write(
    _ client: Int, grant: Int64 = 0, id: Int64 = 0, base: Int64 = 0, to version: Int64 = 0, lock: Int = 1,
    highest: Int64 = -1
  ) -> Int64 {
    add(.writeApplied, client, lock: lock, grant: grant, token: grant, a: id, b: base, c: version, d: highest)
  }

  @discardableResult
  mutating func acknowledge(_ client: Int, id: Int64, version: Int64, lock: Int = 1) -> Int64 {
    add(.writeAcknowledged, client, lock: lock, a: id, c: version)
  }
}

/// A verdict with the ordinals of its witness, so that it can be compared.
enum Outcome: Equatable {
  case held
  case violated(Int64, Int64, count: Int = 1, measure: Int64? = nil)
  case notApplicable
  case unknown
}

extension History {
  /// Runs a check over the history; `measured` says whether the outcome carries the measure.
  func judge<C: Check>(
    _ type: C.Type, _ facts: RunFacts, reason: EndReason = .duration, measured: Bool = false
  ) -> Outcome {
    switch run(type, facts, reason: reason)?.verdict {
    case nil, .notApplicable: .notApplicable
    case .held: .held
    case .unknown: .unknown
    case .violated(let witness):
      .violated(
        witness.first.ordinal, witness.second.ordinal, count: witness.count,
        measure: measured ? witness.measure : nil)
    }
  }

  /// The names of all checks that find a violation in a run with these facts.
  func violated(_ facts: RunFacts) -> [String] {
    CheckCatalog.all.filter { isViolated($0, facts) }.map { $0.name }
  }

  private func isViolated<C: Check>(_ type: C.Type, _ facts: RunFacts) -> Bool {
    if case .violated = judge(type, facts) { true } else { false }
  }

  func run<C: Check>(_ type: C.Type, _ facts: RunFacts, reason: EndReason = .duration) -> C? {
    guard var check = C(facts) else { return nil }
    for event in events {
      switch event {
      case .record(let record): check.saw(record)
      case .lever(let lever, let number, let began, let at):
        check.saw(lever, number: number, began: began, at: at)
      }
    }
    check.finish(at: now, reason: reason)
    return check
  }

  /// The sentence of the violation; empty where there is none.
  func sentence<C: Check>(_ type: C.Type, _ facts: RunFacts, reason: EndReason = .duration) -> String {
    guard let check = run(type, facts, reason: reason) else { return "" }
    guard case .violated(let witness) = check.verdict else { return "" }
    return check.explanation(of: witness, topology)
  }
}

extension RunFacts {
  /// One service, three clients, one lock with ordered tokens and a TTL of 10 s; the rest as told.
  static func made(
    locks: Int = 1, items: Int = 1, refresh: Nanos? = nil, drift: Int64 = 0, token: TokenKind = .ordered,
    leaseIsSeparate: Bool = false, hasService: Bool = true, guardKeepsHighest: Bool = true,
    updates: Bool = true, accesses: Bool = true, services: Int = 1, layers: Int = 0, clients: Int = 3,
    promisesLease: Bool = true
  ) -> RunFacts {
    RunFacts(
      topology: Topology(services: services, layers: layers, clients: clients), locks: locks, items: items,
      lease: LeaseTerms(ttl: .seconds(10), refresh: refresh), declaredDrift: drift, progress: .seconds(30),
      token: token, leaseIsSeparate: leaseIsSeparate, hasService: hasService,
      guardKeepsHighest: guardKeepsHighest, updates: updates, accesses: accesses,
      promisesLease: promisesLease)
  }
}
