import Contract

@testable import Services

/// A master and two replicas, nodes 1 to 3, whose messages arrive at once unless the test cuts their links.
///
/// Nodes 4 to 6 are sentinels, whose mail is kept; nodes 7 and 8 are clients.
struct ReplicationBench {
  static let client1 = NodeID(7), client2 = NodeID(8), sentinel = NodeID(4)

  struct Mail {
    let from: NodeID
    let to: NodeID
    let envelope: Envelope
    let words: [Int64]
  }

  let terms: SentinelTerms
  let fsync: RedisTerms.Fsync
  var nodes: [ReplicatedRedisServer] = []
  /// Milliseconds; `ahead` is how far each node's wall clock is ahead.
  var now: Int64 = 0
  var ahead: [Int64] = [0, 0, 0]
  var isDown = [false, false, false]
  /// Indexed by node, from 0: its links to and from the other Redis nodes are cut.
  var isCut = [false, false, false]
  var disks: [[DiskEntry]] = [[], [], []]
  var queue: [Mail] = []
  var answers: [(to: NodeID, message: RedisMessage)] = []
  var sentinelMail: [SentinelMessage] = []
  var records: [Record] = []
  var chance = Chance(seed: 1, "replication bench")

  init(_ given: [(name: String, value: SettingValue)] = [], fsync: RedisTerms.Fsync = .never) {
    terms = SentinelTerms(Settings(SentinelTerms.parameters(wait: 0), given: given))
    self.fsync = fsync
    for index in 0..<3 {
      nodes.append(ReplicatedRedisServer(terms, fsync: fsync, Self.seat(index)))
    }
    for index in 0..<3 { run(index, .start) }
    deliver()
  }

  static func seat(_ index: Int) -> Seat {
    Seat(
      node: NodeID(index + 1), topology: Topology(services: 3, layers: 3, clients: 2),
      lease: LeaseTerms(ttl: .seconds(10), refresh: nil))
  }

  mutating func run(
    _ index: Int, _ input: Input<ReplicatedRedisServer.Message, ReplicatedRedisServer.Timer>,
    words: [Int64] = [], disk: [DiskEntry] = []
  ) {
    var turn = Turn()
    turn.now = LocalClocks(
      wall: LocalTime(nanos: (now + ahead[index]) * 1_000_000), monotonic: LocalTime(nanos: now * 1_000_000))
    turn.me = NodeID(index + 1)
    turn.chance = chance
    turn.parcel = words
    turn.disk = disk
    nodes[index].handle(input, &turn)
    chance = turn.chance
    for effect in turn.effects {
      switch effect {
      case .send(let envelope, let to):
        let words = envelope.parcel >= 0 ? turn.parcels.take(envelope.parcel) : []
        queue.append(Mail(from: NodeID(index + 1), to: to, envelope: envelope, words: words))
      case .record(var record):
        record.node = NodeID(index + 1)
        records.append(record)
      case .persist(let slot, let value):
        disks[index].removeAll { $0.slot == slot }
        if let value { disks[index].append(DiskEntry(slot: slot, value: value)) }
      case .setTimer, .cancelTimer, .call, .answer, .sync, .open, .close: break
      }
    }
  }

  /// Lets all mail arrive, and what it leads to.
  mutating func deliver() {
    while !queue.isEmpty {
      let mail = queue.removeFirst()
      switch mail.to.index {
      case 1...3:
        let (from, to) = (Int(mail.from.index) - 1, Int(mail.to.index) - 1)
        if isDown[to] || (from < 3 && (isCut[from] || isCut[to])) { continue }
        guard let message = ReplicatedRedisServer.Message(opening: mail.envelope) else { continue }
        run(to, .message(message, from: mail.from), words: mail.words)
      case 4...6: sentinelMail.append(mail.envelope.read(as: SentinelMessage.self))
      default: answers.append((mail.to, mail.envelope.read(as: RedisMessage.self)))
      }
    }
  }

  /// Sends a command to a node; the answer that came by the time all was quiet, nil if none did.
  @discardableResult
  mutating func send(
    _ operation: RedisMessage.Operation, to node: Int = 1, value: UInt64 = 7, attempt: UInt64 = 0,
    ttl: Nanos = .seconds(10), lock: Int = 0, from: NodeID = client1
  ) -> RedisMessage? {
    let count = answers.count
    var command = RedisMessage(operation, LockID(lock), value: value, ttl: ttl)
    command.attempt = attempt
    run(node - 1, .message(.command(command), from: from))
    deliver()
    return answers.count > count ? answers.last!.message : nil
  }

  /// A sentinel's order.
  mutating func order(_ kind: SentinelMessage.Kind, _ node: Int = -1, epoch: Int64 = 1, to receiver: Int) {
    let word = SentinelMessage(kind, NodeID(node), epoch: epoch)
    run(receiver - 1, .message(.sentinel(word), from: Self.sentinel))
    deliver()
  }

  mutating func heartbeats() {
    for index in 0..<3 where !isDown[index] { run(index, .timer(.heartbeat, key: 0)) }
    deliver()
  }

  mutating func failOver(losing lost: Nanos) {
    for index in 0..<3 where !isDown[index] { run(index, .disturbed(.failover, lost.count, 0)) }
    deliver()
  }

  mutating func restart(_ node: Int) {
    nodes[node - 1] = ReplicatedRedisServer(terms, fsync: fsync, Self.seat(node - 1))
    run(node - 1, .restarted, disk: disks[node - 1].sorted { $0.slot < $1.slot })
    deliver()
  }

  /// The value of a key as a node holds it, expired or not.
  func value(_ node: Int, lock: Int = 0) -> UInt64? { nodes[node - 1].node.key(LockID(lock))?.value }
  func counter(_ node: Int) -> Int64 { nodes[node - 1].node.counter(LockID(0)) }
  var masters: [Int] { (1...3).filter { nodes[$0 - 1].isMaster } }
}
