import Contract
import Lab

extension Nanos {
  /// "15 s", "9.499 s", "250 ms", "1.5 us", "-12 s": the greatest unit that is reached, up to three decimals.
  var spoken: String {
    let sign = count < 0 ? "-" : "", size = count.magnitude
    let units: [(word: String, size: UInt64)] = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000)]
    for (word, unit) in units where size >= unit {
      return sign + Quantity.decimal(size / (unit / 1000), places: 3) + " " + word
    }
    return "\(sign)\(size) ns"
  }
}

extension Instant {
  /// "16.512 s": true time, rounded down to milliseconds.
  var spoken: String { Quantity.fixed(UInt64(max(0, nanos)) / 1_000_000, places: 3) + " s" }
}

/// How numbers are written.
enum Quantity {
  /// A whole number of units of 10^-places with all its decimals: `fixed(1500, places: 3)` is "1.500".
  static func fixed(_ units: UInt64, places: Int) -> String {
    let digits = String(units)
    let full = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return places == 0 ? full : "\(full.dropLast(places)).\(full.suffix(places))"
  }

  /// As `fixed`, without needless zeros: `decimal(1500, places: 3)` is "1.5".
  static func decimal(_ units: UInt64, places: Int) -> String {
    var text = fixed(units, places: places)[...]
    guard places > 0 else { return String(text) }
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return String(text)
  }

  /// "12,345": digits in groups of three.
  static func grouped(_ number: some BinaryInteger) -> String {
    var digits = String(number)[...]
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits = digits.dropLast(3)
    }
    return ([String(digits)] + groups).joined(separator: ",")
  }

  /// "1,113.10": as `fixed`, with the digits before the point in groups of three.
  static func groupedFixed(_ units: UInt64, places: Int) -> String {
    let parts = fixed(units, places: places).split(separator: ".")
    return ([grouped(UInt64(parts[0]) ?? 0)] + parts.dropFirst().map(String.init)).joined(separator: ".")
  }

  /// "1 grant", "2 grants".
  static func counted(_ number: some BinaryInteger, _ noun: String) -> String {
    "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  /// "6.2 duplicates in 1,000 sections": the figure of loads whose effects nobody can take back.
  static func duplicates(_ reached: Reached) -> String? {
    reached.duplicateTenthsPerThousand.map {
      "\(fixed(UInt64($0), places: 1)) duplicates in 1,000 sections"
    }
  }

  /// "a", "a and b", "a, b and c".
  static func listed(_ names: [String]) -> String {
    guard names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
  }

  static func hexadecimal(_ word: UInt64, digits count: Int) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: max(0, count - digits.count)) + digits
  }
}

extension Token {
  /// "token 33", "token 33/31" where it is paired, "token 9f3a41c2" (the first half of a random value).
  func spoken(_ kind: TokenKind) -> String? {
    if self == .none { return nil }
    switch kind {
    case .none: return nil
    case .unique: return "token " + Quantity.hexadecimal(unique >> 32, digits: 8)
    case .paired where minor != 0: return "token \(order)/\(minor)"
    case .ordered, .paired: return "token \(order)"
    }
  }
}
