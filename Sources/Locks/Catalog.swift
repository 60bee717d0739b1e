import Contract

/// Every lock that comes with the test bed, in the order of `sim list`.
public enum LockCatalog {
  public static let all: [any LockAlgorithm.Type] = [
    NoLock.self,
    Redis.self,
    Redlock.self,
    RedlockWallClock.self,
    RedlockUnchecked.self,
    RedisSentinel.self,
    RedissonFenced.self,
    DynamoDB.self,
    Postgres.self,
    FdbVersionLease.self,
    FdbHybridLease.self,
    PairedLock.self,
    FdbClockLease.self,
    FdbTaskBucket.self,
  ]
}
