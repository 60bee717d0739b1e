import Contract
import Testing

@Suite struct IndexTableTests {
  @Test("20,000 settings and removals of 300 keys leave what a dictionary would hold")
  func asADictionary() {
    var chance = Chance(salt: 3)
    var table = IndexTable()
    var oracle: [Int64: Int32] = [:]
    for step in 0..<20_000 {
      let key = chance.below(300) << chance.below(2) * 40
      let index: Int32? = chance.below(5) < 2 ? nil : Int32(step)
      table[key] = index
      oracle[key] = index
      let asked = chance.below(300)
      #expect(table[asked] == oracle[asked])
      #expect(table.count == oracle.count)
    }
    for key in 0..<300 as Range<Int64> {
      #expect(table[key] == oracle[key])
      #expect(table[key << 40] == oracle[key << 40])
    }
  }

  @Test("an empty table knows no key, and neither does an emptied one")
  func emptied() {
    var table = IndexTable()
    #expect(table[0] == nil)
    table[5] = nil
    table[0] = 1
    #expect(table[0] == 1)
    table.removeAll()
    #expect(table[0] == nil && table.count == 0)
  }
}
