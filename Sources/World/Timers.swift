import Contract

/// The running timers of one node, by owner, name and key.
///
/// Few timers are searched in a row; many get a look-up table, so that a layer can have one per lease.
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

  private(set) var running: [Timer] = []
  /// Open addressing: places in `running`, -1 where free; a power of two in length, at most half full.
  ///
  /// Stale while the timers are few.
  private var places: [Int32] = []
  private static let few = 12

  var isEmpty: Bool { running.isEmpty }

  func index(_ owner: Owner, _ name: UInt8, _ key: UInt64) -> Int? {
    guard running.count > Timers.few else {
      return running.firstIndex { $0.key == key && $0.name == name && $0.owner == owner }
    }
    var slot = home(owner, name, key)
    while places[slot] >= 0 {
      let place = Int(places[slot])
      let timer = running[place]
      if timer.key == key, timer.name == name, timer.owner == owner { return place }
      slot = (slot + 1) & (places.count - 1)
    }
    return nil
  }

  mutating func add(_ timer: Timer) {
    running.append(timer)
    guard running.count > Timers.few else { return }
    if running.count == Timers.few + 1 || running.count * 2 > places.count {
      table()
    } else {
      enter(running.count - 1)
    }
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
    guard let place = index(owner, name, key), running[place].setting == setting else { return false }
    remove(at: place)
    return true
  }

  @discardableResult
  mutating func remove(at index: Int) -> Timer {
    let timer = running[index], isTabled = running.count > Timers.few
    if isTabled { free(slot(of: index)) }
    if isTabled, index < running.count - 1 { places[slot(of: running.count - 1)] = Int32(index) }
    let last = running.removeLast()
    if index < running.count { running[index] = last }
    return timer
  }

  mutating func setToken(_ token: EventToken?, at index: Int) { running[index].token = token }

  mutating func removeAll() { running.removeAll(keepingCapacity: true) }
}

// MARK: the look-up table

// Source: Knuth, The Art of Computer Programming, volume 3, section 6.4, algorithms L and R.
extension Timers {
  private func home(_ owner: Owner, _ name: UInt8, _ key: UInt64) -> Int {
    let whole = key ^ UInt64(name) << 48 ^ UInt64(owner.rawValue) << 56
    return Int(truncatingIfNeeded: Chance.mixed(whole)) & (places.count - 1)
  }

  private func home(of place: Int) -> Int {
    home(running[place].owner, running[place].name, running[place].key)
  }

  /// Makes the table anew, a quarter full.
  private mutating func table() {
    var length = 32
    while length < running.count * 4 { length *= 2 }
    places = [Int32](repeating: -1, count: length)
    for place in running.indices { enter(place) }
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
