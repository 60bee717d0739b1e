import Contract

/// One writer at a time, chosen by the storage itself: who opens the item last takes the write lease.
///
/// - Promises: once a later section has opened the item, nothing is written by one that opened it before;
///   so whoever writes has read the latest content, and no update is lost.
/// - Assumes: that a section opens before it writes, which here is its read; tokens that no two grants share.
///   An order is not needed, and not used.
/// - Breaks when: a holder stops *before* it opens (`hbase-log-roll`): it opens the item as anybody may, and
///   takes the lease from its successor. HBase renames the directory of a region server that is taken for
///   dead, so that it finds nothing to open: that is an order of owners, as `read-write-ratchet` keeps one.
/// - Source: HDFS recoverLease, by which the NameNode gives a file a new generation stamp, and DataNodes
///   refuse those who write under the old one; Söztutar 2013, "HBase and HDFS", from Kleppmann's article.
public struct RecoverLease: Guard {
  public static let name = "recover-lease"
  public static let summary = "accepts writes of whoever opened the item last, as HDFS after recoverLease"
  public static let source = "HDFS recoverLease; Söztutar 2013, HBase and HDFS (in Kleppmann 2016)"
  public static let needs = TokenKind.unique

  /// `unique` is the token of the writer.
  public private(set) var memory: GuardMemory

  public init() { memory = GuardMemory() }
  public init(restored memory: GuardMemory) { self.memory = memory }

  public mutating func admitsRead(_ access: Access, of item: Item) -> Ruling {
    memory.unique = UniqueToken.identity(of: access.token)
    return .accept
  }

  public mutating func admitsWrite(_ access: Access, to item: Item) -> Ruling {
    let token = UniqueToken.identity(of: access.token)
    // A file that nobody has opened yet is created by its first write.
    if memory.unique == 0 { memory.unique = token }
    return token != 0 && token == memory.unique ? .accept : .refuseToken
  }
}
