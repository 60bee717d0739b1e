import Contract

/// One Redis node, as far as locks use it: conditional set with expiry, compare-and-delete,
/// compare-and-extend.
///
/// Promises: commands run one at a time, each at one reading of the clock; a key lives for its TTL and at
/// most one millisecond more, on the node's wall clock.
/// Assumes: the wall clock neither jumps nor drifts; for what outlives a crash, the fsync policy.
/// Breaks when: `redlock-clock-jump`, `redlock-crash-restart`, `redis-power-loss`.
/// Source: redis/redis src/server.c (commandTimeSnapshot), db.c (keyIsExpired: now > when, whole
/// milliseconds); measured on redis-server 7.0.15.
public struct RedisServer: Machine {
  public typealias Message = RedisMessage
  public enum Timer: UInt8, TimerName { case cron = 1 }

  struct Key: Sendable, BitwiseCopyable {
    var value: UInt64
    /// Wall clock, whole milliseconds.
    var expiresAt: Int64
    /// Who set it; for records only.
    var setter: NodeID
    /// How often a re-entrant lock is held; 0 for plain keys.
    var holds: Int64 = 0
  }

  struct Waiting: Sendable, BitwiseCopyable {
    let command: RedisMessage
    let from: NodeID
  }

  let fsync: RedisTerms.Fsync
  /// Indexed by lock, grown when first used.
  var keys: [Key?] = []
  /// Token keys without a TTL, indexed by lock, grown when first used.
  var counters: [Int64] = []
  /// Locks whose keys changed, in order, for whoever passes changes on; stays empty where nobody does.
  var changes: [LockID] = []
  let keepsChanges: Bool
  /// With fsync always: commands that came while the server waits for its disk, oldest first.
  var waiting: [Waiting] = []
  var reply: Waiting?
  /// With fsync everysec: the wall clock's second of the last sync, and whether one is due or under way.
  var syncedSecond: Int64 = .min
  var isDirty = false
  var isSyncing = false

  /// How often the server looks whether a sync is due. Source: redis.conf, hz 10.
  static let cronInterval = Nanos.milliseconds(100)

  public init(fsync: RedisTerms.Fsync) { self.init(fsync: fsync, keepsChanges: false) }

  init(fsync: RedisTerms.Fsync, keepsChanges: Bool) {
    self.fsync = fsync
    self.keepsChanges = keepsChanges
  }

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
      if entry.slot < 0 {
        count(entry.value.a, LockID(Int32(truncatingIfNeeded: -1 - entry.slot)))
        continue
      }
      let key = Key(
        value: UInt64(bitPattern: entry.value.a), expiresAt: entry.value.b,
        setter: NodeID(Int32(truncatingIfNeeded: entry.value.c)), holds: entry.value.d)
      put(key, LockID(Int32(truncatingIfNeeded: entry.slot)))
    }
  }

  mutating func put(_ key: Key?, _ lock: LockID) {
    while keys.count <= Int(lock.index) { keys.append(nil) }
    keys[Int(lock.index)] = key
    if keepsChanges { changes.append(lock) }
  }

  func counter(_ lock: LockID) -> Int64 { Int(lock.index) < counters.count ? counters[Int(lock.index)] : 0 }

  mutating func count(_ token: Int64, _ lock: LockID) {
    while counters.count <= Int(lock.index) { counters.append(0) }
    counters[Int(lock.index)] = token
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
    var token: UInt64 = 0
    switch command.operation {
    case .setIfAbsent where present == nil:
      set(command, from, until: now + command.milliseconds, &turn)
      changed = true
    case .setIfAbsentOrEqual where present == nil:
      set(command, from, until: now + command.milliseconds, &turn)
      changed = true
    case .takeWithToken where present == nil || present!.value == command.value:
      token = take(command, present?.holds ?? 0, from, until: now + command.milliseconds, &turn)
      changed = true
    case .deleteIfEqual where present?.value == command.value && present!.holds > 1:
      leave(command.lock, present!, until: now + command.milliseconds, &turn)
      changed = true
    case .deleteIfEqual where present?.value == command.value, .delete where present != nil:
      remove(command.lock, present!, from, &turn)
      changed = true
    case .extendIfEqual where present?.value == command.value, .extend where present != nil,
      .setIfAbsentOrEqual where present?.value == command.value:
      extend(command.lock, present!, until: now + command.milliseconds, from, &turn)
      changed = true
    default: break
    }
    answer(command.reply(changed, value: token), to: from, afterChange: changed || isExpired, &turn)
  }

  func key(_ lock: LockID) -> Key? { Int(lock.index) < keys.count ? keys[Int(lock.index)] : nil }

  /// The key, if it has not expired; the first command that finds it expired removes it, on the disk too.
  ///
  /// Source: redis/redis src/db.c, deleteExpiredKeyAndPropagate: a DEL goes to the append-only file.
  mutating func live(_ lock: LockID, _ now: Int64, _ turn: inout Turn) -> Key? {
    guard let key = key(lock) else { return nil }
    if now <= key.expiresAt { return key }
    drop(lock, &turn)
    turn.record(Record(.leaseExpired, lock: lock, client: key.setter, token: Token(unique: key.value)))
    return nil
  }

  mutating func set(_ command: RedisMessage, _ from: NodeID, until expiry: Int64, _ turn: inout Turn) {
    store(Key(value: command.value, expiresAt: expiry, setter: from), command.lock, &turn)
    turn.record(Record(.voted, lock: command.lock, client: from, token: Token(unique: command.value)))
  }

  /// Takes a free lock, or enters again one that this client holds; either way the token key grows.
  ///
  /// Source: redisson RedissonFencedLock.java, tryLockInnerAsync.
  mutating func take(
    _ command: RedisMessage, _ holds: Int64, _ from: NodeID, until expiry: Int64, _ turn: inout Turn
  ) -> UInt64 {
    let lock = command.lock
    let token = 1 + counter(lock)
    count(token, lock)
    if fsync != .never { turn.persist(-1 - Int64(lock.index), DiskValue(token)) }
    store(Key(value: command.value, expiresAt: expiry, setter: from, holds: holds + 1), lock, &turn)
    turn.record(
      Record(.voted, lock: lock, client: from, token: Token(order: token, unique: command.attempt)))
    return UInt64(token)
  }

  /// One of several holds is given back; the lock stays for a whole TTL.
  mutating func leave(_ lock: LockID, _ key: Key, until expiry: Int64, _ turn: inout Turn) {
    store(Key(value: key.value, expiresAt: expiry, setter: key.setter, holds: key.holds - 1), lock, &turn)
  }

  mutating func remove(_ lock: LockID, _ key: Key, _ from: NodeID, _ turn: inout Turn) {
    drop(lock, &turn)
    turn.record(
      Record(.removed, lock: lock, client: from, token: Token(unique: key.value), a: Int64(key.setter.index)))
  }

  mutating func drop(_ lock: LockID, _ turn: inout Turn) {
    put(nil, lock)
    if fsync != .never { turn.persist(Int64(lock.index), nil) }
  }

  mutating func extend(_ lock: LockID, _ key: Key, until expiry: Int64, _ from: NodeID, _ turn: inout Turn) {
    store(Key(value: key.value, expiresAt: expiry, setter: key.setter, holds: key.holds), lock, &turn)
    turn.record(
      Record(.extended, lock: lock, client: from, token: Token(unique: key.value), a: Int64(key.setter.index))
    )
  }

  mutating func store(_ key: Key, _ lock: LockID, _ turn: inout Turn) {
    put(key, lock)
    guard fsync != .never else { return }
    let value = DiskValue(Int64(bitPattern: key.value), key.expiresAt, Int64(key.setter.index), key.holds)
    turn.persist(Int64(lock.index), value)
  }
}

// MARK: durability

extension RedisServer {
  /// With `always` the server writes, syncs, and only then answers; nothing else runs meanwhile.
  mutating func answer(
    _ message: RedisMessage, to node: NodeID, afterChange changed: Bool, _ turn: inout Turn
  ) {
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

// MARK: what a replica is told

extension RedisServer {
  /// The key and the token key become what the master says they are; nothing is passed on from here.
  mutating func replace(_ lock: LockID, with key: Key?, counter: Int64, _ turn: inout Turn) {
    if counter != self.counter(lock) {
      count(counter, lock)
      if fsync != .never { turn.persist(-1 - Int64(lock.index), counter == 0 ? nil : DiskValue(counter)) }
    }
    if let key { store(key, lock, &turn) } else if self.key(lock) != nil { drop(lock, &turn) }
    changes.removeAll(keepingCapacity: true)
  }

  mutating func syncReplaced(_ turn: inout Turn) {
    switch fsync {
    case .never: break
    case .everysec: syncOncePerSecond(&turn)
    case .always: turn.sync(0)
    }
  }
}
