import Contract
import Services

/// A key on a Redis master with asynchronous replicas; sentinels promote one when the master is down.
///
/// The service nodes are the master and its replicas, the layers are the sentinels, the role `leader` is the
/// node that was promoted last. Each master by its own lights gives grants: two during a partition.
public struct RedisSentinel: LockAlgorithm {
  public static let name = "redis-sentinel"
  public static let summary = "a key on a Redis master with asynchronous replicas, failed over by sentinels"
  public static let source = "redis-doc, distributed locks, why failover-based implementations are not enough"
  public static let parameters =
    RedisTerms.parameters(
      nodes: ParameterSpec("nodes", .count(2...63), .count(3), "the master and its replicas"))
    + SentinelTerms.parameters(wait: 0)
  public static let token = TokenKind.unique
  public static let heeds: [Disturbance] = [.failover, .leaderChange]
  public static let hasLeader = true
  public static let protocols: [any Payload.Type] = [
    RedisMessage.self, ReplicationMessage.self, SentinelMessage.self,
  ]

  let terms: RedisTerms
  let sentinels: SentinelTerms

  public init(_ settings: Settings) {
    terms = RedisTerms(settings)
    sentinels = SentinelTerms(settings)
  }

  public var services: Int { terms.nodes }
  public var layers: Int { sentinels.sentinels }
  public var restartDelay: Nanos { terms.restartDelay }

  public func client(_ seat: Seat) -> any ErasedMachine {
    RedisMasterClient(terms, script: .setIfAbsent, wait: sentinels.wait, seat)
  }

  public func server(_ seat: Seat) -> any ErasedMachine {
    if seat.kind == .layer { return SentinelServer(sentinels, seat) }
    return ReplicatedRedisServer(sentinels, fsync: terms.fsync, seat)
  }
}
