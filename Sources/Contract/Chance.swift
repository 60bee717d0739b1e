/// A stream of random numbers with an address: draw `index` of stream `key` is a pure function of both.
///
/// Streams are named by component and node, so that one more draw in one of them shifts no other.
/// Source: Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators" (SplitMix64).
public struct Chance: Sendable, BitwiseCopyable {
  @usableFromInline package let key: UInt64
  @usableFromInline package var index: UInt64

  /// The stream of one component and one or two numbers under a seed.
  public init(seed: UInt64, _ component: StaticString, _ first: Int = 0, _ second: Int = 0) {
    var name: UInt64 = 0xcbf2_9ce4_8422_2325
    component.withUTF8Buffer { for byte in $0 { name = (name ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 } }
    let numbers = UInt64(truncatingIfNeeded: first) &* 0x9e37_79b9_7f4a_7c15
      &+ UInt64(truncatingIfNeeded: second) &* 0xd1b5_4a32_d192_ed03
    key = Chance.mixed(Chance.mixed(seed ^ name) &+ numbers)
    index = 0
  }

  /// A stream that starts at a number which was itself drawn.
  public init(salt: UInt64) {
    key = Chance.mixed(salt)
    index = 0
  }

  @inlinable package static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  @inlinable public mutating func next() -> UInt64 {
    index &+= 1
    return Chance.mixed(key &+ index &* 0x9e37_79b9_7f4a_7c15)
  }

  /// A number in 0 ..< bound, by multiplication; the bias is below bound / 2^64.
  @inlinable public mutating func below(_ bound: Int64) -> Int64 {
    bound <= 1 ? 0 : Int64(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A span in 0 ..< bound; zero where the bound is zero, without a draw.
  @inlinable public mutating func span(below bound: Nanos) -> Nanos {
    bound.count <= 0 ? .zero : Nanos(below(bound.count))
  }

  /// Whether something of this probability happens; certain and impossible things take no draw.
  @inlinable public mutating func happens(_ probability: Probability) -> Bool {
    if probability.perBillion <= 0 { return false }
    if probability.perBillion >= 1_000_000_000 { return true }
    return below(1_000_000_000) < probability.perBillion
  }
}

/// A probability as an integer ratio, in parts per billion.
public struct Probability: Hashable, Sendable, BitwiseCopyable {
  public let perBillion: Int64
  @inlinable public init(perBillion: Int64) { self.perBillion = perBillion }
  @inlinable public static var never: Probability { Probability(perBillion: 0) }
  @inlinable public static var always: Probability { Probability(perBillion: 1_000_000_000) }
}
