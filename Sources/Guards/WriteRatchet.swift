import Contract

/// Fencing as the article draws it: no write with an older token than one already accepted.
///
/// - Promises: the tokens of accepted writes never decrease; a holder may write many times.
/// - Assumes: tokens that increase in grant order, and a highest token that survives crashes.
/// - Breaks when: two paused holders have both read and then write in the order of their tokens: both writes
///   are accepted, and the first update is lost, because reads are not ratcheted (idelvall's comment on the
///   article).
/// - Source: Kleppmann 2016, "How to do distributed locking", the section on fencing tokens.
public struct WriteRatchet: Guard {
  public static let name = "write-ratchet"
  public static let summary = "accepts writes whose token is at least the highest accepted; reads freely"
  public static let source = "Kleppmann 2016, How to do distributed locking (fencing tokens)"
  public static let needs = TokenKind.ordered
  public static let keepsHighest = true

  public private(set) var memory: GuardMemory

  public init() { memory = GuardMemory() }
  public init(restored memory: GuardMemory) { self.memory = memory }

  public mutating func admitsWrite(_ access: Access, to item: Item) -> Ruling {
    guard access.token.order >= memory.highest else { return .refuseToken }
    memory.highest = access.token.order
    return .accept
  }
}
