/// What a grant gives its holder to show to the resource.
public struct Token: Hashable, Sendable, BitwiseCopyable {
  /// The fencing order; 0 where the lock has none.
  public var order: Int64
  /// The second order of a paired token; 0 where there is none.
  public var minor: Int64
  /// A value that no other grant of the run has; 0 where there is none.
  public var unique: UInt64

  @inlinable public init(order: Int64 = 0, minor: Int64 = 0, unique: UInt64 = 0) {
    self.order = order
    self.minor = minor
    self.unique = unique
  }

  @inlinable public static var none: Token { Token() }
}

/// What kind of token a lock hands out; each kind also serves where a lesser one is needed.
public enum TokenKind: Int, Sendable, Comparable {
  case none, unique, ordered, paired

  public static func < (left: TokenKind, right: TokenKind) -> Bool { left.rawValue < right.rawValue }
}
