import Contract

/// One Redis node, as far as locks use it: conditional set with expiry, compare-and-delete, compare-and-extend.
///
/// Promises: commands run one at a time, each at one reading of the clock; a key lives for its TTL and at most
/// one millisecond more, on the node's wall clock.
/// Assumes: the wall clock neither jumps nor drifts; for what outlives a crash, the fsync policy.
/// Breaks when: `redlock-clock-jump`, `redlock-crash-restart`, `redis-power-loss`.
/// Source: redis/redis src/server.c (commandTimeSnapshot), db.c (keyIsExpired: now > when, whole milliseconds);
/// measured on redis-server 7.0.15.
public struct RedisServer: Machine {
  public typealias Message = RedisMessage
  public enum Timer: UInt8, TimerName { case cron = 1 }

  struct Key: Sendable, BitwiseCopyable {
    var value: UInt64
    /// Wall clock, whole milliseconds.
    var expiresAt: Int64
    /// Who set it; for records only.
    var setter: NodeID
  }

  struct Waiting: Sendable, BitwiseCopyable {
    let command: RedisMessage
    let from: NodeID
  }

  let fsync: RedisTerms.Fsync
  /// Indexed by lock, grown when first used.
  var keys: [Key?] = []
  /// With fsync always: commands that came while the server waits for its disk, oldest first.
  var waiting: [Waiting] = []
  var reply: Waiting?
  /// With fsync everysec: the wall clock's second of the last sync, and whether one is due or under way.
  var syncedSecond: Int64 = .min
  var isDirty = false
  var isSyncing = false

  /// How often the server looks whether a sync is due. Source: redis.conf, hz 10.
  static let cronInterval = Nanos.milliseconds(100)

  public init(fsync: RedisTerms.Fsync) { self.fsync = fsync }

  public mutating func handle(_ input: Input<RedisMessage, Timer>, _ turn: inout Turn) {
    switch input {
    case .restarted: load(turn.disk)
    case .message(let command, let from) where reply != nil:
      waiting.append(Waiting(command: command, from: from))
    case .message(let command, let from): execute(command, from, &turn)
    case .timer(.cron, _): cron(&turn)
    case .synced: synced(&turn)
    case .start, .call, .answer, .disturbed: break
    }
  }

  mutating func load(_ disk: [DiskEntry]) {
    for entry in disk {
      let key = Key(
        value: UInt64(bitPattern: entry.value.a), expiresAt: entry.value.b,
        setter: NodeID(Int32(truncatingIfNeeded: entry.value.c)))
      put(key, LockID(Int32(truncatingIfNeeded: entry.slot)))
    }
  }

  mutating func put(_ key: Key?, _ lock: LockID) {
    while keys.count <= Int(lock.index) { keys.append(nil) }
    keys[Int(lock.index)] = key
  }
}

// MARK: commands

extension RedisServer {
  mutating func execute(_ command: RedisMessage, _ from: NodeID, _ turn: inout Turn) {
    let now = turn.now.wall.milliseconds
    let held = key(command.lock)
    let present = live(command.lock, now, &turn)
    let isExpired = held != nil && present == nil
    var changed = false
    switch command.operation {
    case .setIfAbsent where present == nil:
      set(command, from, until: now + command.milliseconds, &turn)
      changed = true
    case .deleteIfEqual where present?.value == command.value, .delete where present != nil:
      remove(command.lock, present!, from, &turn)
      changed = true
    case .extendIfEqual where present?.value == command.value, .extend where present != nil:
      extend(command.lock, present!, until: now + command.milliseconds, from, &turn)
      changed = true
    default: break
    }
    answer(command.reply(changed), to: from, afterChange: changed || isExpired, &turn)
  }

  func key(_ lock: LockID) -> Key? { Int(lock.index) < keys.count ? keys[Int(lock.index)] : nil }

  /// The key, if it has not expired; the first command that finds it expired removes it, on the disk too.
  ///
  /// Source: redis/redis src/db.c, deleteExpiredKeyAndPropagate: a DEL goes to the append-only file.
  mutating func live(_ lock: LockID, _ now: Int64, _ turn: inout Turn) -> Key? {
    guard let key = key(lock) else { return nil }
    if now <= key.expiresAt { return key }
    keys[Int(lock.index)] = nil
    if fsync != .never { turn.persist(Int64(lock.index), nil) }
    turn.record(Record(.leaseExpired, lock: lock, client: key.setter, token: Token(unique: key.value)))
    return nil
  }

  mutating func set(_ command: RedisMessage, _ from: NodeID, until expiry: Int64, _ turn: inout Turn) {
    store(Key(value: command.value, expiresAt: expiry, setter: from), command.lock, &turn)
    turn.record(Record(.voted, lock: command.lock, client: from, token: Token(unique: command.value)))
  }

  mutating func remove(_ lock: LockID, _ key: Key, _ from: NodeID, _ turn: inout Turn) {
    keys[Int(lock.index)] = nil
    if fsync != .never { turn.persist(Int64(lock.index), nil) }
    turn.record(
      Record(.removed, lock: lock, client: from, token: Token(unique: key.value), a: Int64(key.setter.index)))
  }

  mutating func extend(_ lock: LockID, _ key: Key, until expiry: Int64, _ from: NodeID, _ turn: inout Turn) {
    store(Key(value: key.value, expiresAt: expiry, setter: key.setter), lock, &turn)
    turn.record(
      Record(.extended, lock: lock, client: from, token: Token(unique: key.value), a: Int64(key.setter.index)))
  }

  mutating func store(_ key: Key, _ lock: LockID, _ turn: inout Turn) {
    put(key, lock)
    guard fsync != .never else { return }
    let value = DiskValue(Int64(bitPattern: key.value), key.expiresAt, Int64(key.setter.index))
    turn.persist(Int64(lock.index), value)
  }
}

// MARK: durability

extension RedisServer {
  /// With `always` the server writes, syncs, and only then answers; nothing else runs meanwhile.
  mutating func answer(_ message: RedisMessage, to node: NodeID, afterChange changed: Bool, _ turn: inout Turn) {
    if changed, fsync == .always {
      reply = Waiting(command: message, from: node)
      turn.sync(0)
      return
    }
    turn.send(message, to: node)
    if changed, fsync == .everysec { syncOncePerSecond(&turn) }
  }

  /// `everysec` syncs behind the answer, but only once the wall clock's whole second has advanced.
  mutating func syncOncePerSecond(_ turn: inout Turn) {
    isDirty = true
    guard !isSyncing, turn.now.wall.seconds > syncedSecond else {
      turn.set(Timer.cron, after: RedisServer.cronInterval)
      return
    }
    syncedSecond = turn.now.wall.seconds
    isDirty = false
    isSyncing = true
    turn.sync(0)
  }

  mutating func cron(_ turn: inout Turn) {
    if isDirty { syncOncePerSecond(&turn) }
  }

  mutating func synced(_ turn: inout Turn) {
    isSyncing = false
    guard let answered = reply else { return }
    reply = nil
    turn.send(answered.command, to: answered.from)
    while reply == nil, !waiting.isEmpty {
      let next = waiting.removeFirst()
      execute(next.command, next.from, &turn)
    }
  }
}
