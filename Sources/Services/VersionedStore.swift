import Contract

/// A FoundationDB cluster as one node: a transactional store whose versions stand for time.
///
/// Promises: committed transactions are strictly serializable in the order of (version, place in batch); an
///   answered commit survives recoveries, crashes and power failures; versions never go back; a commit whose
///   answer is withheld is decided by the time a probe of the same key commits.
/// Assumes: messages may be lost, doubled, late; a synced write stays; a power failure loses exactly the
/// writes that no finished sync covers; a process crash loses none. The monotonic clock may run at any rate:
/// only the speed of versions hangs on it.
/// Breaks when: the disk is lost: a new, empty database starts (`restore-from-backup`), or where there is a
/// backup an older one (`restore-older-backup`, `restore-ahead`).
/// Source: FoundationDB `main` @ c0c44752: sequencer, commit proxy, resolver, GRV proxy, storage server.
public struct VersionedStore: Machine {
  public enum Timer: UInt8, TimerName {
    /// The open batch closes.
    case batch = 1
    /// Nothing was committed for long: an empty batch moves the version.
    case idle
    /// The outage of a recovery is over.
    case recovery
    /// The next copy for the backup is due.
    case backup
    /// The backup has not answered yet.
    case restore
  }

  /// Every transaction asks for its read version, also one that only reads; probes of lost commits do too.
  public static let transaction = MessageKind(StoreMessage.tag, StoreMessage.Kind.getReadVersion.rawValue)
  public static let heeds: [Disturbance] = [.recovery, .versionRate, .unavailable, .unknownResult]

  let terms: VersionedStoreTerms
  /// The node that keeps copies; nil: none does.
  let backup: NodeID?
  var clock: VersionClock
  var history = VersionHistory()

  /// The version of the latest batch whose log push is complete: what a read version is.
  public internal(set) var liveCommitted: Int64 = 0
  /// Counts recoveries, from 1.
  var epoch: Int64 = 0
  /// The epoch's first version. A commit with an older snapshot is too old: the resolvers started empty.
  var epochStart: Int64 = 0
  /// Below it no version can be read, and no commit is known: memory was lost in a crash.
  var memoryStart: Int64 = 0
  /// Added to the last version when the recovery under way ends.
  var jump: Int64 = 0

  /// Whether the epoch has begun to answer.
  var isRecovered = false
  var isAvailable = true
  /// The last push that the disk finished while nobody was to be answered.
  var finishedWhileUnavailable: Int64 = 0
  /// Requests that came while nobody was to be answered, in order of arrival.
  var held: [HeldRequest] = []

  /// The batch that collects commits, in order of arrival, and their parcels end to end.
  var open: [OpenCommit] = []
  var openWords: [Int64] = []
  /// Whether the open batch's time is over and it waits for a place in the pipeline.
  var isBatchDue = false
  /// Batches whose log push is not complete, oldest first.
  var pushes: [LogPush] = []
  /// The number of the latest batch, over all epochs.
  var serial: Int64 = 0

  /// How many of the next commits end in an unknown result.
  var unknownResults: Int64 = 0
  var landing = Chance(salt: 0)
  /// Indexed by node: which of its commits arrived.
  var arrivals: [Arrivals] = []

  /// A planted bug for the tests of the tests: conflicts go unseen.
  package var overlooksConflicts = false

  public init(_ settings: Settings, backup: NodeID? = nil) {
    terms = VersionedStoreTerms(settings)
    self.backup = backup
    clock = VersionClock(versionsPerSecond: terms.versionsPerSecond, largestStep: terms.readLife)
  }

  /// How many keys are in memory: those with a value, and those written in the window.
  public var keyCount: Int { history.keyCount }

  var isServing: Bool { isRecovered && isAvailable }

  public mutating func handle(_ input: Input<StoreMessage, Timer>, _ turn: inout Turn) {
    switch input {
    case .start: openEpoch(at: 1, marks: [], &turn)
    case .restarted: recoverFromDisk(&turn)
    case .message(let message, _) where message.kind == .copy: restore(message.version, turn.parcel, &turn)
    case .message(let message, let from): receive(message, from: from, &turn)
    case .timer(.batch, _), .timer(.idle, _): closeBatch(&turn)
    case .timer(.recovery, _): endOutage(&turn)
    case .timer(.backup, _): backUp(&turn)
    case .timer(.restore, _): askForCopy(&turn)
    case .synced(let ticket): finishPushes(ticket: ticket, &turn)
    case .disturbed(let what, let first, let second): disturb(what, first, second, &turn)
    case .call, .answer: break
    }
  }

  /// Looks at the rows that its clients' clients will ask for.
  public mutating func lookAhead(_ foresight: inout Foresight) { history.lookAhead(&foresight) }

  // MARK: requests

  private mutating func receive(_ message: StoreMessage, from client: NodeID, _ turn: inout Turn) {
    guard isServing else {
      held.append(HeldRequest(message: message, from: client, words: turn.parcel))
      return
    }
    serve(message, from: client, turn.parcel, &turn)
  }

  mutating func serve(_ message: StoreMessage, from client: NodeID, _ words: [Int64], _ turn: inout Turn) {
    switch message.kind {
    case .getReadVersion: turn.send(message.reply(.readVersion, version: liveCommitted), to: client)
    case .read: turn.send(answer(toRead: message), to: client)
    case .readMany: answer(toReadMany: message, words, to: client, &turn)
    case .commit, .probe: admit(message, from: client, words, &turn)
    default: break
    }
  }

  /// The state at a read version, as long as that version is in the window.
  ///
  /// Source: storage server: 1007 below `version - MAX_READ_TRANSACTION_LIFE_VERSIONS`.
  private func answer(toRead message: StoreMessage) -> StoreMessage {
    guard isReadable(message.version) else { return message.reply(.readTooOld) }
    var reply = message.reply(.value, version: message.version)
    if let value = history.value(of: message.key, at: message.version) {
      reply.hasValue = true
      reply.value = value
    }
    return reply
  }

  func isReadable(_ version: Int64) -> Bool {
    version >= max(liveCommitted - terms.readLife, memoryStart) && version <= liveCommitted
  }

  /// Answers what was held, in order of arrival.
  mutating func serveHeld(_ turn: inout Turn) {
    var requests: [HeldRequest] = []
    swap(&requests, &held)
    for request in requests { serve(request.message, from: request.from, request.words, &turn) }
  }
}

/// A request that waits until the store answers again.
struct HeldRequest: Sendable {
  var message: StoreMessage
  var from: NodeID
  var words: [Int64]
}

/// A commit in the open batch.
struct OpenCommit: Sendable, BitwiseCopyable {
  enum Fate: UInt8, Sendable, BitwiseCopyable {
    case ordinary
    /// Applied like any other, but the answer is `unknown`.
    case landsUntold
    /// Never applied, and the answer is `unknown`.
    case isLost
  }

  var message: StoreMessage
  var from: NodeID
  var fate: Fate
  /// Its words in `openWords`.
  var firstWord: Int
  var endWord: Int
}

/// A batch that has its version and is on its way to the logs.
struct LogPush: Sendable {
  var serial: Int64
  var version: Int64
  /// Whether it is the recovery transaction, after which the epoch answers.
  var opensEpoch: Bool
  var replies: [(message: StoreMessage, to: NodeID)] = []
  var marks: [StoreMark] = []
}

/// Which commits of one client arrived, so that a packet delivered twice is one request, as it is over TCP.
struct Arrivals: Sendable, BitwiseCopyable {
  private var incarnation: Int64 = -1
  private var highest: Int64 = 0
  /// Bit k: commit `highest - k` has arrived.
  private var window: UInt64 = 0

  /// Whether this is the first delivery; one overtaken by 64 others, or of a dead process, counts as lost.
  mutating func isFirst(_ number: Int64, of incarnation: Int64) -> Bool {
    guard incarnation >= self.incarnation else { return false }
    if incarnation > self.incarnation { self = Arrivals(incarnation: incarnation) }
    if number > highest {
      window = number - highest < 64 ? window << UInt64(number - highest) | 1 : 1
      highest = number
      return true
    }
    guard highest - number < 64 else { return false }
    let bit: UInt64 = 1 << UInt64(highest - number)
    defer { window |= bit }
    return window & bit == 0
  }

  init() {}
  private init(incarnation: Int64) { self.incarnation = incarnation }
}
