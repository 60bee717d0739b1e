/// A number as its file writes it, so that nothing is lost on the way through a floating-point type.
public struct JSONNumber: Sendable, Equatable {
  /// The text: a JSON5 number that is finite.
  public let source: String

  /// A text that a reader has already found to be a number.
  init(checked source: String) { self.source = source }

  /// A whole number.
  public init(_ value: some BinaryInteger) { source = String(value) }

  /// A whole number of units of 10^-places, without needless zeros.
  public init(_ units: Int64, places: Int) {
    var digits = String(units.magnitude)
    digits = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    var fraction = digits.suffix(places)
    while fraction.last == "0" { fraction = fraction.dropLast() }
    source = (units < 0 ? "-" : "") + digits.dropLast(places) + (fraction.isEmpty ? "" : "." + fraction)
  }

  /// How a number fits into 64-bit units of a power of ten.
  public enum Scaled: Equatable, Sendable {
    case exact(Int64)
    /// It has more decimals than the unit can hold.
    case tooFine
    case tooLarge
  }

  /// The number as a whole; nil where it has a fraction or takes more than 64 bits.
  public var integer: Int64? {
    if case .exact(let value) = scaled(places: 0) { return value }
    return nil
  }

  /// The number as a whole without a sign; nil where it has a fraction or takes more than 64 bits.
  public var unsigned: UInt64? {
    let parts = JSONNumber.parts(of: source)
    guard case .success(let magnitude) = parts.magnitude(places: 0) else { return nil }
    return parts.isNegative && magnitude != 0 ? nil : magnitude
  }

  /// The number in units of 10^-places, exactly.
  public func scaled(places: Int) -> Scaled { JSONNumber.parts(of: source).scaled(places: places) }

  /// A decimal text `digits[.digits]` in units of 10^-places; nil where it is no such text.
  static func scaled(decimal text: Substring, places: Int) -> Scaled? {
    let halves = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    for half in halves where half.isEmpty || !half.utf8.allSatisfy({ (48...57).contains($0) }) { return nil }
    return parts(of: String(text)).scaled(places: places)
  }

  /// The digits of a number without its point: `1.50e3` is 150 with exponent 1.
  struct Parts {
    var isNegative = false
    var digits: [UInt8] = []
    var radix: UInt64 = 10
    var exponent = 0

    enum Failure: Error { case tooFine, tooLarge }

    func scaled(places: Int) -> Scaled {
      switch magnitude(places: places) {
      case .failure(.tooFine): return .tooFine
      case .failure(.tooLarge): return .tooLarge
      case .success(let magnitude):
        if isNegative, magnitude <= UInt64(Int64.max) + 1 {
          return .exact(Int64(truncatingIfNeeded: 0 &- magnitude))
        }
        return Int64(exactly: magnitude).map { .exact($0) } ?? .tooLarge
      }
    }

    func magnitude(places: Int) -> Result<UInt64, Failure> {
      var shift = exponent + (radix == 10 ? places : 0)
      var significant = digits[...]
      while significant.last == 0, shift < 0 {
        significant = significant.dropLast()
        shift += 1
      }
      let value = whole(significant)
      if value == 0 { return .success(0) }
      if shift < 0 { return .failure(.tooFine) }
      guard var value else { return .failure(.tooLarge) }
      for _ in 0..<(radix == 10 ? shift : places) {
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        if overflow { return .failure(.tooLarge) }
        value = product
      }
      return .success(value)
    }

    /// The digits as one number; nil where they take more than 64 bits.
    private func whole(_ digits: ArraySlice<UInt8>) -> UInt64? {
      var value: UInt64 = 0
      for digit in digits {
        let (product, overflow) = value.multipliedReportingOverflow(by: radix)
        let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
        if overflow || carry { return nil }
        value = sum
      }
      return value
    }
  }

  static func parts(of source: String) -> Parts {
    var parts = Parts()
    var rest = Substring(source)
    if let sign = rest.first, sign == "-" || sign == "+" {
      parts.isNegative = sign == "-"
      rest = rest.dropFirst()
    }
    if rest.hasPrefix("0x") || rest.hasPrefix("0X") {
      parts.radix = 16
      parts.digits = rest.dropFirst(2).compactMap { $0.hexDigitValue.map(UInt8.init) }
      return parts
    }
    let halves = rest.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
    if halves.count == 2 { parts.exponent = exponent(of: halves[1]) }
    var afterPoint = false
    for letter in halves[0] {
      guard let digit = letter.wholeNumberValue else {
        afterPoint = true
        continue
      }
      parts.digits.append(UInt8(digit))
      if afterPoint { parts.exponent -= 1 }
    }
    return parts
  }

  /// An exponent, held within what can make a difference to 64 bits and a file's worth of digits.
  private static func exponent(of text: Substring) -> Int {
    let bound = 10_000_000
    let sign = text.hasPrefix("-") ? -1 : 1
    let digits = text.drop { $0 == "-" || $0 == "+" || $0 == "0" }
    if digits.isEmpty { return 0 }
    return sign * (digits.count > 8 ? bound : min(Int(digits) ?? bound, bound))
  }
}
