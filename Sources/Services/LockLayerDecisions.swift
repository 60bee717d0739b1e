import Contract

// What a layer decides once a job's transaction has read what it asked for, and what it answers.
//
// Source: forum thread, steps 1 to 5: all of it in the one transaction, so that the store settles every race.
extension LockLayerServer {
  mutating func decide(_ number: Int, _ id: TransactionID, _ turn: inout Turn) {
    switch jobs[number].kind {
    case .createLease: writeLease(number, id, turn.now)
    case .refresh: decideRefresh(number, id, turn.now)
    case .lock: if decideLock(number, id, &turn) { return }
    case .unlock: decideUnlock(number, id)
    case .read: decideRead(number)
    case .write: decideWrite(number, id)
    }
    if let end = store.commit(id, &turn) { happen(end, &turn) }
  }

  // MARK: leases

  mutating func writeLease(_ number: Int, _ id: TransactionID, _ now: LocalClocks) {
    let job = jobs[number]
    jobs[number].verdict = job.kind == .createLease ? .leaseCreated : .refreshed
    putLease(job.lease, of: job.client, readAt: job.readVersion, id, now)
  }

  /// Creates or refreshes a lease: the read version, or the commit version in its place, and the wall clock.
  mutating func putLease(
    _ lease: UInt64, of client: NodeID, readAt version: Int64, _ id: TransactionID, _ now: LocalClocks
  ) {
    let stamp = terms.expiry == .clock ? now.wall.nanos : 0
    let value = DiskValue(version, ttl.count, Int64(client.index), stamp)
    let word: Int8 = terms.holes.stampsReadVersion ? -1 : 0
    store.set(LockLayerKey.lease(lease), to: value, versionWord: word, in: id)
  }

  /// Refreshes only a lease that exists: a blind write would bring an expired one back to life.
  mutating func decideRefresh(_ number: Int, _ id: TransactionID, _ now: LocalClocks) {
    let job = jobs[number]
    guard job.ownLease != nil || terms.holes.refreshesBlindly else {
      jobs[number].verdict = .leaseGone
      return
    }
    writeLease(number, id, now)
    let owner = job.ownLease?.c ?? Int64(job.client.index)
    store.mark(StoreMark(.extended, client: job.client, a: owner), in: id)
  }

  // MARK: locks

  /// Whether the decision must wait for another read.
  mutating func decideLock(_ number: Int, _ id: TransactionID, _ turn: inout Turn) -> Bool {
    let job = jobs[number]
    guard let own = job.ownLease, !isExpired(own, at: job.readVersion, turn.now) else {
      jobs[number].verdict = .leaseGone
      return false
    }
    guard let holder = job.holder, let held = job.lockValue else {
      takeLock(number, id)
      return false
    }
    if holder == job.lease {
      takeOver(number, held, id)
      return false
    }
    if !job.hasReadOther {
      jobs[number].hasReadOther = true
      read(LockLayerKey.lease(holder), number, id, &turn)
      return true
    }
    if job.otherLease == nil, terms.holes.holdsDanglingLocks {
      jobs[number].verdict = .busy
    } else if let other = job.otherLease, !isExpired(other, at: job.readVersion, turn.now) {
      jobs[number].verdict = .busy
      jobs[number].left = left(other, at: job.readVersion)
    } else {
      expire(number, holder, held, id)
      takeLock(number, id)
    }
    return false
  }

  /// The lock's key names the lease; the commit version beside it is the token, also for whoever reads it
  /// later.
  mutating func takeLock(_ number: Int, _ id: TransactionID) {
    let job = jobs[number]
    jobs[number].verdict = .locked
    let value = DiskValue(
      Int64(bitPattern: job.lease), 0, Int64(bitPattern: job.attempt),
      job.request << 32 | Int64(job.client.index))
    store.set(LockLayerKey.lock(job.lock), to: value, versionWord: 1, in: id)
    store.mark(
      StoreMark(
        .voted, client: job.client, lock: job.lock, token: Token(unique: job.attempt),
        orderIsCommitVersion: true), in: id)
  }

  /// The lease already holds the lock: for this very attempt, whose result was unknown; for an earlier one,
  /// which is given up by now; or for a later one, which this request, delayed on its way, must not disturb.
  mutating func takeOver(_ number: Int, _ held: DiskValue, _ id: TransactionID) {
    let job = jobs[number]
    if UInt64(bitPattern: held.c) == job.attempt {
      jobs[number].verdict = .locked
      jobs[number].knownVersion = terms.holes.forgetsToken ? 0 : held.b
    } else if job.request > held.d >> 32 {
      if terms.holes.reattachesUnderOldToken { reattach(number, held, id) } else { takeLock(number, id) }
    } else {
      jobs[number].verdict = .busy
    }
  }

  /// The hole: a later attempt of the same lease, maybe another life of its client, gets the old token again.
  mutating func reattach(_ number: Int, _ held: DiskValue, _ id: TransactionID) {
    let job = jobs[number]
    jobs[number].verdict = .locked
    jobs[number].knownVersion = held.b
    let value = DiskValue(
      held.a, held.b, Int64(bitPattern: job.attempt), job.request << 32 | Int64(job.client.index))
    store.set(LockLayerKey.lock(job.lock), to: value, in: id)
    let token = Token(order: held.b, unique: job.attempt)
    store.mark(StoreMark(.voted, client: job.client, lock: job.lock, token: token), in: id)
  }

  /// Step 5: the holder's lease is expired in the same transaction; its other locks then hang on nothing.
  mutating func expire(_ number: Int, _ holder: UInt64, _ held: DiskValue, _ id: TransactionID) {
    let job = jobs[number]
    store.clear(LockLayerKey.lease(holder), in: id)
    let loser = NodeID(Int32(truncatingIfNeeded: held.d))
    store.mark(StoreMark(.leaseExpired, client: loser, lock: job.lock), in: id)
  }

  /// Only the attempt that took the lock gives it back.
  mutating func decideUnlock(_ number: Int, _ id: TransactionID) {
    let job = jobs[number]
    jobs[number].verdict = .unlocked
    guard let held = job.lockValue, UInt64(bitPattern: held.c) == job.attempt else { return }
    store.clear(LockLayerKey.lock(job.lock), in: id)
    store.mark(StoreMark(.removed, client: job.client, lock: job.lock, a: held.d & 0xffff_ffff), in: id)
  }

  // MARK: data in the store

  /// Whether the access comes from the lock's owner: the very grant whose version the lock's key holds.
  func isOwner(_ job: LockLayerJob) -> Bool {
    job.lockValue.map {
      $0.b == job.access.token.order && UInt64(bitPattern: $0.c) == job.access.token.unique
    }
      ?? false
  }

  mutating func decideRead(_ number: Int) {
    if !isOwner(jobs[number]) { jobs[number].outcome = .refusedToken }
  }

  mutating func decideWrite(_ number: Int, _ id: TransactionID) {
    let job = jobs[number], access = job.access
    let item = job.item ?? DiskValue()
    if item.c == access.id, item.d == Int64(job.client.index) { return }
    guard isOwner(job) else {
      jobs[number].outcome = .refusedToken
      return
    }
    let written = DiskValue(item.a + 1, access.value, access.id, Int64(job.client.index))
    jobs[number].item = written
    store.set(LockLayerKey.item(job.lock), to: written, in: id)
    store.mark(
      StoreMark(
        .writeApplied, client: job.client, lock: job.lock, token: access.token, stamp: access.stamp,
        a: access.id, b: access.base, c: written.a), in: id)
  }

  // MARK: answers

  mutating func answer(_ number: Int, _ version: Int64, _ turn: inout Turn) {
    let job = jobs[number]
    close(number)
    if job.kind == .read || job.kind == .write { return answerAccess(job, &turn) }
    var reply = LockLayerMessage(
      job.verdict, lock: job.lock, lease: job.lease, attempt: job.attempt, request: job.request)
    reply.version = job.knownVersion == 0 ? version : job.knownVersion
    // A transaction that only read has no version to tell.
    if job.verdict == .locked { reply.version = max(0, reply.version) }
    reply.left = job.left
    turn.send(reply, to: job.client)
  }

  func answerAccess(_ job: LockLayerJob, _ turn: inout Turn) {
    let item = job.item ?? DiskValue(), access = job.access
    var record = Record(
      .readApplied, lock: job.lock, client: job.client, grant: access.stamp, token: access.token,
      a: access.id,
      b: item.a, c: item.b, d: -1)
    switch (job.kind == .write, job.outcome == .done) {
    case (false, true): break
    case (false, false):
      record.kind = .readRejected
      record.b = Int64(job.outcome.rawValue)
    case (true, true):
      record.kind = .writeAcknowledged
      record.c = item.a
    case (true, false):
      record.kind = .writeRejected
      record.b = Int64(job.outcome.rawValue)
    }
    turn.record(record)
    let reply = AccessReply(
      lock: job.lock, id: access.id, outcome: job.outcome, version: item.a, value: item.b)
    turn.send(AccessMessage(reply: reply, to: access, isWrite: job.kind == .write), to: job.client)
  }
}
