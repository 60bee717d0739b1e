import Contract
import World

extension Chaos {
  /// The faults of one seed: a kind, a moment and fields for each, up to `until`.
  ///
  /// Moments are half to one and a half of `every` apart. A kind that a case cannot suffer leaves its moment
  /// empty and shifts nothing: all cases share the rest.
  func drawn(seed: UInt64, _ terms: ChaosTerms, _ catalog: Catalog) -> [ArmedFault] {
    var moments = Chance(seed: seed, "chaos moment")
    var kinds = Chance(seed: seed, "chaos kind")
    var armed: [ArmedFault] = []
    var time = Instant.start
    var moment = 0
    while true {
      time = time + every / 2 + moments.span(below: every)
      guard time <= until else { return armed }
      let type = catalog.fault(faults[Int(kinds.below(Int64(faults.count)))])!
      var fields = Chance(seed: seed, "chaos fields", moment)
      moment += 1
      let services = terms.topology.services
      if let disturbance = type.disturbs, !disturbance.strikes(heeding: terms.heeds, services: services) {
        continue
      }
      guard let given = type.drawn(&fields, terms),
        let fault = try? type.init(Settings(type.fields, given: given))
      else { continue }
      armed.append(ArmedFault(trigger: .at(time), fault: fault))
    }
  }
}
