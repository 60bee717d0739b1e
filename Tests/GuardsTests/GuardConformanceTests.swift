import Contract
import Guards
import Testing

/// A guard type with a name that test output can show.
struct NamedGuard: CustomTestStringConvertible, Sendable {
  let type: any Guard.Type
  var testDescription: String { type.name }

  static let all = GuardCatalog.all.map { NamedGuard(type: $0) }
}

@Suite("Every guard")
struct GuardConformanceTests {
  @Test("the catalog names the guards in the contract's order")
  func catalogOrder() {
    #expect(GuardCatalog.all.map { $0.name } == [
      "unfenced", "write-ratchet", "strict-ratchet", "read-write-ratchet", "unique-token", "recover-lease",
      "compare-and-set", "causal-context", "paired-token", "optimistic", "idempotent", "in-store",
    ])
    #expect(GuardCatalog.all.filter { $0.livesInStore }.map { $0.name } == ["in-store"])
    #expect(GuardCatalog.all.filter { $0.keepsHighest }.map { $0.name } == [
      "write-ratchet", "strict-ratchet", "read-write-ratchet", "paired-token",
    ])
    #expect(GuardCatalog.all.filter { $0.needs == .ordered }.map { $0.name } == [
      "write-ratchet", "strict-ratchet", "read-write-ratchet",
    ])
    #expect(GuardCatalog.all.filter { $0.needs == .paired }.map { $0.name } == ["paired-token"])
    #expect(GuardCatalog.all.filter { $0.needs == .unique }.map { $0.name } == [
      "unique-token", "recover-lease",
    ])
    #expect(GuardCatalog.all.filter { $0.keepsSiblings }.map { $0.name } == ["causal-context"])
  }

  @Test("each says in one line what it accepts, and where it comes from", arguments: NamedGuard.all)
  func words(_ named: NamedGuard) {
    #expect(!named.type.summary.isEmpty && named.type.summary.count <= 110)
    #expect(!named.type.source.isEmpty)
  }

  /// 3 holders, one after the other, each reads version v and writes version v + 1.
  @Test("holders that take turns are never refused", arguments: NamedGuard.all)
  func takingTurns(_ named: NamedGuard) {
    var bench = ResourceBench(named.type)
    for grant in 1...3 as ClosedRange<Int64> {
      #expect(bench.serve(.read, .by(grant, id: 2 * grant, writes: false)) == .done)
      #expect(bench.serve(.write, .by(grant, id: 2 * grant + 1, base: grant - 1, value: grant)) == .done)
    }
    #expect(bench.replies.last?.version == 3)
    #expect(bench.replies.last?.value == 3)
  }

  @Test("turns may be taken across crashes that keep the disk", arguments: NamedGuard.all)
  func takingTurnsAcrossCrashes(_ named: NamedGuard) {
    var bench = ResourceBench(named.type)
    for grant in 1...3 as ClosedRange<Int64> {
      #expect(bench.serve(.read, .by(grant, id: 2 * grant, writes: false)) == .done)
      bench.restart(.unsynced)
      bench.settle()
      #expect(bench.serve(.write, .by(grant, id: 2 * grant + 1, base: grant - 1, value: grant)) == .done)
      bench.restart(.memory)
      bench.settle()
    }
  }

  @Test("a guard made again from its memory rules as before", arguments: NamedGuard.all)
  func restoredGuardRulesAlike(_ named: NamedGuard) {
    for written in [[1], [1, 2], [2, 1], [1, 3, 2]] as [[Int64]] {
      var bench = ResourceBench(named.type)
      for grant in written { _ = bench.serve(.write, .by(grant, base: 0, value: 1)) }
      for next in 1...4 as ClosedRange<Int64> {
        var running = bench
        var restarted = bench
        restarted.restart(.unsynced)
        restarted.settle()
        let access = Access.by(next, id: 9, base: 1, value: 2)
        #expect(running.serve(.write, access) == restarted.serve(.write, access), "\(written), then \(next)")
      }
    }
  }

  /// 2 locks: what happens to the first (token 9) leaves the second (token 1) alone.
  @Test("each lock's items have a guard of their own", arguments: NamedGuard.all)
  func itemsAreApart(_ named: NamedGuard) {
    var bench = ResourceBench(named.type)
    #expect(bench.serve(.write, .by(9, base: 0, value: 1, lock: 5)) == .done)
    #expect(bench.serve(.write, .by(1, base: 0, value: 7, lock: 0)) == .done)
    #expect(bench.replies.map { $0.version } == [1, 1])
  }

  @Test("an effect passes every guard, and a second one for its job is counted", arguments: NamedGuard.all)
  func effectsPass(_ named: NamedGuard) {
    var bench = ResourceBench(named.type)
    #expect(bench.serve(.write, .by(9, base: 0, value: 1)) == .done)
    #expect(bench.serve(.effect, .by(2, id: 2, base: 1)) == .done)
    #expect(bench.serve(.effect, .by(1, id: 3, base: 1)) == .done)
    #expect(bench.all(.effectApplied).map { [$0.a, $0.b, $0.c] } == [[2, 1, 0], [3, 1, 1]])
    #expect(bench.all(.writeAcknowledged).count == 1)
  }
}
