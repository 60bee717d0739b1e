import Contract

/// The protocol between clients and the layer processes of a lock layer on the versioned store.
public struct LockLayerMessage: Payload {
  public enum Kind: UInt8, Sendable, BitwiseCopyable {
    case createLease, refresh, lock, unlock
    /// The lease exists; its identifier is in `lease`.
    case leaseCreated
    case refreshed
    /// The lease is gone, or too old to acquire with.
    case leaseGone
    /// The lock is the client's; the commit version is in `version`.
    case locked
    /// Another lease holds the lock: which one, and how long it has at least left without a refresh.
    case busy
    case unlocked
    /// The layer closes the connection because it cannot reach the store.
    case closed
  }

  public static var tag: ProtocolTag { ProtocolTag("lock") }
  public static let words = [
    "create lease", "refresh", "lock", "unlock", "lease created", "refreshed", "lease gone", "locked", "busy",
    "unlocked", "closed",
  ]

  public var kind: Kind
  public var lock: LockID
  public var lease: UInt64
  /// The attempt's own value, by which a repeated request finds its own lock.
  public var attempt: UInt64 = 0
  /// Chosen by the client, returned with the answer.
  public var request: Int64
  public var version: Int64 = 0
  public var left = Nanos.zero

  init(_ kind: Kind, lock: LockID = .none, lease: UInt64 = 0, attempt: UInt64 = 0, request: Int64) {
    self.kind = kind
    self.lock = lock
    self.lease = lease
    self.attempt = attempt
    self.request = request
  }

  public var word: UInt8 { kind.rawValue }

  public func fold(into print: inout Fingerprint) {
    print.add(lock)
    print.add(lease)
    print.add(attempt)
    print.add(request)
    print.add(version)
    print.add(left)
  }
}

/// What a layer process hears: its clients, accesses to data in the store, and the store.
public enum LockLayerInbox: Inbox {
  case client(LockLayerMessage)
  case access(AccessMessage)
  case store(StoreMessage)

  public init?(opening envelope: Envelope) {
    if let message = StoreMessage(opening: envelope) {
      self = .store(message)
    } else if let message = LockLayerMessage(opening: envelope) {
      self = .client(message)
    } else if let message = AccessMessage(opening: envelope) {
      self = .access(message)
    } else {
      return nil
    }
  }
}

/// Where the layer keeps things in the store.
enum LockLayerKey {
  /// a read version of the last refresh, b TTL in nanoseconds, c node index of the client, d the layer's wall
  /// clock at the last refresh where leases expire by it, else 0.
  static func lease(_ id: UInt64) -> StoreKey { StoreKey(space: 1, id: id) }
  /// a lease, b commit version of the grant, c attempt, d request number (upper half) and client (lower).
  static func lock(_ lock: LockID) -> StoreKey {
    StoreKey(space: 2, id: UInt64(UInt32(bitPattern: lock.index)))
  }
  /// a version, b content, c id of the last write, d node index of its client.
  static func item(_ lock: LockID) -> StoreKey {
    StoreKey(space: 3, id: UInt64(UInt32(bitPattern: lock.index)))
  }
}
