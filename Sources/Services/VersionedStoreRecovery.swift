import Contract

// Recovery: the epoch ends, what was not yet in all logs is decided, versions jump, a new epoch answers.
//
// Source: FDB fdbserver/clustercontroller/ClusterRecovery.cpp; design/recovery-internals.md.
extension VersionedStore {
  mutating func disturb(_ what: Disturbance, _ first: Int64, _ second: Int64, _ turn: inout Turn) {
    switch what {
    case .recovery: beginOutage(lasting: Nanos(first), jump: second, &turn)
    case .unavailable: setAvailable(first == 0, &turn)
    case .versionRate: changeRate(thousandths: first, &turn)
    case .unknownResult:
      unknownResults = first
      landing = Chance(salt: UInt64(bitPattern: second))
    case .failover, .leaderChange: break
    }
  }

  // MARK: recovery

  /// The epoch ends: a prefix of the batches on their way is kept, the rest vanishes, and no client hears of
  /// either.
  private mutating func beginOutage(lasting down: Nanos, jump: Int64, _ turn: inout Turn) {
    isRecovered = false
    self.jump = jump
    turn.cancel(Timer.batch)
    turn.cancel(Timer.idle)
    open.removeAll(keepingCapacity: true)
    openWords.removeAll(keepingCapacity: true)
    isBatchDue = false
    let kept = Int(turn.random(below: Int64(pushes.count + 1)))
    rollBack(after: kept, &turn)
    for index in pushes.indices {
      pushes[index].replies = []
      pushes[index].opensEpoch = false
    }
    turn.set(Timer.recovery, after: down)
  }

  /// Takes back the batches after the first `kept`, in memory and on the disk.
  private mutating func rollBack(after kept: Int, _ turn: inout Turn) {
    guard kept < pushes.count else { return }
    let lastKept = kept == 0 ? liveCommitted : pushes[kept - 1].version
    for key in history.undo(above: lastKept) {
      turn.persist(key.packed, history.value(of: key, at: lastKept))
    }
    for batch in pushes[kept...] { StoreDisk.clear(batch.marks.count, serial: batch.serial, &turn) }
    pushes.removeSubrange(kept...)
    turn.sync(0)
  }

  /// The outage is over: the new epoch's first version is the last of the old plus the jump.
  mutating func endOutage(_ turn: inout Turn) {
    let lastEpochEnd = pushes.last?.version ?? liveCommitted
    openEpoch(at: lastEpochEnd + max(1, jump), marks: [], &turn)
  }

  /// Pushes the recovery transaction; when the log has it, the epoch answers.
  mutating func openEpoch(at first: Int64, marks: [StoreMark], _ turn: inout Turn) {
    epoch += 1
    epochStart = first
    clock.restart(at: first, turn.now.monotonic)
    var batch = LogPush(serial: serial + 1, version: first, opensEpoch: true)
    batch.marks = marks
    push(batch, &turn)
  }

  mutating func beginService(_ turn: inout Turn) {
    isRecovered = true
    if epoch > 1 { turn.record(Record(.recovered, a: epochStart)) }
    awaitIdleness(&turn)
    awaitBackup(&turn)
    serveHeld(&turn)
  }

  /// A crash is a recovery from what the disk kept, with an empty memory.
  mutating func recoverFromDisk(_ turn: inout Turn) {
    let disk = StoreDisk(turn.disk)
    guard let latest = disk.latest else {
      if backup != nil { return askForCopy(&turn) }
      openEpoch(at: 1, marks: [], &turn)
      return
    }
    liveCommitted = latest.a
    serial = latest.b
    epoch = latest.c
    for entry in disk.values {
      history.restore(entry.value, of: StoreKey(packed: entry.slot), at: liveCommitted)
    }
    for slot in disk.markSlots { turn.persist(slot, nil) }
    memoryStart = liveCommitted + max(1, terms.versionsInFlight)
    openEpoch(at: memoryStart, marks: disk.unannounced, &turn)
  }

  // MARK: availability and rate

  /// While unavailable the store keeps requests, closes no batch and tells nothing; so its versions stand
  /// still.
  private mutating func setAvailable(_ available: Bool, _ turn: inout Turn) {
    guard available != isAvailable else { return }
    isAvailable = available
    guard available else {
      turn.cancel(Timer.batch)
      turn.cancel(Timer.idle)
      return
    }
    let finished = finishedWhileUnavailable
    finishedWhileUnavailable = 0
    let wasRecovered = isRecovered
    finishPushes(ticket: UInt64(finished), &turn)
    // Where the epoch began just now, its beginning has done the rest.
    guard wasRecovered else { return }
    serveHeld(&turn)
    // The batch that fell due meanwhile.
    closeBatch(&turn)
  }

  /// The versions of the time so far are given out at the old rate, in a batch of their own.
  private mutating func changeRate(thousandths: Int64, _ turn: inout Turn) {
    if isServing { closeBatch(&turn) }
    clock.setRate(thousandths: thousandths)
  }
}

/// What the store's disk slots mean.
///
/// A key's value lies in the slot of its number. Marks of a batch lie in the lane of its serial, two slots
/// each, until the lane's next batch; as many lanes as batches on their way, and one for the recovery
/// transaction.
struct StoreDisk {
  /// a version, b serial, c epoch of the latest batch; written with it.
  static let latest = slot(0)
  /// a serial of the latest batch; written behind its sync.
  static let behindSync = slot(1)
  /// a serial of the batch whose marks were announced last, b how many of them.
  static let announced = slot(2)

  private static let lanes = Int64(VersionedStoreTerms.pipeline + 1)

  private static func slot(_ number: UInt64) -> Int64 {
    StoreKey(reserved: StoreKey.ownSpace, id: number).packed
  }

  private static func markSlot(serial: Int64, index: Int) -> Int64 {
    StoreKey(reserved: StoreKey.markSpace, id: UInt64(serial % lanes) << 32 | UInt64(index) << 1).packed
  }

  static func persist(_ marks: [StoreMark], serial: Int64, _ turn: inout Turn) {
    for (index, mark) in marks.enumerated() {
      let (first, second) = StoreCommit.diskForm(of: mark, number: serial)
      turn.persist(markSlot(serial: serial, index: index), first)
      turn.persist(markSlot(serial: serial, index: index) + 1, second)
    }
  }

  static func clear(_ count: Int, serial: Int64, _ turn: inout Turn) {
    for index in 0..<count {
      turn.persist(markSlot(serial: serial, index: index), nil)
      turn.persist(markSlot(serial: serial, index: index) + 1, nil)
    }
  }

  // MARK: after a crash

  private(set) var latest: DiskValue?
  private var behindSync = DiskValue()
  private var announced = DiskValue()
  /// In slot order.
  private(set) var values: [DiskEntry] = []
  private var marks: [DiskEntry] = []

  init(_ entries: [DiskEntry]) {
    for entry in entries.sorted(by: { $0.slot < $1.slot }) {
      switch (StoreKey(packed: entry.slot).space, entry.slot) {
      case (StoreKey.markSpace, _): marks.append(entry)
      case (_, StoreDisk.latest): latest = entry.value
      case (_, StoreDisk.behindSync): behindSync = entry.value
      case (_, StoreDisk.announced): announced = entry.value
      default: values.append(entry)
      }
    }
  }

  var markSlots: [Int64] { marks.map { $0.slot } }

  /// Marks of batches that the disk kept and that were not announced before the crash, in order.
  ///
  /// After a power failure only finished syncs are left, and what was synced was announced at that moment.
  var unannounced: [StoreMark] {
    guard let latest, behindSync.a == latest.b else { return [] }
    var found: [(serial: Int64, index: Int64, mark: StoreMark)] = []
    var position = 0
    while position + 1 < marks.count {
      let first = marks[position], second = marks[position + 1]
      position += 2
      guard let (mark, number) = StoreCommit.mark(first.value, second.value) else { continue }
      // The lane's slot holds the lower 32 bits of a serial near the latest.
      let serial = latest.b - (latest.b - number) & 0xffff_ffff
      let index = (first.slot & 0xffff_ffff) >> 1
      let isNew = serial > announced.a || serial == announced.a && index >= announced.b
      if isNew { found.append((serial, index, mark)) }
    }
    return found.sorted { ($0.serial, $0.index) < ($1.serial, $1.index) }.map { $0.mark }
  }
}
