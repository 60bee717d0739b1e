/// Places moments of true time from left to right: in order, not to scale, long idle spans squeezed.
struct TimeAxis: Sendable {
  /// A stretch that is squeezed so much that it gets a sign.
  struct Break: Sendable, Equatable {
    let x: Int
    /// How long it is, in nanoseconds.
    let span: Int64
  }

  /// Ascending, without doubles.
  let moments: [Int64]
  /// Indexed as the moments.
  let xs: [Int]
  let breaks: [Break]

  /// Room for a break's sign and its words.
  private static let breakWidth = 52
  /// Spans from this on are broken.
  private static let shortestBreak: Int64 = 100_000_000

  /// - Parameter moments: those that get a place of their own, in any order.
  init(_ moments: [Int64], from left: Int, to right: Int) {
    var sorted: [Int64] = []
    for moment in moments.sorted() where moment != sorted.last { sorted.append(moment) }
    self.moments = sorted
    let gaps = zip(sorted, sorted.dropFirst()).map { $1 - $0 }
    let widths = TimeAxis.widths(gaps, room: right - left)
    var xs = [left]
    for width in widths { xs.append(xs[xs.count - 1] + width) }
    self.xs = sorted.isEmpty ? [] : xs
    breaks = gaps.indices.filter { gaps[$0] >= TimeAxis.shortestBreak && widths[$0] >= 12 }
      .map { Break(x: (xs[$0] + xs[$0 + 1]) / 2, span: gaps[$0]) }
  }

  /// Every gap as wide as its length has digits, so that a millisecond and a minute both show.
  private static func widths(_ gaps: [Int64], room: Int) -> [Int] {
    let wishes = gaps.map { gap in
      let wish = 4 + 3 * doublings(gap) / 1000
      return gap >= 1_000_000_000 ? max(breakWidth, wish) : wish
    }
    let sum = max(1, wishes.reduce(0, +))
    var used = 0, wanted = 0
    return wishes.map { wish in
      wanted += wish
      let width = wanted * room / sum - used
      used += width
      return width
    }
  }

  /// How often 30 us must be doubled to reach a span, in thousandths: a logarithm, straight in between.
  private static func doublings(_ span: Int64) -> Int {
    let units = span / 30_000
    guard units > 0 else { return Int(span * 1000 / 30_000) }
    let power = Int64.bitWidth - 1 - units.leadingZeroBitCount
    let base: Int64 = 1 << Int64(power)
    return (power + 1) * 1000 + Int((units - base) * 1000 / base)
  }

  /// Where a moment lies; those between two with a place of their own lie between them.
  func x(_ moment: Int64) -> Int {
    guard let first = moments.first, let last = moments.last else { return 0 }
    if moment <= first { return xs[0] }
    if moment >= last { return xs[xs.count - 1] }
    var low = 0, high = moments.count - 1
    while high - low > 1 {
      let middle = (low + high) / 2
      if moments[middle] <= moment { low = middle } else { high = middle }
    }
    let share = Double(moment - moments[low]) / Double(moments[high] - moments[low])
    return xs[low] + Int(Double(xs[high] - xs[low]) * share)
  }
}
