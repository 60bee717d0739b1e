import Contract

// A failover that a person asks for, while the master is alive: the disturbance `leaderChange`.
//
// Forced, as every released sentinel does it: the replica is promoted as if the master were away. Nobody
// tells the master; it goes on as one until the sentinels, after 8 s, tell it whom to follow.
// Coordinated: the master holds its clients' commands, waits until the replica has everything, steps down,
// and only then is the replica promoted. A master that waits for a replica that never answers waits for ever,
// as `FAILOVER` without `TIMEOUT` does.
// Source: redis src/sentinel.c (SENTINEL FAILOVER, SRI_FORCE_FAILOVER; sentinelFailoverReconfNextSlave tells
// replicas only); redis-doc, FAILOVER; redis issue 13118 and Valkey's SENTINEL FAILOVER ... COORDINATED.

extension SentinelServer {
  /// No agreement and no votes are asked for. Not while a failover is under way, nor without a good replica.
  mutating func failOver(askedBy node: NodeID, _ turn: inout Turn) {
    guard node == master, phase == .watching, let best = bestReplica(turn.now.wall) else { return }
    currentEpoch += 1
    failoverEpoch = currentEpoch
    failoverStarted = turn.now.wall
    keep(&turn)
    phase = .promoting
    isByHand = true
    promoted = best
    let order = SentinelMessage(terms.coordinates ? .handOver : .promote, best, epoch: failoverEpoch)
    turn.send(order, to: terms.coordinates ? master : best)
  }
}

/// A master on its way to step down, and the commands that it holds until then.
struct Handover: Sendable {
  struct Held: Sendable, BitwiseCopyable {
    let command: RedisMessage
    let client: NodeID
  }

  let successor: NodeID
  let epoch: Int64
  /// In order of arrival.
  var held: [Held] = []
}

extension ReplicatedRedisServer {
  /// The person at the master's machine asks the first sentinel; who thinks itself master has one.
  func changeLeader(_ turn: inout Turn) {
    guard isMaster, !sentinels.isEmpty else { return }
    turn.send(SentinelMessage(.failover, me), to: NodeID(sentinels.lowerBound))
  }

  /// `FAILOVER TO`: from now on no write is executed.
  mutating func beginHandover(to successor: NodeID, _ epoch: Int64, _ turn: inout Turn) {
    guard isMaster, handover == nil else { return }
    handover = Handover(successor: successor, epoch: epoch)
    turn.send(ReplicationMessage(.askPosition, history: history, offset: offset), to: successor)
  }

  /// The successor has everything: step down first, so that there are never two masters.
  mutating func finishHandover(_ turn: inout Turn) {
    guard let handover, followers[place(of: handover.successor)].offset >= offset else { return }
    follow(handover.successor, handover.epoch, &turn)
    turn.send(SentinelMessage(.promote, handover.successor, epoch: handover.epoch), to: handover.successor)
    for one in handover.held { turn.send(one.command.refused, to: one.client) }
  }

  func place(of node: NodeID) -> Int { Int(node.index - services.lowerBound) }
}
