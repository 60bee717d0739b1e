import Contract
import Testing

@testable import Lab

@Suite("What runs cost")
struct RunMeasuresTests {
  /// One record of a client, which is a node's number, at so many milliseconds.
  struct Fact {
    let kind: Record.Kind
    let client: Int
    let at: Int64

    init(_ kind: Record.Kind, _ client: Int, at: Int64) {
      self.kind = kind
      self.client = client
      self.at = at
    }
  }

  func measured(_ facts: [Fact], locksHeld: Int = 1, end: Int64) -> RunMeasures {
    var measures = RunMeasures(
      Topology(services: 0, layers: 0, clients: 3), locksHeld: locksHeld)
    for fact in facts {
      var record = Record(fact.kind, lock: LockID(0), client: NodeID(fact.client))
      record.node = NodeID(fact.client)
      record.at = .start + .milliseconds(fact.at)
      measures.saw(record)
    }
    measures.finish(at: .start + .milliseconds(end))
    return measures
  }

  /// Client 1 waits 0...10, client 2 waits 5...60; nobody acquires in 10...60 while 2 waits.
  @Test("a wait lasts until the grant is known, a stall while somebody waits and nobody acquires")
  func waits() {
    let measures = measured(
      [
        Fact(.waiting, 1, at: 0), Fact(.waiting, 2, at: 5), Fact(.acquired, 1, at: 10),
        Fact(.sectionEnded, 1, at: 40), Fact(.acquired, 2, at: 60), Fact(.sectionEnded, 2, at: 90),
      ], end: 1000)
    #expect(measures.waits.total == 2 && measures.unfinishedWaits == 0)
    #expect(measures.waits.longest == .milliseconds(55))
    #expect(measures.longestStall == .milliseconds(50))
  }

  @Test("times in which nobody waits are no stall")
  func quiet() {
    let measures = measured(
      [
        Fact(.waiting, 1, at: 0), Fact(.acquired, 1, at: 1), Fact(.sectionEnded, 1, at: 2),
        Fact(.waiting, 1, at: 800), Fact(.acquired, 1, at: 803),
      ], end: 9000)
    #expect(measures.longestStall == .milliseconds(3))
  }

  /// Client 1 crashes after 20 ms of waiting, client 2 gives up after 30, client 3 still waits at the end.
  @Test("a wait that a crash, giving up or the end cuts off is unfinished, and the stall counts")
  func unfinished() {
    let measures = measured(
      [
        Fact(.waiting, 1, at: 0), Fact(.crashed, 1, at: 20), Fact(.waiting, 2, at: 100),
        Fact(.sectionEnded, 2, at: 130), Fact(.waiting, 3, at: 200),
      ], end: 270)
    #expect(measures.waits.total == 0 && measures.unfinishedWaits == 3)
    #expect(measures.longestStall == .milliseconds(70))
  }

  @Test("of several locks each has a wait of its own, and the crash of the resource ends none")
  func several() {
    let measures = measured(
      [
        Fact(.waiting, 1, at: 0), Fact(.acquired, 1, at: 10), Fact(.crashed, 0, at: 12),
        Fact(.acquired, 1, at: 40), Fact(.acquired, 1, at: 99),
      ], locksHeld: 2, end: 100)
    #expect(measures.waits.total == 2 && measures.unfinishedWaits == 0)
    #expect(measures.waits.longest == .milliseconds(30))
  }

  @Test("percentiles of spans are by nearest rank, exact below 256 ns, and never 1 % too long")
  func percentiles() throws {
    var spans = SpanHistogram()
    #expect(spans.percentile(50) == nil)
    for nanos in 1...100 { spans.add(Nanos(Int64(nanos))) }
    #expect(spans.percentile(50) == Nanos(50))
    #expect(spans.percentile(99) == Nanos(99))
    #expect(spans.percentile(100) == Nanos(100))
    for exponent in 0..<63 {
      for offset: Int64 in [-1, 0, 1] {
        let nanos = max(0, (1 << Int64(exponent)) &+ offset &* 3)
        var pair = SpanHistogram()
        pair.add(Nanos(nanos))
        pair.add(Nanos(.max))
        let found = try #require(pair.percentile(50)).count
        #expect(found >= nanos && found - nanos <= nanos / 100, "\(nanos): \(found)")
        #expect(pair.percentile(100) == Nanos(.max))
      }
    }
  }

  @Test("spans put together are those of all, in any order")
  func sums() {
    var left = SpanHistogram(), right = SpanHistogram(), all = SpanHistogram()
    for step in 1...500 {
      let span = Nanos(Int64(step * step * 977))
      if step % 3 == 0 { left.add(span) } else { right.add(span) }
      all.add(span)
    }
    var one = left, other = right
    one.add(right)
    other.add(left)
    #expect(one == all && other == all)
  }
}
