/// What a program asks of its lock client.
public enum Call: Sendable, BitwiseCopyable {
  case acquire(LockID)
  /// Prolong the lease of a held lock; the number names the request in records and answers.
  case refresh(LockID, number: Int64)
  /// Give a lock back; one that is still being acquired is given up, with whatever the attempt may have got.
  case release(LockID)
  /// Access data that lives in the lock's own store (`in-store`).
  case access(Access)
  /// The last section is over: stop whatever keeps a session alive.
  case finish
}

/// What a lock client tells its program.
public enum Answer: Sendable, BitwiseCopyable {
  case acquired(LockID, Grant)
  /// The parameter `retries` is used up.
  case gaveUp(LockID)
  case refreshed(LockID, number: Int64, deadline: LocalTime)
  /// No answer in time; the lease may or may not have been prolonged.
  ///
  /// The deadline is the old one, unless the lock client goes on counting without the service's word.
  case refreshTimedOut(LockID, number: Int64, deadline: LocalTime? = nil)
  /// The service refused a refresh, or said that the lease is gone.
  case lost(LockID)
  /// The release is over: answered, or given up waiting for an answer.
  case released(LockID)
  case accessed(AccessReply)
}

/// What a lock client knows of a lock that it was granted.
public struct Grant: Sendable, BitwiseCopyable {
  public var token: Token
  /// When the granted request was sent, on the client's monotonic clock.
  public var asked: LocalTime
  /// Until when the client may count on the lock, on its monotonic clock: TTL from sending, less the drift
  /// allowance.
  public var deadline: LocalTime
  /// The simulator's number of the grant, filled in on the way to the program; see `Access.stamp`.
  public package(set) var stamp: Int64 = 0

  @inlinable public init(token: Token, asked: LocalTime, deadline: LocalTime) {
    self.token = token
    self.asked = asked
    self.deadline = deadline
  }
}

/// The protocol between a client's program and the resource.
public struct AccessMessage: Payload {
  public enum Kind: UInt8, Sendable, BitwiseCopyable { case read, write, effect, readReply, writeReply }

  @inlinable public static var tag: ProtocolTag { ProtocolTag("data") }
  public static let words = ["read", "write", "effect", "read reply", "write reply"]

  /// First, so that the two bytes below lie behind its last word: 70 bytes in all.
  public var access: Access
  public var kind: Kind
  /// On replies: `AccessReply.Outcome`.
  var outcome: AccessReply.Outcome

  public init(_ kind: Kind, _ access: Access) {
    self.kind = kind
    outcome = .done
    self.access = access
  }

  public init(reply: AccessReply, to access: Access, isWrite: Bool) {
    kind = isWrite ? .writeReply : .readReply
    outcome = reply.outcome
    self.access = access
    self.access.base = reply.version
    self.access.value = reply.value
  }

  /// The reply in this message; nil where it is a request.
  public var reply: AccessReply? {
    guard kind == .readReply || kind == .writeReply else { return nil }
    return AccessReply(
      lock: access.lock, id: access.id, outcome: outcome, version: access.base, value: access.value)
  }

  public var word: UInt8 { kind.rawValue }

  public func fold(into print: inout Fingerprint) {
    print.add(UInt64(outcome.rawValue))
    access.fold(into: &print)
  }
}

/// One read, write or effect on an item that a lock protects.
///
/// A write whose section read more than the written item comes with a parcel: item and version of each other.
public struct Access: Sendable, BitwiseCopyable {
  public var lock: LockID
  /// Which of the lock's items, from 0.
  public var item: UInt16 = 0
  /// Whether the access changes the item.
  public var writes: Bool
  /// Unique for the client: the same number again is the same message delivered twice.
  public var id: Int64
  public var token: Token
  /// The simulator's number of the grant, passed on untouched so that records can be joined. No machine
  /// decides by it.
  public var stamp: Int64
  /// The item's version that this section read; -1 where it read none.
  public var base: Int64
  /// The new content, as the number of updates it holds.
  public var value: Int64
  /// Who sent it, as the resource knows from the connection; with `id` it names an update.
  public var sender = NodeID.none

  @inlinable public init(
    lock: LockID, item: UInt16 = 0, writes: Bool, id: Int64, token: Token, stamp: Int64, base: Int64 = -1,
    value: Int64 = 0
  ) {
    self.lock = lock
    self.item = item
    self.writes = writes
    self.id = id
    self.token = token
    self.stamp = stamp
    self.base = base
    self.value = value
  }

  @inlinable public func fold(into print: inout Fingerprint) {
    print.add(Int64(lock.index) | Int64(item) << 32)
    print.add(writes)
    print.add(id)
    print.add(token)
    print.add(base)
    print.add(value)
  }
}

/// How the resource, or the store under `in-store`, answered an access.
public struct AccessReply: Sendable, BitwiseCopyable {
  public enum Outcome: UInt8, Sendable, BitwiseCopyable {
    case done
    /// The guard refused the token, or the store found another owner.
    case refusedToken
    /// The guard refused the version that the section read.
    case refusedVersion
  }

  public var lock: LockID
  public var id: Int64
  public var outcome: Outcome
  /// The item's version and content after the access.
  public var version: Int64
  public var value: Int64

  @inlinable public init(lock: LockID, id: Int64, outcome: Outcome, version: Int64, value: Int64) {
    self.lock = lock
    self.id = id
    self.outcome = outcome
    self.version = version
    self.value = value
  }
}
