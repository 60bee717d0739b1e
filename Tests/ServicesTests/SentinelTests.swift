import Contract
import Testing

@testable import Services

/// Three sentinels, nodes 4 to 6, and three Redis nodes, 1 to 3, that only answer pings and obey.
struct SentinelBench {
  struct Node {
    var isMaster = false
    var follows = NodeID(1)
    var offset: Int64 = 0
    var isSilent = false
  }

  let terms: SentinelTerms
  var sentinels: [SentinelServer] = []
  var nodes = [Node(isMaster: true, offset: 10), Node(offset: 8), Node(offset: 9)]
  /// Milliseconds; `ahead` is how far each sentinel's wall clock is ahead.
  var now: Int64 = 0
  var ahead: [Int64] = [0, 0, 0]
  var due: [Int64?] = [nil, nil, nil]
  /// Indexed by sentinel, from 0: it neither reaches nor hears anybody.
  var isCut = [false, false, false]
  var disks: [[DiskEntry]] = [[], [], []]
  /// Sentinels whose disk takes its time.
  var isStalled = [false, false, false]
  var orders: [(at: Int64, from: Int, to: Int, message: SentinelMessage)] = []
  var toClients: [SentinelMessage] = []
  var mail: [(from: Int, to: Int, message: SentinelMessage)] = []
  var chance = Chance(seed: 1, "sentinel bench")

  init(_ given: [(name: String, value: SettingValue)] = []) {
    terms = SentinelTerms(Settings(SentinelTerms.parameters(wait: 0), given: given))
    for index in 0..<3 { sentinels.append(SentinelServer(terms, Self.seat(index))) }
    for index in 0..<3 { run(index, .start) }
    deliver()
  }

  static func seat(_ index: Int) -> Seat {
    Seat(
      node: NodeID(index + 4), topology: Topology(services: 3, layers: 3, clients: 1),
      lease: LeaseTerms(ttl: .seconds(10), refresh: nil))
  }

  mutating func run(
    _ index: Int, _ input: Input<SentinelMessage, SentinelServer.Timer>, disk: [DiskEntry] = []
  ) {
    var turn = Turn()
    turn.now = LocalClocks(
      wall: LocalTime(nanos: (now + ahead[index]) * 1_000_000), monotonic: LocalTime(nanos: now * 1_000_000))
    turn.me = NodeID(index + 4)
    turn.chance = chance
    turn.disk = disk
    sentinels[index].handle(input, &turn)
    chance = turn.chance
    var hasSynced = false
    for effect in turn.effects {
      switch effect {
      case .send(let envelope, let to):
        mail.append((index + 4, Int(to.index), envelope.read(as: SentinelMessage.self)))
      case .setTimer(_, _, let delay): due[index] = now + max(1, delay.count / 1_000_000)
      case .persist(let slot, let value):
        disks[index].removeAll { $0.slot == slot }
        if let value { disks[index].append(DiskEntry(slot: slot, value: value)) }
      case .sync: hasSynced = true
      case .record, .cancelTimer, .call, .answer, .open, .close: break
      }
    }
    if hasSynced, !isStalled[index] { run(index, .synced(0)) }
  }

  mutating func deliver() {
    while !mail.isEmpty {
      let (from, to, message) = mail.removeFirst()
      if from >= 4, from <= 6, isCut[from - 4] { continue }
      switch to {
      case 1...3: obey(to - 1, message, from)
      case 4...6: if !isCut[to - 4] { run(to - 4, .message(message, from: NodeID(from))) }
      default: toClients.append(message)
      }
    }
  }

  mutating func obey(_ node: Int, _ message: SentinelMessage, _ sentinel: Int) {
    if message.kind != .ping { orders.append((now, sentinel, node + 1, message)) }
    guard !nodes[node].isSilent else { return }
    switch message.kind {
    case .promote:
      nodes[node].isMaster = true
      nodes[node].follows = NodeID(node + 1)
    case .follow:
      nodes[node].isMaster = false
      nodes[node].follows = message.node
    default:
      let pong = SentinelMessage(
        .pong, nodes[node].follows, number: nodes[node].offset, isSo: nodes[node].isMaster)
      mail.append((node + 1, sentinel, pong))
    }
  }

  /// Lets the time run to this millisecond.
  mutating func run(to end: Int64) {
    while let next = due.compactMap({ $0 }).min(), next <= end {
      now = next
      let index = due.firstIndex(of: next)!
      due[index] = nil
      run(index, .timer(.tick, key: 0))
      deliver()
    }
    now = end
  }

  mutating func restart(_ index: Int) {
    sentinels[index] = SentinelServer(terms, Self.seat(index))
    run(index, .restarted, disk: disks[index].sorted { $0.slot < $1.slot })
  }

  mutating func tell(_ message: SentinelMessage, to index: Int, from node: Int) {
    run(index, .message(message, from: NodeID(node)))
  }

  var promotions: [(at: Int64, from: Int, to: Int, message: SentinelMessage)] {
    orders.filter { $0.message.kind == .promote }
  }
}

@Suite("Sentinels")
struct SentinelTests {
  @Test("leave a master alone that answers")
  func calm() {
    var bench = SentinelBench()
    bench.run(to: 120_000)
    #expect(bench.orders.isEmpty)
  }

  @Test("have the replica with the most data promoted, once, soon after the master was silent for 30 s")
  func failover() {
    // Silent from 5 s: the first ping without an answer leaves by 6 s, and is 30 s old by 36 s.
    var bench = SentinelBench()
    bench.run(to: 5000)
    bench.nodes[0].isSilent = true
    bench.run(to: 34_900)
    #expect(bench.orders.isEmpty)
    bench.run(to: 60_000)
    #expect(bench.promotions.map(\.to) == [3])
    #expect(bench.promotions.allSatisfy { $0.at >= 35_000 && $0.at < 38_500 })
    #expect(bench.sentinels.map(\.master) == [NodeID(3), NodeID(3), NodeID(3)])
    #expect(bench.nodes[1].follows == NodeID(3))
  }

  @Test("tell an old master that comes back to follow the new one, after it has contradicted for 8 s")
  func oldMaster() {
    var bench = SentinelBench([("downAfter", .duration(.seconds(5)))])
    bench.nodes[0].isSilent = true
    bench.run(to: 20_000)
    bench.nodes[0].isSilent = false
    bench.run(to: 27_500)
    #expect(bench.nodes[0].isMaster)
    bench.run(to: 31_000)
    #expect(!bench.nodes[0].isMaster)
    #expect(bench.nodes[0].follows == NodeID(3))
  }

  @Test("do nothing as a minority, though one of them finds the master down")
  func minority() {
    var bench = SentinelBench([("downAfter", .duration(.seconds(5))), ("agreement", .count(1))])
    bench.isCut[1] = true
    bench.isCut[2] = true
    bench.nodes[0].isSilent = true
    bench.run(to: 60_000)
    #expect(bench.promotions.isEmpty)
    #expect(bench.sentinels[0].currentEpoch == 1)
  }

  @Test("need as many to find the master down as the quorum says")
  func quorum() {
    // Only sentinel 1 is without answers: its peers vote, but see a master that answers.
    var bench = SentinelBench([("downAfter", .duration(.seconds(5)))])
    bench.run(to: 1000)
    bench.sentinels[0].watched[0].unansweredSince = LocalTime(nanos: -60_000_000_000)
    bench.run(0, .timer(.tick, key: 0))
    bench.deliver()
    bench.run(to: 1900)
    #expect(bench.promotions.isEmpty)
    #expect(bench.sentinels[0].currentEpoch == 0)
  }

  @Test(
    "in TILT act on nothing for 30 s after a jump of more than 2 s, or backwards", arguments: [2200, -1000])
  func tilt(jump: Int64) {
    var bench = SentinelBench([("downAfter", .duration(.seconds(5)))])
    bench.nodes[0].isSilent = true
    bench.run(to: 4000)
    bench.ahead[0] += jump
    bench.ahead[1] += jump
    bench.run(to: 33_900)
    #expect(bench.promotions.isEmpty)
    bench.run(to: 40_000)
    #expect(bench.promotions.count == 1)
  }

  @Test("take a jump of less than 2 s for time that passed: the master is down that much sooner")
  func smallJump() {
    var bench = SentinelBench([("downAfter", .duration(.seconds(5)))])
    bench.nodes[0].isSilent = true
    bench.run(to: 3000)
    for index in 0..<3 { bench.ahead[index] += 1800 }
    bench.run(to: 4900)
    #expect(bench.promotions.count == 1)
  }

  @Test("try again only after twice the failover timeout, when the promoted replica never answers")
  func secondTry() {
    var bench = SentinelBench([
      ("downAfter", .duration(.seconds(5))), ("failoverTimeout", .duration(.seconds(20))),
    ])
    bench.nodes[0].isSilent = true
    bench.run(to: 5000)
    bench.nodes[2].isSilent = true
    bench.run(to: 100_000)
    #expect(bench.promotions.count >= 2)
    let gap = bench.promotions[1].at - bench.promotions[0].at
    #expect(gap >= 38_000 && gap < 50_000)
    #expect(bench.promotions.map(\.to).prefix(2) == [3, 2])
  }
}

@Suite("A sentinel")
struct OneSentinelTests {
  /// Sentinel 2 or 3 asks sentinel 1 for its vote in an epoch; whom it says that it voted for, if it answers.
  static func vote(_ bench: inout SentinelBench, candidate: Int, epoch: Int64) -> Int? {
    bench.mail = []
    bench.tell(SentinelMessage(.askDown, NodeID(candidate), epoch: epoch), to: 0, from: candidate)
    return bench.mail.first { $0.message.kind == .sayDown }.map { Int($0.message.node.index) }
  }

  @Test("votes once in each epoch, for whoever asks first, and remembers it through a crash")
  func oneVote() {
    var bench = SentinelBench()
    #expect(Self.vote(&bench, candidate: 5, epoch: 1) == 5)
    #expect(Self.vote(&bench, candidate: 6, epoch: 1) == 5)
    bench.restart(0)
    #expect(Self.vote(&bench, candidate: 6, epoch: 1) == 5)
    #expect(Self.vote(&bench, candidate: 6, epoch: 2) == 6)
    #expect(Self.vote(&bench, candidate: 5, epoch: 1) == 6)
  }

  @Test("tells a vote only when it is on the disk")
  func voteIsSynced() {
    var bench = SentinelBench()
    bench.isStalled[0] = true
    #expect(Self.vote(&bench, candidate: 5, epoch: 1) == nil)
    bench.run(0, .synced(0))
    #expect(bench.mail.first?.message.node == NodeID(5))
  }

  @Test("tells a client who is master by its configuration, and learns of a newer one")
  func masterName() {
    var bench = SentinelBench()
    bench.tell(SentinelMessage(.askMaster), to: 0, from: 7)
    bench.tell(SentinelMessage(.hello, NodeID(2), epoch: 3, number: 3), to: 0, from: 5)
    bench.tell(SentinelMessage(.hello, NodeID(3), epoch: 2, number: 2), to: 0, from: 6)
    bench.tell(SentinelMessage(.askMaster), to: 0, from: 7)
    bench.deliver()
    #expect(bench.toClients.map(\.node) == [NodeID(1), NodeID(2)])
  }

  @Test("gives nobody its opinion in TILT, but votes")
  func tiltedOpinion() {
    var bench = SentinelBench([("downAfter", .duration(.seconds(5)))])
    bench.isCut = [true, true, true]
    bench.nodes[0].isSilent = true
    bench.run(to: 10_000)
    bench.mail = []
    bench.tell(SentinelMessage(.askDown, epoch: 0), to: 0, from: 5)
    #expect(bench.mail.first?.message.isSo == true)
    bench.ahead[0] += 5000
    bench.run(0, .timer(.tick, key: 0))
    bench.mail = []
    bench.tell(SentinelMessage(.askDown, NodeID(5), epoch: 9), to: 0, from: 5)
    #expect(bench.mail.first?.message.isSo == false)
    #expect(bench.mail.first?.message.node == NodeID(5))
  }
}
