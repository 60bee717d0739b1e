import Contract

/// How many spans of time were how long, in buckets less than 1 % wide: bounded, and merged at will.
///
/// - Source: Tene's HdrHistogram: equal buckets within each power of two.
public struct SpanHistogram: Sendable, Equatable {
  /// Buckets in each power of two; below as many nanoseconds every span has a bucket of its own.
  private static let fineness = 7
  /// Indexed by bucket, no longer than the longest span needs.
  private var counts: [Int64] = []
  public private(set) var total: Int64 = 0
  /// The longest span, exactly; zero where there is none.
  public private(set) var longest = Nanos.zero

  public init() {}

  public mutating func add(_ span: Nanos) {
    let bucket = SpanHistogram.bucket(span.count)
    grow(to: bucket + 1)
    counts[bucket] += 1
    total += 1
    longest = max(longest, span)
  }

  public mutating func add(_ other: SpanHistogram) {
    grow(to: other.counts.count)
    for bucket in other.counts.indices { counts[bucket] += other.counts[bucket] }
    total += other.total
    longest = max(longest, other.longest)
  }

  /// The shortest span that this share of all spans does not exceed, less than 1 % too long; nil for none.
  public func percentile(_ percent: Int64) -> Nanos? {
    guard total > 0 else { return nil }
    let rank = max(1, (total * percent + 99) / 100)
    var seen: Int64 = 0
    for bucket in counts.indices {
      seen += counts[bucket]
      if seen >= rank { return min(longest, Nanos(SpanHistogram.last(of: bucket))) }
    }
    return longest
  }

  private mutating func grow(to length: Int) {
    while counts.count < length { counts.append(0) }
  }

  private static func bucket(_ nanos: Int64) -> Int {
    let size = UInt64(max(0, nanos))
    let octave = 63 - size.leadingZeroBitCount
    if octave < fineness { return Int(size) }
    let shift = octave - fineness
    return (shift + 1) << fineness + Int(size >> UInt64(shift)) - 1 << fineness
  }

  /// The longest span in nanoseconds that falls into the bucket.
  private static func last(of bucket: Int) -> Int64 {
    let row = bucket >> fineness
    if row == 0 { return Int64(bucket) }
    let shift = row - 1
    let mantissa = Int64(bucket & (1 << fineness - 1)) + 1 << fineness
    // The last bucket ends where Int64 does, one past which wraps around and back.
    return (mantissa + 1) << Int64(shift) &- 1
  }
}
