import Contract
import Services
import Testing

/// A bare store, a disk and a network in one hand-driven loop.
///
/// True time is in nanoseconds; the store is node 1, worker k is node k + 2.
struct StoreRig {
  enum Event {
    case toStore(StoreMessage, [Int64], from: NodeID)
    case toClient(StoreMessage, NodeID)
    case storeTimer(UInt8, UInt64, stamp: Int)
    case clientTimer(Int, UInt64, stamp: Int)
    case synced(UInt64, [Int64: DiskValue])
    case restart
    case disturb(Disturbance, Int64, Int64)
    case crash(powerFails: Bool, down: Nanos)
  }

  static let store = NodeID(1)
  let settings: Settings
  let backup: NodeID?
  var machine: VersionedStore
  var now: Int64 = 0
  var isUp = true
  var starts: Int32 = 0
  /// Messages per billion that get lost, and that arrive twice.
  var loss = Probability.never
  var doubled = Probability.never
  var fsync = Nanos.milliseconds(1)
  var latency = Nanos.microseconds(200)
  var jitter = Nanos.zero
  var chance: Chance

  private var written: [Int64: DiskValue] = [:]
  private var durable: [Int64: DiskValue] = [:]
  private var events: [(at: Int64, number: Int, event: Event)] = []
  private var count = 0
  private var stamps: [String: Int] = [:]

  var records: [Record] = []
  var recordTimes: [Int64] = []
  var replies: [(message: StoreMessage, at: Int64)] = []
  var workers: [StoreWorker] = []

  /// What came with the replies, where anything did.
  var parcels: [[Int64]] = []

  init(seed: UInt64 = 1, given: [(name: String, value: SettingValue)] = [], backup: NodeID? = nil) {
    settings = Settings(VersionedStore.parameters, given: given)
    self.backup = backup
    machine = VersionedStore(settings, backup: backup)
    chance = Chance(seed: seed, "rig")
    input(.start)
  }

  // MARK: time

  mutating func schedule(_ event: Event, after delay: Nanos) {
    count += 1
    let entry = (at: now + delay.count, number: count, event: event)
    var low = 0, high = events.count
    while low < high {
      let middle = (low + high) / 2
      let isLater = (events[middle].at, events[middle].number) > (entry.at, entry.number)
      if isLater { low = middle + 1 } else { high = middle }
    }
    events.insert(entry, at: low)
  }

  /// Runs everything that is due within this span.
  mutating func run(for span: Nanos) {
    let end = now + span.count
    while let next = events.last, next.at <= end {
      events.removeLast()
      now = next.at
      happen(next.event)
    }
    now = end
  }

  private mutating func happen(_ event: Event) {
    switch event {
    case .toStore(let message, let words, let from): if isUp { input(.message(message, from: from), words) }
    case .toClient(let message, let node): deliver(message, to: node)
    case .storeTimer(let name, let key, let stamp):
      guard isUp, stamps["store \(name) \(key)"] == stamp else { return }
      guard let timer = VersionedStore.Timer(rawValue: name) else { return }
      input(.timer(timer, key: key))
    case .clientTimer(let worker, let key, let stamp):
      guard stamps["worker \(worker) \(key)"] == stamp else { return }
      work(worker) { $0.timedOut(key, &$1) }
    case .synced(let ticket, let image):
      durable = image
      if isUp { input(.synced(ticket)) }
    case .restart:
      isUp = true
      starts += 1
      machine = VersionedStore(settings, backup: backup)
      input(.restarted)
    case .disturb(let what, let first, let second): if isUp { input(.disturbed(what, first, second)) }
    case .crash(let powerFails, let down): crash(powerFails: powerFails, down: down)
    }
  }

  /// Ends the process, and with it its timers and syncs under way; starts it again later.
  mutating func crash(powerFails: Bool, down: Nanos) {
    guard isUp else { return }
    isUp = false
    events.removeAll {
      switch $0.event {
      case .storeTimer, .synced: true
      default: false
      }
    }
    if powerFails { written = durable }
    schedule(.restart, after: down)
  }

  /// The process is down and gets an empty disk.
  mutating func loseDisk() {
    written = [:]
    durable = [:]
  }

  private mutating func deliver(_ message: StoreMessage, to node: NodeID) {
    replies.append((message, now))
    let index = Int(node.index) - 2
    if workers.indices.contains(index) { work(index) { $0.handle(message, &$1) } }
  }

  // MARK: the store

  mutating func input(_ input: Input<StoreMessage, VersionedStore.Timer>, _ words: [Int64] = []) {
    var turn = freshTurn()
    turn.me = StoreRig.store
    turn.restarts = starts
    turn.parcel = words
    if case .restarted = input { turn.disk = written.map { DiskEntry(slot: $0.key, value: $0.value) } }
    machine.handle(input, &turn)
    for effect in turn.effects { obey(effect, &turn) }
    chance = turn.chance
  }

  private func freshTurn() -> Turn {
    var turn = Turn()
    turn.now = LocalClocks(wall: LocalTime(nanos: now), monotonic: LocalTime(nanos: now))
    turn.chance = chance
    return turn
  }

  private mutating func obey(_ effect: Effect, _ turn: inout Turn) {
    switch effect {
    case .send(let envelope, let node):
      if envelope.parcel >= 0 { parcels.append(turn.parcels.take(envelope.parcel)) }
      transmit(.toClient(envelope.read(as: StoreMessage.self), node), &turn)
    case .setTimer(let name, let key, let delay):
      schedule(.storeTimer(name, key, stamp: stamp("store \(name) \(key)")), after: delay)
    case .cancelTimer(let name, let key): _ = stamp("store \(name) \(key)")
    case .persist(let slot, let value): written[slot] = value
    case .sync(let ticket): schedule(.synced(ticket, written), after: fsync)
    case .record(let record):
      records.append(record)
      recordTimes.append(now)
    case .call, .answer, .open, .close: Issue.record("the store calls nobody")
    }
  }

  private mutating func stamp(_ name: String) -> Int {
    stamps[name, default: 0] += 1
    return stamps[name, default: 0]
  }

  private mutating func transmit(_ event: Event, _ turn: inout Turn) {
    if turn.chance.happens(loss) { return }
    schedule(event, after: latency + turn.random(below: jitter))
    if turn.chance.happens(doubled) { schedule(event, after: latency + turn.random(below: jitter)) }
  }

  // MARK: messages by hand

  /// Sends a message that arrives at once.
  mutating func tell(_ message: StoreMessage, _ words: [Int64] = [], from client: Int = 9) {
    input(.message(message, from: NodeID(client)), words)
  }

  /// The replies that came with this transaction number, in order.
  func replies(to transaction: UInt64) -> [StoreMessage] {
    replies.map { $0.message }.filter { $0.transaction == transaction }
  }

  // MARK: workers

  mutating func work(_ index: Int, _ step: (inout StoreWorker, inout Turn) -> Void) {
    var turn = freshTurn()
    turn.me = NodeID(index + 2)
    step(&workers[index], &turn)
    for effect in turn.effects {
      switch effect {
      case .send(let envelope, _):
        let words = envelope.parcel >= 0 ? turn.parcels.take(envelope.parcel) : []
        transmit(.toStore(envelope.read(as: StoreMessage.self), words, from: NodeID(index + 2)), &turn)
      case .setTimer(_, let key, let delay):
        schedule(.clientTimer(index, key, stamp: stamp("worker \(index) \(key)")), after: delay)
      case .cancelTimer(_, let key): _ = stamp("worker \(index) \(key)")
      default: Issue.record("a worker only talks")
      }
    }
    chance = turn.chance
  }
}
