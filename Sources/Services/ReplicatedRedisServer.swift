import Contract

/// A Redis node that is a master with replicas, or a replica of a master.
///
/// Promises: a master answers before its replicas know (asynchronous replication); a key is passed on with
/// the moment at which it expires by the master's wall clock, and whoever is master judges it by its own.
/// Assumes: wall clocks agree; the sentinels promote a replica that has the latest writes.
/// Breaks when: `sentinel-failover`, `sentinel-failover-wait`, `sentinel-replica-clock-ahead`,
/// `sentinel-partition-two-masters`, `sentinel-restart-empty`.
/// Modelled: each change carries what the key is now, as `SET ... PXAT` and `DEL` do. A replica that misses a
/// change, or finds its master with another replication id, copies everything; a partial resynchronisation
/// would end alike. It deletes nothing on its own, answers clients with `READONLY`, obeys any `REPLICAOF`.
/// The fault `failover` is a failover that is over: the node after the master is promoted without the writes
/// that reached it in the span lost, the others follow it, and it tells the sentinels.
/// Source: redis-doc, replication; redis src/replication.c, t_string.c (SET rewritten to PXAT), networking of
/// `WAIT`; redis.conf, min-replicas-to-write.
public struct ReplicatedRedisServer: Machine {
  public enum Message: Inbox {
    case command(RedisMessage)
    case replication(ReplicationMessage)
    case sentinel(SentinelMessage)

    public init?(opening envelope: Envelope) {
      if let command = RedisMessage(opening: envelope) {
        self = .command(command)
      } else if let word = ReplicationMessage(opening: envelope) {
        self = .replication(word)
      } else if let word = SentinelMessage(opening: envelope) {
        self = .sentinel(word)
      } else {
        return nil
      }
    }
  }

  /// `cron` has the number of `RedisServer`'s own timer, which is set by the node within.
  public enum Timer: UInt8, TimerName { case cron = 1, heartbeat }

  /// What a master knows of another node, if that follows it.
  struct Follower: Sendable, BitwiseCopyable {
    var offset: Int64 = -1
    /// The second of the wall clock at which it last acknowledged.
    var second: Int64 = .min
  }

  /// A client that waits for replicas.
  struct Wait: Sendable, BitwiseCopyable {
    let question: RedisMessage
    let client: NodeID
    let offset: Int64
  }

  /// A change that a replica applied, and what it changed.
  struct Applied: Sendable, BitwiseCopyable {
    let at: LocalTime
    let lock: LockID
    let key: RedisServer.Key?
    let counter: Int64
  }

  let terms: SentinelTerms
  let fsync: RedisTerms.Fsync
  let me: NodeID
  let services: Range<Int32>
  let sentinels: Range<Int32>
  var node: RedisServer
  /// Whom this node follows; itself where it is a master.
  var master: NodeID
  /// The configuration epoch, as the order that gave this node its role said.
  var epoch: Int64 = 0
  /// The replication id of its data; 0: it has none that a master knows.
  var history: UInt64 = 0
  var offset: Int64 = 0
  /// Indexed by service number, from 0.
  var followers: [Follower]
  /// Indexed by node: how far the data was after the client's last command; grown when first used.
  var written: [Int64] = []
  /// Clients that wait for replicas, oldest first; one entry for each client and lock.
  var waits: [Wait] = []
  /// What a replica applied since `appliedSince`, oldest first.
  var applied: [Applied] = []
  var appliedSince = LocalTime(nanos: 0)
  /// A coordinated failover under way at the master.
  var handover: Handover?

  /// Source: redis.conf and replication.c: replicas acknowledge once a second.
  static let heartbeat = Nanos.seconds(1)
  static let configurationSlot = Int64.min
  static let configurationTicket: UInt64 = 1
  /// How many applied changes a replica keeps, for the fault `failover`.
  static let appliedLimit = 4096

  public init(_ terms: SentinelTerms, fsync: RedisTerms.Fsync, _ seat: Seat) {
    self.terms = terms
    self.fsync = fsync
    me = seat.node
    services = seat.topology.range(.service)
    sentinels = seat.topology.range(.layer)
    node = RedisServer(fsync: fsync, keepsChanges: true)
    master = NodeID(services.lowerBound)
    followers = Array(repeating: Follower(), count: services.count)
  }

  var isMaster: Bool { master == me }

  public mutating func handle(_ input: Input<Message, Timer>, _ turn: inout Turn) {
    switch input {
    case .start: start(&turn)
    case .restarted: restart(&turn)
    case .message(.command(let command), let client): execute(command, client, &turn)
    case .message(.replication(let word), let other): hear(word, other, &turn)
    case .message(.sentinel(let word), let sentinel): obey(word, sentinel, &turn)
    case .timer(.heartbeat, _):
      if !isMaster { acknowledge(&turn) }
      turn.set(Timer.heartbeat, after: ReplicatedRedisServer.heartbeat)
    case .timer(.cron, _): node.handle(.timer(.cron, key: 0), &turn)
    case .synced(let ticket) where ticket != ReplicatedRedisServer.configurationTicket:
      node.handle(.synced(ticket), &turn)
      passOn(&turn)
    case .disturbed(.failover, let lost, _): failOver(losing: Nanos(lost), &turn)
    case .disturbed(.leaderChange, _, _): changeLeader(&turn)
    case .call, .answer, .synced, .disturbed: break
    }
  }
}

extension Topology {
  /// The node numbers of one kind.
  func range(_ kind: NodeKind) -> Range<Int32> {
    Int32(indices(kind).lowerBound)..<Int32(indices(kind).upperBound)
  }
}

// MARK: roles

extension ReplicatedRedisServer {
  mutating func start(_ turn: inout Turn) {
    if isMaster { turn.record(Record(.leaderElected)) }
    begin(&turn)
  }

  /// The role is in the configuration file; the data is whatever the disk kept: nothing, without persistence.
  mutating func restart(_ turn: inout Turn) {
    var disk = turn.disk
    if let place = disk.firstIndex(where: { $0.slot == ReplicatedRedisServer.configurationSlot }) {
      master = NodeID(Int32(truncatingIfNeeded: disk[place].value.a))
      epoch = disk[place].value.b
      disk.remove(at: place)
    }
    node.load(disk)
    begin(&turn)
  }

  /// A master begins a history of its own; a replica has none until it has copied its master's.
  mutating func begin(_ turn: inout Turn) {
    node.changes.removeAll(keepingCapacity: true)
    followers = Array(repeating: Follower(), count: services.count)
    waits = []
    handover = nil
    forgetApplied(turn.now.monotonic)
    offset = 0
    history = isMaster ? turn.randomToken() : 0
    if !isMaster { acknowledge(&turn) }
    turn.set(Timer.heartbeat, after: ReplicatedRedisServer.heartbeat)
  }

  mutating func becomeMaster(_ epoch: Int64, _ turn: inout Turn) {
    self.epoch = max(epoch, self.epoch)
    guard !isMaster else { return }
    master = me
    keepConfiguration(&turn)
    begin(&turn)
    turn.record(Record(.leaderElected))
  }

  /// `REPLICAOF`: whatever commands still waited for the disk are forgotten with their clients.
  mutating func follow(_ other: NodeID, _ epoch: Int64, _ turn: inout Turn) {
    guard other != me, other != master else { return }
    self.epoch = max(epoch, self.epoch)
    master = other
    node.reply = nil
    node.waiting = []
    keepConfiguration(&turn)
    begin(&turn)
  }

  func keepConfiguration(_ turn: inout Turn) {
    turn.persist(ReplicatedRedisServer.configurationSlot, DiskValue(Int64(master.index), epoch))
    turn.sync(ReplicatedRedisServer.configurationTicket)
  }

  mutating func obey(_ word: SentinelMessage, _ sentinel: NodeID, _ turn: inout Turn) {
    switch word.kind {
    case .ping:
      turn.send(SentinelMessage(.pong, master, epoch: epoch, number: offset, isSo: isMaster), to: sentinel)
    case .promote: becomeMaster(word.epoch, &turn)
    case .follow: follow(word.node, word.epoch, &turn)
    case .handOver: beginHandover(to: word.node, word.epoch, &turn)
    default: break
    }
  }

  /// The master's successor becomes master without the writes of the span lost, the others follow it.
  mutating func failOver(losing lost: Nanos, _ turn: inout Turn) {
    let next = master.index + 1 < services.upperBound ? master.index + 1 : services.lowerBound
    guard NodeID(next) != master else { return }
    guard NodeID(next) == me else { return follow(NodeID(next), epoch + 1, &turn) }
    lose(since: turn.now.monotonic + -lost, &turn)
    becomeMaster(epoch + 1, &turn)
    turn.broadcast(SentinelMessage(.hello, me, epoch: epoch, number: epoch), to: sentinels)
  }
}

// MARK: the master

extension ReplicatedRedisServer {
  mutating func execute(_ command: RedisMessage, _ client: NodeID, _ turn: inout Turn) {
    if handover != nil {
      handover!.held.append(Handover.Held(command: command, client: client))
      return
    }
    guard isMaster, hasEnoughReplicas(turn.now.wall.seconds) else {
      return turn.send(command.refused, to: client)
    }
    if command.operation == .waitForReplicas { return wait(command, client, &turn) }
    node.handle(.message(command, from: client), &turn)
    passOn(&turn)
    while written.count <= Int(client.index) { written.append(0) }
    written[Int(client.index)] = offset
  }

  func hasEnoughReplicas(_ second: Int64) -> Bool {
    guard terms.minReplicas > 0 else { return true }
    let lag = terms.maxLag.count / 1_000_000_000
    return followers.count { $0.second != .min && second - $0.second <= lag } >= terms.minReplicas
  }

  /// Tells all other nodes what changed; nobody waits for them to have it.
  mutating func passOn(_ turn: inout Turn) {
    for lock in node.changes {
      offset += 1
      let change = change(lock)
      for other in services where NodeID(other) != me { turn.send(change, to: NodeID(other)) }
    }
    node.changes.removeAll(keepingCapacity: true)
  }

  func change(_ lock: LockID) -> ReplicationMessage {
    var change = ReplicationMessage(.change, history: history, offset: offset)
    change.lock = lock
    change.counter = node.counter(lock)
    guard let key = node.key(lock) else { return change }
    change.isPresent = true
    change.setter = key.setter
    change.value = key.value
    change.expiresAt = key.expiresAt
    change.holds = key.holds
    return change
  }

  mutating func wait(_ question: RedisMessage, _ client: NodeID, _ turn: inout Turn) {
    waits.removeAll { $0.client == client && $0.question.lock == question.lock }
    let target = Int(client.index) < written.count ? written[Int(client.index)] : 0
    waits.append(Wait(question: question, client: client, offset: target))
    answerWaits(&turn)
    guard !waits.isEmpty else { return }
    let question = ReplicationMessage(.askPosition, history: history, offset: offset)
    for other in services where NodeID(other) != me { turn.send(question, to: NodeID(other)) }
  }

  mutating func answerWaits(_ turn: inout Turn) {
    let asked = waits
    waits = asked.filter { !isAcknowledged($0) }
    for wait in asked where isAcknowledged(wait) { turn.send(wait.question.reply(true), to: wait.client) }
  }

  func isAcknowledged(_ wait: Wait) -> Bool {
    followers.count { $0.offset >= wait.offset } >= wait.question.value
  }

  mutating func acknowledged(_ word: ReplicationMessage, by other: NodeID, _ turn: inout Turn) {
    guard word.history == history else { return copyAll(to: other, &turn) }
    let place = Int(other.index - services.lowerBound)
    followers[place].offset = max(word.offset, followers[place].offset)
    followers[place].second = turn.now.wall.seconds
    turn.send(ReplicationMessage(.position, history: history, offset: offset), to: other)
    answerWaits(&turn)
    finishHandover(&turn)
  }

  func copyAll(to other: NodeID, _ turn: inout Turn) {
    var words: [Int64] = []
    for index in 0..<max(node.keys.count, node.counters.count) {
      let lock = LockID(index)
      let key = node.key(lock)
      guard key != nil || node.counter(lock) != 0 else { continue }
      words += [Int64(index), node.counter(lock), key == nil ? 0 : 1]
      words += [Int64(bitPattern: key?.value ?? 0), key?.expiresAt ?? 0]
      words += [Int64(key?.setter.index ?? -1), key?.holds ?? 0]
    }
    turn.send(ReplicationMessage(.copy, history: history, offset: offset), to: other, parcel: words)
  }
}

// MARK: the replica

extension ReplicatedRedisServer {
  mutating func hear(_ word: ReplicationMessage, _ other: NodeID, _ turn: inout Turn) {
    if isMaster {
      if word.kind == .acknowledge { acknowledged(word, by: other, &turn) }
      return
    }
    guard other == master else { return }
    switch word.kind {
    case .copy where word.history != history || word.offset >= offset: adopt(word, &turn)
    case .change where word.history == history: apply(word, &turn)
    case .position where word.history == history && word.offset > offset: askForCopy(&turn)
    case .askPosition: acknowledge(&turn)
    case .acknowledge, .change, .copy, .position: break
    }
  }

  func acknowledge(_ turn: inout Turn) {
    turn.send(ReplicationMessage(.acknowledge, history: history, offset: offset), to: master)
  }

  func askForCopy(_ turn: inout Turn) {
    turn.send(ReplicationMessage(.acknowledge, history: 0, offset: offset), to: master)
  }

  mutating func apply(_ change: ReplicationMessage, _ turn: inout Turn) {
    guard change.offset > offset else { return }
    guard change.offset == offset + 1 else { return askForCopy(&turn) }
    offset = change.offset
    let lock = change.lock
    applied.append(
      Applied(
        at: turn.now.monotonic, lock: lock, key: node.key(lock), counter: node.counter(lock)))
    if applied.count > ReplicatedRedisServer.appliedLimit {
      let half = applied.count / 2
      appliedSince = applied[half - 1].at
      applied.removeFirst(half)
    }
    let key = RedisServer.Key(
      value: change.value, expiresAt: change.expiresAt, setter: change.setter, holds: change.holds)
    node.replace(lock, with: change.isPresent ? key : nil, counter: change.counter, &turn)
    node.syncReplaced(&turn)
  }

  /// All data of the master in place of all of its own.
  mutating func adopt(_ copy: ReplicationMessage, _ turn: inout Turn) {
    let words = turn.parcel
    dropAll(&turn)
    for start in stride(from: 0, to: words.count, by: 7) {
      let key = RedisServer.Key(
        value: UInt64(bitPattern: words[start + 3]), expiresAt: words[start + 4],
        setter: NodeID(Int32(truncatingIfNeeded: words[start + 5])), holds: words[start + 6])
      node.replace(
        LockID(Int(words[start])), with: words[start + 2] == 1 ? key : nil, counter: words[start + 1], &turn)
    }
    history = copy.history
    offset = copy.offset
    forgetApplied(turn.now.monotonic)
    node.syncReplaced(&turn)
    acknowledge(&turn)
  }

  mutating func dropAll(_ turn: inout Turn) {
    for index in 0..<max(node.keys.count, node.counters.count) {
      node.replace(LockID(index), with: nil, counter: 0, &turn)
    }
  }

  /// Takes back what was applied after this moment; a copy made since then has left nothing from before it.
  mutating func lose(since moment: LocalTime, _ turn: inout Turn) {
    if moment < appliedSince { return dropAll(&turn) }
    for change in applied.reversed() where moment < change.at {
      node.replace(change.lock, with: change.key, counter: change.counter, &turn)
    }
  }

  mutating func forgetApplied(_ now: LocalTime) {
    applied = []
    appliedSince = now
  }
}
