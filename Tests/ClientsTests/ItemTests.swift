import Contract
import Testing

@testable import Clients

@Suite("A section on a lock with several items")
struct ItemTests {
  func load(items: Int, read: Int, _ choice: Load.Choice, locks: Int = 1) -> Load {
    var load = Load(clients: 10)
    load.locks = locks
    load.items = items
    load.itemsRead = read
    load.choice = choice
    return load
  }

  /// The items that a client's first section reads, the one to write first.
  func items(_ load: Load, client: Int = 1, draw: Int = 1) -> [Int] {
    var bench = ProgramBench(load, client: client)
    bench.chance = Chance(seed: UInt64(draw), "client", client)
    bench.handle(.start)
    _ = bench.granted((client - 1) % load.locks)
    return bench.accesses.map { Int($0.item) }
  }

  @Test("fixed: clients of one lock take its items in turn, and read on from their own")
  func fixed() {
    let load = load(items: 3, read: 2, .fixed, locks: 2)
    #expect((1...6).map { items(load, client: $0) } == [[0, 1], [0, 1], [1, 2], [1, 2], [2, 0], [2, 0]])
  }

  /// 6000 draws of 2 out of 4 in order: 12 ordered pairs, about 500 draws each; 5 deviations are 108.
  @Test("uniform: the items differ, and every one to write with every other is as likely")
  func uniform() {
    let load = load(items: 4, read: 2, .uniform)
    var counts = [Int](repeating: 0, count: 16)
    for draw in 1...6000 {
      let drawn = items(load, draw: draw)
      #expect(drawn.count == 2 && drawn[0] != drawn[1])
      counts[drawn[0] * 4 + drawn[1]] += 1
    }
    for pair in 0..<16 where pair / 4 != pair % 4 { #expect(abs(counts[pair] - 500) < 108) }
  }

  @Test("as many as there are: all of them, once each")
  func all() {
    for draw in 1...50 {
      #expect(items(load(items: 7, read: 7, .uniform), draw: draw).sorted() == Array(0..<7))
    }
  }

  @Test("the hold begins when all reads are answered, and the write brings what was read beside it")
  func readSet() {
    var bench = ProgramBench(load(items: 3, read: 3, .fixed), client: 2)
    bench.handle(.start)
    _ = bench.granted()
    #expect(bench.accesses.map { $0.item } == [1, 2, 0])
    #expect(bench.answered(version: 20, back: 0) == ["[read]"])
    #expect(bench.answered(version: 40, value: 4, back: 2) == ["[read]"])
    #expect(bench.answered(version: 30, back: 1) == ["[read]", "holdOver in 500"])
    _ = bench.due(.holdOver, at: 600)
    #expect(bench.accesses.last.map { [Int64($0.item), $0.base, $0.value] } == [1, 40, 5])
    #expect(bench.readSet == [2, 30, 0, 20])
    #expect(bench.answered(version: 41).contains("release 1"))
  }

  @Test("a refused read ends the section, whichever item it was of")
  func refused() {
    var bench = ProgramBench(load(items: 2, read: 2, .fixed))
    bench.handle(.start)
    _ = bench.granted()
    #expect(bench.answered(.refusedToken, back: 0).contains("release 1"))
  }

  @Test("one item: nothing is drawn and nothing goes beside the write")
  func one() {
    var bench = ProgramBench(load(items: 1, read: 1, .fixed))
    let before = bench.chance
    bench.startHolding()
    _ = bench.due(.holdOver, at: 600)
    #expect(bench.accesses.map { $0.item } == [0, 0] && bench.readSet == [])
    var (left, right) = (before, bench.chance)
    #expect(left.next() == right.next())
  }
}
