import Contract
import Services

/// The forum's lock layer: leases expire by database version, a million versions taken for a second.
public struct FdbVersionLease: LockAlgorithm {
  public static let name = "fdb-version-lease"
  public static let summary = "a lock layer on FoundationDB; leases expire by database version"
  public static let source = "forum thread Locking with FoundationDB, steps 1 to 5"
  public static let parameters = LockLayerTerms.parameters
  public static let token = TokenKind.ordered
  public static let leaseIsSeparate = true
  public static let holdsData = true
  public static let heeds = VersionedStore.heeds
  public static let protocols: [any Payload.Type] = [LockLayerMessage.self, StoreMessage.self]
  public static let transaction: MessageKind? = VersionedStore.transaction

  let terms: LockLayerTerms

  public init(_ settings: Settings) { terms = LockLayerTerms(settings, expiry: .versions) }

  public var services: Int { VersionedStore.services(terms.store) }
  public var layers: Int { terms.layers }
  public func client(_ seat: Seat) -> any ErasedMachine { LockLayerClient(terms, seat) }
  public func server(_ seat: Seat) -> any ErasedMachine {
    seat.kind == .layer ? LockLayerServer(terms, seat) : VersionedStore.machine(terms.store, seat)
  }
}
