import Contract

/// The resource's half of idelvall's proposal: after an expiry, the first of the holders to write wins.
///
/// - Promises: no update is lost, if each token is used for one write, no lock is released before that write
///   was accepted or refused, and the manager forgets nothing (`paired-token-safe`): of the holders that may
///   still write, all but the first to do so are refused.
/// - Assumes: a manager that pairs each token granted after an expiry with the first token not released.
/// - Breaks when: a lock is released while its write is in flight (`paired-token-release-in-flight`), or a
///   holder that came between releases without having written (`paired-token-three-grants`): the manager
///   forgets who had expired, and both the old write and the next are accepted. And once such a holder has
///   written, every later one is refused until one of them releases (`paired-token-liveness`).
/// - Source: idelvall, comments on Kleppmann 2016, "How to do distributed locking"; Kleppmann's answer asks
///   for a proof.
///
/// Ordinary tokens must be greater than the highest accepted; a paired token's minor must, and its major then
/// becomes the highest. Reads are free. An equal token is refused, as the proposal says, so that a token
/// serves for one write. Had it been accepted, an expired holder that wrote before could write again, after a
/// later holder's read.
public struct PairedToken: Guard {
  public static let name = "paired-token"
  public static let summary = "writes: token above the highest accepted; after an expiry, its minor must be"
  public static let source = "idelvall, comments on Kleppmann 2016, How to do distributed locking"
  public static let needs = TokenKind.paired
  public static let keepsHighest = true

  public private(set) var memory: GuardMemory

  public init() { memory = GuardMemory() }
  public init(restored memory: GuardMemory) { self.memory = memory }

  public mutating func admitsWrite(_ access: Access, to item: Item) -> Ruling {
    let token = access.token
    let least = token.minor == 0 ? token.order : token.minor
    guard least > memory.highest else { return .refuseToken }
    memory.highest = token.order
    return .accept
  }
}
