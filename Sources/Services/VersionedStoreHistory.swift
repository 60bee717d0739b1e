import Contract

/// What each key held at each version of the window, and when it was last written.
///
/// All changes stand in one queue in version order, so that what leaves the window is found without a search.
/// Source: FDB fdbserver/resolver/ConflictSet.cpp and the storage server's versioned map, as one structure.
struct VersionHistory: Sendable {
  /// What a key held from a version on.
  private struct State: BitwiseCopyable {
    var value = DiskValue()
    /// `.max`: there is no state; nothing is read at it.
    var version = Int64.max
    /// Index of the state before it; -1: none. Where that one has left the window, the index means nothing,
    /// and no read in the window gets as far.
    var older: Int32 = -1
    var isPresent = false
  }

  /// One key: its latest write and newest state, side by side since most look-ups want just these, and how
  /// many changes in the queue are of it.
  private struct Cell: BitwiseCopyable {
    var key: Int64
    var newest = State()
    var queued: Int32 = 0
    var lastWrite = Int64.min
  }

  /// One write in the window.
  private struct Change: BitwiseCopyable {
    var version: Int64
    var key: Int64
    var cell: Int32
    /// Index of the state that it hid; -1: none.
    var hidden: Int32 = -1
    /// False: a conflict key that changed no value.
    var changesValue = false
  }

  private var cellOfKey = IndexTable()
  private var cells: [Cell] = []
  private var freeCells: [Int32] = []
  /// States that later ones hide.
  private var states: [State] = []
  private var freeStates: [Int32] = []
  /// Indexed from `firstChange`, in version order.
  private var changes: [Change] = []
  private var firstChange = 0

  /// How many keys have a value or a write in the window.
  var keyCount: Int { cellOfKey.count }

  /// What the key held at this version; nil where it was absent.
  /// - Precondition: the version has not left the window.
  func value(of key: StoreKey, at version: Int64) -> DiskValue? {
    guard let cell = cellOfKey[key.packed] else { return nil }
    if cells[Int(cell)].newest.version <= version {
      return cells[Int(cell)].newest.isPresent ? cells[Int(cell)].newest.value : nil
    }
    var index = cells[Int(cell)].newest.older
    while index >= 0 {
      let state = states[Int(index)]
      if state.version <= version { return state.isPresent ? state.value : nil }
      index = state.older
    }
    return nil
  }

  /// Every key with a value at this version, and the value, as `StoreValues` has them; by the key's number.
  func copy(at version: Int64) -> [Int64] {
    var keys: [StoreKey] = []
    for index in cells.indices where cellOfKey[cells[index].key] == Int32(index) {
      keys.append(StoreKey(packed: cells[index].key))
    }
    var words: [Int64] = []
    for key in keys.sorted(by: { $0.packed < $1.packed }) {
      if let held = value(of: key, at: version) { StoreValues.append(key, held, to: &words) }
    }
    return words
  }

  /// The version of the latest write to this key in the window; a lower number where there was none.
  func lastWrite(of key: StoreKey) -> Int64 {
    guard let cell = cellOfKey[key.packed] else { return .min }
    return cells[Int(cell)].lastWrite
  }

  /// The key holds this value from this version on; nil clears it.
  mutating func write(_ value: DiskValue?, to key: StoreKey, at version: Int64) {
    let cell = Int(touch(key, at: version)), last = changes.count - 1
    changes[last].changesValue = true
    if cells[cell].newest.version != .max { changes[last].hidden = keep(cells[cell].newest) }
    cells[cell].newest = State(
      value: value ?? DiskValue(), version: version, older: changes[last].hidden, isPresent: value != nil)
  }

  /// A write to this key that changes no value.
  @discardableResult
  mutating func touch(_ key: StoreKey, at version: Int64) -> Int32 {
    let cell = cell(of: key)
    cells[Int(cell)].lastWrite = version
    cells[Int(cell)].queued += 1
    changes.append(Change(version: version, key: key.packed, cell: cell))
    return cell
  }

  /// What the disk kept: the value stands since before the window.
  mutating func restore(_ value: DiskValue, of key: StoreKey, at version: Int64) {
    let cell = cell(of: key)
    cells[Int(cell)].newest = State(value: value, version: version, isPresent: true)
  }

  private mutating func cell(of key: StoreKey) -> Int32 {
    if let cell = cellOfKey[key.packed] { return cell }
    let cell: Int32
    if let free = freeCells.popLast() {
      cell = free
      cells[Int(free)] = Cell(key: key.packed)
    } else {
      cell = Int32(cells.count)
      cells.append(Cell(key: key.packed))
    }
    cellOfKey[key.packed] = cell
    return cell
  }

  private mutating func keep(_ state: State) -> Int32 {
    guard let free = freeStates.popLast() else {
      states.append(state)
      return Int32(states.count - 1)
    }
    states[Int(free)] = state
    return free
  }

  /// Drops what no read at a version above the horizon can see, and writes that no snapshot above it
  /// conflicts with.
  /// - Complexity: O(1) amortised per write.
  mutating func forget(upTo horizon: Int64) {
    while firstChange < changes.count, changes[firstChange].version <= horizon {
      retire(changes[firstChange])
      firstChange += 1
    }
    if firstChange > 1024, firstChange * 2 > changes.count {
      changes.removeFirst(firstChange)
      firstChange = 0
    }
  }

  private mutating func retire(_ change: Change) {
    if change.hidden >= 0 { freeStates.append(change.hidden) }
    let cell = Int(change.cell)
    cells[cell].queued -= 1
    guard cells[cell].queued == 0, !cells[cell].newest.isPresent else { return }
    cellOfKey[change.key] = nil
    freeCells.append(change.cell)
  }

  /// Takes back every write above this version; returns the keys whose values changed, latest write first.
  ///
  /// The writes stay in the queue as changes of nothing, so that nobody's place in it moves.
  mutating func undo(above version: Int64) -> [StoreKey] {
    var keys: [StoreKey] = []
    var index = changes.count - 1
    while index >= firstChange, changes[index].version > version {
      let change = changes[index], cell = Int(change.cell)
      cells[cell].lastWrite = min(version, cells[cell].lastWrite)
      changes[index] = Change(version: version, key: change.key, cell: change.cell)
      if change.changesValue {
        cells[cell].newest = change.hidden >= 0 ? states[Int(change.hidden)] : State()
        if change.hidden >= 0 { freeStates.append(change.hidden) }
        keys.append(StoreKey(packed: change.key))
      }
      index -= 1
    }
    return keys
  }
}
