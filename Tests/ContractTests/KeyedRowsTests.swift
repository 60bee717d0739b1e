import Contract
import Testing

@Suite struct KeyedRowsTests {
  @Test("20,000 settings and removals of 300 keys leave what a dictionary would hold")
  func asADictionary() {
    var chance = Chance(salt: 3)
    var rows = KeyedRows<Int32>(blank: -1)
    var oracle: [Int64: Int32] = [:]
    for step in 0..<20_000 {
      let key = chance.below(300) << chance.below(2) * 40
      if chance.below(5) >= 2 {
        let place = rows.reach(key)
        #expect(rows[place] == oracle[key] ?? -1)
        rows[place] = Int32(step)
        oracle[key] = Int32(step)
      } else if let place = rows.place(of: key) {
        rows.remove(at: place)
        #expect(oracle.removeValue(forKey: key) != nil)
      } else {
        #expect(oracle[key] == nil)
      }
      let asked = chance.below(300)
      #expect(rows.place(of: asked).map { rows[$0] } == oracle[asked])
      #expect(rows.count == oracle.count)
    }
    let sorted = rows.sorted, keys = oracle.keys.sorted()
    #expect(sorted.map(\.key) == keys)
    #expect(sorted.map(\.row) == keys.map { oracle[$0] })
  }

  @Test("an empty table knows no key, and neither does an emptied one")
  func emptied() {
    var rows = KeyedRows<Int32>(blank: 7)
    #expect(rows.place(of: 0) == nil)
    #expect(rows[rows.reach(0)] == 7)
    #expect(rows.count == 1 && rows.place(of: 0) != nil && rows.place(of: 16) == nil)
    rows.removeAll()
    #expect(rows.place(of: 0) == nil && rows.count == 0 && rows.sorted.isEmpty)
  }
}
