import Contract
import Services

/// idelvall's lock manager: a grant that follows an expiry gets a paired token, which tells whom to
/// look out for.
///
/// One node grants in turn and counts its grants, as any fencing lock does. Only the pairing is new; the
/// guard `paired-token` is its other half.
public struct PairedLock: LockAlgorithm {
  public static let name = "paired-lock"
  public static let summary = "a durable lock manager; after an expiry its tokens name the first not released"
  public static let source = "idelvall, comments on Kleppmann 2016, How to do distributed locking"
  public static let parameters = [
    ParameterSpec("retryDelay", .duration, .duration(.milliseconds(200)), "rest after a failed attempt"),
    ParameterSpec(
      "retryJitter", .duration, .duration(.milliseconds(200)), "added to the rest, uniform from zero"),
    ParameterSpec(
      "requestTimeout", .duration, .duration(.milliseconds(50)), "how long a client waits for answers"),
    DriftAllowance.parameter,
  ]
  public static let token = TokenKind.paired
  public static let protocols: [any Payload.Type] = [PairedLockMessage.self]

  let settings: Settings

  public init(_ settings: Settings) { self.settings = settings }

  public var services: Int { 1 }
  public func client(_ seat: Seat) -> any ErasedMachine { PairedLockClient(settings, seat) }
  public func server(_ seat: Seat) -> any ErasedMachine { PairedLockServer(ttl: seat.lease.ttl) }
}

/// How the manager numbers the grants of one lock.
///
/// "If since last released lock, no other (later) has been expired, then next returned token is an ordinary
/// token (incrementing the previous one). Otherwise a paired token, being major the current token numbering,
/// and minor the numbering of the first token not released at this time."
///
/// Only the latest token can be held, so every token after the last released one, but for the latest, has
/// expired, or was withdrawn before anyone knew of it. The first that expired is the first one not released
/// that can still be used, and all that must be remembered.
public struct TokenPairing: Sendable, Equatable, BitwiseCopyable {
  /// The latest token; 0: none was granted yet.
  public private(set) var latest: Int64
  /// The first token after the last released one that has expired; 0: none.
  public private(set) var firstExpired: Int64

  public init(latest: Int64 = 0, firstExpired: Int64 = 0) {
    self.latest = latest
    self.firstExpired = firstExpired
  }

  /// The next token: ordinary with minor 0, else paired.
  public mutating func grant() -> Token {
    latest += 1
    return Token(order: latest, minor: firstExpired)
  }

  /// The lease of the latest token has run out, and somebody else wants the lock.
  public mutating func expire() {
    if firstExpired == 0 { firstExpired = latest }
  }

  /// The latest token's holder has given the lock back. One that nobody has heard of is withdrawn instead,
  /// which changes nothing: to take it for a release would forget who has expired
  /// (`paired-token-three-grants`).
  public mutating func release() { firstExpired = 0 }
}

/// The protocol between clients and the lock manager.
public struct PairedLockMessage: Payload {
  public enum Kind: UInt8, Sendable, BitwiseCopyable {
    case lock, refresh, unlock
    /// The client gave the attempt up: what it got and does not know of is no token that was released.
    case withdraw
    /// The lock is the client's; the token is in `order` and `minor`.
    case locked
    case busy
    case refreshed
    /// Somebody else has the lock, or nobody.
    case gone
    case unlocked
  }

  public static var tag: ProtocolTag { ProtocolTag("pair") }
  public static let words = [
    "lock", "refresh", "unlock", "withdraw", "locked", "busy", "refreshed", "gone", "unlocked",
  ]

  public var kind: Kind
  public var lock: LockID
  /// The attempt's own value, by which a request finds its own lock.
  public var attempt: UInt64
  /// Chosen by the client, returned with the answer.
  public var request: Int64
  public var order: Int64 = 0
  public var minor: Int64 = 0

  public init(_ kind: Kind, _ lock: LockID, attempt: UInt64, request: Int64 = 0) {
    self.kind = kind
    self.lock = lock
    self.attempt = attempt
    self.request = request
  }

  func reply(_ kind: Kind) -> PairedLockMessage {
    PairedLockMessage(kind, lock, attempt: attempt, request: request)
  }

  public var word: UInt8 { kind.rawValue }

  public func fold(into print: inout Fingerprint) {
    print.add(lock)
    print.add(attempt)
    print.add(request)
    print.add(order)
    print.add(minor)
  }
}

// MARK: - the manager

/// The lock manager: one process with a disk, which grants each lock to one client at a time.
///
/// Promises: tokens strictly increase in grant order, across crashes too; what it has answered is on its
/// disk. An expiry counts when somebody else asks: until then its holder may refresh or release as if in
/// time.
/// Assumes: a monotonic clock that runs at about the clients' rate, for the length of a lease. After a
/// restart a lease that it finds lasts for a whole TTL anew.
/// Breaks when: a holder outlives its lease (`paired-token`), as with every lease; its disk is lost.
/// Source: idelvall, comments on Kleppmann 2016.
public struct PairedLockServer: Machine {
  public typealias Message = PairedLockMessage

  struct Lock: Sendable, BitwiseCopyable {
    var pairing = TokenPairing()
    /// The attempt that holds the lock; 0: nobody does.
    var attempt: UInt64 = 0
    var holder = NodeID.none
    /// The holder's token, to be told again.
    var minor: Int64 = 0
    /// On the monotonic clock.
    var expiresAt = LocalTime(nanos: 0)
  }

  struct Waiting: Sendable, BitwiseCopyable {
    let message: PairedLockMessage
    let node: NodeID
  }

  let ttl: Nanos
  /// Indexed by lock, grown when first used.
  var locks: [Lock] = []
  var isSyncing = false
  /// What waits for the disk: facts that nobody knows yet, and the answer.
  var facts: [Record] = []
  var answer: Waiting?
  /// Requests that came meanwhile, oldest first.
  var waiting: [Waiting] = []

  public init(ttl: Nanos) { self.ttl = ttl }

  public mutating func handle(_ input: Input<PairedLockMessage, NoTimer>, _ turn: inout Turn) {
    switch input {
    case .message(let message, let node):
      let request = Waiting(message: message, node: node)
      if isSyncing { waiting.append(request) } else { serve(request, &turn) }
    case .synced: synced(&turn)
    case .restarted: recall(&turn)
    case .start, .timer, .call, .answer, .disturbed: break
    }
  }

  mutating func serve(_ request: Waiting, _ turn: inout Turn) {
    let index = Int(request.message.lock.index)
    while locks.count <= index { locks.append(Lock()) }
    switch request.message.kind {
    case .lock: lock(index, request, &turn)
    case .refresh: refresh(index, request, &turn)
    case .unlock, .withdraw: unlock(index, request, &turn)
    case .locked, .busy, .refreshed, .gone, .unlocked: break
    }
  }

  mutating func lock(_ index: Int, _ request: Waiting, _ turn: inout Turn) {
    let attempt = request.message.attempt
    if locks[index].attempt == attempt { return tellToken(index, request, isNew: false, &turn) }
    if locks[index].attempt != 0 {
      guard turn.now.monotonic > locks[index].expiresAt else {
        return turn.send(request.message.reply(.busy), to: request.node)
      }
      locks[index].pairing.expire()
      let lost = Token(order: locks[index].pairing.latest, unique: locks[index].attempt)
      facts.append(Record(.leaseExpired, lock: LockID(index), client: locks[index].holder, token: lost))
    }
    let token = locks[index].pairing.grant()
    locks[index].attempt = attempt
    locks[index].holder = request.node
    locks[index].minor = token.minor
    locks[index].expiresAt = turn.now.monotonic + ttl
    let named = Token(order: token.order, minor: token.minor, unique: attempt)
    facts.append(Record(.voted, lock: LockID(index), client: request.node, token: named))
    tellToken(index, request, isNew: true, &turn)
  }

  mutating func tellToken(_ index: Int, _ request: Waiting, isNew: Bool, _ turn: inout Turn) {
    var reply = request.message.reply(.locked)
    reply.order = locks[index].pairing.latest
    reply.minor = locks[index].minor
    if isNew { keep(index, thenTell: reply, request.node, &turn) } else { turn.send(reply, to: request.node) }
  }

  mutating func refresh(_ index: Int, _ request: Waiting, _ turn: inout Turn) {
    guard locks[index].attempt == request.message.attempt else {
      turn.record(Record(.refreshRefused, lock: LockID(index), client: request.node))
      return turn.send(request.message.reply(.gone), to: request.node)
    }
    locks[index].expiresAt = turn.now.monotonic + ttl
    turn.record(fact(.extended, index, by: request.node))
    turn.send(request.message.reply(.refreshed), to: request.node)
  }

  mutating func unlock(_ index: Int, _ request: Waiting, _ turn: inout Turn) {
    guard locks[index].attempt == request.message.attempt else {
      return turn.send(request.message.reply(.unlocked), to: request.node)
    }
    facts.append(fact(.removed, index, by: request.node))
    if request.message.kind == .unlock { locks[index].pairing.release() }
    locks[index].attempt = 0
    keep(index, thenTell: request.message.reply(.unlocked), request.node, &turn)
  }

  func fact(_ kind: Record.Kind, _ index: Int, by client: NodeID) -> Record {
    let token = Token(order: locks[index].pairing.latest, unique: locks[index].attempt)
    let setter = Int64(locks[index].holder.index)
    return Record(kind, lock: LockID(index), client: client, token: token, a: setter)
  }
}

// MARK: the manager's disk

extension PairedLockServer {
  /// Answers when the lock is on the disk; nothing else is served until then.
  mutating func keep(
    _ index: Int, thenTell reply: PairedLockMessage, _ node: NodeID, _ turn: inout Turn
  ) {
    let lock = locks[index]
    turn.persist(
      Int64(index),
      DiskValue(
        lock.pairing.latest, lock.pairing.firstExpired, Int64(bitPattern: lock.attempt),
        lock.minor << 20 | Int64(lock.holder.index)))
    answer = Waiting(message: reply, node: node)
    sync(&turn)
  }

  mutating func sync(_ turn: inout Turn) {
    isSyncing = true
    turn.sync(0)
  }

  mutating func synced(_ turn: inout Turn) {
    isSyncing = false
    for fact in facts { turn.record(fact) }
    facts.removeAll(keepingCapacity: true)
    if let answered = answer {
      answer = nil
      turn.send(answered.message, to: answered.node)
    }
    while !isSyncing, !waiting.isEmpty { serve(waiting.removeFirst(), &turn) }
  }

  /// What an earlier process wrote must be safe before anyone is told of it.
  mutating func recall(_ turn: inout Turn) {
    if !turn.disk.isEmpty { sync(&turn) }
    for entry in turn.disk {
      while locks.count <= Int(entry.slot) { locks.append(Lock()) }
      let value = entry.value
      locks[Int(entry.slot)] = Lock(
        pairing: TokenPairing(latest: value.a, firstExpired: value.b), attempt: UInt64(bitPattern: value.c),
        holder: NodeID(Int32(truncatingIfNeeded: value.d & 0xf_ffff)), minor: value.d >> 20,
        expiresAt: turn.now.monotonic + ttl)
    }
  }
}
