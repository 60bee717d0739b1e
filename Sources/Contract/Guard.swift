/// How the resource treats the tokens and versions of accesses to the items of one lock.
public protocol Guard: Sendable {
  static var name: String { get }
  static var summary: String { get }
  static var source: String { get }
  /// The least kind of token that the guard needs.
  static var needs: TokenKind { get }
  /// Whether the guarded data lives in the lock's own store, so that accesses travel its service path.
  static var livesInStore: Bool { get }
  /// Whether the guard keeps a highest token, which `token-ratchet` watches.
  static var keepsHighest: Bool { get }
  /// Whether it keeps conflicting writes as siblings, so that what is written must be such as can be merged.
  static var keepsSiblings: Bool { get }

  /// A guard of fresh items.
  init()
  /// The guard as a restarted resource finds it on its disk.
  init(restored memory: GuardMemory)
  /// After `init(restored:)`, once for each value that `memory.unique` held before the one it holds now.
  mutating func recall(superseded unique: UInt64)

  mutating func admitsRead(_ access: Access, of item: Item) -> Ruling
  mutating func admitsWrite(_ access: Access, to item: Item) -> Ruling
  /// Whether a section that also read these items may still write; asked first, and only where it read any.
  func validates(_ reads: [ReadItem]) -> Bool
  /// What must survive a crash.
  var memory: GuardMemory { get }
}

extension Guard {
  public static var needs: TokenKind { .none }
  public static var livesInStore: Bool { false }
  public static var keepsHighest: Bool { false }
  public static var keepsSiblings: Bool { false }
  public mutating func recall(superseded unique: UInt64) {}
  public mutating func admitsRead(_ access: Access, of item: Item) -> Ruling { .accept }
  public func validates(_ reads: [ReadItem]) -> Bool { true }
}

/// An item that a section read beside the one it writes: the version that it saw, and the one there is now.
public struct ReadItem: Sendable, Equatable, BitwiseCopyable {
  public var item: UInt16
  public var version: Int64
  public var current: Int64

  public init(item: UInt16, version: Int64, current: Int64) {
    self.item = item
    self.version = version
    self.current = current
  }
}

/// What a guard keeps with the items of its lock: its highest token, and one unique value.
public struct GuardMemory: Sendable, Equatable, BitwiseCopyable {
  public var highest: Int64
  /// The resource keeps the values that this one replaced as well, and `recall` gives them back after a
  /// crash.
  public var unique: UInt64

  public init(highest: Int64 = 0, unique: UInt64 = 0) {
    self.highest = highest
    self.unique = unique
  }
}

/// A guard's answer to one access.
public enum Ruling: Sendable {
  case accept
  case refuseToken
  case refuseVersion
  /// Kept beside what its section had not seen: nothing is overwritten, and the next reader sees all of it.
  case keepBoth
  /// The update was applied before: answer as if it had just been, change nothing.
  case alreadyApplied
}

/// A protected item: its version counts the writes applied, its content the updates it holds.
public struct Item: Sendable, Equatable, BitwiseCopyable {
  public var version: Int64 = 0
  public var content: Int64 = 0

  public init(version: Int64 = 0, content: Int64 = 0) {
    self.version = version
    self.content = content
  }
}
