import Contract
import Guards
import Testing

@Suite("The guard causal-context: siblings instead of refusals")
struct CausalContextTests {
  /// Both have read version 0; what the next reader gets, and the records of the second write.
  static func conflict(_ guardType: any Guard.Type) -> ResourceBench {
    var bench = ResourceBench(guardType)
    _ = bench.serve(.write, .by(1, id: 1, base: 0, value: 1))
    _ = bench.serve(.write, .by(2, id: 2, base: 0, value: 1), from: ResourceBench.client2)
    _ = bench.serve(.read, .by(3, id: 3, writes: false))
    return bench
  }

  @Test("keeps a write that missed the latest one beside it, and the next reader gets both")
  func siblings() {
    let bench = Self.conflict(CausalContext.self)
    #expect(bench.replies.map { $0.outcome } == [.done, .done, .done])
    #expect(bench.replies.last.map { [$0.version, $0.value] } == [2, 2])
    #expect(bench.all(.siblingKept).map { [$0.a, $0.b, $0.c] } == [[2, 0, 2]])
    // Nothing was thrown away: the second application stands on all that the first had left.
    #expect(bench.all(.writeApplied).map { [$0.b, $0.c] } == [[0, 1], [1, 2]])
  }

  @Test("where its twins overwrite or refuse")
  func twins() {
    let plain = Self.conflict(Unfenced.self), refusing = Self.conflict(CompareAndSet.self)
    #expect(plain.replies.last.map { [$0.version, $0.value] } == [2, 1])
    #expect(refusing.replies.last.map { [$0.version, $0.value] } == [1, 1])
    #expect(refusing.replies[1].outcome == .refusedVersion)
    #expect(plain.all(.siblingKept).isEmpty && refusing.all(.siblingKept).isEmpty)
  }

  @Test("lets the write of who has seen all siblings take their place")
  func merge() {
    var bench = Self.conflict(CausalContext.self)
    #expect(bench.serve(.write, .by(3, id: 4, base: 2, value: 3)) == .done)
    #expect(bench.replies.last.map { [$0.version, $0.value] } == [3, 3])
    #expect(bench.all(.siblingKept).count == 1)
  }

  @Test("keeps the siblings across a power failure")
  func crash() {
    var bench = Self.conflict(CausalContext.self)
    bench.restart(.unsynced)
    bench.settle()
    #expect(bench.serve(.read, .by(4, id: 5, writes: false)) == .done)
    #expect(bench.replies.last.map { [$0.version, $0.value] } == [2, 2])
  }
}
