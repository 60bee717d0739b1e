/// One of several equal parts of the seeds.
public struct Shard: Equatable, Sendable, CustomStringConvertible {
  public let number: Int
  public let count: Int

  public static let most = 1_000_000
  /// The whole, as a part.
  public static let whole = Shard(number: 1, of: 1)

  public init(number: Int, of count: Int) {
    self.number = number
    self.count = count
  }

  /// The part that `i/n` means; nil where it is none.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]),
      (1...Shard.most).contains(count), (1...count).contains(number)
    else { return nil }
    self.init(number: number, of: count)
  }

  /// `i/n`.
  public var description: String { "\(number)/\(count)" }

  /// The positions of the part among this many: all parts together are all positions, none twice.
  public func positions(of total: Int) -> Range<Int> {
    total * (number - 1) / count..<total * number / count
  }
}
