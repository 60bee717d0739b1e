import Contract
import Lab

/// Which combinations of algorithm, guard and fault no scenario meets. It runs nothing.
struct Coverage {
  /// Faults of one case that no scenario lets strike it.
  struct Gap: Equatable {
    let algorithm: String
    let guardName: String
    /// In catalog order.
    let faults: [String]
  }

  private(set) var possible = 0
  /// In catalog order.
  private(set) var gaps: [Gap] = []
  var met: Int { possible - gaps.reduce(0) { $0 + $1.faults.count } }

  init(_ scenarios: [Scenario], algorithms: [String]?, guards: [String]?, _ catalog: Catalog) {
    let known = Coverage.meetings(scenarios)
    for algorithm in catalog.algorithms where algorithms?.contains(algorithm.name) ?? true {
      for guardType in catalog.guards where guards?.contains(guardType.name) ?? true {
        guard Case.fits(algorithm, guardType) else { continue }
        let services = algorithm.init(Settings(algorithm.parameters, given: [])).services
        let faults = catalog.faults.filter {
          $0.disturbs?.strikes(heeding: algorithm.heeds, services: services) ?? true
        }.map { $0.name }
        possible += faults.count
        let missing = faults.filter { !known.contains([algorithm.name, guardType.name, $0]) }
        if missing.isEmpty { continue }
        gaps.append(Gap(algorithm: algorithm.name, guardName: guardType.name, faults: missing))
      }
    }
  }

  private static func meetings(_ scenarios: [Scenario]) -> Set<[String]> {
    var known: Set<[String]> = []
    for scenario in scenarios {
      let faults = scenario.faults.map(\.name) + (scenario.chaos?.faults ?? [])
      for expected in scenario.expect {
        for fault in faults { known.insert([expected.algorithm, expected.guardName, fault]) }
      }
    }
    return known
  }

  static func tell(_ files: [CheckCommand.Entry], _ session: inout Session) throws(Failure) -> Int32 {
    var scenarios: [Scenario] = []
    var isWrong = false
    for file in files {
      switch file {
      case .scenario(let scenario, _): scenarios.append(scenario)
      case .nothing(_, .error, let reason, _):
        isWrong = true
        session.note(reason)
      case .nothing: break
      }
    }
    let coverage = Coverage(
      scenarios, algorithms: session.invocation[.algorithm].map(names),
      guards: session.invocation[.guard].map(names), session.catalog)
    try session.deliver(session.format == .json ? JSONText.indented(coverage.json) : coverage.text)
    return isWrong ? ExitStatus.rejected : ExitStatus.met
  }

  var text: String {
    let lines = gaps.map { "\($0.algorithm)/\($0.guardName): \($0.faults.joined(separator: ", "))\n" }
    let share = "\(met) of \(possible) combinations of algorithm, guard and fault are met by a scenario"
    return lines.joined() + (gaps.isEmpty ? share + "\n" : share + "; the others are above\n")
  }

  var json: JSONValue {
    .object([
      ("schema", .integer(1)), ("kind", .text("coverage")), ("met", .integer(met)),
      ("possible", .integer(possible)),
      (
        "missing",
        .list(
          gaps.map { gap in
            .object([
              ("algorithm", .text(gap.algorithm)), ("guard", .text(gap.guardName)),
              ("faults", .list(gap.faults.map(JSONValue.text))),
            ])
          })
      ),
    ])
  }
}
