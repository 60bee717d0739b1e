import Contract
import Guards
import Testing

@Suite("The resource, crashed and restarted")
struct ResourceCrashTests {
  typealias Deed = ResourceBench.Deed

  @Test("the highest token of an acknowledged write outlives a power failure", arguments: NamedGuard.all)
  func highestIsKept(_ named: NamedGuard) {
    var bench = ResourceBench(named.type)
    _ = bench.serve(.write, .by(7, base: 0, value: 3))
    bench.restart(.unsynced)
    bench.settle()
    let restored = bench.all(.itemRestored)
    #expect(restored.map { [$0.b, $0.c, $0.d] } == [[3, 1, named.type.keepsHighest ? 7 : -1]])
    let stale = bench.serve(.write, .by(6, base: 1, value: 4))
    let isFenced = named.type.keepsHighest || named.type == RecoverLease.self
    #expect(stale == (isFenced ? .refusedToken : .done))
  }

  @Test("what no client was told may go in a power failure, and nobody was told")
  func unsyncedGoes() {
    var bench = ResourceBench(WriteRatchet.self)
    _ = bench.serve(.write, .by(1, id: 1, value: 1))
    bench.deliver(.write, .by(2, id: 2, value: 2))
    bench.restart(.unsynced)
    bench.settle()
    #expect(bench.replies.map { $0.id } == [1])
    #expect(bench.all(.itemRestored).map { [$0.c, $0.d] } == [[1, 1]])
    #expect(bench.all(.writeAcknowledged).map { $0.a } == [1])
  }

  @Test("a process crash keeps what was written, and nobody is told of it before it is synced")
  func writtenIsSyncedFirst() {
    var bench = ResourceBench(Unfenced.self)
    bench.deliver(.write, .by(1, id: 1, value: 5))
    #expect(bench.restart(.memory) == [.record(.itemRestored), .sync(1)])
    #expect(bench.deliver(.read, .by(2, id: 2)) == [.record(.readApplied)])
    #expect(bench.finishSync() == [.reply(to: 2, id: 2, .done)])
    #expect(bench.replies.map { $0.value } == [5])
    bench.restart(.unsynced)
    #expect(bench.all(.itemRestored).last?.b == 5)
  }

  @Test("items come back in slot order, and locks between them are fresh")
  func slotOrder() {
    var bench = ResourceBench(WriteRatchet.self)
    for lock in [6, 2, 4] { _ = bench.serve(.write, .by(9, value: Int64(lock), lock: lock)) }
    bench.restart(.memory)
    bench.settle()
    #expect(bench.all(.itemRestored).map { $0.lock.index } == [2, 4, 6])
    #expect(bench.all(.itemRestored).map { $0.b } == [2, 4, 6])
    #expect(bench.serve(.write, .by(1, value: 1, lock: 3)) == .done)
    #expect(bench.serve(.write, .by(1, value: 1, lock: 4)) == .refusedToken)
  }

  /// Items 0, 3 and 7; only the first shares its slot with the guard.
  @Test("all items of a lock come back, and the guard's token before the first of them is told")
  func itemsComeBack() {
    var bench = ResourceBench(WriteRatchet.self)
    for item in [3, 7, 0] as [UInt16] {
      _ = bench.serve(.write, .by(9, id: Int64(item) + 1, value: Int64(item), lock: 2, item: item))
    }
    _ = bench.serve(.write, .by(9, id: 9, value: 70, lock: 2, item: 7))
    bench.restart(.unsynced)
    bench.settle()
    let restored = bench.all(.itemRestored)
    #expect(restored.map { Int($0.item) } == [0, 3, 7])
    #expect(restored.map { [$0.b, $0.c, $0.d] } == [[0, 1, 9], [3, 1, 9], [70, 2, 9]])
    #expect(bench.serve(.write, .by(8, lock: 2, item: 3)) == .refusedToken)
    #expect(bench.serve(.write, .by(8, lock: 3, item: 3)) == .done)
  }

  @Test("a lost disk leaves a machine that knows nothing, and says so once")
  func diskLost() {
    var bench = ResourceBench(WriteRatchet.self)
    _ = bench.serve(.write, .by(7, value: 3))
    #expect(bench.restart(.disk) == [.record(.itemRestored)])
    let restored = bench.all(.itemRestored)
    #expect(restored.map { [Int64($0.lock.index), $0.b, $0.c, $0.d] } == [[-1, 0, 0, 0]])
    #expect(bench.serve(.write, .by(1, value: 1)) == .done)
  }

  @Test("replaced unique tokens outlive crashes, and are on the disk no later than their successor")
  func replacedTokensAreKept() {
    var bench = ResourceBench(UniqueToken.self)
    for grant in 1...3 as ClosedRange<Int64> { _ = bench.serve(.write, .by(grant, value: grant)) }
    let second = Int64(2) << 32, third = Int64(3) << 32
    #expect(bench.written.map { $0.slot } == [0, 1 << 32, second])
    bench.restart(.unsynced)
    bench.settle()
    #expect(bench.serve(.write, .by(1)) == .refusedToken)
    #expect(bench.serve(.write, .by(2)) == .refusedToken)
    #expect(bench.serve(.write, .by(3, value: 4)) == .done)
    let deeds = bench.deliver(.write, .by(4, id: 2, value: 5))
    #expect(deeds == [.persist(third), .persist(0), .sync(3), .record(.writeApplied)])
  }

  /// A disk that kept the slot of the replaced token (first) and lost the item's (second).
  @Test("half of an unsynced change on the disk shuts out nobody who was current")
  func halfWrittenChange() {
    var bench = ResourceBench(UniqueToken.self)
    _ = bench.serve(.write, .by(1, value: 1))
    let item = bench.written[0]
    bench.deliver(.write, .by(2, value: 2))
    bench.written[0] = item
    bench.restart(.memory)
    bench.settle()
    #expect(bench.serve(.write, .by(1, value: 2)) == .done)
    #expect(bench.serve(.write, .by(2, value: 3)) == .done)
    #expect(bench.serve(.write, .by(1, value: 4)) == .refusedToken)
  }

  @Test("planted bug: with a guard that forgets, the stale token comes through and the record shows it")
  func forgetfulGuard() {
    var bench = ResourceBench(Forgetful.self)
    _ = bench.serve(.write, .by(7, value: 1))
    #expect(bench.serve(.write, .by(6, value: 2)) == .refusedToken)
    bench.restart(.memory)
    bench.settle()
    #expect(bench.all(.itemRestored).map { $0.d } == [0])
    #expect(bench.serve(.write, .by(6, value: 2)) == .done)
    #expect(bench.all(.writeApplied).map { $0.d } == [7, 6])
  }
}

/// A write ratchet that does not give its highest token to the disk.
struct Forgetful: Guard {
  static let name = "forgetful"
  static let summary = "a ratchet in memory only"
  static let source = "this test"
  static let needs = TokenKind.ordered
  static let keepsHighest = true
  var memory = GuardMemory()

  init() {}
  init(restored memory: GuardMemory) {}

  mutating func admitsWrite(_ access: Access, to item: Item) -> Ruling {
    guard access.token.order >= memory.highest else { return .refuseToken }
    memory.highest = access.token.order
    return .accept
  }
}
