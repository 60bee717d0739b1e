import Contract
import Guards
import Testing

@Suite("The guard recover-lease: who opened last may write")
struct RecoverLeaseTests {
  /// Opens, which is reading, and writes, by the numbers of the grants: `-2` opens, `2` writes.
  static func play(_ steps: [Int64], _ guardType: any Guard.Type = RecoverLease.self) -> [Bool] {
    var bench = ResourceBench(guardType)
    return steps.enumerated().map { number, step in
      let access = Access.by(abs(step), id: Int64(number), base: 0, value: 1, writes: step > 0)
      return bench.serve(step > 0 ? .write : .read, access) == .done
    }
  }

  @Test("shuts out who opened before, whatever the order of the tokens")
  func opened() {
    #expect(Self.play([-1, -2, 1, 2]) == [true, true, false, true])
    #expect(Self.play([-2, -1, 2, 1]) == [true, true, false, true])
    #expect(Self.play([-1, -2, 1, 2], Unfenced.self) == [true, true, true, true])
  }

  @Test("lets an old owner in that opens anew, where a ratchet on reads does not")
  func openedAgain() {
    #expect(Self.play([-2, -1, 1, 2]) == [true, true, true, false])
    #expect(Self.play([-2, -1, 1, 2], ReadWriteRatchet.self) == [true, false, false, true])
  }

  @Test("takes the first write to a new file for its opening")
  func created() { #expect(Self.play([1, 1, 2]) == [true, true, false]) }

  @Test("remembers the writer across a power failure")
  func crash() {
    var bench = ResourceBench(RecoverLease.self)
    _ = bench.serve(.read, .by(1, id: 1, writes: false))
    _ = bench.serve(.read, .by(2, id: 2, writes: false))
    bench.restart(.unsynced)
    bench.settle()
    #expect(bench.serve(.write, .by(1, id: 3, base: 0, value: 1)) == .refusedToken)
    #expect(bench.serve(.write, .by(2, id: 4, base: 0, value: 1)) == .done)
  }
}
