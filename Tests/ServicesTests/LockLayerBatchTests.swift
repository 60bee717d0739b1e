import Contract
import Testing

@testable import Services

/// A layer process on a bench: a hand plays the store and the clients.
struct BatchBench {
  static let topology = Topology(services: 1, layers: 1, clients: 3)
  static let store = NodeID(1), client1 = NodeID(3), client2 = NodeID(4), client3 = NodeID(5)

  var server: LockLayerServer
  var now: Int64 = 0
  var chance = Chance(salt: 1)
  var toStore: [(message: StoreMessage, words: [Int64])] = []
  var toClients: [(to: NodeID, message: LockLayerMessage)] = []
  /// The delay last set, by name.
  var timers: [LockLayerServer.Timer: Nanos] = [:]

  init(batchInterval: Nanos, onUnavailable: String = "keep") {
    let given: [(name: String, value: SettingValue)] = [
      ("batchInterval", .duration(batchInterval)), ("onUnavailable", .choice(onUnavailable)),
    ]
    let terms = LockLayerTerms(Settings(LockLayerTerms.parameters, given: given), expiry: .versions)
    let lease = LeaseTerms(ttl: .seconds(10), refresh: .seconds(3))
    server = LockLayerServer(terms, Seat(node: NodeID(2), topology: BatchBench.topology, lease: lease))
    input(.start)
  }

  mutating func input(_ input: Input<LockLayerInbox, LockLayerServer.Timer>, _ words: [Int64] = []) {
    var turn = Turn()
    turn.now = LocalClocks(wall: LocalTime(nanos: now), monotonic: LocalTime(nanos: now))
    turn.me = NodeID(2)
    turn.parcel = words
    turn.chance = chance
    server.handle(input, &turn)
    for effect in turn.effects {
      switch effect {
      case .send(let envelope, BatchBench.store):
        let words = envelope.parcel >= 0 ? turn.parcels.take(envelope.parcel) : []
        toStore.append((envelope.read(as: StoreMessage.self), words))
      case .send(let envelope, let node): toClients.append((node, envelope.read(as: LockLayerMessage.self)))
      case .setTimer(let name, _, let delay): timers[LockLayerServer.Timer(rawValue: name)!] = delay
      case .cancelTimer(let name, _): timers[LockLayerServer.Timer(rawValue: name)!] = nil
      default: Issue.record("a layer that refreshes only talks")
      }
    }
    chance = turn.chance
  }

  mutating func refresh(_ lease: UInt64, of client: NodeID, request: Int64 = 1) {
    input(.message(.client(LockLayerMessage(.refresh, lease: lease, request: request)), from: client))
  }

  /// The timer of this name, key 0, comes due.
  mutating func fire(_ timer: LockLayerServer.Timer) {
    now += timers[timer]?.count ?? 0
    timers[timer] = nil
    input(.timer(timer, key: 0))
  }

  /// The store answers the message sent last.
  mutating func reply(_ kind: StoreMessage.Kind, version: Int64 = 0, _ words: [Int64] = []) {
    let message = toStore[toStore.count - 1].message.reply(kind, version: version)
    input(.message(.store(message), from: BatchBench.store), words)
  }

  /// The store answers a read of many keys: these leases exist, owned by the first client.
  mutating func replyWithLeases(_ leases: [UInt64]) {
    let keys = toStore[toStore.count - 1].words.map { StoreKey(packed: $0) }
    let words = keys.flatMap { key -> [Int64] in
      [key.packed, leases.contains(key.id) ? 1 : 0, 90, Nanos.seconds(10).count, 3, 0]
    }
    reply(.values, words)
  }

  var lastToStore: StoreMessage.Kind? { toStore.last?.message.kind }

  /// The items of the commit sent last.
  var commit: [StoreItem] {
    let words = toStore[toStore.count - 1].words
    var items: [StoreItem] = []
    var position = 0
    while let item = StoreCommit.item(in: words, at: &position, end: words.count) { items.append(item) }
    return items
  }

  var written: [UInt64] {
    commit.compactMap { item in
      if case .set(let key, _, _) = item { return key.id }
      return nil
    }
  }

  var readConflicts: [UInt64] {
    commit.compactMap { item in
      if case .readConflict(let key) = item { return key.id }
      return nil
    }
  }
}

@Suite struct LockLayerBatchTests {
  /// A bench on which three clients' refreshes of leases 7, 8 and 9 wait for their values.
  func threeReading() -> BatchBench {
    var bench = BatchBench(batchInterval: .milliseconds(10))
    bench.refresh(7, of: BatchBench.client1, request: 71)
    bench.refresh(8, of: BatchBench.client2, request: 81)
    bench.refresh(9, of: BatchBench.client3, request: 91)
    bench.fire(.batch)
    bench.reply(.readVersion, version: 500)
    return bench
  }

  @Test("3 refreshes within 10 ms ask for 1 read version and read 3 leases in 1 message")
  func oneTransaction() {
    var bench = BatchBench(batchInterval: .milliseconds(10))
    for (lease, client) in [(7, BatchBench.client1), (8, BatchBench.client2), (9, BatchBench.client3)] {
      bench.refresh(UInt64(lease), of: client)
    }
    #expect(bench.toStore.isEmpty)
    #expect(bench.timers[.batch] == .milliseconds(10))
    bench.fire(.batch)
    #expect(bench.toStore.map { $0.message.kind } == [.getReadVersion])
    bench.reply(.readVersion, version: 500)
    #expect(bench.toStore.map { $0.message.kind } == [.getReadVersion, .readMany])
    #expect(bench.toStore[1].message.version == 500)
    #expect(bench.toStore[1].words.map { StoreKey(packed: $0).id } == [7, 8, 9])
  }

  @Test("a lease that the batch does not find is not written, and its client alone is told that it is gone")
  func noBlindRefresh() {
    var bench = threeReading()
    bench.replyWithLeases([7, 9])
    #expect(bench.lastToStore == .commit)
    #expect(bench.written == [7, 9])
    #expect(bench.readConflicts == [7, 8, 9])
    #expect(bench.toClients.isEmpty)
    bench.reply(.committed, version: 600)
    #expect(bench.toClients.map(\.to) == [BatchBench.client1, BatchBench.client2, BatchBench.client3])
    #expect(bench.toClients.map { $0.message.kind } == [.refreshed, .leaseGone, .refreshed])
    #expect(bench.toClients.map { $0.message.request } == [71, 81, 91])
  }

  @Test("a lease is dated by the version at which the batch read it")
  func datedByReadVersion() {
    var bench = threeReading()
    bench.replyWithLeases([7, 8, 9])
    let dates = bench.commit.compactMap { item -> Int64? in
      if case .set(_, let value, _) = item { return value.a }
      return nil
    }
    #expect(dates == [500, 500, 500])
  }

  @Test("where no lease of the batch is left, all are told at once and nothing is committed")
  func allGone() {
    var bench = threeReading()
    bench.replyWithLeases([])
    #expect(bench.lastToStore == .readMany)
    #expect(bench.toClients.map { $0.message.kind } == [.leaseGone, .leaseGone, .leaseGone])
  }

  @Test(
    "a batch that was not applied reads every lease again before it writes",
    arguments: [StoreMessage.Kind.conflict, .tooOld])
  func readsAgain(_ outcome: StoreMessage.Kind) {
    var bench = threeReading()
    bench.replyWithLeases([7, 8, 9])
    bench.reply(outcome)
    #expect(bench.toClients.isEmpty)
    bench.fire(.batchAgain)
    #expect(bench.lastToStore == .getReadVersion)
    bench.reply(.readVersion, version: 900)
    #expect(bench.lastToStore == .readMany)
    bench.replyWithLeases([8])
    #expect(bench.written == [8])
    bench.reply(.committed, version: 950)
    #expect(bench.toClients.map { $0.message.kind } == [.leaseGone, .refreshed, .leaseGone])
  }

  @Test("values of other keys than those asked for are no answer")
  func foreignValues() {
    var bench = threeReading()
    let key = LockLayerKey.lease(7).packed
    bench.reply(.values, [key, 1, 90, 0, 0, 0])
    #expect(bench.lastToStore == .readMany)
  }

  @Test("refreshes that come while a batch is under way make the next one")
  func nextBatch() {
    var bench = threeReading()
    bench.refresh(7, of: BatchBench.client1, request: 72)
    #expect(bench.timers[.batch] == .milliseconds(10))
    bench.fire(.batch)
    bench.reply(.readVersion, version: 700)
    #expect(bench.toStore.last?.words == [LockLayerKey.lease(7).packed])
  }

  @Test("after 2 s without an answer the whole read is sent again")
  func resent() {
    var bench = threeReading()
    let id = bench.toStore[1].message.transaction
    bench.now += StoreClient.retryAfter.count
    bench.input(.timer(.store, key: id))
    #expect(bench.toStore.count == 3)
    #expect(Envelope(bench.toStore[2].message).print == Envelope(bench.toStore[1].message).print)
    #expect(bench.toStore[2].words == bench.toStore[1].words)
  }

  @Test("without an interval each of 3 refreshes has a transaction of its own")
  func unbatched() {
    var bench = BatchBench(batchInterval: .zero)
    for lease in 7...9 { bench.refresh(UInt64(lease), of: BatchBench.client1) }
    #expect(bench.toStore.map { $0.message.kind } == [.getReadVersion, .getReadVersion, .getReadVersion])
  }

  @Test("a layer that is cut off closes the connections of all who wait for a batch")
  func cutOff() {
    var bench = BatchBench(batchInterval: .milliseconds(10), onUnavailable: "close")
    bench.refresh(7, of: BatchBench.client1)
    bench.fire(.batch)
    bench.refresh(8, of: BatchBench.client2)
    bench.fire(.silence)
    #expect(bench.toClients.map(\.to) == [BatchBench.client2, BatchBench.client1])
    #expect(bench.toClients.allSatisfy { $0.message.kind == .closed })
  }
}

@Suite struct StoreReadManyTests {
  @Test("a read of 2 keys answers with both at its version, the absent one as absent")
  func twoKeys() throws {
    var rig = StoreRig()
    rig.run(for: .milliseconds(10))
    var commit = StoreCommit()
    let key = StoreKey(space: 1, id: 7), absent = StoreKey(space: 1, id: 8)
    commit.set(key, DiskValue(1, 2, 3, 4))
    var message = StoreMessage(.commit, transaction: 5, request: 1)
    message.value = DiskValue(1, 0)
    rig.tell(message, commit.words)
    rig.run(for: .milliseconds(10))
    let committed = try #require(rig.replies(to: 5).last)
    var read = StoreMessage(.readMany, transaction: 6, request: 1)
    read.version = committed.version
    var turn = Turn()
    turn.parcel = [absent.packed, key.packed]
    rig.machine.handle(.message(read, from: NodeID(9)), &turn)
    guard case .send(let envelope, _) = try #require(turn.effects.first) else { return }
    #expect(envelope.read(as: StoreMessage.self).kind == .values)
    let values = StoreValues(turn.parcels.take(envelope.parcel))
    #expect(values.answer([absent, key]))
    #expect(values[0] == nil)
    #expect(values[1] == DiskValue(1, 2, 3, 4))
  }

  @Test("a read of many keys above the latest version is too old, as of one")
  func outsideTheWindow() throws {
    var rig = StoreRig()
    rig.run(for: .milliseconds(10))
    var read = StoreMessage(.readMany, transaction: 6, request: 1)
    read.version = .max
    rig.tell(read, [StoreKey(space: 1, id: 7).packed])
    rig.run(for: .milliseconds(10))
    #expect(rig.replies(to: 6).map(\.kind) == [.readTooOld])
  }
}
