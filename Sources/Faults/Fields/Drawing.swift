import Contract

/// What faults draw from the seed when nobody wrote their fields.
extension Chance {
  /// A span from an eighth of the time to live to twice of it, where leases break.
  mutating func length(_ terms: ChaosTerms) -> SettingValue { .duration(spanAround(terms.lease.ttl)) }

  /// The holder half of the time, for it has the most to lose; otherwise any node that takes part in locking.
  mutating func victim(_ terms: ChaosTerms) -> SettingValue {
    below(2) == 0 ? .nodes([.holder]) : someNode(terms)
  }

  /// A link that carries something: a client's, or one between the service's own processes; either direction.
  mutating func link(_ terms: ChaosTerms) -> [(name: String, value: SettingValue)] {
    let topology = terms.topology
    let servers = [NodeKind.resource, .service, .layer].filter { !topology.indices($0).isEmpty }
    let far = one(of: servers)
    let number = 1 + Int(below(Int64(topology.indices(far).count)))
    var near = [node(.client, terms)]
    if far == .service, topology.layers > 0 { near.append(node(.layer, terms)) }
    if far == .service, topology.services > 1 {
      near.append(.nodes([.named(.service, number: number % topology.services + 1)]))
    }
    let ends = below(2) == 0 ? ("from", "to") : ("to", "from")
    return [(ends.0, one(of: near)), (ends.1, .nodes([.named(far, number: number)]))]
  }

  /// The resource or a service node: those whose disks matter.
  mutating func diskOwner(_ terms: ChaosTerms) -> SettingValue {
    let kinds = [NodeKind.resource, .service].filter { !terms.topology.indices($0).isEmpty }
    return node(one(of: kinds), terms)
  }

  /// One message in ten, every other one, or all.
  mutating func someProbability() -> SettingValue {
    .probability(Probability(perBillion: one(of: [100_000_000, 500_000_000, 1_000_000_000])))
  }
}
