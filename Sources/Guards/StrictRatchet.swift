import Contract

/// One write per token: a token that was accepted once is spent.
///
/// - Promises: the tokens of accepted writes strictly increase, so that a write delivered twice is applied
///   once.
/// - Assumes: tokens that increase in grant order, and a highest token that survives crashes.
/// - Breaks when: two paused holders have both read and write in the order of their tokens, as with
///   `write-ratchet`. A client whose answer was lost cannot tell "applied" from "fenced off": its second try
///   is refused either way.
/// - Source: Kleppmann 2016, "How to do distributed locking", comments: idelvall's "rejecting when it's not
///   greater".
public struct StrictRatchet: Guard {
  public static let name = "strict-ratchet"
  public static let summary = "accepts writes whose token is above the highest accepted; reads freely"
  public static let source = "Kleppmann 2016, How to do distributed locking (comments, greater tokens only)"
  public static let needs = TokenKind.ordered
  public static let keepsHighest = true

  public private(set) var memory: GuardMemory

  public init() { memory = GuardMemory() }
  public init(restored memory: GuardMemory) { self.memory = memory }

  public mutating func admitsWrite(_ access: Access, to item: Item) -> Ruling {
    guard access.token.order > memory.highest else { return .refuseToken }
    memory.highest = access.token.order
    return .accept
  }
}
