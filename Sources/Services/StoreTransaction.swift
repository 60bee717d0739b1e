import Contract

/// The number of a transaction of one `StoreClient`.
///
/// `slot` is small and reused after the outcome, so that a layer can keep its own state in an array beside;
/// the whole number is unique and serves as timer key.
public struct TransactionID: Hashable, Sendable, BitwiseCopyable {
  /// From the highest bit: 8 of the process's incarnation, 24 of the slot's uses, 32 of the slot.
  public let number: UInt64

  public init(number: UInt64) { self.number = number }

  init(incarnation: Int32, uses: UInt32, slot: Int) {
    let process = UInt64(truncatingIfNeeded: incarnation) & 0xff
    number = process << 56 | UInt64(uses & 0xff_ffff) << 32 | UInt64(slot)
  }

  public var slot: Int { Int(number & 0xffff_ffff) }
}

/// How a transaction ended.
public enum StoreOutcome: Sendable, BitwiseCopyable, Equatable {
  /// -1 and 0 for a transaction that changed nothing.
  case committed(version: Int64, order: Int64)
  /// 1020: somebody wrote what it had read; never applied.
  case conflict
  /// 1007: it took longer than the window, or a recovery came between; never applied.
  case tooOld
  /// 1021: applied or not, but decided: it is not in flight any more.
  case unknown
}

/// What a transaction tells the layer that runs it.
public enum StoreEvent: Sendable, BitwiseCopyable, Equatable {
  /// It may read now; what it reads is the state at this version.
  case readVersion(TransactionID, Int64)
  case value(TransactionID, StoreKey, DiskValue?)
  /// The values of a read of many keys, in the order asked for, lie in the turn's parcel, see `StoreValues`.
  case values(TransactionID)
  /// It is over and its number free.
  case ended(TransactionID, StoreOutcome)
}

/// The pauses between attempts at one transaction.
///
/// Source: FDB fdbclient `Transaction::onError`, `getBackoff`; ClientKnobs.cpp DEFAULT_BACKOFF,
/// DEFAULT_MAX_BACKOFF.
public struct StoreBackoff: Sendable, BitwiseCopyable {
  public static let first = Nanos.milliseconds(10)
  public static let longest = Nanos.seconds(1)
  private var bound = StoreBackoff.first

  public init() {}

  /// How long to wait after this outcome: a drawn part of a bound that doubles; fixed after `tooOld`, without
  /// growth.
  public mutating func delay(after outcome: StoreOutcome, _ turn: inout Turn) -> Nanos {
    if case .tooOld = outcome { return StoreBackoff.first }
    let delay = turn.random(below: bound)
    bound = min(bound * 2, StoreBackoff.longest)
    return delay
  }
}

/// One transaction as the client library keeps it.
struct StoreTransaction: Sendable {
  enum Phase: UInt8, Sendable, BitwiseCopyable {
    /// The slot is free.
    case none
    case awaitsVersion
    /// Reads and collects writes.
    case active
    case commits
    /// The dummy transaction: waits for its read version, commits, or rests before the next.
    case probeAwaitsVersion, probeCommits, probeRests
  }

  var phase = Phase.none
  var id = TransactionID(number: 0)
  /// The request whose replies count now; older ones come too late.
  var request: UInt32 = 0
  var readVersion: Int64 = 0
  /// When the request was sent last, on the process's monotonic clock.
  var askedAt = LocalTime(nanos: 0)
  var commit = StoreCommit()
  /// Keys whose values are awaited.
  var awaited: [StoreKey] = []
  /// Whether they were asked for in one message.
  var awaitsAll = false
  /// By this key the commit and its probe conflict.
  var conflictKey = StoreKey(packed: 0)
  var backoff = StoreBackoff()

  /// Whether the transaction has begun and not yet sent its commit.
  var collects: Bool { phase == .awaitsVersion || phase == .active }
}
