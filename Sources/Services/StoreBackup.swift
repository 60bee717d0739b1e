import Contract

/// Where backups of the versioned store lie: one copy, of everything, as of one version.
///
/// Promises: what it says it has is on its disk; the copy is never newer than the store was.
/// Assumes: nothing of versions or clocks; a copy that is lost on its way is made up for by the next.
/// Breaks when: its own disk is lost too (the store then starts empty).
/// Source: FoundationDB, backup and restore: `fdbrestore` brings keys back as they were at a version, into a
/// cluster with versions of its own.
public struct StoreBackup: Machine {
  public typealias Message = StoreMessage

  /// The version of the copy; 0: there is none.
  private(set) var version: Int64 = 0
  /// Six words for each key, as `StoreValues` has them.
  private(set) var words: [Int64] = []

  private static let versionSlot = StoreKey(reserved: StoreKey.ownSpace, id: 3).packed

  public init() {}

  public mutating func handle(_ input: Input<StoreMessage, NoTimer>, _ turn: inout Turn) {
    switch input {
    case .message(let message, _) where message.kind == .keepCopy: keep(message.version, turn.parcel, &turn)
    case .message(let message, let store) where message.kind == .askCopy:
      turn.send(message.reply(.copy, version: version), to: store, parcel: words)
    case .restarted: load(turn.disk)
    case .start, .message, .timer, .call, .answer, .synced, .disturbed: break
    }
  }

  private mutating func keep(_ version: Int64, _ copy: [Int64], _ turn: inout Turn) {
    for start in stride(from: 0, to: words.count, by: StoreValues.stride) { turn.persist(words[start], nil) }
    for start in stride(from: 0, to: copy.count, by: StoreValues.stride) {
      let value = DiskValue(copy[start + 2], copy[start + 3], copy[start + 4], copy[start + 5])
      turn.persist(copy[start], value)
    }
    turn.persist(StoreBackup.versionSlot, DiskValue(version))
    turn.sync(0)
    self.version = version
    words = copy
  }

  private mutating func load(_ disk: [DiskEntry]) {
    for entry in disk {
      if entry.slot == StoreBackup.versionSlot {
        version = entry.value.a
      } else {
        StoreValues.append(StoreKey(packed: entry.slot), entry.value, to: &words)
      }
    }
  }
}

// MARK: the store's side

extension VersionedStore {
  func awaitBackup(_ turn: inout Turn) {
    if backup != nil { turn.set(Timer.backup, after: terms.backupEvery) }
  }

  /// A copy of all keys as of the latest version, while anybody is served.
  func backUp(_ turn: inout Turn) {
    guard let backup else { return }
    awaitBackup(&turn)
    guard isServing else { return }
    var message = StoreMessage(.keepCopy, transaction: 0, request: 0)
    message.version = liveCommitted
    turn.send(message, to: backup, parcel: history.copy(at: liveCommitted))
  }

  /// Nobody is served before the backup has answered.
  func askForCopy(_ turn: inout Turn) {
    guard let backup else { return }
    turn.send(StoreMessage(.askCopy, transaction: 0, request: 0), to: backup)
    turn.set(Timer.restore, after: StoreClient.retryAfter)
  }

  /// The keys are what they were at the copy's version; the versions to come are another matter.
  mutating func restore(_ version: Int64, _ words: [Int64], _ turn: inout Turn) {
    guard epoch == 0 else { return }
    turn.cancel(Timer.restore)
    memoryStart = terms.restoreAhead == 0 ? 1 : version + terms.restoreAhead
    liveCommitted = memoryStart - 1
    epoch = 1
    for start in stride(from: 0, to: words.count, by: StoreValues.stride) {
      let value = DiskValue(words[start + 2], words[start + 3], words[start + 4], words[start + 5])
      history.restore(value, of: StoreKey(packed: words[start]), at: liveCommitted)
      turn.persist(words[start], value)
    }
    openEpoch(at: memoryStart, marks: [], &turn)
  }
}
