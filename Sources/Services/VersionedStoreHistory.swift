import Contract

/// What each key held at each version of the window, and when it was last written.
///
/// All changes stand in one queue in version order, so that what leaves the window is found without a search.
/// Source: FDB fdbserver/resolver/ConflictSet.cpp and the storage server's versioned map, as one structure.
struct VersionHistory: Sendable {
  /// One key: its latest write, and how many changes in the queue are of it.
  private struct Cell: BitwiseCopyable {
    var key: Int64
    var lastWrite: Int64
    /// Index of the newest state; -1: never had one.
    var newest: Int32
    var queued: Int32
  }

  /// What a key held from a version on.
  private struct State: BitwiseCopyable {
    var version: Int64
    var value: DiskValue
    var isPresent: Bool
    var older: Int32
  }

  /// One write in the window.
  private struct Change: BitwiseCopyable {
    var version: Int64
    var key: Int64
    var cell: Int32
    /// -1: a conflict key that changed no value.
    var state: Int32
  }

  private var cellOfKey = IndexTable()
  private var cells: [Cell] = []
  private var freeCells: [Int32] = []
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
    var index = cells[Int(cell)].newest
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
    let cell = touch(key, at: version)
    let state = State(
      version: version, value: value ?? DiskValue(), isPresent: value != nil, older: cells[Int(cell)].newest)
    cells[Int(cell)].newest = keep(state)
    changes[changes.count - 1].state = cells[Int(cell)].newest
  }

  /// A write to this key that changes no value.
  @discardableResult
  mutating func touch(_ key: StoreKey, at version: Int64) -> Int32 {
    let cell = cell(of: key)
    cells[Int(cell)].lastWrite = version
    cells[Int(cell)].queued += 1
    changes.append(Change(version: version, key: key.packed, cell: cell, state: -1))
    return cell
  }

  /// What the disk kept: the value stands since before the window.
  mutating func restore(_ value: DiskValue, of key: StoreKey, at version: Int64) {
    let cell = cell(of: key)
    cells[Int(cell)].newest = keep(State(version: version, value: value, isPresent: true, older: -1))
  }

  private mutating func cell(of key: StoreKey) -> Int32 {
    if let cell = cellOfKey[key.packed] { return cell }
    let fresh = Cell(key: key.packed, lastWrite: .min, newest: -1, queued: 0)
    let cell: Int32
    if let free = freeCells.popLast() {
      cell = free
      cells[Int(free)] = fresh
    } else {
      cell = Int32(cells.count)
      cells.append(fresh)
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
    if change.state >= 0 {
      let hidden = states[Int(change.state)].older
      if hidden >= 0 { freeStates.append(hidden) }
      states[Int(change.state)].older = -1
    }
    let cell = Int(change.cell)
    cells[cell].queued -= 1
    guard cells[cell].queued == 0 else { return }
    let newest = cells[cell].newest
    if newest >= 0, states[Int(newest)].isPresent { return }
    if newest >= 0 { freeStates.append(newest) }
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
      let change = changes[index]
      cells[Int(change.cell)].lastWrite = min(version, cells[Int(change.cell)].lastWrite)
      changes[index].version = version
      if change.state >= 0 {
        cells[Int(change.cell)].newest = states[Int(change.state)].older
        freeStates.append(change.state)
        changes[index].state = -1
        keys.append(StoreKey(packed: change.key))
      }
      index -= 1
    }
    return keys
  }
}
