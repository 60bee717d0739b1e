import Contract

/// The UUID idea: a new token takes over, a token that was replaced never comes back.
///
/// - Promises: once a token has been replaced, nothing is written with it any more.
/// - Assumes: tokens that no two grants share; an order is not needed, and not used.
/// - Breaks when: a holder is paused before its *first* write and wakes after a later holder wrote: its token
///   was never seen, and storage cannot know that it is the older one (Kleppmann's answer to Mullaney). Reads
///   are free, too.
/// - Source: Kleppmann 2016, "How to do distributed locking", comments: UUIDs in place of increasing tokens.
///
/// Every replaced token is remembered, eight bytes for each grant that wrote, for ever. No bounded form is
/// exact: the tokens come in no order, so whichever one were forgotten would pass for one never seen.
public struct UniqueToken: Guard {
  public static let name = "unique-token"
  public static let summary = "accepts writes with the current token or one never seen; refuses replaced ones"
  public static let source = "Kleppmann 2016, How to do distributed locking (comments, UUIDs as tokens)"
  public static let needs = TokenKind.unique

  public private(set) var memory: GuardMemory
  /// Asked for membership only; its order means nothing.
  var superseded: Set<UInt64> = []

  public init() { memory = GuardMemory() }
  public init(restored memory: GuardMemory) { self.memory = memory }

  public mutating func recall(superseded unique: UInt64) { superseded.insert(unique) }

  public mutating func admitsWrite(_ access: Access, to item: Item) -> Ruling {
    let token = UniqueToken.identity(of: access.token)
    guard token != 0 else { return .refuseToken }
    guard token != memory.unique else { return .accept }
    guard !superseded.contains(token) else { return .refuseToken }
    if memory.unique != 0 { superseded.insert(memory.unique) }
    memory.unique = token
    return .accept
  }

  /// The token's own value, or its order where it has no value: what increases strictly is unique as well.
  static func identity(of token: Token) -> UInt64 {
    token.unique != 0 ? token.unique : UInt64(bitPattern: token.order)
  }
}
