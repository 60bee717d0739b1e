/// Finds a row by a 64-bit key: what a dictionary does, in one array and without a seed.
///
/// The rows lie in the table itself: a look-up in one too large for the cache waits for memory once. Open
/// addressing with linear probing; a removal moves what stands behind it, so that no tombstones pile up. Read
/// out in the order of keys only, so nothing can come to depend on where rows lie.
/// Source: Knuth, The Art of Computer Programming, volume 3, section 6.4, algorithms L and R.
@usableFromInline package struct KeyedRows<Row: BitwiseCopyable & Sendable>: Sendable {
  @usableFromInline struct Cell: Sendable, BitwiseCopyable {
    @usableFromInline var key: Int64
    @usableFromInline var isTaken: Bool
    @usableFromInline var row: Row

    @inlinable init(key: Int64, isTaken: Bool, row: Row) {
      self.key = key
      self.isTaken = isTaken
      self.row = row
    }
  }

  /// What a key has before anything is set.
  @usableFromInline let blank: Row
  /// A power of two in length, at most three quarters full.
  @usableFromInline var cells: [Cell] = []
  @usableFromInline package private(set) var count = 0

  @inlinable package init(blank: Row) { self.blank = blank }

  /// Where the key's row lies until a row is added or removed; nil where it has none.
  /// - Complexity: O(1) amortised.
  @inlinable package func place(of key: Int64) -> Int? {
    if count == 0 { return nil }
    let place = spot(for: key)
    return cells[place].isTaken ? place : nil
  }

  /// The same, with a blank row for a key that had none.
  @inlinable package mutating func reach(_ key: Int64) -> Int {
    if (count + 1) * 4 > cells.count * 3 { grow() }
    let place = spot(for: key)
    if !cells[place].isTaken {
      cells[place] = Cell(key: key, isTaken: true, row: blank)
      count += 1
    }
    return place
  }

  /// The row at a place that `place(of:)` or `reach` just gave.
  @inlinable package subscript(_ place: Int) -> Row {
    get { cells[place].row }
    _modify { yield &cells[place].row }
  }

  /// Looks at where each of these keys stands, or would.
  @inlinable package func lookAhead(at keys: [Int64], _ foresight: inout Foresight) {
    if count == 0 { return }
    cells.withUnsafeBytes { bytes in
      let stride = MemoryLayout<Cell>.stride
      for key in keys {
        let start = home(of: key) &* stride
        foresight.saw(Int64(bytes[start]) &+ Int64(bytes[start &+ stride &- 1]))
      }
    }
  }

  /// Removes the row at a place, and with it every other place.
  @inlinable package mutating func remove(at place: Int) {
    count -= 1
    var hole = place, next = place
    while true {
      next = (next + 1) & (cells.count - 1)
      guard cells[next].isTaken else { break }
      // How far what stands here is from its home, and from the hole.
      let home = home(of: cells[next].key)
      if (next - home) & (cells.count - 1) < (next - hole) & (cells.count - 1) { continue }
      cells[hole] = cells[next]
      hole = next
    }
    cells[hole].isTaken = false
  }

  @inlinable package mutating func removeAll() { self = KeyedRows(blank: blank) }

  /// Every key and its row, lowest key first.
  package var sorted: [(key: Int64, row: Row)] {
    var rows: [(key: Int64, row: Row)] = []
    for cell in cells where cell.isTaken { rows.append((cell.key, cell.row)) }
    return rows.sorted { $0.key < $1.key }
  }

  @inlinable func home(of key: Int64) -> Int {
    Int(truncatingIfNeeded: Chance.mixed(UInt64(bitPattern: key))) & (cells.count - 1)
  }

  /// Where the key stands, or the free cell where it would.
  @inlinable func spot(for key: Int64) -> Int {
    var place = home(of: key)
    while cells[place].isTaken, cells[place].key != key { place = (place + 1) & (cells.count - 1) }
    return place
  }

  @inlinable mutating func grow() {
    let free = Cell(key: 0, isTaken: false, row: blank)
    var old = [Cell](repeating: free, count: max(16, cells.count * 2))
    swap(&old, &cells)
    for cell in old where cell.isTaken { cells[spot(for: cell.key)] = cell }
  }
}
