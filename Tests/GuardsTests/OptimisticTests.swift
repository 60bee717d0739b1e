import Contract
import Guards
import Testing

@Suite("The guard optimistic: Kung and Robinson's validation")
struct OptimisticTests {
  @Test("sections on different items of one lock let each other through, whatever their tokens")
  func disjoint() {
    func outcomes(_ guardType: any Guard.Type) -> [AccessReply.Outcome?] {
      var bench = ResourceBench(guardType)
      _ = bench.serve(.read, .by(1, id: 1, item: 0, writes: false))
      _ = bench.serve(.read, .by(2, id: 1, item: 1, writes: false), from: ResourceBench.client2)
      return [
        bench.serve(.write, .by(2, id: 2, base: 0, item: 1), from: ResourceBench.client2),
        bench.serve(.write, .by(1, id: 2, base: 0, item: 0)),
      ]
    }
    #expect(outcomes(Optimistic.self) == [.done, .done])
    #expect(outcomes(CompareAndSet.self) == [.done, .done])
    #expect(outcomes(ReadWriteRatchet.self) == [.done, .refusedToken])
    #expect(outcomes(WriteRatchet.self) == [.done, .refusedToken])
  }

  /// Both sections read items 0 and 1 at version 0; the first writes item 0, the second item 1.
  @Test("of two sections that each read what the other writes one is refused; versions of one item miss it")
  func skew() {
    func outcomes(_ guardType: any Guard.Type) -> [AccessReply.Outcome?] {
      var bench = ResourceBench(guardType)
      let second = ResourceBench.client2
      return [
        bench.serve(.write, .by(1, base: 0, item: 0), readSet: [1, 0]),
        bench.serve(.write, .by(2, base: 0, item: 1), from: second, readSet: [0, 0]),
      ]
    }
    #expect(outcomes(Optimistic.self) == [.done, .refusedVersion])
    #expect(outcomes(CompareAndSet.self) == [.done, .done])
  }

  @Test("a blind write has read nothing and passes; compare-and-set knows no such write")
  func blind() {
    var optimistic = Optimistic(), versions = CompareAndSet()
    let item = Item(version: 3, content: 3)
    #expect(optimistic.admitsWrite(.by(1, base: -1), to: item) == .accept)
    #expect(versions.admitsWrite(.by(1, base: -1), to: item) == .refuseVersion)
  }

  @Test("an item of the read set that was never written has version 0")
  func unwritten() {
    var bench = ResourceBench(Optimistic.self)
    #expect(bench.serve(.write, .by(1, base: 0), readSet: [40, 0, 50, 0]) == .done)
    #expect(bench.serve(.write, .by(2, id: 2, base: 1), readSet: [40, 1]) == .refusedVersion)
  }

  @Test("for sections on one item it rules as compare-and-set does", arguments: 1...50 as ClosedRange<UInt64>)
  func oneItem(_ seed: UInt64) {
    var chance = Chance(seed: seed, "one item")
    var left = ResourceBench(Optimistic.self), right = ResourceBench(CompareAndSet.self)
    for id in 1...40 as ClosedRange<Int64> {
      let access = Access.by(1 + chance.below(5), id: id, base: chance.below(8), value: id)
      #expect(left.serve(.write, access) == right.serve(.write, access))
      #expect(left.replies.last?.version == right.replies.last?.version)
    }
  }

  /// 4 sections at a time, each with 1 to 3 of 5 items: read at once, written in any order.
  @Test("it rules as the paper's counter of transactions does", arguments: 1...200 as ClosedRange<UInt64>)
  func paper(_ seed: UInt64) {
    var chance = Chance(seed: seed, "paper")
    var bench = ResourceBench(Optimistic.self)
    var paper = SerialValidation()
    var open: [SerialValidation.Section] = []
    for id in 1...60 as ClosedRange<Int64> {
      if open.count < 4, chance.below(2) == 0 || open.isEmpty {
        let first = chance.below(5), count = 1 + chance.below(3)
        open.append(paper.begin((0..<count).map { Int((first + $0) % 5) }))
        continue
      }
      let section = open.remove(at: Int(chance.below(Int64(open.count))))
      let others = zip(section.reads, section.versions).dropFirst().flatMap { [Int64($0), $1] }
      let write = Access.by(1, id: id, base: section.versions[0], item: UInt16(section.reads[0]))
      let outcome = bench.serve(.write, write, readSet: others)
      #expect((outcome == .done) == paper.end(section))
    }
    #expect(!paper.committed.isEmpty)
  }

  /// As the paper has it: transaction numbers and write sets of all that committed.
  struct SerialValidation {
    struct Section {
      let start: Int
      let reads: [Int]
      /// What the resource would have answered to each read.
      let versions: [Int64]
    }

    /// The item that each committed section wrote; the position is its transaction number, less 1.
    var committed: [Int] = []

    func begin(_ reads: [Int]) -> Section {
      Section(
        start: committed.count, reads: reads,
        versions: reads.map { item in Int64(committed.count { $0 == item }) })
    }

    /// Whether no section that committed since the start wrote what this one read; then it commits.
    mutating func end(_ section: Section) -> Bool {
      guard committed[section.start...].allSatisfy({ !section.reads.contains($0) }) else { return false }
      committed.append(section.reads[0])
      return true
    }
  }
}
