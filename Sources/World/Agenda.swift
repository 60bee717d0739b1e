import Contract

/// What faults have planned: triggers that wait for a record, and what is due at a time.
struct Agenda: Sendable {
  enum Item: Sendable { case strike(Int), pull(Int), end(Int) }

  struct Due: Sendable {
    let time: Instant
    /// Ends come before beginnings of the same instant.
    let rank: Int
    let sequence: Int
    let item: Item
  }

  struct Watch: Sendable {
    let fault: Int
    let kind: Record.Kind
    let node: NodeSelector?
    var left: Int64
    let after: Nanos
  }

  /// Latest first, so that the next is taken from the end.
  private var due: [Due] = []
  var watches: [Watch] = []
  /// Bit per kind of record that anything waits for.
  private var kinds: UInt64 = 0
  /// Entries of a replayed plan that are anchored to records: (ordinal, index in the plan), ascending.
  private var anchored: [(ordinal: Int64, entry: Int)] = []
  private var sequence = 0
  /// Faults that will still strike at a known time within the run.
  private(set) var pendingStrikes = 0
  private let duration: Instant
  /// Indexed by fault: whether it pulled a lever.
  var fired: [Bool]

  init(_ setup: Setup) {
    duration = setup.duration
    fired = [Bool](repeating: false, count: setup.faults.count)
    for (index, armed) in setup.faults.enumerated() {
      switch armed.trigger {
      case .at(let time): add(.strike(index), at: time)
      case .when(let kind, let node, let count, let after):
        watches.append(Watch(fault: index, kind: kind, node: node, left: count, after: after))
        kinds |= 1 << UInt64(kind.rawValue)
      }
    }
    for (index, entry) in setup.plan.enumerated() {
      switch entry.anchor {
      case .time(let time): add(.pull(index), at: time)
      case .record(let ordinal): anchored.append((ordinal, index))
      }
    }
    anchored.sort { ($0.ordinal, $0.entry) < ($1.ordinal, $1.entry) }
    if !anchored.isEmpty { kinds = .max }
  }

  var nextTime: Instant { due.last?.time ?? .never }

  func watches(_ kind: Record.Kind) -> Bool { kinds & 1 << UInt64(kind.rawValue) != 0 }

  mutating func add(_ item: Item, at time: Instant) {
    sequence += 1
    var new = Due(time: time, rank: 1, sequence: sequence, item: item)
    if case .end(let number) = item {
      new = Due(time: time, rank: 0, sequence: number, item: item)
    } else if time <= duration {
      pendingStrikes += 1
    }
    var low = 0, high = due.count
    while low < high {
      let middle = (low + high) / 2
      if Agenda.precedes(new, due[middle]) { low = middle + 1 } else { high = middle }
    }
    due.insert(new, at: low)
  }

  private static func precedes(_ left: Due, _ right: Due) -> Bool {
    (left.time.nanos, left.rank, left.sequence) < (right.time.nanos, right.rank, right.sequence)
  }

  mutating func next() -> Item {
    let item = due.removeLast().item
    if case .end = item { return item }
    pendingStrikes -= 1
    return item
  }

  mutating func cancelEnd(of number: Int) {
    due.removeAll {
      if case .end(number) = $0.item { return true }
      return false
    }
  }

  /// The plan entries anchored to a record, in plan order.
  func entries(at ordinal: Int64) -> [Int] {
    var low = 0, high = anchored.count
    while low < high {
      let middle = (low + high) / 2
      if anchored[middle].ordinal < ordinal { low = middle + 1 } else { high = middle }
    }
    return anchored[low...].prefix { $0.ordinal == ordinal }.map(\.entry)
  }
}

extension World {
  /// Indexed by the setup's faults: whether each pulled a lever.
  public var faultsFired: [Bool] { agenda.fired }

  mutating func runAgenda() {
    switch agenda.next() {
    case .strike(let fault): strike(fault, anchor: .time(now))
    case .pull(let entry): pull(setup.plan[entry].lever, anchor: .time(now))
    case .end(let number): endLever(number)
    }
  }

  /// Lets every fault that waits for this record count it, and strike when its count is full.
  mutating func strike(on record: Record) {
    for position in agenda.watches.indices {
      let watch = agenda.watches[position]
      guard watch.kind == record.kind, watch.left > 0, concerns(watch.node, record) else { continue }
      agenda.watches[position].left -= 1
      guard watch.left == 1 else { continue }
      if watch.after > .zero {
        agenda.add(.strike(watch.fault), at: now + watch.after)
      } else {
        strike(watch.fault, anchor: .record(record.ordinal))
      }
    }
    for entry in agenda.entries(at: record.ordinal) {
      pull(setup.plan[entry].lever, anchor: .record(record.ordinal))
    }
  }

  func concerns(_ selector: NodeSelector?, _ record: Record) -> Bool {
    guard let selector else { return true }
    var scene = scene(stream: -1)
    return scene.nodes([selector]).contains { $0 == record.node || $0 == record.client }
  }

  func scene(stream: Int) -> Scene {
    Scene(
      topology: setup.topology, holder: ledger.holder, previousHolder: ledger.previousHolder,
      leader: ledger.leader, chance: Chance(seed: setup.seed, "fault", stream))
  }

  mutating func strike(_ fault: Int, anchor: PlanEntry.Anchor) {
    var scene = scene(stream: fault)
    let levers = setup.faults[fault].fault.levers(&scene)
    if levers.isEmpty, case .time = anchor { return pull(Lever(.nothing), anchor: anchor) }
    if !levers.isEmpty { agenda.fired[fault] = true }
    for lever in levers { pull(lever, anchor: anchor) }
  }
}
