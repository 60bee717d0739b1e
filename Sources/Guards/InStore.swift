import Contract

/// The data lives beside the lock: the store itself checks the ownership in the transaction that writes.
///
/// - Promises: a write is applied only while its writer owns the lock, for both are read in one transaction.
/// - Assumes: a store with serializable transactions. The guard decides nothing: accesses never reach the
///   resource.
/// - Breaks when: the store's own promise breaks, or something outside the store is written under the lock.
/// - Source: Jepsen 2020, etcd 3.4.3: the workload `lock-etcd-set`, whose writes are transactions guarded by
///   the lock key.
public struct InStore: Guard {
  public static let name = "in-store"
  public static let summary =
    "the data lives in the lock's store; a write is a transaction that reads the ownership"
  public static let source = "Jepsen 2020, etcd 3.4.3 (transactions guarded by the lock key)"
  public static let livesInStore = true

  public init() {}
  public init(restored memory: GuardMemory) {}

  public mutating func admitsWrite(_ access: Access, to item: Item) -> Ruling { .accept }

  public var memory: GuardMemory { GuardMemory() }
}
