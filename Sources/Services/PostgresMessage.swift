import Contract

/// What a client and its backend say to each other on one connection.
public struct PostgresMessage: Payload {
  public enum Kind: UInt8, Sendable, BitwiseCopyable {
    case connect
    /// `pg_advisory_lock(lock)`, which waits.
    case lock
    /// `pg_advisory_unlock(lock)`; also the end of a `lock` that is no longer wanted.
    case unlock
    /// `SELECT 1`.
    case ping
    /// The client has the answer `locked`: the acknowledgement that its kernel would send.
    case received
    case ready
    /// The lock is held by another session; `locked` follows when it is this one's turn.
    case queued
    case locked, unlocked, pong
  }

  public static var tag: ProtocolTag { ProtocolTag("pgsq") }
  public static let words = [
    "connect", "pg_advisory_lock", "pg_advisory_unlock", "SELECT 1", "received", "ready", "queued", "locked",
    "unlocked", "pong",
  ]

  public var kind: Kind
  /// Unique for the client; named in every message.
  public var connection: UInt64
  public var lock: LockID
  /// The attempt's own value, by which a repeated request finds its own lock.
  public var attempt: UInt64
  /// Rises with every request of the client; a repetition has the number of its original.
  public var request: Int64

  public init(
    _ kind: Kind, connection: UInt64, lock: LockID = .none, attempt: UInt64 = 0, request: Int64 = 0
  ) {
    self.kind = kind
    self.connection = connection
    self.lock = lock
    self.attempt = attempt
    self.request = request
  }

  func reply(_ kind: Kind) -> PostgresMessage {
    PostgresMessage(kind, connection: connection, lock: lock, attempt: attempt, request: request)
  }

  public var word: UInt8 { kind.rawValue }

  public func fold(into print: inout Fingerprint) {
    print.add(connection)
    print.add(lock)
    print.add(attempt)
    print.add(request)
  }
}

/// What the server and its clients hear: SQL, accesses to data, and what the kernels say of the connection.
public enum PostgresInbox: Inbox {
  case sql(PostgresMessage)
  case access(AccessMessage)
  case connection(ConnectionMessage)

  public init?(opening envelope: Envelope) {
    if let message = PostgresMessage(opening: envelope) {
      self = .sql(message)
    } else if let message = AccessMessage(opening: envelope) {
      self = .access(message)
    } else if let message = ConnectionMessage(opening: envelope) {
      self = .connection(message)
    } else {
      return nil
    }
  }
}
