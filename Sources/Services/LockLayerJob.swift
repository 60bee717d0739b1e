import Contract

/// One request that a layer process works on, over as many transactions as it takes.
struct LockLayerJob: Sendable, BitwiseCopyable {
  enum Kind: UInt8, Sendable, BitwiseCopyable { case createLease, refresh, lock, unlock, read, write }

  let kind: Kind
  let client: NodeID
  let lock: LockID
  var lease: UInt64 = 0
  var attempt: UInt64 = 0
  var request: Int64 = 0
  var access = Access(lock: .none, writes: false, id: 0, token: .none, stamp: 0)
  var isOpen = true
  var transaction = TransactionID(number: 0)
  var backoff = StoreBackoff()

  // What the current transaction has read.
  var readVersion: Int64 = 0
  var awaited = 0
  var lockValue: DiskValue?
  var ownLease: DiskValue?
  var otherLease: DiskValue?
  var item: DiskValue?
  var hasReadOther = false
  /// The answer to give once the transaction has committed.
  var verdict = LockLayerMessage.Kind.unlocked
  var left = Nanos.zero
  /// The grant's version where an earlier transaction of this request had taken the lock after all.
  var knownVersion: Int64 = 0
  var outcome = AccessReply.Outcome.done

  init(_ kind: Kind, client: NodeID, lock: LockID) {
    self.kind = kind
    self.client = client
    self.lock = lock
  }

  mutating func forgetReads() {
    awaited = 0
    lockValue = nil
    ownLease = nil
    otherLease = nil
    item = nil
    hasReadOther = false
    knownVersion = 0
    outcome = .done
  }

  mutating func take(_ value: DiskValue?, of key: StoreKey) {
    awaited -= 1
    if key == LockLayerKey.lock(lock) {
      lockValue = value
    } else if key == LockLayerKey.item(lock) {
      item = value
    } else if key == LockLayerKey.lease(lease) {
      ownLease = value
    } else {
      otherLease = value
    }
  }

  /// The lease that holds the lock, if one does.
  var holder: UInt64? { lockValue.map { UInt64(bitPattern: $0.a) } }
}
