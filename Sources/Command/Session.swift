import Contract
import Lab
import Rendering

/// One call of the command: what was asked for, and everything that it may touch.
struct Session {
  let invocation: Invocation
  let catalog: Catalog
  let table: CommandTable
  /// The executable's name.
  let program: String
  var console: any Console

  var format: Format { invocation[.format].flatMap(Format.init) ?? invocation.command.formats.first ?? .text }
  var isQuiet: Bool { invocation.has(.quiet) }
  var isVerbose: Bool { invocation.has(.verbose) }
  var jobs: Int { invocation[.jobs].flatMap { Int($0) } ?? min(console.processors, FlagCheck.mostJobs) }

  /// Colours are for terminals, unless the user says otherwise; a file never gets them by itself.
  var style: Style {
    switch invocation[.color] {
    case "always": Style(color: true)
    case "never": Style(color: false)
    default:
      Style(
        color: console.resultsGoToTerminal && !invocation.has(.out)
          && (console.environment("NO_COLOR") ?? "").isEmpty && console.environment("TERM") != "dumb")
    }
  }

  /// How to show progress. A pipe gets no bar, so by itself it gets nothing.
  var progressMode: ProgressLine.Mode {
    if isQuiet { return .none }
    switch invocation[.progress] {
    case "plain": return .plain
    case "none": return .none
    default: return console.notesGoToTerminal && console.environment("TERM") != "dumb" ? .updating : .plain
    }
  }

  /// Writes a whole result that is at hand.
  mutating func deliver(_ text: String) throws(Failure) {
    var output = try Output(invocation[.out])
    try output.write(text, &console)
    try output.finish()
  }

  mutating func note(_ sentence: String) { console.note("\(program): \(sentence)\n") }
}

extension Session {
  // MARK: what to run

  /// The algorithms and guards that the user names, by whichever flag the command has; none: all.
  var algorithms: [String] {
    if invocation[.algorithms] == FlagCheck.all { return catalog.algorithms.map { $0.name } }
    return (invocation[.algorithm] ?? invocation[.algorithms]).map(names) ?? []
  }
  var guards: [String] {
    if invocation[.guards] == FlagCheck.all { return catalog.guards.map { $0.name } }
    return (invocation[.guard] ?? invocation[.guards]).map(names) ?? []
  }

  /// The scenario that the user names.
  func scenario() throws(Failure) -> Scenario { try scenario(invocation[.scenario] ?? "") }

  func scenario(_ nameOrPath: String) throws(Failure) -> Scenario {
    do {
      return try ScenarioFile.load(nameOrPath, catalog, planFor: algorithms.first)
    } catch {
      throw .rejected(error)
    }
  }

  /// A runner for each case of the scenario that the flags leave, in order.
  func runners(_ scenario: Scenario) throws(Failure) -> [Runner] {
    let cases = scenario.cases(algorithms: algorithms, guards: guards, catalog)
    if cases.isEmpty {
      let flags = invocation.command.flags.contains(.algorithms) ? "--algorithms" : "--algorithm and --guard"
      throw .usage(
        "the scenario \(JSONText.quoted(scenario.name)) expects nothing, which leaves no case;"
          + " name one with \(flags)")
    }
    for subject in cases {
      guard
        let problem = scenario.problems(for: subject.algorithm, under: subject.guardType, in: catalog).first
      else { continue }
      if subject.fits { throw .rejected(problem) }
      throw .usage(problem.sentence)
    }
    return cases.map { Runner(scenario, $0, catalog) }
  }

  /// The seeds that the flags name; nil where they name none.
  var seeds: SeedList? {
    if let seed = invocation[.seed].flatMap(SeedText.seed) { return SeedList(ranges: [seed...seed]) }
    return invocation[.seeds].flatMap(SeedText.range).map { SeedList(ranges: [$0]) }
  }
}

extension Session {
  /// All cases, or with `--quiet` those that are not as expected.
  func shown(_ cases: [CheckedCase]) -> [CheckedCase] {
    isQuiet ? cases.filter { $0.outcome.status != .met } : cases
  }
}

extension Case {
  /// Whether the lock gives the guard what it needs.
  var fits: Bool { Case.fits(algorithmType, guardType) }

  static func fits(_ algorithm: any LockAlgorithm.Type, _ guardType: any Guard.Type) -> Bool {
    guardType.needs <= algorithm.token && (!guardType.livesInStore || algorithm.holdsData)
  }
}
