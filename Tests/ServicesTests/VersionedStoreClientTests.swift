import Contract
import Services
import Testing

/// The client library, message by message: a hand plays the store.
struct ClientBench {
  enum Timer: UInt8, TimerName { case store = 1 }

  var client = StoreClient(store: StoreRig.store, incarnation: 0, timer: Timer.store)
  var now: Int64 = 0
  var chance = Chance(salt: 1)
  var sent: [(message: StoreMessage, words: [Int64])] = []
  /// The delay last set, by key.
  var timers: [UInt64: Nanos] = [:]

  mutating func act<Result>(_ step: (inout StoreClient, inout Turn) -> Result) -> Result {
    var turn = Turn()
    turn.now = LocalClocks(wall: LocalTime(nanos: now), monotonic: LocalTime(nanos: now))
    turn.chance = chance
    let result = step(&client, &turn)
    for effect in turn.effects {
      switch effect {
      case .send(let envelope, _):
        let words = envelope.parcel >= 0 ? turn.parcels.take(envelope.parcel) : []
        sent.append((envelope.read(as: StoreMessage.self), words))
      case .setTimer(_, let key, let delay): timers[key] = delay
      case .cancelTimer(_, let key): timers[key] = nil
      default: Issue.record("the client only talks")
      }
    }
    chance = turn.chance
    return result
  }

  /// The store answers the message sent last.
  mutating func reply(_ kind: StoreMessage.Kind, version: Int64 = 0, to index: Int? = nil) -> StoreEvent? {
    let request = sent[index ?? sent.count - 1].message
    var reply = StoreMessage(kind, transaction: request.transaction, request: request.request)
    reply.key = request.key
    reply.version = version
    return act { $0.handle(reply, &$1) }
  }

  mutating func fire(_ id: TransactionID) -> StoreEvent? {
    now += timers[id.number]?.count ?? 0
    return act { $0.timedOut(id.number, &$1) }
  }

  /// A transaction that has its read version and a write.
  mutating func ready(at version: Int64 = 100) -> TransactionID {
    let id = act { $0.begin(&$1) }
    #expect(reply(.readVersion, version: version) == .readVersion(id, version))
    act { client, _ in client.set(storeKey(1), to: DiskValue(1), in: id) }
    return id
  }
}

@Suite struct VersionedStoreClientTests {
  @Test("a transaction goes from read version over reads to its commit version")
  func wholeTransaction() {
    var bench = ClientBench()
    let id = bench.ready()
    bench.act { $0.read(storeKey(1), in: id, &$1) }
    #expect(bench.sent.last?.message.version == 100)
    #expect(bench.reply(.value) == .value(id, storeKey(1), nil))
    #expect(bench.act { $0.commit(id, &$1) } == nil)
    #expect(bench.sent.last?.message.kind == .commit)
    #expect(bench.reply(.committed, version: 200) == .ended(id, .committed(version: 200, order: 0)))
    #expect(bench.timers.isEmpty && bench.client.openCount == 0)
  }

  @Test("T9: a transaction that writes nothing succeeds at once and sends no commit")
  func readOnly() {
    var bench = ClientBench()
    let id = bench.act { $0.begin(&$1) }
    _ = bench.reply(.readVersion, version: 5)
    bench.act { $0.read(storeKey(1), in: id, &$1) }
    _ = bench.reply(.value)
    #expect(bench.act { $0.commit(id, &$1) } == .ended(id, .committed(version: -1, order: 0)))
    #expect(bench.sent.map { $0.message.kind } == [.getReadVersion, .read])
  }

  @Test("a snapshot read leaves no conflict key; a blind write gets one of its own, read and written")
  func conflictKeys() {
    var bench = ClientBench()
    let id = bench.ready()
    bench.act { $0.read(storeKey(7), in: id, asSnapshot: true, &$1) }
    _ = bench.reply(.value)
    _ = bench.act { $0.commit(id, &$1) }
    let words = bench.sent.last?.words ?? []
    // A set of six words, then a read key and the same key as written.
    #expect(words.count == 10 && words[7] == words[9] && !words.contains(storeKey(7).packed))
    let other = bench.ready()
    bench.act { $0.read(storeKey(1), in: other, &$1) }
    _ = bench.reply(.value)
    _ = bench.act { $0.commit(other, &$1) }
    #expect(bench.sent.last?.words.count == 8)
  }

  @Test("lost read version requests and reads are sent again after 2 s")
  func resends() {
    var bench = ClientBench()
    let id = bench.act { $0.begin(&$1) }
    #expect(bench.fire(id) == nil)
    #expect(bench.sent.map { $0.message.kind } == [.getReadVersion, .getReadVersion])
    _ = bench.reply(.readVersion, version: 1)
    #expect(bench.reply(.readVersion, version: 2, to: 0) == nil)
    bench.act { $0.read(storeKey(1), in: id, &$1) }
    bench.act { $0.read(storeKey(2), in: id, &$1) }
    #expect(bench.reply(.value, to: 2) == .value(id, storeKey(1), nil))
    _ = bench.fire(id)
    #expect(bench.sent.last?.message.key == storeKey(2) && bench.sent.count == 5)
  }

  @Test("a refused read, a conflict and an old snapshot end the transaction", arguments: [0, 1, 2])
  func refusals(which: Int) {
    var bench = ClientBench()
    let id = bench.ready()
    if which == 0 {
      bench.act { $0.read(storeKey(1), in: id, &$1) }
      #expect(bench.reply(.readTooOld) == .ended(id, .tooOld))
    } else {
      _ = bench.act { $0.commit(id, &$1) }
      let event = bench.reply(which == 1 ? .conflict : .tooOld)
      #expect(event == .ended(id, which == 1 ? .conflict : .tooOld))
    }
  }

  @Test("T4: a lost commit is 1021 only after a probe of its key has committed", arguments: [true, false])
  func probes(isLost: Bool) {
    var bench = ClientBench()
    let id = bench.ready()
    _ = bench.act { $0.commit(id, &$1) }
    let commit = bench.sent.count - 1
    _ = isLost ? bench.fire(id) : bench.reply(.unknown)
    #expect(bench.sent.last?.message.kind == .getReadVersion)
    // The true answer comes too late.
    #expect(bench.reply(.committed, version: 150, to: commit) == nil)
    #expect(bench.reply(.readVersion, version: 140) == nil)
    #expect(bench.sent.last?.message.kind == .probe && bench.sent.last?.message.version == 140)
    let key = bench.sent[commit].words.last
    #expect(bench.sent.last?.words[1] == key && bench.sent.last?.words[3] == key)
    // It conflicts with the commit itself and rests before it asks anew.
    #expect(bench.reply(.conflict) == nil)
    #expect((bench.timers[id.number] ?? .seconds(9)) <= StoreBackoff.first)
    #expect(bench.fire(id) == nil)
    #expect(bench.reply(.readVersion, version: 160) == nil)
    #expect(bench.reply(.committed, version: 170) == .ended(id, .unknown))
    #expect(bench.timers.isEmpty)
  }

  @Test("T5: an abandoned commit may still be applied, and its answer is nobody's")
  func abandons() {
    var bench = ClientBench()
    let id = bench.ready()
    _ = bench.act { $0.commit(id, &$1) }
    bench.act { $0.abandon(id, &$1) }
    #expect(bench.reply(.committed, version: 150) == nil)
    #expect(bench.timers.isEmpty && bench.client.openCount == 0)
    let next = bench.act { $0.begin(&$1) }
    #expect(next.slot == id.slot && next != id)
    #expect(bench.reply(.readVersion, version: 1, to: 0) == nil)
  }

  @Test("a restarted process takes no answer that was meant for the last one")
  func incarnations() {
    var bench = ClientBench()
    let id = bench.act { $0.begin(&$1) }
    bench.client = StoreClient(store: StoreRig.store, incarnation: 1, timer: ClientBench.Timer.store)
    let next = bench.act { $0.begin(&$1) }
    #expect(next != id && bench.reply(.readVersion, version: 1, to: 0) == nil)
    #expect(bench.reply(.readVersion, version: 2) == .readVersion(next, 2))
  }

  /// Bounds of 10, 20, 40 ... 640 ms, then 1 s.
  @Test("T12: the k-th pause is at most min(1 s, 10 ms x 2^k), and an old snapshot does not grow it")
  func backoff() {
    var turn = Turn()
    for _ in 0..<50 {
      var backoff = StoreBackoff()
      for step in 0..<10 {
        let bound = min(10_000_000 << Int64(step), 1_000_000_000) as Int64
        #expect(backoff.delay(after: .tooOld, &turn) == .milliseconds(10))
        #expect(backoff.delay(after: step % 2 == 0 ? .conflict : .unknown, &turn).count <= bound)
      }
    }
  }

  @Test("parcels and messages keep what was put in; words that mean nothing end a parcel")
  func encodings() {
    var commit = StoreCommit()
    let token = Token(order: -5, unique: .max)
    let mark = StoreMark(.removed, client: .none, token: token, stamp: 1, a: 2, b: 3, c: 4)
    commit.add(mark)
    #expect(commit.words.count == 8)
    #expect(MemoryLayout<StoreMessage>.size <= 72)
    #expect(StoreKey(space: 119, id: 1 << 56 - 1).id == 1 << 56 - 1)
    #expect(StoreKey(space: 119, id: 5).space == 119)
    #expect(StoreMessage.words.count == Int(StoreMessage.Kind.copy.rawValue) + 1)

    var rig = StoreRig()
    rig.run(for: .milliseconds(5))
    var message = StoreMessage(.commit, transaction: 1, request: 1)
    message.value = DiskValue(1, 0)
    rig.tell(message, [Int64](commit.words.prefix(5)))
    message.transaction = 2
    message.value = DiskValue(2, 0)
    rig.tell(message, commit.words)
    rig.run(for: .milliseconds(5))
    #expect(rig.records.count == 1)
    #expect(rig.records[0].token == mark.token && rig.records[0].client == mark.client)
    #expect(rig.records[0].lock == .none)
  }
}
