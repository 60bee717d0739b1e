import Contract
import Services

/// Redlock without step 3: a majority counts however long it took to hear of it.
///
/// Breaks when: `redlock-pause-in-flight`.
/// Source: Kleppmann 2016, "Breaking Redlock with bad timings", before the update; node-redlock 5 issue 296.
public struct RedlockUnchecked: LockAlgorithm {
  public static let name = "redlock-unchecked"
  public static let summary = "Redlock that never asks how long the acquisition took"
  public static let source = "Kleppmann 2016, the example with the GC pause; node-redlock 5"
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
    RedlockClient(terms, habits, seat, validity: .unchecked)
  }
  public func server(_ seat: Seat) -> any ErasedMachine { RedisServer(fsync: terms.fsync) }
}
