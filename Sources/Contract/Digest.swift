/// The 128-bit running hash over every event of a run, with its payload.
public struct Digest: Hashable, Sendable, BitwiseCopyable {
  @usableFromInline package var halves: (low: UInt64, high: UInt64) = (
    0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344
  )

  public var low: UInt64 { halves.low }
  public var high: UInt64 { halves.high }

  public init() {}

  public static func == (left: Digest, right: Digest) -> Bool { left.halves == right.halves }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(low)
    hasher.combine(high)
  }

  /// Takes in two words at once, one by either half.
  ///
  /// Each step can be undone, so states that differ stay different, and the halves are mixed into each other
  /// every time: a bit reaches all 128 within two calls.
  @inlinable @inline(__always) package mutating func fold(_ first: UInt64, _ second: UInt64) {
    var low = (halves.low ^ first) &* 0x9e37_79b9_7f4a_7c15
    var high = (halves.high ^ second) &* 0xbf58_476d_1ce4_e5b9
    low ^= low >> 32
    high ^= high >> 29
    low = low &+ high
    high = (high << 27 | high >> 37) ^ low
    halves = (low, high)
  }

  @inlinable package mutating func fold(_ word: UInt64) { fold(word, 0) }

  /// 32 hexadecimal digits, the form in which results print it.
  public var text: String { Digest.hex(high) + Digest.hex(low) }

  static func hex(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// A 64-bit hash of one message, folded in typed code when the message is sent.
public struct Fingerprint: Sendable, BitwiseCopyable {
  @usableFromInline package var value: UInt64 = 0x9ae1_6a3b_2f90_404f

  @inlinable public init() {}

  @inlinable public mutating func add(_ word: UInt64) {
    value = (value ^ word) &* 0x9fb2_1c65_1e98_df25
    value ^= value >> 32
  }
  @inlinable public mutating func add(_ word: Int64) { add(UInt64(bitPattern: word)) }
  @inlinable public mutating func add(_ word: Int) { add(UInt64(truncatingIfNeeded: word)) }
  @inlinable public mutating func add(_ lock: LockID) { add(UInt64(truncatingIfNeeded: lock.index)) }
  @inlinable public mutating func add(_ node: NodeID) { add(UInt64(truncatingIfNeeded: node.index)) }
  @inlinable public mutating func add(_ span: Nanos) { add(span.count) }
  @inlinable public mutating func add(_ flag: Bool) { add(flag ? 1 as UInt64 : 2) }
  @inlinable public mutating func add(_ token: Token) {
    add(token.order)
    add(token.minor)
    add(token.unique)
  }
}
