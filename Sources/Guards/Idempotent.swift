import Contract

/// Each update once: a write that was applied before is answered again and changes nothing.
///
/// - Promises: however often a message is delivered, its update is applied at most once, and every delivery
/// is
///   answered as the first was.
/// - Assumes: that an update has a name of its own, which each delivery carries: the client and its number
/// for
///   the access.
/// - Breaks when: two *different* updates are based on the same read (`gc-pause`): each is new, and the later
///   one overwrites the earlier. It makes deliveries harmless, not holders.
/// - Source: forum thread "Locking with FoundationDB": external writes under such a lock must be idempotent
/// or
///   transactional; Birrell and Nelson 1984, "Implementing remote procedure calls" (call identifiers).
///
/// Every name is remembered for ever, eight bytes each: a delivery may be late by any time, so that whichever
/// name were forgotten would pass for a new one.
public struct Idempotent: Guard {
  public static let name = "idempotent"
  public static let summary = "applies each update once; a second delivery is answered and changes nothing"
  public static let source = "forum thread Locking with FoundationDB (external writes must be idempotent)"

  /// `unique` names the update applied last.
  public private(set) var memory: GuardMemory
  /// The names of all updates applied before it; asked for membership only, its order means nothing.
  var applied: Set<UInt64> = []

  public init() { memory = GuardMemory() }
  public init(restored memory: GuardMemory) { self.memory = memory }

  public mutating func recall(superseded unique: UInt64) { applied.insert(unique) }

  public mutating func admitsWrite(_ access: Access, to item: Item) -> Ruling {
    let update = Idempotent.name(of: access)
    guard update != memory.unique, !applied.contains(update) else { return .alreadyApplied }
    if memory.unique != 0 { applied.insert(memory.unique) }
    memory.unique = update
    return .accept
  }

  /// One word for client and number, never 0. No two updates of one client share it, since each step of the
  /// fold is invertible; those of two clients do as seldom as random words do.
  static func name(of access: Access) -> UInt64 {
    var print = Fingerprint()
    print.add(access.sender)
    print.add(access.id)
    return print.value == 0 ? 1 : print.value
  }
}
