import Contract

/// A PostgreSQL server, as far as session-level advisory locks and the data beside them use it.
///
/// Promises: a lock has one holder at a time, until that session unlocks it or ends; who waits gets it in the
/// order of asking. A write commits only while its session holds the lock; what is answered is on the disk.
/// Assumes: no clock but the monotonic one of keepalives. At the other end of a connection is its client's
/// kernel: it answers probes while the process is paused, and resets the connection when the process dies.
/// Locks live in shared memory: a restart, or a standby that takes over, knows none of them.
/// Breaks when: `postgres-server-crash`; a client that is cut off or suspended is missed by keepalives only:
/// `postgres-dead-client-behind-partition`, `postgres-keepalive-too-eager`, `postgres-suspended-client`.
/// Source: PostgreSQL documentation 13.3.5 "Advisory Locks", 20.3.2 "TCP Settings"; lmgr/README.
///
/// TCP's in-order delivery has stand-ins: requests carry rising numbers, and accesses name the grant they
/// belong to. Not modelled: that unacknowledged data ends a connection after some 15 minutes (tcp_retries2).
public struct PostgresServer: Machine {
  public typealias Message = PostgresInbox
  public enum Timer: UInt8, TimerName {
    /// Keyed by session.
    case keepalive = 1
    /// Keyed by lock: the holder has not acknowledged its grant.
    case again
  }

  /// A backend and the connection that it serves.
  struct Session: Sendable {
    let client: NodeID
    let connection: UInt64
    var keepalive: Keepalive
    /// For each lock ever asked for, in that order: the number of the latest request.
    var latest: [(lock: LockID, request: Int64)] = []

    /// Whether the request is not older than another one for the same lock.
    mutating func admits(_ message: PostgresMessage) -> Bool {
      guard let place = latest.firstIndex(where: { $0.lock == message.lock }) else {
        latest.append((message.lock, message.request))
        return true
      }
      guard message.request >= latest[place].request else { return false }
      latest[place].request = message.request
      return true
    }
  }

  /// A session's claim to a lock: held, or waiting.
  struct Claim: Sendable, BitwiseCopyable {
    let session: Int
    let message: PostgresMessage
    let client: NodeID
  }

  struct AdvisoryLock: Sendable {
    var holder: Claim?
    /// First come, first served.
    var queue: [Claim] = []
  }

  /// A row of the table that the locks protect, with its last write.
  struct Item: Sendable, BitwiseCopyable {
    var version: Int64 = 0
    var content: Int64 = 0
    var write: Int64 = 0
    var writer: Int64 = 0
  }

  let terms: PostgresTerms
  /// A session's number is its index; nil: ended, its number is among the unused.
  var sessions: [Session?] = []
  var unused: [Int] = []
  /// Indexed by the client's node: its open sessions, oldest first; grown when first used.
  var sessionsOf: [[Int]] = []
  /// Both indexed by lock, grown when first used.
  var locks: [AdvisoryLock] = []
  var items: [Item] = []
  var answers = AnswersAfterSync()

  public init(_ terms: PostgresTerms) { self.terms = terms }

  public mutating func handle(_ input: Input<PostgresInbox, Timer>, _ turn: inout Turn) {
    switch input {
    case .message(.sql(let message), let client): hear(message, client, &turn)
    case .message(.access(let message), let client): serve(message.kind, message.access, client, &turn)
    case .message(.connection(let message), let client): hear(message, client, &turn)
    case .timer(.keepalive, let key): lookAfter(Int(key), &turn)
    case .timer(.again, let key): tellAgain(LockID(Int(key)), &turn)
    case .synced(let ticket): answers.synced(ticket, &turn)
    case .restarted: load(&turn)
    case .start, .call, .answer, .disturbed: break
    }
  }

  mutating func hear(_ message: PostgresMessage, _ client: NodeID, _ turn: inout Turn) {
    guard let session = session(message.connection, of: client) else {
      if message.kind == .connect { return accept(message, client, &turn) }
      return turn.send(ConnectionMessage(.reset, message.connection), to: client)
    }
    sessions[session]!.keepalive.hear(at: turn.now.monotonic)
    switch message.kind {
    case .connect: turn.send(message.reply(.ready), to: client)
    case .lock where sessions[session]!.admits(message): lock(message, session, &turn)
    case .unlock where sessions[session]!.admits(message): unlock(message, client, &turn)
    case .ping: turn.send(message.reply(.pong), to: client)
    case .received: acknowledged(message, &turn)
    default: break
    }
  }

  func session(_ connection: UInt64, of client: NodeID) -> Int? {
    let index = Int(client.index)
    guard index < sessionsOf.count else { return nil }
    return sessionsOf[index].first { sessions[$0]?.connection == connection }
  }

  func reach(_ lock: LockID) -> Int { Int(lock.index) }
}

// MARK: sessions

extension PostgresServer {
  mutating func accept(_ message: PostgresMessage, _ client: NodeID, _ turn: inout Turn) {
    let keepalive = Keepalive(terms.keepalive, now: turn.now.monotonic)
    let session = Session(client: client, connection: message.connection, keepalive: keepalive)
    var number = sessions.count
    if let free = unused.popLast() {
      number = free
      sessions[free] = session
    } else {
      sessions.append(session)
    }
    while sessionsOf.count <= Int(client.index) { sessionsOf.append([]) }
    sessionsOf[Int(client.index)].append(number)
    turn.open(message.connection, with: client)
    turn.set(Timer.keepalive, key: UInt64(number), after: terms.keepalive.idle)
    turn.send(message.reply(.ready), to: client)
  }

  mutating func hear(_ message: ConnectionMessage, _ client: NodeID, _ turn: inout Turn) {
    guard let session = session(message.connection, of: client) else { return }
    switch message.kind {
    case .alive: sessions[session]!.keepalive.hear(at: turn.now.monotonic)
    case .reset: end(session, .removed, &turn)
    case .probe, .acknowledgement: break
    }
  }

  mutating func lookAfter(_ number: Int, _ turn: inout Turn) {
    guard let session = sessions[number] else { return }
    switch sessions[number]!.keepalive.look(at: turn.now.monotonic) {
    case .wait(let span): turn.set(Timer.keepalive, key: UInt64(number), after: span)
    case .probe(let span):
      turn.send(ConnectionMessage(.probe, session.connection), to: session.client)
      turn.set(Timer.keepalive, key: UInt64(number), after: span)
    case .dead:
      turn.close(session.connection, with: session.client)
      end(number, .leaseExpired, &turn)
    }
  }

  /// The connection is gone, and with it all that the session held or waited for.
  mutating func end(_ number: Int, _ fact: Record.Kind, _ turn: inout Turn) {
    turn.cancel(Timer.keepalive, key: UInt64(number))
    sessionsOf[Int(sessions[number]!.client.index)].removeAll { $0 == number }
    sessions[number] = nil
    unused.append(number)
    for index in locks.indices {
      locks[index].queue.removeAll { $0.session == number }
      if locks[index].holder?.session == number { free(index, fact, &turn) }
    }
  }
}

// MARK: locks

extension PostgresServer {
  mutating func lock(_ message: PostgresMessage, _ session: Int, _ turn: inout Turn) {
    let index = reach(message.lock), client = sessions[session]!.client
    while locks.count <= index { locks.append(AdvisoryLock()) }
    let claim = Claim(session: session, message: message, client: client)
    if let holder = locks[index].holder, holder.session == session {
      if holder.message.attempt == message.attempt { return turn.send(message.reply(.locked), to: client) }
      // The unlock that stood before this request was lost; in order, it would have come first.
      free(index, .removed, &turn)
    }
    if locks[index].queue.contains(where: { $0.message.attempt == message.attempt }) {
      return turn.send(message.reply(.queued), to: client)
    }
    locks[index].queue.removeAll { $0.session == session }
    if locks[index].holder == nil { return give(index, claim, &turn) }
    locks[index].queue.append(claim)
    turn.send(message.reply(.queued), to: client)
  }

  mutating func give(_ index: Int, _ claim: Claim, _ turn: inout Turn) {
    locks[index].holder = claim
    turn.record(
      Record(
        .voted, lock: claim.message.lock, client: claim.client, token: Token(unique: claim.message.attempt)))
    turn.send(claim.message.reply(.locked), to: claim.client)
    turn.set(Timer.again, key: UInt64(index), after: terms.resend)
  }

  /// Nobody but the holder's own session, or its end, takes a lock away.
  mutating func free(_ index: Int, _ fact: Record.Kind, _ turn: inout Turn) {
    guard let holder = locks[index].holder else { return }
    locks[index].holder = nil
    turn.cancel(Timer.again, key: UInt64(index))
    turn.record(
      Record(
        fact, lock: holder.message.lock, client: holder.client, token: Token(unique: holder.message.attempt),
        a: Int64(holder.client.index)))
    if !locks[index].queue.isEmpty { give(index, locks[index].queue.removeFirst(), &turn) }
  }

  mutating func unlock(_ message: PostgresMessage, _ client: NodeID, _ turn: inout Turn) {
    let index = reach(message.lock)
    if index < locks.count {
      locks[index].queue.removeAll { $0.message.attempt == message.attempt }
      if locks[index].holder?.message.attempt == message.attempt { free(index, .removed, &turn) }
    }
    turn.send(message.reply(.unlocked), to: client)
  }

  mutating func acknowledged(_ message: PostgresMessage, _ turn: inout Turn) {
    let index = reach(message.lock)
    guard index < locks.count, locks[index].holder?.message.attempt == message.attempt else { return }
    turn.cancel(Timer.again, key: UInt64(index))
  }

  /// The holder may not know: as TCP sends again what was not acknowledged.
  mutating func tellAgain(_ lock: LockID, _ turn: inout Turn) {
    guard let holder = locks[reach(lock)].holder else { return }
    turn.send(holder.message.reply(.locked), to: holder.client)
    turn.set(Timer.again, key: UInt64(lock.index), after: terms.resend)
  }
}
