/// How the resource treats the tokens and versions of accesses to one item.
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

  /// A guard of a fresh item.
  init()
  /// The guard as a restarted resource finds it on its disk.
  init(restored memory: GuardMemory)
  /// After `init(restored:)`, once for each value that `memory.unique` held before the one it holds now.
  mutating func recall(superseded unique: UInt64)

  mutating func admitsRead(_ access: Access, of item: Item) -> Ruling
  mutating func admitsWrite(_ access: Access, to item: Item) -> Ruling
  /// What must survive a crash.
  var memory: GuardMemory { get }
}

extension Guard {
  public static var needs: TokenKind { .none }
  public static var livesInStore: Bool { false }
  public static var keepsHighest: Bool { false }
  public mutating func recall(superseded unique: UInt64) {}
  public mutating func admitsRead(_ access: Access, of item: Item) -> Ruling { .accept }
}

/// What a guard keeps with the item: its highest token, and one unique value.
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
  /// The update was applied before: answer as if it had just been, change nothing.
  case alreadyApplied
}

/// The protected item: its version counts the writes applied, its content the updates it holds.
public struct Item: Sendable, Equatable, BitwiseCopyable {
  public var version: Int64 = 0
  public var content: Int64 = 0

  public init(version: Int64 = 0, content: Int64 = 0) {
    self.version = version
    self.content = content
  }
}
