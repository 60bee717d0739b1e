import Contract

/// The oracle: a binary heap with (time, sequence) keys, and tombstones for what was cancelled.
struct EventHeap<Payload: Sendable>: Sendable {
  struct Entry: Sendable {
    let time: Int64
    let sequence: Int
    let payload: Payload
  }

  private var entries: [Entry] = []
  /// Indexed by sequence: whether the event is still to come.
  private var pending: [Bool] = []
  private(set) var count = 0

  var earliest: Entry? {
    mutating get {
      while let top = entries.first, !pending[top.sequence] { removeTop() }
      return entries.first
    }
  }

  /// Returns the event's sequence number, by which it can be cancelled.
  mutating func push(_ payload: Payload, at time: Int64) -> Int {
    entries.append(Entry(time: time, sequence: pending.count, payload: payload))
    pending.append(true)
    count += 1
    var child = entries.count - 1
    while child > 0, isBefore(child, (child - 1) / 2) {
      entries.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
    return pending.count - 1
  }

  mutating func pop(until limit: Int64) -> Entry? {
    guard let top = earliest, top.time <= limit else { return nil }
    pending[top.sequence] = false
    count -= 1
    removeTop()
    return top
  }

  mutating func cancel(_ sequence: Int) -> Bool {
    guard pending[sequence] else { return false }
    pending[sequence] = false
    count -= 1
    return true
  }

  private mutating func removeTop() {
    entries.swapAt(0, entries.count - 1)
    entries.removeLast()
    var parent = 0
    while 2 * parent + 1 < entries.count {
      var child = 2 * parent + 1
      if child + 1 < entries.count, isBefore(child + 1, child) { child += 1 }
      guard isBefore(child, parent) else { return }
      entries.swapAt(child, parent)
      parent = child
    }
  }

  private func isBefore(_ left: Int, _ right: Int) -> Bool {
    (entries[left].time, entries[left].sequence) < (entries[right].time, entries[right].sequence)
  }
}
