/// How often something happened in so many tries, and how sure that is.
struct Proportion: Sendable, Equatable {
  let count: Int
  let tries: Int

  /// The 97.5 % point of the normal distribution.
  private static let z = 1.959963984540054

  /// The 95 % interval of the rate, between 0 and 1.
  ///
  /// Only +, -, *, / and the square root, whose last bits are the same everywhere.
  /// - Precondition: there was a try.
  /// - Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".
  var interval: (low: Double, high: Double) {
    let n = Double(tries), p = Double(count) / n, square = Proportion.z * Proportion.z
    let middle = (p + square / (2 * n)) / (1 + square / n)
    let reach = Proportion.z / (1 + square / n) * (p * (1 - p) / n + square / (4 * n * n)).squareRoot()
    return (count == 0 ? 0 : max(0, middle - reach), count == tries ? 1 : min(1, middle + reach))
  }

  var rate: Double { Double(count) / Double(tries) }

  /// What no violation in so many runs says: the rate is below this at 95 %.
  ///
  /// - Source: Hanley and Lippman-Hand 1983, "If nothing goes wrong, is everything all right?"
  var ruleOfThree: Double { min(1, 3 / Double(tries)) }

  /// "31.2 %", "0.030 %", "100 %": at least two digits that count.
  static func percent(_ rate: Double) -> String {
    if rate <= 0 { return "0 %" }
    let places = rate >= 0.1 ? 1 : rate >= 0.001 ? 2 : 4
    var scale = 100.0
    for _ in 0..<places { scale *= 10 }
    let units = UInt64((rate * scale).rounded())
    return (units == UInt64(scale) ? "100" : Quantity.fixed(units, places: places)) + " %"
  }
}
