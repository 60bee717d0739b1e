import Contract

/// The first violation of a property, and how many there were.
struct Finding: Sendable {
  var witness: Witness?

  mutating func add(_ first: Record, _ second: Record, measure: Int64 = 0) {
    if witness == nil { witness = Witness(first: first, second: second, count: 0, measure: measure) }
    witness?.count += 1
  }

  var verdict: Verdict { witness.map(Verdict.violated) ?? .held }
}
