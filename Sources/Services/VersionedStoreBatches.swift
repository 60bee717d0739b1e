import Contract

// How a commit is decided: collected in a batch, given a version, resolved, pushed to the log, told.
//
// Source: FDB fdbserver/commitproxy/CommitProxyServer.cpp, fdbserver/resolver/Resolver.cpp.
extension VersionedStore {
  // MARK: collect

  /// Puts a commit into the open batch, which closes a fixed time after its first commit.
  mutating func admit(_ message: StoreMessage, from client: NodeID, _ words: [Int64], _ turn: inout Turn) {
    if message.kind == .commit, !isFirstDelivery(message, from: client) { return }
    if open.isEmpty { turn.set(Timer.batch, after: terms.batchInterval) }
    let start = openWords.count, fate = drawnFate(of: message)
    openWords.append(contentsOf: words)
    open.append(
      OpenCommit(message: message, from: client, fate: fate, firstWord: start, endWord: openWords.count))
  }

  private mutating func isFirstDelivery(_ message: StoreMessage, from client: NodeID) -> Bool {
    let index = Int(client.index)
    while arrivals.count <= index { arrivals.append(Arrivals()) }
    return arrivals[index].isFirst(message.value.a, of: message.value.b)
  }

  /// The disturbance `unknown-result` takes commits, not the probes that follow from it.
  private mutating func drawnFate(of message: StoreMessage) -> OpenCommit.Fate {
    guard message.kind == .commit, unknownResults > 0 else { return .ordinary }
    unknownResults -= 1
    return landing.below(2) == 0 ? .landsUntold : .isLost
  }

  // MARK: version and resolve

  /// Gives the open batch, perhaps empty, its version, decides its commits in order, and pushes it to the
  /// log.
  mutating func closeBatch(_ turn: inout Turn) {
    guard isServing else { return }
    guard pushes.count < VersionedStoreTerms.pipeline else {
      isBatchDue = true
      return
    }
    isBatchDue = false
    turn.cancel(Timer.batch)
    var batch = LogPush(serial: serial + 1, version: clock.next(at: turn.now.monotonic), opensEpoch: false)
    batch.replies.reserveCapacity(open.count)
    for commit in open { decide(commit, in: &batch, &turn) }
    open.removeAll(keepingCapacity: true)
    openWords.removeAll(keepingCapacity: true)
    push(batch, &turn)
    awaitIdleness(&turn)
  }

  /// An empty batch follows if nothing does. Source: flow/Knobs.cpp DELAY_JITTER_OFFSET 0.9,
  /// DELAY_JITTER_RANGE 0.2.
  func awaitIdleness(_ turn: inout Turn) {
    let jitter = turn.random(below: terms.idleInterval / 5)
    turn.set(Timer.idle, after: terms.idleInterval * 9 / 10 + jitter)
  }

  private mutating func decide(_ commit: OpenCommit, in batch: inout LogPush, _ turn: inout Turn) {
    var kind = StoreMessage.Kind.unknown
    if commit.fate != .isLost {
      kind = ruling(on: commit, at: batch.version)
      if kind == .committed { apply(commit, in: &batch, &turn) }
      if commit.fate == .landsUntold { kind = .unknown }
    }
    var reply = commit.message.reply(kind, version: kind == .committed ? batch.version : 0)
    if kind == .committed { reply.value.a = Int64(batch.replies.count) }
    batch.replies.append((reply, commit.from))
  }

  /// Whether a commit may be applied at this version, after all that stand before it in the batch.
  ///
  /// Source: ConflictSet.cpp: too old first, then any read key with a write above the snapshot.
  private func ruling(on commit: OpenCommit, at version: Int64) -> StoreMessage.Kind {
    let snapshot = commit.message.version
    var position = commit.firstWord
    while let key = StoreCommit.nextRead(in: openWords, at: &position, end: commit.endWord) {
      // An earlier delivery may have been decided before memory was lost, so nobody can say "not committed".
      if snapshot < memoryStart { return .unknown }
      if snapshot < max(version - terms.writeLife, epochStart) || snapshot > liveCommitted { return .tooOld }
      if history.lastWrite(of: key) > snapshot, !overlooksConflicts { return .conflict }
    }
    return .committed
  }

  /// Writes a commit into memory and onto the disk; it shows once `liveCommitted` reaches its version.
  private mutating func apply(_ commit: OpenCommit, in batch: inout LogPush, _ turn: inout Turn) {
    var position = commit.firstWord
    while let item = StoreCommit.item(in: openWords, at: &position, end: commit.endWord) {
      switch item {
      case .readConflict: break
      case .writeConflict(let key): history.touch(key, at: batch.version)
      case .set(let key, let value, let versionWord):
        write(value.with(batch.version, inWord: versionWord), to: key, at: batch.version, &turn)
      case .clear(let key): write(nil, to: key, at: batch.version, &turn)
      case .mark(var mark):
        if mark.orderIsCommitVersion { mark.token.order = batch.version }
        batch.marks.append(mark)
      }
    }
  }

  private mutating func write(_ value: DiskValue?, to key: StoreKey, at version: Int64, _ turn: inout Turn) {
    history.write(value, to: key, at: version)
    turn.persist(key.packed, value)
  }

  // MARK: log push

  /// Sends a batch to the log; the disk's answer to the ticket completes it.
  mutating func push(_ batch: LogPush, _ turn: inout Turn) {
    serial = batch.serial
    StoreDisk.persist(batch.marks, serial: batch.serial, &turn)
    turn.persist(StoreDisk.latest, DiskValue(batch.version, batch.serial, epoch))
    turn.sync(UInt64(turn.restarts) << 48 | UInt64(batch.serial))
    // Written behind the sync: whoever finds it behind `latest` knows that a power failure took it.
    turn.persist(StoreDisk.behindSync, DiskValue(batch.serial))
    pushes.append(batch)
  }

  /// All pushes up to this ticket are complete, in version order.
  mutating func finishPushes(ticket: UInt64, _ turn: inout Turn) {
    let finished = Int64(ticket & (1 << 48 - 1))
    guard isAvailable else {
      finishedWhileUnavailable = max(finishedWhileUnavailable, finished)
      return
    }
    while let batch = pushes.first, batch.serial <= finished {
      pushes.removeFirst()
      complete(batch, &turn)
    }
    if isBatchDue { closeBatch(&turn) }
  }

  /// First the batch becomes visible to new read versions, then its clients learn of it: so R1 holds.
  private mutating func complete(_ batch: LogPush, _ turn: inout Turn) {
    liveCommitted = batch.version
    history.forget(upTo: terms.horizon(at: liveCommitted))
    announce(batch, &turn)
    if batch.opensEpoch { beginService(&turn) }
    for reply in batch.replies { turn.send(reply.message, to: reply.to) }
  }

  /// States the marks, each noted on the disk just before, so that a process crash at one of them doubles
  /// none.
  private func announce(_ batch: LogPush, _ turn: inout Turn) {
    for (index, mark) in batch.marks.enumerated() {
      turn.persist(StoreDisk.announced, DiskValue(batch.serial, Int64(index) + 1))
      turn.record(mark.record)
    }
  }
}

extension DiskValue {
  /// The same words with a version in place of one; -1 names none.
  func with(_ version: Int64, inWord index: Int8) -> DiskValue {
    var stamped = self
    switch index {
    case 0: stamped.a = version
    case 1: stamped.b = version
    case 2: stamped.c = version
    case 3: stamped.d = version
    default: break
    }
    return stamped
  }
}
