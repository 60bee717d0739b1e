import Contract

/// A key of the store: a space that its user chose, and a number in it; both in one word.
public struct StoreKey: Hashable, Sendable, BitwiseCopyable {
  /// The space in the upper 8 bits, the number in the lower 56; also the key's disk slot.
  public let packed: Int64

  /// - Precondition: the space is below 120, the number below 2^56.
  public init(space: UInt8, id: UInt64) {
    precondition(space < 120, "spaces from 120 on are the store's own")
    self.init(reserved: space, id: id)
  }

  init(reserved space: UInt8, id: UInt64) {
    precondition(id < 1 << 56, "a key's number has 56 bits")
    packed = Int64(space) << 56 | Int64(id)
  }

  init(packed: Int64) { self.packed = packed }

  public var space: UInt8 { UInt8(truncatingIfNeeded: packed >> 56) }
  public var id: UInt64 { UInt64(packed & (1 << 56 - 1)) }

  /// Where `\xff/SC/` lies: keys that make a blind write conflict with its own re-delivery.
  static let selfConflictSpace: UInt8 = 125
  /// Disk slots of marks not yet announced.
  static let markSpace: UInt8 = 126
  /// Disk slots of the store's own state.
  static let ownSpace: UInt8 = 127
}

/// The protocol between the versioned store and the client library in a layer process.
public struct StoreMessage: Payload {
  public enum Kind: UInt8, Sendable, BitwiseCopyable {
    case getReadVersion, readVersion
    case read, value
    /// The read's version has left the window (1007).
    case readTooOld
    /// Write set, conflict keys and marks come as a parcel, see `StoreCommit`.
    case commit
    /// The commit of a dummy transaction, which proves that an earlier commit is decided.
    case probe
    case committed
    /// Not committed (1020).
    case conflict
    /// Not committed: the snapshot is too old (1007).
    case tooOld
    /// Decided, but the answer is not told (1030): the client must prove it with a probe.
    case unknown
    /// Reads the keys in the parcel, all at one version.
    case readMany
    /// Keys and values come as a parcel, see `StoreValues`.
    case values
    /// To the backup: everything, as of a version, in the parcel.
    case keepCopy
    /// To the backup, from a store that has lost its disks.
    case askCopy
    /// The latest copy, in the parcel; version 0 where there is none.
    case copy
  }

  public static var tag: ProtocolTag { ProtocolTag("fdbs") }
  public static let words = [
    "get read version", "read version", "read", "value", "read too old", "commit", "probe", "committed",
    "conflict", "too old", "unknown", "read many", "values", "backup", "restore?",
    "restore",
  ]

  public var kind: Kind
  /// On `.value`: whether the key has a value.
  public var hasValue = false
  /// Chosen by the client; the reply carries it back.
  public var request: UInt32
  /// The client's number of the transaction; the reply carries it back.
  public var transaction: UInt64
  public var key = StoreKey(packed: 0)
  /// The read version, the snapshot of a commit, or the commit version.
  public var version: Int64 = 0
  /// On `.value` the value; on `.commit` a the sender's count of commits, b its incarnation; on `.committed`
  /// a the transaction's place in its batch, from 0.
  public var value = DiskValue()

  public init(_ kind: Kind, transaction: UInt64, request: UInt32) {
    self.kind = kind
    self.transaction = transaction
    self.request = request
  }

  /// The reply of this kind to this message.
  func reply(_ kind: Kind, version: Int64 = 0) -> StoreMessage {
    var reply = StoreMessage(kind, transaction: transaction, request: request)
    reply.key = key
    reply.version = version
    return reply
  }

  public var word: UInt8 { kind.rawValue }

  public func fold(into print: inout Fingerprint) {
    print.add(UInt64(request) << 1 | (hasValue ? 1 : 0))
    print.add(transaction)
    print.add(key.packed)
    print.add(version)
    print.add(value.a)
    print.add(value.b)
    print.add(value.c)
    print.add(value.d)
  }
}
