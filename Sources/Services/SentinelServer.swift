import Contract

/// A Redis Sentinel: watches the nodes, agrees with its peers that the master is down, and has one promoted.
///
/// Promises: in one epoch at most one sentinel gathers the votes of a majority; it promotes the replica whose
/// data is farthest among those that answer it.
/// Assumes: its wall clock runs evenly, since all its spans are differences of wall clock readings.
/// Breaks when: `sentinel-tilt`, `sentinel-partition-two-masters`.
/// Modelled: subjective and objective down, TILT, epochs and votes on disk before they are told, choice of
/// the replica, `REPLICAOF` for nodes that contradict the configuration for 8 s, hello messages. `PING` and
/// `INFO` are one message; hello goes straight to the peers instead of through a channel of the nodes;
/// replicas have no priorities; a node whose link to its master was down for long is not ruled out, its
/// offset speaks.
/// Source: redis src/sentinel.c (sentinelHandleRedisInstance, sentinelVoteLeader, sentinelSelectSlave,
/// sentinelCheckTiltCondition); redis-doc, sentinel.
public struct SentinelServer: Machine {
  public typealias Message = SentinelMessage
  public enum Timer: UInt8, TimerName { case tick = 1 }
  enum Phase: Sendable, BitwiseCopyable { case watching, electing, promoting }

  /// What a sentinel knows of a Redis node.
  struct Watched: Sendable, BitwiseCopyable {
    /// When the oldest ping was sent that has no answer yet.
    var unansweredSince: LocalTime?
    var heardAt: LocalTime?
    var offset: Int64 = 0
    var isMaster = false
    /// Since when its role has not been what the configuration says.
    var contradictsSince: LocalTime?
  }

  /// What a sentinel knows of another, or of itself.
  struct Peer: Sendable, BitwiseCopyable {
    /// When it last said that the master is down.
    var saidDownAt: LocalTime?
    var votedFor = NodeID.none
    var votedIn: Int64 = 0
  }

  struct HeldBack: Sendable, BitwiseCopyable {
    let message: SentinelMessage
    let to: NodeID
  }

  let terms: SentinelTerms
  let me: NodeID
  let services: Range<Int32>
  let sentinels: Range<Int32>
  /// Indexed by service number, from 0.
  var watched: [Watched]
  /// Indexed by sentinel number, from 0.
  var peers: [Peer]
  var master: NodeID
  var configurationEpoch: Int64 = 0
  var currentEpoch: Int64 = 0
  var phase = Phase.watching
  var failoverEpoch: Int64 = 0
  var failoverStarted: LocalTime?
  /// The replica being promoted.
  var promoted = NodeID.none
  /// Whether a person asked for the failover under way, while the master is alive.
  var isByHand = false
  var ticked: LocalTime?
  var tiltedSince: LocalTime?
  var pinged: LocalTime?
  var asked: LocalTime?
  var greeted: LocalTime?
  /// Votes that wait for the disk.
  var heldBack: [HeldBack] = []

  public init(_ terms: SentinelTerms, _ seat: Seat) {
    self.terms = terms
    me = seat.node
    services = seat.topology.range(.service)
    sentinels = seat.topology.range(.layer)
    watched = Array(repeating: Watched(), count: services.count)
    peers = Array(repeating: Peer(), count: sentinels.count)
    master = NodeID(services.lowerBound)
  }

  public mutating func handle(_ input: Input<SentinelMessage, Timer>, _ turn: inout Turn) {
    switch input {
    case .start: tick(&turn)
    case .restarted:
      remember(turn.disk)
      tick(&turn)
    case .timer(.tick, _): tick(&turn)
    case .message(let word, let node): hear(word, node, &turn)
    case .synced:
      for held in heldBack { turn.send(held.message, to: held.to) }
      heldBack = []
    case .call, .answer, .disturbed: break
    }
  }

  mutating func hear(_ word: SentinelMessage, _ node: NodeID, _ turn: inout Turn) {
    switch word.kind {
    case .pong: heardPong(word, node, &turn)
    case .askDown: askedDown(word, node, &turn)
    case .sayDown: saidDown(word, node, turn.now.wall)
    case .hello: greetedBy(word, &turn)
    case .askMaster: turn.send(SentinelMessage(.sayMaster, master), to: node)
    case .failover: failOver(askedBy: node, &turn)
    case .ping, .promote, .follow, .sayMaster, .handOver: break
    }
  }
}

// MARK: the periodic work

extension SentinelServer {
  /// Source: sentinel.c: timer at 10 Hz, the rate varied at random so that sentinels do not stay in step.
  static let tickMost = Nanos.milliseconds(100)
  static let pingPeriod = Nanos.seconds(1)
  static let askPeriod = Nanos.seconds(1)
  static let helloPeriod = Nanos.seconds(2)
  static let tiltTrigger = Nanos.seconds(2)
  static let infoPeriod = Nanos.seconds(10)
  static let maxDesync = Nanos.seconds(1)
  static let electionTimeout = Nanos.seconds(10)

  mutating func tick(_ turn: inout Turn) {
    let half = SentinelServer.tickMost / 2
    turn.set(Timer.tick, after: half + turn.random(below: half))
    let now = turn.now.wall
    lookAtClock(now)
    if SentinelServer.isDue(&pinged, SentinelServer.pingPeriod, now) { ping(&turn) }
    if SentinelServer.isDue(&greeted, SentinelServer.helloPeriod, now) { greet(&turn) }
    if let since = tiltedSince {
      guard now - since >= terms.tiltPeriod else { return }
      tiltedSince = nil
    }
    act(now, &turn)
  }

  /// TILT: a clock that ran backwards or far ahead between two ticks makes all spans worthless.
  mutating func lookAtClock(_ now: LocalTime) {
    if let ticked, now < ticked || now - ticked > SentinelServer.tiltTrigger { tiltedSince = now }
    ticked = now
  }

  /// Whether a period is over, or the clock stands before its beginning; the next one then begins.
  static func isDue(_ last: inout LocalTime?, _ period: Nanos, _ now: LocalTime) -> Bool {
    if let last, now - last < period, now >= last { return false }
    last = now
    return true
  }

  mutating func ping(_ turn: inout Turn) {
    turn.broadcast(SentinelMessage(.ping), to: services)
    for index in watched.indices where watched[index].unansweredSince == nil {
      watched[index].unansweredSince = turn.now.wall
    }
  }

  func greet(_ turn: inout Turn) {
    let hello = SentinelMessage(.hello, master, epoch: configurationEpoch, number: currentEpoch)
    for other in sentinels where NodeID(other) != me { turn.send(hello, to: NodeID(other)) }
  }

  mutating func act(_ now: LocalTime, _ turn: inout Turn) {
    let isDown = isDown(master, now)
    setRight(now, isDown, &turn)
    if isDown, phase == .watching, isAgreed(now), mayTry(now) { beginFailover(&turn) }
    if isDown, SentinelServer.isDue(&asked, SentinelServer.askPeriod, now) { askPeers(&turn) }
    switch phase {
    case .electing: electing(now, &turn)
    case .promoting:
      if let started = failoverStarted, now - started > terms.failoverTimeout { phase = .watching }
    case .watching: break
    }
  }

  subscript(node: NodeID) -> Watched { watched[Int(node.index - services.lowerBound)] }

  /// Subjectively down: silent for too long, or a master by configuration that goes on being a replica.
  func isDown(_ node: NodeID, _ now: LocalTime) -> Bool {
    if let since = self[node].unansweredSince, now - since > terms.downAfter { return true }
    guard node == master, let since = self[node].contradictsSince else { return false }
    return now - since > terms.downAfter + SentinelServer.infoPeriod * 2
  }

  /// Objectively down: as many sentinels as the quorum have lately said so, this one among them.
  func isAgreed(_ now: LocalTime) -> Bool {
    let others = peers.count { peer in
      peer.saidDownAt.map { now - $0 <= SentinelServer.askPeriod * 5 } ?? false
    }
    return 1 + others >= terms.agreement
  }

  func mayTry(_ now: LocalTime) -> Bool {
    failoverStarted.map { now - $0 >= terms.failoverTimeout * 2 } ?? true
  }

  /// Tells nodes that have contradicted the configuration for long to follow the master, if that is sane.
  mutating func setRight(_ now: LocalTime, _ isDown: Bool, _ turn: inout Turn) {
    guard !isDown, self[master].isMaster, phase != .promoting else { return }
    for node in services where NodeID(node) != master {
      let place = Int(node - services.lowerBound)
      guard let since = watched[place].contradictsSince, now - since > SentinelServer.helloPeriod * 4 else {
        continue
      }
      turn.send(SentinelMessage(.follow, master, epoch: configurationEpoch), to: NodeID(node))
      watched[place].contradictsSince = now
    }
  }

  mutating func heardPong(_ word: SentinelMessage, _ node: NodeID, _ turn: inout Turn) {
    let place = Int(node.index - services.lowerBound)
    watched[place].unansweredSince = nil
    watched[place].heardAt = turn.now.wall
    watched[place].offset = word.number
    watched[place].isMaster = word.isSo
    if word.node == master {
      watched[place].contradictsSince = nil
    } else if watched[place].contradictsSince == nil {
      watched[place].contradictsSince = turn.now.wall
    }
    if phase == .promoting, tiltedSince == nil, node == promoted, word.isSo { finishFailover(&turn) }
  }
}

// MARK: failover

extension SentinelServer {
  mutating func beginFailover(_ turn: inout Turn) {
    currentEpoch += 1
    failoverEpoch = currentEpoch
    failoverStarted = turn.now.wall + turn.random(below: SentinelServer.maxDesync)
    phase = .electing
    isByHand = false
    asked = nil
    vote(for: me, in: failoverEpoch, &turn)
    keep(&turn)
  }

  func askPeers(_ turn: inout Turn) {
    let candidate = phase == .electing ? me : NodeID.none
    let question = SentinelMessage(.askDown, candidate, epoch: currentEpoch)
    for other in sentinels where NodeID(other) != me { turn.send(question, to: NodeID(other)) }
  }

  /// One vote in each epoch, for whoever asks first; who votes for another lets it try first.
  mutating func vote(for candidate: NodeID, in epoch: Int64, _ turn: inout Turn) {
    let place = Int(me.index - sentinels.lowerBound)
    guard peers[place].votedIn < epoch, currentEpoch <= epoch else { return }
    peers[place].votedIn = epoch
    peers[place].votedFor = candidate
    if candidate != me { failoverStarted = turn.now.wall + turn.random(below: SentinelServer.maxDesync) }
  }

  mutating func askedDown(_ word: SentinelMessage, _ node: NodeID, _ turn: inout Turn) {
    let before = (peers[Int(me.index - sentinels.lowerBound)].votedIn, currentEpoch)
    if word.node != .none {
      currentEpoch = max(currentEpoch, word.epoch)
      vote(for: word.node, in: word.epoch, &turn)
    }
    let mine = peers[Int(me.index - sentinels.lowerBound)]
    let isDown = tiltedSince == nil && isDown(master, turn.now.wall)
    let answer = SentinelMessage(.sayDown, mine.votedFor, epoch: mine.votedIn, isSo: isDown)
    if before == (mine.votedIn, currentEpoch) { return turn.send(answer, to: node) }
    heldBack.append(HeldBack(message: answer, to: node))
    keep(&turn)
  }

  mutating func saidDown(_ word: SentinelMessage, _ node: NodeID, _ now: LocalTime) {
    let place = Int(node.index - sentinels.lowerBound)
    peers[place].saidDownAt = word.isSo ? now : nil
    peers[place].votedFor = word.node
    peers[place].votedIn = word.epoch
  }

  /// A leader needs the votes of a majority of all sentinels, and as many as the quorum.
  mutating func electing(_ now: LocalTime, _ turn: inout Turn) {
    let votes = peers.count { $0.votedIn == failoverEpoch && $0.votedFor == me }
    if votes >= max(terms.agreement, sentinels.count / 2 + 1) { return promote(now, &turn) }
    let limit = min(SentinelServer.electionTimeout, terms.failoverTimeout)
    if let started = failoverStarted, now - started > limit { phase = .watching }
  }

  mutating func promote(_ now: LocalTime, _ turn: inout Turn) {
    phase = .watching
    guard let best = bestReplica(now) else { return }
    phase = .promoting
    promoted = best
    turn.send(SentinelMessage(.promote, best, epoch: failoverEpoch), to: best)
  }

  /// Of the replicas that answered lately the one whose data is farthest; the first of equals.
  func bestReplica(_ now: LocalTime) -> NodeID? {
    var best: NodeID?
    for index in services {
      let node = NodeID(index)
      guard node != master, !isDown(node, now), let heard = self[node].heardAt,
        now - heard <= SentinelServer.pingPeriod * 5
      else { continue }
      if best == nil || self[node].offset > self[best!].offset { best = node }
    }
    return best
  }

  /// The promoted node says that it is a master: the others follow it, and the peers are told.
  mutating func finishFailover(_ turn: inout Turn) {
    let deposed = isByHand ? master : NodeID.none
    phase = .watching
    configure(promoted, failoverEpoch)
    keep(&turn)
    for node in services where NodeID(node) != master && NodeID(node) != deposed {
      turn.send(SentinelMessage(.follow, master, epoch: configurationEpoch), to: NodeID(node))
    }
    greet(&turn)
  }

  mutating func greetedBy(_ word: SentinelMessage, _ turn: inout Turn) {
    let before = (configurationEpoch, currentEpoch)
    currentEpoch = max(currentEpoch, word.number)
    if word.epoch > configurationEpoch {
      phase = .watching
      configure(word.node, word.epoch)
    }
    if before != (configurationEpoch, currentEpoch) { keep(&turn) }
  }

  /// Another master: what the nodes and peers said was of the old one.
  mutating func configure(_ node: NodeID, _ epoch: Int64) {
    master = node
    configurationEpoch = epoch
    for index in watched.indices { watched[index].contradictsSince = nil }
    for index in peers.indices { peers[index].saidDownAt = nil }
  }
}

// MARK: what survives a crash

extension SentinelServer {
  /// Source: sentinel.c sentinelFlushConfig: written and synced before a vote is told.
  func keep(_ turn: inout Turn) {
    let mine = peers[Int(me.index - sentinels.lowerBound)]
    turn.persist(0, DiskValue(currentEpoch, mine.votedIn, Int64(mine.votedFor.index)))
    turn.persist(1, DiskValue(configurationEpoch, Int64(master.index)))
    turn.sync(0)
  }

  mutating func remember(_ disk: [DiskEntry]) {
    for entry in disk {
      if entry.slot == 0 {
        let place = Int(me.index - sentinels.lowerBound)
        currentEpoch = entry.value.a
        peers[place].votedIn = entry.value.b
        peers[place].votedFor = NodeID(Int32(truncatingIfNeeded: entry.value.c))
      } else {
        configurationEpoch = entry.value.a
        master = NodeID(Int32(truncatingIfNeeded: entry.value.b))
      }
    }
  }
}
