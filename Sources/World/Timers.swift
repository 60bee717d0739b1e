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
  private var places: [Place: Int] = [:]
  private static let few = 12

  private struct Place: Hashable {
    let owner: Owner
    let name: UInt8
    let key: UInt64
  }

  func index(_ owner: Owner, _ name: UInt8, _ key: UInt64) -> Int? {
    if running.count > Timers.few { return places[Place(owner: owner, name: name, key: key)] }
    return running.firstIndex { $0.key == key && $0.name == name && $0.owner == owner }
  }

  mutating func add(_ timer: Timer) {
    running.append(timer)
    guard running.count > Timers.few else { return }
    if running.count == Timers.few + 1 {
      places.removeAll(keepingCapacity: true)
      for index in running.indices { enter(index) }
    } else {
      enter(running.count - 1)
    }
  }

  private mutating func enter(_ index: Int) {
    let timer = running[index]
    places[Place(owner: timer.owner, name: timer.name, key: timer.key)] = index
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
    let timer = running[index]
    let isTabled = running.count > Timers.few
    if isTabled { places[Place(owner: timer.owner, name: timer.name, key: timer.key)] = nil }
    let last = running.removeLast()
    if index < running.count {
      running[index] = last
      if isTabled { enter(index) }
    }
    return timer
  }

  mutating func setToken(_ token: EventToken?, at index: Int) { running[index].token = token }

  mutating func removeAll() {
    running.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
  }
}
