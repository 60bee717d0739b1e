import Contract
import Services

/// Redisson's fenced lock: the script that takes the lock increments a token key that never expires.
///
/// With `replicas` the node is the master of a sentinel group, as in `redis-sentinel`; without, nobody can be
/// promoted, and no `failover` or `leader-change` can strike.
/// Breaks when: `redisson-token-regress-crash`, `redisson-token-regress-failover` (the counter goes back with
/// the rest of the data: the resource refuses the new holder, or takes it for the old one),
/// `redisson-lost-unlock`.
/// Modelled: the watchdog's renewal is the scenario's `refresh`, and the program is told of a loss, for which
/// Redisson has no callback. A client is one thread with one id, and enters its own lock again. Waiters ask
/// again after `retryDelay` instead of subscribing to the unlock: that changes who is next, not who may hold.
/// Source: redisson RedissonFencedLock.java, RenewalTask.java, Config.java (checkLockSyncedSlaves).
public struct RedissonFenced: LockAlgorithm {
  public static let name = "redisson-fenced"
  public static let summary = "a lock on a Redis node, or a sentinel group, with a token counted beside it"
  public static let source = "redisson, RedissonFencedLock"
  public static let parameters =
    [
      ParameterSpec(
        "replicas", .count(0...62), .count(0), "asynchronous replicas with sentinels; 0: one node and none")
    ] + RedisTerms.parameters() + SentinelTerms.parameters(wait: 1)
  public static let token = TokenKind.ordered
  public static let heeds = RedisSentinel.heeds
  public static let hasLeader = true
  public static let protocols = RedisSentinel.protocols

  let terms: RedisTerms
  let sentinels: SentinelTerms
  let replicas: Int

  public init(_ settings: Settings) {
    terms = RedisTerms(settings)
    sentinels = SentinelTerms(settings)
    replicas = Int(settings.count("replicas") ?? 0)
  }

  public var heeds: [Disturbance] { replicas == 0 ? [] : Self.heeds }
  public var services: Int { 1 + replicas }
  public var layers: Int { replicas == 0 ? 0 : sentinels.sentinels }
  public var restartDelay: Nanos { terms.restartDelay }

  public func client(_ seat: Seat) -> any ErasedMachine {
    RedisMasterClient(terms, script: .takeWithToken, wait: min(sentinels.wait, replicas), seat)
  }

  public func server(_ seat: Seat) -> any ErasedMachine {
    if seat.kind == .layer { return SentinelServer(sentinels, seat) }
    return ReplicatedRedisServer(sentinels, fsync: terms.fsync, seat)
  }
}
