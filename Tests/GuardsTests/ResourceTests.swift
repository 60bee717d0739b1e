import Contract
import Guards
import Testing

@Suite("The resource")
struct ResourceTests {
  typealias Deed = ResourceBench.Deed

  @Test("a write is on its way to the disk before it is recorded, and answered when it is there")
  func oneWrite() {
    var bench = ResourceBench(Unfenced.self)
    let applied = bench.deliver(.write, .by(1, id: 4, base: 0, value: 1))
    #expect(applied == [.persist(0), .sync(1), .record(.writeApplied)])
    #expect(bench.finishSync() == [.record(.writeAcknowledged), .reply(to: 2, id: 4, .done)])
    #expect(bench.finishSync() == [])
  }

  @Test("with nothing pending, reads and refusals are answered at once")
  func nothingPending() {
    var bench = ResourceBench(WriteRatchet.self)
    _ = bench.serve(.write, .by(2, value: 1))
    #expect(bench.deliver(.read, .by(1, id: 5)) == [.record(.readApplied), .reply(to: 2, id: 5, .done)])
    #expect(
      bench.deliver(.write, .by(1, id: 6)) == [.record(.writeRejected), .reply(to: 2, id: 6, .refusedToken)])
  }

  @Test("a read waits for the write that it saw")
  func readWaits() {
    var bench = ResourceBench(Unfenced.self)
    bench.deliver(.write, .by(1, id: 1, value: 1))
    #expect(bench.deliver(.read, .by(2, id: 2), from: ResourceBench.client2) == [.record(.readApplied)])
    #expect(bench.finishSync() == [
      .record(.writeAcknowledged), .reply(to: 2, id: 1, .done), .reply(to: 3, id: 2, .done),
    ])
  }

  /// Writes 1 | 2 3, with reads between: sync 1 covers write 1 and the read after it, sync 2 all the rest.
  @Test("one sync at a time, and the next covers all that came meanwhile, in order")
  func groupCommit() {
    var bench = ResourceBench(Unfenced.self)
    #expect(bench.deliver(.write, .by(1, id: 1)) == [.persist(0), .sync(1), .record(.writeApplied)])
    #expect(bench.deliver(.read, .by(1, id: 2)) == [.record(.readApplied)])
    #expect(bench.deliver(.write, .by(1, id: 3, lock: 1)) == [.persist(1), .record(.writeApplied)])
    #expect(bench.deliver(.read, .by(1, id: 4)) == [.record(.readApplied)])
    #expect(bench.deliver(.write, .by(1, id: 5)) == [.persist(0), .record(.writeApplied)])
    #expect(bench.finishSync() == [
      .record(.writeAcknowledged), .reply(to: 2, id: 1, .done), .reply(to: 2, id: 2, .done), .sync(2),
    ])
    #expect(bench.finishSync() == [
      .record(.writeAcknowledged), .reply(to: 2, id: 3, .done), .reply(to: 2, id: 4, .done),
      .record(.writeAcknowledged), .reply(to: 2, id: 5, .done),
    ])
    #expect(bench.replies.map { $0.version } == [1, 1, 1, 1, 2])
  }

  @Test("records carry the grant, the token and the versions that join them to the client's")
  func recordsJoin() {
    var bench = ResourceBench(WriteRatchet.self)
    _ = bench.serve(.write, .by(3, id: 8, base: 0, value: 5), from: ResourceBench.client2)
    for record in bench.records {
      #expect(record.client == ResourceBench.client2)
      #expect(record.lock == LockID(0) && record.grant == 3 && record.token.order == 3 && record.a == 8)
      #expect(record.c == 1)
    }
    #expect(bench.records.map { $0.kind } == [.writeApplied, .writeAcknowledged])
    #expect(bench.records[0].b == 0 && bench.records[0].d == 3)
  }

  @Test("guards without a highest token say -1")
  func noHighest() {
    var bench = ResourceBench(CompareAndSet.self)
    _ = bench.serve(.write, .by(3, base: 0, value: 1))
    _ = bench.serve(.read, .by(3, id: 2))
    #expect(bench.all(.writeApplied).map { $0.d } == [-1])
    #expect(bench.all(.readApplied).map { $0.d } == [-1])
  }

  @Test("jobs: the item's version is the next job, and a job whose turn is over is a duplicate")
  func jobs() {
    var bench = ResourceBench(Unfenced.self)
    for base in [0, 1, 1, 0, 2] as [Int64] { _ = bench.serve(.effect, .by(1, base: base)) }
    #expect(bench.all(.effectApplied).map { [$0.b, $0.c] } == [[0, 0], [1, 0], [1, 1], [0, 1], [2, 0]])
    #expect(bench.replies.last?.version == 3)
    #expect(bench.all(.writeAcknowledged).isEmpty)
  }

  @Test("items of one lock have versions of their own, and one guard")
  func items() {
    var bench = ResourceBench(WriteRatchet.self)
    #expect(bench.serve(.write, .by(2, id: 1, base: 0, value: 1, item: 5)) == .done)
    #expect(bench.serve(.write, .by(2, id: 2, base: 0, value: 1)) == .done)
    #expect(bench.replies.map { $0.version } == [1, 1])
    #expect(bench.serve(.write, .by(1, id: 3, base: 0, value: 1, item: 3)) == .refusedToken)
    #expect(bench.records.map { $0.item } == [5, 5, 0, 0, 3])
  }

  @Test("replies are no requests: the resource does not answer them")
  func repliesAreIgnored() {
    var bench = ResourceBench(Unfenced.self)
    #expect(bench.deliver(.writeReply, .by(1)) == [])
    #expect(bench.deliver(.readReply, .by(1)) == [])
  }

  @Test("an update applied before is answered as done, and changes nothing")
  func alreadyApplied() {
    var bench = ResourceBench(OncePerSection.self)
    #expect(bench.serve(.write, .by(1, id: 1, value: 1)) == .done)
    #expect(bench.serve(.write, .by(1, id: 1, value: 9)) == .done)
    #expect(bench.all(.writeApplied).count == 1)
    #expect(bench.all(.writeAcknowledged).count == 2)
    #expect(bench.replies.last?.value == 1)
  }
}

/// Applies the first update only, and calls every later one the same.
struct OncePerSection: Guard {
  static let name = "once"
  static let summary = "the first write"
  static let source = "this test"
  var memory = GuardMemory()

  init() {}
  init(restored memory: GuardMemory) { self.memory = memory }

  mutating func admitsWrite(_ access: Access, to item: Item) -> Ruling {
    item.version == 0 ? .accept : .alreadyApplied
  }
}
