import Contract

/// The requests and answers between lock clients and a key-value table with conditional writes.
public struct TableMessage: Payload {
  public enum Kind: UInt8, Sendable, BitwiseCopyable {
    /// A strongly consistent read.
    case get
    /// Writes the whole item, in place of any other.
    case put
    /// Gives the item another version: a heartbeat.
    case renew
    /// Marks the item as released and leaves it in the table.
    case release
    case delete
    /// To a read: the item, if there is one.
    case item
    /// To a write: its condition held, or did not.
    case done, refused
  }

  /// What must hold of the item for a write to happen.
  public enum Condition: UInt8, Sendable, BitwiseCopyable {
    case isAbsent, isReleased
    /// The item has this very version.
    case hasVersion
    /// The item has this very version and this owner.
    case isOwn
  }

  public static var tag: ProtocolTag { ProtocolTag("dydb") }
  public static let words = [
    "GetItem", "PutItem", "UpdateItem version", "UpdateItem released", "DeleteItem", "item", "done",
    "refused",
  ]

  public var kind: Kind
  public var condition = Condition.isAbsent
  /// On `item`: whether there is one.
  public var isFound = false
  public var lock: LockID
  public var item: TableItem
  /// For conditions on the version.
  public var expected: UInt64 = 0
  /// Chosen by the client, returned with the answer.
  public var request: Int64

  public init(_ kind: Kind, _ lock: LockID, item: TableItem = TableItem(), request: Int64 = 0) {
    self.kind = kind
    self.lock = lock
    self.item = item
    self.request = request
  }

  /// The same request with a condition.
  public func when(_ condition: Condition, version: UInt64 = 0) -> TableMessage {
    var conditional = self
    conditional.condition = condition
    conditional.expected = version
    return conditional
  }

  func answer(_ kind: Kind, _ item: TableItem? = nil) -> TableMessage {
    var answer = TableMessage(kind, lock, item: item ?? TableItem(), request: request)
    answer.isFound = item != nil
    return answer
  }

  public var word: UInt8 { kind.rawValue }

  public func fold(into print: inout Fingerprint) {
    print.add(UInt64(condition.rawValue))
    print.add(isFound)
    print.add(lock)
    print.add(item.owner)
    print.add(item.version)
    print.add(item.lease)
    print.add(item.isReleased)
    print.add(expected)
    print.add(request)
  }
}

/// One lock in the table.
public struct TableItem: Sendable, Equatable, BitwiseCopyable {
  /// Drawn by each client process for itself.
  public var owner: UInt64
  /// The record version number: another one with every acquisition and heartbeat. It has no order.
  public var version: UInt64
  /// How long the holder may be silent; whoever waits observes the version for this long.
  public var lease: Nanos
  public var isReleased = false

  public init(owner: UInt64 = 0, version: UInt64 = 0, lease: Nanos = .zero) {
    self.owner = owner
    self.version = version
    self.lease = lease
  }
}
