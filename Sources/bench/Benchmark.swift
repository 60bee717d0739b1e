/// One thing that is measured, beside the peer which does the same where there is one.
protocol Benchmark: Sendable {
  /// Kebab-case, unique in the catalog.
  var name: String { get }
  /// Of both values; less is better.
  var unit: String { get }
  /// What it is compared to, in words.
  var peer: String? { get }

  /// Makes ready what a round needs, and returns the round: our turn, then the peer's.
  ///
  /// - Throws: `Missing` where this machine lacks what the peer needs; the row is then left out.
  func prepare(_ workshop: Workshop) throws -> () throws -> Sample
}

/// What one round measured.
struct Sample {
  var ours: Double
  var peer: Double?
}

/// Something that a peer needs is not on this machine. The sentence says what, and how to get it.
struct Missing: Error { let sentence: String }

/// A benchmark that went wrong: a peer that failed, or one that did other work than we did.
struct Failure: Error, CustomStringConvertible { let description: String }

/// One line of the results.
struct Row: Encodable {
  var name: String
  var value: Double
  var unit: String
  var peer: String?
  /// Our value by the peer's: below 1 we are faster.
  var ratio: Double?

  enum CodingKeys: CodingKey { case name, value, unit, peer, ratio }

  /// Spelt out because the derived one leaves nil out, and a reader expects null.
  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(name, forKey: .name)
    try fields.encode(value, forKey: .value)
    try fields.encode(unit, forKey: .unit)
    try fields.encode(peer, forKey: .peer)
    try fields.encode(ratio, forKey: .ratio)
  }
}
