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

  /// One key: its newest state and latest write.
  private struct Row: BitwiseCopyable {
    var newest = State()
    var lastWrite = Int64.min
  }

  /// One write in the window.
  private struct Change: BitwiseCopyable {
    var version: Int64
    var key: Int64
    /// Index of the state that it hid; -1: none.
    var hidden: Int32 = -1
    /// False: a conflict key that changed no value.
    var changesValue = false
    /// Whether the key had a value after it.
    var leavesValue = false
  }

  private var rows = KeyedRows(blank: Row())
  /// States that later ones hide.
  private var states: [State] = []
  private var freeStates: [Int32] = []
  /// Indexed from `firstChange`, in version order.
  private var changes: [Change] = []
  private var firstChange = 0

  /// How many keys have a value or a write in the window.
  var keyCount: Int { rows.count }

  func lookAhead(_ foresight: inout Foresight) { rows.lookAhead(at: foresight.rows, &foresight) }

  /// What the key held at this version; nil where it was absent.
  /// - Precondition: the version has not left the window.
  func value(of key: StoreKey, at version: Int64) -> DiskValue? {
    guard let place = rows.place(of: key.packed) else { return nil }
    return value(rows[place], at: version)
  }

  private func value(_ row: Row, at version: Int64) -> DiskValue? {
    var state = row.newest
    while state.version > version {
      if state.older < 0 { return nil }
      state = states[Int(state.older)]
    }
    return state.isPresent ? state.value : nil
  }

  /// Every key with a value at this version, and the value, as `StoreValues` has them; by the key's number.
  func copy(at version: Int64) -> [Int64] {
    var words: [Int64] = []
    for (key, row) in rows.sorted {
      if let held = value(row, at: version) { StoreValues.append(StoreKey(packed: key), held, to: &words) }
    }
    return words
  }

  /// The version of the latest write to this key in the window; a lower number where there was none.
  func lastWrite(of key: StoreKey) -> Int64 {
    rows.place(of: key.packed).map { rows[$0].lastWrite } ?? .min
  }

  /// The key holds this value from this version on; nil clears it.
  mutating func write(_ value: DiskValue?, to key: StoreKey, at version: Int64) {
    let place = touch(key, at: version), last = changes.count - 1
    changes[last].changesValue = true
    changes[last].leavesValue = value != nil
    if rows[place].newest.version != .max { changes[last].hidden = keep(rows[place].newest) }
    rows[place].newest = State(
      value: value ?? DiskValue(), version: version, older: changes[last].hidden, isPresent: value != nil)
  }

  /// A write to this key that changes no value; returns the place of its row.
  @discardableResult
  mutating func touch(_ key: StoreKey, at version: Int64) -> Int {
    let place = rows.reach(key.packed)
    rows[place].lastWrite = version
    changes.append(Change(version: version, key: key.packed))
    return place
  }

  /// What the disk kept: the value stands since before the window.
  mutating func restore(_ value: DiskValue, of key: StoreKey, at version: Int64) {
    let place = rows.reach(key.packed)
    rows[place].newest = State(value: value, version: version, isPresent: true)
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
    // Its row stays at least until a later change retires: most changes need not look at it, seconds after
    // it has left the cache.
    if change.leavesValue { return }
    guard let place = rows.place(of: change.key), rows[place].lastWrite == change.version else { return }
    if !rows[place].newest.isPresent { rows.remove(at: place) }
  }

  /// Takes back every write above this version; returns the keys whose values changed, latest write first.
  ///
  /// The writes stay in the queue as changes of nothing, so that nobody's place in it moves.
  mutating func undo(above version: Int64) -> [StoreKey] {
    var keys: [StoreKey] = []
    var index = changes.count - 1
    while index >= firstChange, changes[index].version > version {
      let change = changes[index]
      let place = rows.reach(change.key)
      rows[place].lastWrite = min(version, rows[place].lastWrite)
      changes[index] = Change(version: version, key: change.key)
      if change.changesValue {
        rows[place].newest = change.hidden >= 0 ? states[Int(change.hidden)] : State()
        if change.hidden >= 0 { freeStates.append(change.hidden) }
        keys.append(StoreKey(packed: change.key))
      }
      index -= 1
    }
    return keys
  }
}
