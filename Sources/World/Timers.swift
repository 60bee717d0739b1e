import Contract

/// The running timers of one node, by owner, name and key.
///
/// Few timers are searched in a row; many get a look-up table, so that a layer can have one per lease. The
/// first two lie in the node itself, and most nodes have no more: of fifty thousand rows elsewhere none would
/// be in the cache.
struct Timers: Sendable {
  struct Timer: Sendable, BitwiseCopyable {
    let owner: Owner
    let name: UInt8
    let key: UInt64
    /// On the monotonic clock.
    let due: LocalTime
    /// Tells this setting from an earlier one of the same name and key.
    let setting: Int64
    /// nil: came due while the node was paused or suspended.
    var token: EventToken?
  }

  private var first = Timers.blank
  private var second = Timers.blank
  private var others: [Timer] = []
  private(set) var count = 0
  /// Open addressing: places of timers, -1 where free; a power of two in length, at most half full.
  ///
  /// Stale unless `isTabled`.
  private var places: [Int32] = []
  /// From more than `few` timers on until there are a quarter of them: a number that goes up and down
  /// around a bound would have the table made anew each time.
  private var isTabled = false
  private static let few = 12

  private static let blank = Timer(
    owner: .server, name: 0, key: 0, due: LocalTime(nanos: 0), setting: 0, token: nil)

  var isEmpty: Bool { count == 0 }
  var indices: Range<Int> { 0..<count }

  private(set) subscript(_ place: Int) -> Timer {
    get { place == 0 ? first : place == 1 ? second : others[place &- 2] }
    set {
      if place == 0 { first = newValue } else if place == 1 { second = newValue } else {
        others[place &- 2] = newValue
      }
    }
  }

  func index(_ owner: Owner, _ name: UInt8, _ key: UInt64) -> Int? {
    guard isTabled else {
      if count > 0, first.key == key, first.name == name, first.owner == owner { return 0 }
      if count > 1, second.key == key, second.name == name, second.owner == owner { return 1 }
      return others.firstIndex { $0.key == key && $0.name == name && $0.owner == owner }.map { $0 + 2 }
    }
    var slot = home(owner, name, key)
    while places[slot] >= 0 {
      let place = Int(places[slot])
      let timer = self[place]
      if timer.key == key, timer.name == name, timer.owner == owner { return place }
      slot = (slot + 1) & (places.count - 1)
    }
    return nil
  }

  mutating func add(_ timer: Timer) {
    if count < 2 { self[count] = timer } else { others.append(timer) }
    count += 1
    if isTabled, count * 2 <= places.count { return enter(count - 1) }
    if count > Timers.few { table() }
  }

  /// Removes the timer of this name and key; nil where none runs.
  ///
  /// Mutating all the way, so that neither the row nor the table is retained for a look at it.
  mutating func take(_ owner: Owner, _ name: UInt8, _ key: UInt64) -> Timer? {
    guard let place = index(owner, name, key) else { return nil }
    return remove(at: place)
  }

  /// Removes the timer if this is its latest setting; false where it was stopped or set anew.
  mutating func expire(_ owner: Owner, _ name: UInt8, _ key: UInt64, setting: Int64) -> Bool {
    guard let place = index(owner, name, key), self[place].setting == setting else { return false }
    remove(at: place)
    return true
  }

  @discardableResult
  mutating func remove(at index: Int) -> Timer {
    let timer = self[index]
    if count <= Timers.few / 4 { isTabled = false }
    if isTabled { free(slot(of: index)) }
    if isTabled, index < count - 1 { places[slot(of: count - 1)] = Int32(index) }
    count -= 1
    if index < count { self[index] = self[count] }
    if count >= 2 { others.removeLast() }
    return timer
  }

  mutating func setToken(_ token: EventToken?, at index: Int) { self[index].token = token }

  mutating func removeAll() {
    others.removeAll(keepingCapacity: true)
    count = 0
    isTabled = false
  }
}

// MARK: the look-up table

// Source: Knuth, The Art of Computer Programming, volume 3, section 6.4, algorithms L and R.
extension Timers {
  private func home(_ owner: Owner, _ name: UInt8, _ key: UInt64) -> Int {
    let whole = key ^ UInt64(name) << 48 ^ UInt64(owner.rawValue) << 56
    return Int(truncatingIfNeeded: Chance.mixed(whole)) & (places.count - 1)
  }

  private func home(of place: Int) -> Int {
    home(self[place].owner, self[place].name, self[place].key)
  }

  /// Makes the table anew, a quarter full.
  private mutating func table() {
    var length = 32
    while length < count * 4 { length *= 2 }
    places = [Int32](repeating: -1, count: length)
    isTabled = true
    for place in indices { enter(place) }
  }

  private mutating func enter(_ place: Int) {
    var slot = home(of: place)
    while places[slot] >= 0 { slot = (slot + 1) & (places.count - 1) }
    places[slot] = Int32(place)
  }

  private func slot(of place: Int) -> Int {
    var slot = home(of: place)
    while places[slot] != Int32(place) { slot = (slot + 1) & (places.count - 1) }
    return slot
  }

  /// Empties a slot; what stands behind it moves up, so that no search ends before it has found its timer.
  private mutating func free(_ slot: Int) {
    let mask = places.count - 1
    var hole = slot, next = (slot + 1) & mask
    while places[next] >= 0 {
      // How far what stands here is from its home, and from the hole.
      if (next - home(of: Int(places[next]))) & mask >= (next - hole) & mask {
        places[hole] = places[next]
        hole = next
      }
      next = (next + 1) & mask
    }
    places[hole] = -1
  }
}
