import Contract
import Services

/// The maintainers' advice, "actually use time": versions fence, the layers' wall clocks tell a lease's age.
///
/// Promises: recoveries, stalls and idleness of the database change nothing about how long a lease lasts.
/// Assumes: that the wall clocks of the layers agree, and none of them is stepped.
/// Breaks when: `clock-lease-step`.
public struct FdbClockLease: LockAlgorithm {
  public static let name = "fdb-clock-lease"
  public static let summary = "the same layer; leases are stamped and judged by the layers' wall clocks"
  public static let source = "forum thread Locking with FoundationDB, the maintainers' advice to use time"
  public static let parameters = LockLayerTerms.parameters
  public static let token = TokenKind.ordered
  public static let leaseIsSeparate = true
  public static let holdsData = true
  public static let heeds = VersionedStore.heeds
  public static let transaction: MessageKind? = VersionedStore.transaction
  public static let protocols: [any Payload.Type] = [LockLayerMessage.self, StoreMessage.self]

  let terms: LockLayerTerms

  public init(_ settings: Settings) { terms = LockLayerTerms(settings, expiry: .clock) }

  public var services: Int { VersionedStore.services(terms.store) }
  public var layers: Int { terms.layers }
  public func client(_ seat: Seat) -> any ErasedMachine { LockLayerClient(terms, seat) }
  public func server(_ seat: Seat) -> any ErasedMachine {
    seat.kind == .layer ? LockLayerServer(terms, seat) : VersionedStore.machine(terms.store, seat)
  }
}
