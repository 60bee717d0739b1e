/// A length of time in whole nanoseconds.
public struct Nanos: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var count: Int64

  @inlinable public init(_ count: Int64) { self.count = count }

  @inlinable public static var zero: Nanos { Nanos(0) }

  @inlinable public static func microseconds(_ n: Int64) -> Nanos { Nanos(n &* 1_000) }
  @inlinable public static func milliseconds(_ n: Int64) -> Nanos { Nanos(n &* 1_000_000) }
  @inlinable public static func seconds(_ n: Int64) -> Nanos { Nanos(n &* 1_000_000_000) }

  @inlinable public static func < (left: Nanos, right: Nanos) -> Bool { left.count < right.count }
  @inlinable public static func + (left: Nanos, right: Nanos) -> Nanos { Nanos(left.count &+ right.count) }
  @inlinable public static func - (left: Nanos, right: Nanos) -> Nanos { Nanos(left.count &- right.count) }
  @inlinable public static prefix func - (span: Nanos) -> Nanos { Nanos(0 &- span.count) }
  @inlinable public static func * (span: Nanos, factor: Int64) -> Nanos { Nanos(span.count &* factor) }
  @inlinable public static func / (span: Nanos, divisor: Int64) -> Nanos { Nanos(span.count / divisor) }

  /// This span times a rate in parts per billion, rounded toward zero, exact for spans up to 100 years.
  @inlinable public func scaled(partsPerBillion rate: Int64) -> Nanos {
    let whole = count / 1_000_000_000, rest = count % 1_000_000_000
    return Nanos(whole &* rate &+ rest &* rate / 1_000_000_000)
  }
}

/// A moment of true time: the simulator's own. No simulated node can read it.
public struct Instant: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var nanos: Int64

  @inlinable public init(nanos: Int64) { self.nanos = nanos }

  @inlinable public static var start: Instant { Instant(nanos: 0) }
  @inlinable public static var never: Instant { Instant(nanos: .max) }

  @inlinable public static func < (left: Instant, right: Instant) -> Bool { left.nanos < right.nanos }
  @inlinable public static func + (left: Instant, right: Nanos) -> Instant {
    Instant(nanos: left.nanos &+ right.count)
  }
  @inlinable public static func - (left: Instant, right: Instant) -> Nanos {
    Nanos(left.nanos &- right.nanos)
  }
}

/// A reading of one clock of one node. It shares no operator with `Instant`: only World's clocks convert.
public struct LocalTime: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var nanos: Int64

  @inlinable public init(nanos: Int64) { self.nanos = nanos }

  @inlinable public static func < (left: LocalTime, right: LocalTime) -> Bool { left.nanos < right.nanos }
  @inlinable public static func + (left: LocalTime, right: Nanos) -> LocalTime {
    LocalTime(nanos: left.nanos &+ right.count)
  }
  @inlinable public static func - (left: LocalTime, right: LocalTime) -> Nanos {
    Nanos(left.nanos &- right.nanos)
  }

  /// Whole milliseconds since the clock's zero, rounded down: what `gettimeofday` users such as Redis keep.
  @inlinable public var milliseconds: Int64 { nanos >= 0 ? nanos / 1_000_000 : (nanos - 999_999) / 1_000_000 }

  /// Whole seconds since the clock's zero, rounded down.
  @inlinable public var seconds: Int64 {
    nanos >= 0 ? nanos / 1_000_000_000 : (nanos - 999_999_999) / 1_000_000_000
  }
}

/// The two clocks of a node as it reads them now.
public struct LocalClocks: Sendable, BitwiseCopyable {
  /// Time of day: steps, freezes and drifts.
  public var wall: LocalTime
  /// Never steps; has a rate error, and stands still while a virtual machine is suspended.
  public var monotonic: LocalTime

  @inlinable public init(wall: LocalTime, monotonic: LocalTime) {
    self.wall = wall
    self.monotonic = monotonic
  }
}
