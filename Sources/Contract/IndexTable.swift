/// Finds a small number by a 64-bit key: what a dictionary does, in two arrays and without a seed.
///
/// Open addressing with linear probing; a removal moves what stands behind it, so that no tombstones pile up.
/// It cannot be iterated, so nothing can come to depend on its order.
/// Source: Knuth, The Art of Computer Programming, volume 3, section 6.4, algorithms L and R.
package struct IndexTable: Sendable {
  /// A key and its number side by side, so that a look-up touches one line of memory; -1: free.
  private struct Cell: Sendable, BitwiseCopyable {
    var key: Int64
    var index: Int32
  }

  private static let free = Cell(key: 0, index: -1)

  /// A power of two in length, at most three quarters full.
  private var cells: [Cell] = []
  package private(set) var count = 0

  package init() {}

  /// The number of the key, or nil; setting nil removes it.
  ///
  /// - Precondition: a number that is set is not negative.
  /// - Complexity: O(1) amortised.
  package subscript(_ key: Int64) -> Int32? {
    get {
      if count == 0 { return nil }
      let cell = cells[place(of: key)]
      return cell.index < 0 ? nil : cell.index
    }
    set {
      if let newValue { put(key, newValue) } else { remove(key) }
    }
  }

  package mutating func removeAll() { self = IndexTable() }

  private func home(of key: Int64) -> Int {
    Int(truncatingIfNeeded: Chance.mixed(UInt64(bitPattern: key))) & (cells.count - 1)
  }

  /// Where the key stands, or the free cell where it would.
  private func place(of key: Int64) -> Int {
    var place = home(of: key)
    while cells[place].index >= 0, cells[place].key != key { place = (place + 1) & (cells.count - 1) }
    return place
  }

  private mutating func put(_ key: Int64, _ index: Int32) {
    if (count + 1) * 4 > cells.count * 3 { grow() }
    let place = place(of: key)
    if cells[place].index < 0 { count += 1 }
    cells[place] = Cell(key: key, index: index)
  }

  private mutating func grow() {
    var old = [Cell](repeating: IndexTable.free, count: max(16, cells.count * 2))
    swap(&old, &cells)
    for cell in old where cell.index >= 0 { cells[place(of: cell.key)] = cell }
  }

  private mutating func remove(_ key: Int64) {
    if count == 0 { return }
    var hole = place(of: key)
    guard cells[hole].index >= 0 else { return }
    count -= 1
    var next = hole
    while true {
      next = (next + 1) & (cells.count - 1)
      guard cells[next].index >= 0 else { break }
      let home = home(of: cells[next].key)
      // Whoever's home lies behind the hole, round the ring, stays where it is.
      let staysBehind = hole <= next ? hole < home && home <= next : hole < home || home <= next
      if staysBehind { continue }
      cells[hole] = cells[next]
      hole = next
    }
    cells[hole] = IndexTable.free
  }
}
