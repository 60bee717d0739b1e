/// What machines look at ahead of time, in a run that is too large for the cache.
///
/// A line of memory that was last used seconds ago takes a hundred and fifty nanoseconds to come, and an
/// event needs several, one after the other. Looked at for many events at once, they come at once. Nothing
/// may depend on it: a machine that looks at the wrong things is slow and right.
public struct Foresight: Sendable {
  /// From this many clients on it is worth while.
  public static var crowd: Int { 4096 }

  /// Rows of the services that clients will ask for soon: their disk slots.
  public package(set) var rows: [Int64] = []
  /// A sum of what was seen: kept so that the looks are not for nothing to the compiler.
  @usableFromInline package var seen: Int64 = 0

  @inlinable package init() {}

  /// - Parameter number: what was found there, whatever it means.
  @inlinable @inline(__always) public mutating func saw(_ number: Int64) { seen &+= number }

  /// A service will be asked for this row on behalf of the machine's next input.
  public mutating func expect(row: Int64) { rows.append(row) }

  /// Looks at all memory of a value, but for what it refers to.
  @inlinable @inline(__always) package mutating func look<Value>(at value: inout Value) {
    withUnsafeBytes(of: &value) { bytes in
      for place in stride(from: 0, to: bytes.count, by: 64) { seen &+= Int64(bytes[place]) }
    }
  }
}
