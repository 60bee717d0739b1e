import Contract

/// What a Redis master and its replicas say to each other.
public struct ReplicationMessage: Payload {
  public enum Kind: UInt8, Sendable, BitwiseCopyable {
    /// The master passes on what a key is now: `SET ... PXAT`, or `DEL`.
    case change
    /// `REPLCONF ACK`: how far a replica is; of no history it asks for a copy of everything.
    case acknowledge
    /// How far the master is.
    case position
    /// `REPLCONF GETACK`: acknowledge now.
    case askPosition
    /// All keys, in the parcel.
    case copy
  }

  public static var tag: ProtocolTag { ProtocolTag("repl") }
  public static let words = ["change", "ACK", "position", "GETACK", "copy"]

  public var kind: Kind
  /// On changes: whether there is a key now.
  public var isPresent = false
  public var lock = LockID.none
  public var setter = NodeID.none
  /// The replication id: offsets of different histories cannot be compared.
  public var history: UInt64
  public var offset: Int64
  public var value: UInt64 = 0
  /// Wall clock of the master that set it, whole milliseconds.
  public var expiresAt: Int64 = 0
  public var holds: Int64 = 0
  /// The lock's token key.
  public var counter: Int64 = 0

  public init(_ kind: Kind, history: UInt64, offset: Int64) {
    self.kind = kind
    self.history = history
    self.offset = offset
  }

  public var word: UInt8 { kind.rawValue }

  public func fold(into print: inout Fingerprint) {
    print.add(isPresent)
    print.add(lock)
    print.add(setter)
    print.add(history)
    print.add(offset)
    print.add(value)
    print.add(expiresAt)
    print.add(holds)
    print.add(counter)
  }
}
