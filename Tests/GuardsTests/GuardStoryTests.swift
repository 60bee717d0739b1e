import Contract
import Guards
import Testing

@Suite("What each guard stops and lets through")
struct GuardStoryTests {
  /// Clients 1 and 2 read version 0 with tokens 1 and 2, both pause, then write in the order of their tokens.
  func twoPausedHolders(_ guardType: any Guard.Type) -> [AccessReply.Outcome?] {
    var bench = ResourceBench(guardType)
    _ = bench.serve(.read, .by(1, id: 1, writes: false))
    _ = bench.serve(.read, .by(2, id: 1, writes: false), from: ResourceBench.client2)
    return [
      bench.serve(.write, .by(1, id: 2, base: 0, value: 1)),
      bench.serve(.write, .by(2, id: 2, base: 0, value: 1), from: ResourceBench.client2),
    ]
  }

  @Test("idelvall's two paused holders: ratchets on writes accept both, so that an update is lost")
  func idelvallPassesWriteRatchets() {
    #expect(twoPausedHolders(WriteRatchet.self) == [.done, .done])
    #expect(twoPausedHolders(StrictRatchet.self) == [.done, .done])
    #expect(twoPausedHolders(UniqueToken.self) == [.done, .done])
  }

  @Test("idelvall's two paused holders: a ratchet on reads refuses the older one")
  func idelvallStoppedByReads() {
    #expect(twoPausedHolders(ReadWriteRatchet.self) == [.refusedToken, .done])
  }

  @Test("idelvall's two paused holders: compare-and-set lets the first write win")
  func idelvallStoppedByVersions() {
    #expect(twoPausedHolders(CompareAndSet.self) == [.done, .refusedVersion])
  }

  @Test("the article's figure: token 33 comes after 34 was written, and every ratchet refuses it")
  func articleFigure() {
    for guardType in [WriteRatchet.self, StrictRatchet.self, ReadWriteRatchet.self] as [any Guard.Type] {
      var bench = ResourceBench(guardType)
      #expect(bench.serve(.write, .by(34, value: 1)) == .done)
      #expect(bench.serve(.write, .by(33, value: 1)) == .refusedToken)
      #expect(bench.all(.writeApplied).map { $0.d } == [34])
      #expect(bench.all(.writeRejected).map { [$0.a, $0.b] } == [[1, 1]])
    }
    var unfenced = ResourceBench(Unfenced.self)
    #expect(unfenced.serve(.write, .by(34, value: 1)) == .done)
    #expect(unfenced.serve(.write, .by(33, value: 1)) == .done)
  }

  @Test("a write delivered twice is applied again unless the guard spends the token or the version")
  func retransmission() {
    func twice(_ guardType: any Guard.Type) -> [AccessReply.Outcome?] {
      var bench = ResourceBench(guardType)
      let access = Access.by(1, base: 0, value: 1)
      return [bench.serve(.write, access), bench.serve(.write, access)]
    }
    #expect(twice(Unfenced.self) == [.done, .done])
    #expect(twice(WriteRatchet.self) == [.done, .done])
    #expect(twice(ReadWriteRatchet.self) == [.done, .done])
    #expect(twice(UniqueToken.self) == [.done, .done])
    #expect(twice(StrictRatchet.self) == [.done, .refusedToken])
    #expect(twice(CompareAndSet.self) == [.done, .refusedVersion])
  }

  @Test("write ratchets leave reads alone; the read ratchet refuses an old reader")
  func staleReads() {
    for guardType in GuardCatalog.all {
      var bench = ResourceBench(guardType)
      #expect(bench.serve(.write, .by(2, base: 0, value: 1)) == .done)
      let stale = bench.serve(.read, .by(1, id: 2, writes: false))
      #expect(stale == (guardType == ReadWriteRatchet.self ? .refusedToken : .done), "\(guardType.name)")
    }
  }

  @Test("a read of the item raises the ratchet on reads, and says so in its record")
  func readRaises() {
    var bench = ResourceBench(ReadWriteRatchet.self)
    _ = bench.serve(.read, .by(7, writes: false))
    #expect(bench.all(.readApplied).map { $0.d } == [7])
    #expect(bench.serve(.write, .by(6, value: 1)) == .refusedToken)
  }

  @Test("Mullaney: without any lock, of two writers that read the same version one is refused")
  func mullaney() {
    var bench = ResourceBench(CompareAndSet.self)
    let nobody = Token.none
    func write(_ id: Int64, base: Int64) -> Access {
      Access(lock: LockID(0), writes: true, id: id, token: nobody, stamp: 0, base: base, value: base + 1)
    }
    #expect(bench.serve(.write, write(1, base: 0)) == .done)
    #expect(bench.serve(.write, write(2, base: 0)) == .refusedVersion)
    #expect(bench.serve(.write, write(3, base: 1)) == .done)
    #expect(bench.serve(.write, write(4, base: -1)) == .refusedVersion)
    #expect(bench.all(.writeApplied).map { [$0.b, $0.c] } == [[0, 1], [1, 2]])
  }

  @Test("UUIDs: a holder paused before its first write is taken for a new one, and shuts the real one out")
  func unseenUUID() {
    var bench = ResourceBench(UniqueToken.self)
    #expect(bench.serve(.write, .by(2, value: 1)) == .done)
    #expect(bench.serve(.write, .by(1, value: 1)) == .done)
    #expect(bench.serve(.write, .by(2, value: 2)) == .refusedToken)
  }

  @Test("UUIDs: a token that was replaced never comes back, however many came after it")
  func replacedUUID() {
    var bench = ResourceBench(UniqueToken.self)
    for grant in 1...100 as ClosedRange<Int64> {
      #expect(bench.serve(.write, .by(grant, value: grant)) == .done)
    }
    for grant in 1...99 as ClosedRange<Int64> { #expect(bench.serve(.write, .by(grant)) == .refusedToken) }
    #expect(bench.serve(.write, .by(100, value: 101)) == .done)
  }

  @Test("a token without a value of its own counts by its order; no token at all is refused")
  func orderedTokensAreUnique() {
    var rule = UniqueToken()
    func write(_ token: Token) -> Ruling {
      let access = Access(lock: LockID(0), writes: true, id: 1, token: token, stamp: 1)
      return rule.admitsWrite(access, to: Item())
    }
    #expect(write(Token(order: 5)) == .accept)
    #expect(write(Token(order: 6)) == .accept)
    #expect(write(Token(order: 5)) == .refuseToken)
    #expect(write(.none) == .refuseToken)
  }
}
