import Lab

/// The flags of all commands. Parser, help, completions and corrections all read this table.
enum Flag: String, CaseIterable, Sendable {
  case scenario, algorithm, `guard`, algorithms, guards, seed, seeds, jobs, shard, resume, format, out, name
  case trace, perfetto
  case coverage, quiet, verbose, color, progress, help, version

  /// The flag as people type it.
  var word: String { "--" + rawValue }

  /// What follows the flag; nil where nothing does.
  var domain: FlagDomain? {
    switch self {
    case .scenario: .scenario
    case .algorithm, .algorithms: .algorithms
    case .guard, .guards: .guards
    case .seed: .seed
    case .seeds: .seeds
    case .jobs: .jobs
    case .shard: .shard
    case .format: .format
    case .out, .trace, .perfetto: .file
    case .name: .stem
    case .color: .choice(["auto", "always", "never"])
    case .progress: .choice(["auto", "plain", "none"])
    case .resume, .coverage, .quiet, .verbose, .help, .version: nil
    }
  }

  /// What the flag does, where it does something of its own in a command that compares.
  func summary(_ command: CommandSpec) -> String {
    switch self {
    case .scenario where command.takesScenarios:
      "one or more scenarios, by name below Scenarios/, by file, or by a folder of files"
    case .format where command.writesPages: "the form of the results, which then go to one place"
    case .format where command.formats.first != .text:
      "the form of the results (default: \(command.formats.first?.rawValue ?? ""))"
    case .out where command.writesPages:
      "write the results to this file; without --format, a page and its figures to this folder (Reports)"
    case .format where command.formats.contains(.github):
      "the form of the results (default: text); github: errors here, a page in $GITHUB_STEP_SUMMARY or --out"
    default: summary
    }
  }

  private var summary: String {
    switch self {
    case .scenario: "the scenario, by name below Scenarios/ or by file"
    case .algorithm: "only these algorithms, instead of all that the scenario expects something of"
    case .guard: "only these guards"
    case .algorithms: "these algorithms, or all, instead of those that the scenario expects something of"
    case .guards: "these guards, or all"
    case .seed: "one seed, in decimal or 0x hexadecimal"
    case .seeds: "all seeds from A to B"
    case .jobs: "how many threads run; the results do not depend on it (default: one per processor)"
    case .shard: "only the i-th of n equal parts of the seeds"
    case .resume:
      "go on with what the same command left in --out FILE, or in FILE.partial where it was killed"
    case .format: "the form of the results (default: text)"
    case .out: "write the results to this file, which appears when it is complete"
    case .name: "what the report and its files are called (default: as the scenario, or compare)"
    case .trace: "write every record and message of the runs to this file, as JSON Lines"
    case .perfetto: "write the runs to this file for ui.perfetto.dev; of a check those not as expected"
    case .coverage: "list the combinations of algorithm, guard and fault that no scenario meets; run nothing"
    case .quiet: "no progress, and in text only what is not as expected"
    case .verbose: "say more: parameters in lists, what the runs reached"
    case .color: "colours: on a terminal, always, or never"
    case .progress: "progress on the error output: as fits it, one line every 10 s, or none"
    case .help: "this text"
    case .version: "the version"
    }
  }
}

/// What the word after a flag may be.
enum FlagDomain: Sendable, Equatable {
  case scenario, algorithms, guards, seed, seeds, jobs, shard, file, stem
  /// The formats of the command.
  case format
  case choice([String])

  /// How help names the word.
  func placeholder(_ command: CommandSpec) -> String {
    switch self {
    case .scenario: command.takesScenarios ? "S,T" : "NAME|FILE"
    case .algorithms: "A,B"
    case .guards: "G,H"
    case .seed, .jobs: "N"
    case .seeds: "A..B"
    case .shard: "I/N"
    case .stem: "NAME"
    case .file: command.writesPages ? "FILE|DIR" : "FILE"
    case .format: command.formats.map(\.rawValue).joined(separator: "|")
    case .choice(let words): words.joined(separator: "|")
    }
  }

  /// The words that a shell can offer; empty where there is no list of them.
  func words(_ command: CommandSpec, _ catalog: Catalog) -> [String] {
    switch self {
    case .algorithms: catalog.algorithms.map { $0.name }
    case .guards: catalog.guards.map { $0.name }
    case .format: command.formats.map(\.rawValue)
    case .choice(let words): words
    case .scenario, .seed, .seeds, .jobs, .shard, .file, .stem: []
    }
  }
}

/// A form of results.
enum Format: String, CaseIterable, Sendable { case text, json, markdown, html, svg, junit, github }
