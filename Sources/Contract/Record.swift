/// A fact about the run: what happened, where, when, and to whom. Plain data.
///
/// Faults trigger on records, checks judge by them alone, traces list them. `a` to `d` depend on the kind.
public struct Record: Sendable, BitwiseCopyable {
  public enum Kind: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    // The client's program and its lock client; `node` and `client` are the client.

    /// A section begins and waits for its locks: a section number, from 1.
    case waiting
    /// An attempt's request was sent; `token.unique` is the attempt's own value.
    case acquireSent
    /// The lock client gave the attempt up: what is granted to it from now on is a ghost.
    case attemptEnded
    /// The program has learned of its grant: belief begins.
    case acquired
    /// A read came back: a access id, b version, c content.
    case read
    /// The hold is over, any check has passed, the write is not yet sent.
    case beforeWrite
    /// A write was sent: a access id, b the version it is based on.
    case writeSent
    /// A refresh was sent: a number. Without a lock, for the lease under all of the client's locks.
    case refreshSent
    /// The client received the answer "prolonged": a number of the refresh.
    case refreshed
    /// A refresh got no answer in time: a number.
    case refreshFailed
    /// A separate lease was asked for: a number.
    case leaseSent
    /// The client received its new separate lease: a number.
    case leaseCreated
    /// The client's code learned that the lease is gone: a 0 refused, 1 its own deadline. Belief ends.
    case leaseLost
    /// The release request was emitted. Belief ends.
    case releaseSent
    /// The release is answered, or no longer waited for.
    case released
    /// A section is over: a `SectionEnd`, b section number.
    case sectionEnded
    /// The program has done all its sections, or gave up for good.
    case clientDone
    /// The client opened a connection to a service or layer: a that node's index.
    case connected

    // The service; `node` is the service node, `client` the client it acts for.

    /// One node's yes to an attempt: `token.unique` is the attempt's value, `token.order` a fencing token if
    /// any.
    case voted
    /// The service has given the lock: the quorum-th vote. `grant` is the new grant's number.
    case granted
    /// A request of `client` removed a lock: a node index of the client that had set it.
    case removed
    /// A request of `client` prolonged a lock: a node index of the client that had set it.
    case extended
    /// The service acted on an expiry: `client` is the one that lost the lock or lease.
    case leaseExpired
    /// A service told `client` that its lease is gone or its refresh is refused.
    case refreshRefused
    /// A node became leader.
    case leaderElected
    /// A service is back after a recovery: a first version of the new epoch.
    case recovered

    // The resource, or the store under `in-store`; `client` is the one that sent the access.

    /// A read was applied: a access id, b version, c content, d guard's highest token (-1: none kept).
    case readApplied
    /// A write was applied: a access id, b version it was based on (-1: none), c new version, d guard's
    /// highest.
    case writeApplied
    /// The applied write is durable and its answer is sent: a access id, c version.
    case writeAcknowledged
    /// A read was refused: a access id, b `AccessReply.Outcome`.
    case readRejected
    /// A write was refused: a access id, b `AccessReply.Outcome`.
    case writeRejected
    /// An effect was carried out: a access id, b the job it is for, c 1 where that job was done before.
    case effectApplied
    /// The resource is back after a crash and holds: c version, b content, d guard's highest.
    case itemRestored

    // Any node, and the levers of faults.

    /// The process is gone: a 0 memory, 1 unsynced writes too, 2 the disk.
    case crashed
    case restarted
    /// A fault's lever was pulled: a its number in the plan. `node` is the first node struck.
    case leverBegan
    /// A lever's time is over: a its number in the plan.
    case leverEnded

    // Of the resource again, last so that the others keep their numbers, which the digest covers.

    /// The write applied next overwrites nothing, and will stand beside what its section had not seen: a
    /// access id, b version that the section read, c new version.
    case siblingKept

    // Only where a run is traced; these have no ordinal and no part in the digest.

    /// a message number, b receiving node, c protocol tag, d kind of message.
    case messageSent
    case messageArrived
    /// d 0 lost at random, 1 link cut, 2 receiver down, 3 service unavailable, 4 dropped by a fault,
    /// 5 of a connection that the receiver has given up.
    case messageLost
  }

  public var kind: Kind
  /// Of a read, write or effect: which of the lock's items, from 0.
  public var item: UInt16 = 0
  /// Where it happened.
  public var node = NodeID.none
  /// Whose section it concerns.
  public var client = NodeID.none
  public var lock: LockID
  /// The World's number of the grant, in grant order over all locks; 0 where there is none.
  public var grant: Int64
  public var token: Token
  public var a: Int64
  public var b: Int64
  public var c: Int64
  public var d: Int64
  /// When, in true time; set by World.
  public var at = Instant.start
  /// The record's position in the run, from 1; set by World.
  public var ordinal: Int64 = 0

  @inlinable public init(
    _ kind: Kind, lock: LockID = .none, item: UInt16 = 0, client: NodeID = .none, grant: Int64 = 0,
    token: Token = .none, a: Int64 = 0, b: Int64 = 0, c: Int64 = 0, d: Int64 = 0
  ) {
    self.kind = kind
    self.item = item
    self.client = client
    self.lock = lock
    self.grant = grant
    self.token = token
    self.a = a
    self.b = b
    self.c = c
    self.d = d
  }
}

/// How a critical section ended.
public enum SectionEnd: Int64, Sendable, CaseIterable {
  case done
  /// The client learned that its lease was gone and wrote nothing.
  case leaseLost
  /// The guard refused the read or the write.
  case refused
  /// A read or write got no answer in time; its outcome is unknown.
  case timedOut
  /// The lock client's `retries` were used up.
  case notAcquired
}
