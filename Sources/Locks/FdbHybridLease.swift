import Contract
import Services

/// The forum's second proposal: versions fence, each layer's monotonic clock tells how old a lease is.
public struct FdbHybridLease: LockAlgorithm {
  public static let name = "fdb-hybrid-lease"
  public static let summary = "the same layer; leases expire by the layer's monotonic clock, dated by samples"
  public static let source = "forum thread Locking with FoundationDB, the hybrid at its end"
  public static let parameters = LockLayerTerms.parameters
  public static let token = TokenKind.ordered
  public static let leaseIsSeparate = true
  public static let holdsData = true
  public static let heeds = VersionedStore.heeds
  public static let protocols: [any Payload.Type] = [LockLayerMessage.self, StoreMessage.self]
  public static let transaction: MessageKind? = VersionedStore.transaction

  let terms: LockLayerTerms

  public init(_ settings: Settings) { terms = LockLayerTerms(settings, expiry: .hybrid) }

  public var services: Int { VersionedStore.services(terms.store) }
  public var layers: Int { terms.layers }
  public func client(_ seat: Seat) -> any ErasedMachine { LockLayerClient(terms, seat) }
  public func server(_ seat: Seat) -> any ErasedMachine {
    seat.kind == .layer ? LockLayerServer(terms, seat) : VersionedStore.machine(terms.store, seat)
  }
}
