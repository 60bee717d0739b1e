import Contract
import Services

/// Redlock whose clients measure the acquisition on their wall clocks.
///
/// Breaks when: `redlock-clock-back`.
/// Source: antirez/redlock-rb (Time.now), redlock-py (time.time()).
public struct RedlockWallClock: LockAlgorithm {
  public static let name = "redlock-wall-clock"
  public static let summary = "Redlock; validity on the client's wall clock"
  public static let source = "antirez/redlock-rb, redlock-py"
  public static let parameters = RedlockTerms.parameters
  public static let token = TokenKind.unique
  public static let protocols: [any Payload.Type] = [RedisMessage.self]

  let terms: RedisTerms
  let habits: RedlockHabits

  public init(_ settings: Settings) {
    terms = RedisTerms(settings)
    habits = RedlockHabits(settings)
  }

  public var services: Int { terms.nodes }
  public var quorum: Int { terms.nodes / 2 + 1 }
  public var restartDelay: Nanos { terms.restartDelay }
  public func client(_ seat: Seat) -> any ErasedMachine {
    RedlockClient(terms, habits, seat, validity: .wall)
  }
  public func server(_ seat: Seat) -> any ErasedMachine { RedisServer(fsync: terms.fsync) }
}
