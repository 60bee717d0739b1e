import Contract
import Guards
import Testing

@Suite("The guard idempotent: each update once")
struct IdempotentTests {
  @Test("a write delivered again is answered as the first time and changes nothing, also across crashes")
  func again() {
    var bench = ResourceBench(Idempotent.self)
    for loss in [nil, .memory, .unsynced] as [Lever.Loss?] {
      if let loss {
        bench.restart(loss)
        bench.settle()
      }
      #expect(bench.serve(.write, .by(1, id: 1, base: 0, value: 1)) == .done)
    }
    #expect(bench.all(.writeApplied).count == 1)
    #expect(bench.all(.writeAcknowledged).map { $0.c } == [1, 1, 1])
  }

  /// Client 1's write 1 comes again after client 2's write: on plain storage it would throw that one away.
  @Test("a late second delivery does not overwrite what came between")
  func late() {
    func contents(_ guardType: any Guard.Type) -> Int64? {
      var bench = ResourceBench(guardType)
      let first = Access.by(1, id: 1, base: 0, value: 1)
      _ = bench.serve(.write, first)
      _ = bench.serve(.write, .by(2, id: 1, base: 1, value: 2), from: ResourceBench.client2)
      _ = bench.serve(.write, first)
      _ = bench.serve(.read, .by(3, id: 2, writes: false))
      return bench.replies.last?.value
    }
    #expect(contents(Idempotent.self) == 2)
    #expect(contents(Unfenced.self) == 1)
  }

  @Test("the same number of another client, and another number of the same client, is another update")
  func others() {
    var bench = ResourceBench(Idempotent.self)
    for client in [ResourceBench.client1, ResourceBench.client2] {
      for id in 1...3 as ClosedRange<Int64> { _ = bench.serve(.write, .by(1, id: id), from: client) }
    }
    #expect(bench.all(.writeApplied).count == 6)
  }

  @Test("an update that overtook an older one does not make that one old: it was never applied")
  func overtaken() {
    var bench = ResourceBench(Idempotent.self)
    #expect(bench.serve(.write, .by(1, id: 7)) == .done)
    #expect(bench.serve(.write, .by(1, id: 3)) == .done)
    #expect(bench.all(.writeApplied).count == 2)
  }

  @Test("it does not tell a stale holder from a current one")
  func staleHolder() {
    var bench = ResourceBench(Idempotent.self)
    #expect(bench.serve(.write, .by(2, id: 1, base: 0, value: 1), from: ResourceBench.client2) == .done)
    #expect(bench.serve(.write, .by(1, id: 1, base: 0, value: 1)) == .done)
    #expect(bench.all(.writeApplied).count == 2)
  }
}
