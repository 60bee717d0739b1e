import Contract

/// Fencing on reads too: once a later holder has looked at the item, earlier ones are shut out.
///
/// - Promises: all accepted accesses of a token come before all accepted accesses of a greater one, so that
///   critical sections are serializable in token order, whatever pauses, delays and clocks do. A section may
///   be cut in half.
/// - Assumes: tokens that are unique and increase in grant order, and a highest token that survives crashes.
/// - Breaks when: the tokens go backwards, as after an asynchronous failover; then the rightful holder is
///   refused.
/// - Source: Kleppmann 2016, "How to do distributed locking": "enforce use of fencing tokens on all resource
///   accesses under the lock"; it settles the case that idelvall raises in the comments.
public struct ReadWriteRatchet: Guard {
  public static let name = "read-write-ratchet"
  public static let summary = "accepts reads and writes whose token is at least the highest seen on either"
  public static let source = "Kleppmann 2016, How to do distributed locking (tokens on all accesses)"
  public static let needs = TokenKind.ordered
  public static let keepsHighest = true

  public private(set) var memory: GuardMemory

  public init() { memory = GuardMemory() }
  public init(restored memory: GuardMemory) { self.memory = memory }

  public mutating func admitsRead(_ access: Access, of item: Item) -> Ruling { ratchet(access.token) }
  public mutating func admitsWrite(_ access: Access, to item: Item) -> Ruling { ratchet(access.token) }

  mutating func ratchet(_ token: Token) -> Ruling {
    guard token.order >= memory.highest else { return .refuseToken }
    memory.highest = token.order
    return .accept
  }
}
