import Contract
import Testing

@testable import Lab

@Suite("What runs reached")
struct ReachedTests {
  func reached(sections: Int, effects: Int, duplicates: Int) -> Reached {
    var reached = Reached()
    for _ in 0..<sections { reached.saw(Record(.sectionEnded)) }
    for number in 0..<effects { reached.saw(Record(.effectApplied, c: number < duplicates ? 1 : 0)) }
    return reached
  }

  /// 2 of 300 is 6.67 in a thousand; 1 of 1,000,000 is 0.001.
  @Test("duplicates in a thousand sections, rounded up, so that 0 means none at all")
  func duplicates() {
    #expect(reached(sections: 300, effects: 290, duplicates: 2).duplicateTenthsPerThousand == 67)
    #expect(reached(sections: 1_000_000, effects: 5, duplicates: 1).duplicateTenthsPerThousand == 1)
    #expect(reached(sections: 300, effects: 290, duplicates: 0).duplicateTenthsPerThousand == 0)
    #expect(reached(sections: 300, effects: 0, duplicates: 0).duplicateTenthsPerThousand == nil)
  }

  @Test("the figure of many runs is that of their sums")
  func sums() {
    var sum = reached(sections: 100, effects: 100, duplicates: 3)
    sum.add(reached(sections: 300, effects: 300, duplicates: 1))
    #expect(sum.effects == 400 && sum.duplicateTenthsPerThousand == 100)
  }
}
