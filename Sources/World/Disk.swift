import Contract

/// A node's disk: what is synced, and what is written but not synced yet.
///
/// A process crash loses nothing that was written; a power failure loses what was not synced.
struct Disk: Sendable {
  /// What is synced, by slot; nil: cleared.
  private var slots = KeyedRows<DiskValue?>(blank: nil)
  /// The latest writes, oldest first: some that are synced and not in `slots` yet, then those not synced.
  private var pending: [(slot: Int64, value: DiskValue?)] = []
  /// How many of them are synced.
  private var ready = 0
  /// How many writes were ever synced or lost: the number of the oldest pending one.
  private var settled: Int64 = 0
  /// How many levers keep syncs from returning.
  var stalls = 0
  /// Syncs that would have returned while the disk stalled, oldest first.
  var overdue: [Event] = []

  /// The number that a sync begun now must reach.
  var mark: Int64 { settled + Int64(pending.count - ready) }

  mutating func write(_ slot: Int64, _ value: DiskValue?) { pending.append((slot, value)) }

  /// Everything written before `mark` is on the platter.
  mutating func settle(upTo mark: Int64) {
    guard mark > settled else { return }
    ready += Int(mark - settled)
    settled = mark
    if ready >= Disk.batch { storeReady() }
  }

  /// Looks at the slots that are expected to be written.
  func lookAhead(_ foresight: inout Foresight) { slots.lookAhead(at: foresight.rows, &foresight) }

  mutating func losePending() {
    settled = mark
    pending.removeSubrange(ready...)
  }

  /// The machine is replaced: nothing is left, and syncs begun before have nothing to settle.
  mutating func wipe() {
    losePending()
    pending = []
    ready = 0
    slots.removeAll()
  }

  /// So many at once, since a processor waits for many slots of a large disk at the same time.
  private static let batch = 64

  private mutating func storeReady() {
    for entry in pending[..<ready] {
      let place = slots.reach(entry.slot)
      slots[place] = entry.value
    }
    pending.removeSubrange(..<ready)
    ready = 0
  }

  /// What a process that starts now finds, by slot number.
  func contents() -> [DiskEntry] {
    var view = self
    view.settle(upTo: mark)
    view.storeReady()
    return view.slots.sorted.compactMap { slot, value in value.map { DiskEntry(slot: slot, value: $0) } }
  }
}
