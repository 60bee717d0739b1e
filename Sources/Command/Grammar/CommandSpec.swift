import Lab

/// One command: its name, what it takes, and what does its work.
struct CommandSpec: Sendable {
  let name: String
  let summary: String
  var operands = Operands.none
  var flags: [Flag] = []
  /// The default first.
  var formats: [Format] = []
  /// Whether it takes several scenarios, or folders of them.
  var takesScenarios = false
  /// Whether it writes pages into a folder where no form is named.
  var writesPages = false
  /// Hidden commands are not for people: no help, no completion, no correction leads to them.
  var isHidden = false
  /// The executable's name, for sentences.
  var program = "sim"
  let run: @Sendable (inout Session) throws(Failure) -> Int32

  var allFlags: [Flag] { flags + [.help] }

  /// `sim list [algorithms|guards|...] [flags]`.
  var usage: String {
    let words = operands.placeholder.isEmpty ? "" : " " + operands.placeholder
    return "\(program) \(name)\(words)" + (flags.isEmpty ? "" : " [flags]")
  }
}

/// What may follow a command beside flags.
struct Operands: Sendable {
  var placeholder = ""
  /// What one of them is called in an error.
  var what = "word"
  var least = 0
  var most = 0
  /// What they may be; empty where they are names of files.
  var words: [String] = []

  static let none = Operands()
}

/// Every command, in the order of the help.
struct CommandTable: Sendable {
  let commands: [CommandSpec]

  init(program: String) {
    commands = CommandTable.all.map { command in
      var command = command
      command.program = program
      return command
    }
  }

  /// The commands that people type.
  var visible: [CommandSpec] { commands.filter { !$0.isHidden } }
  /// The command when none is named.
  var standard: CommandSpec { commands[0] }

  func command(_ name: String) -> CommandSpec? { commands.first { $0.name == name } }

  private static let subject: [Flag] = [.scenario, .algorithm, .guard, .seed, .seeds]
  /// The forms of what the runs of cases came to.
  private static let caseForms: [Format] = [.text, .json, .markdown, .junit, .github]
  private static let manner: [Flag] = [.quiet, .verbose, .color, .progress]

  private static let all: [CommandSpec] = [
    CommandSpec(
      name: "run", summary: "run every case of a scenario and tell what happened",
      flags: subject + [.jobs, .format, .out, .trace, .perfetto] + manner, formats: caseForms + [.html],
      run: RunCommand.run),
    CommandSpec(
      name: "list", summary: "the algorithms, guards, faults, checks and scenarios there are",
      operands: Operands(
        placeholder: "[" + ListCommand.words.joined(separator: "|") + "]", what: "list", most: 1,
        words: ListCommand.words),
      flags: [.format, .out, .verbose], formats: [.text, .json], run: ListCommand.run),
    CommandSpec(
      name: CheckCommand.name, summary: "run all scenario files under the paths against what they expect",
      operands: Operands(placeholder: "[PATH...]", what: "path", most: .max),
      flags: [.algorithm, .guard, .seed, .seeds, .coverage, .jobs, .format, .out, .trace, .perfetto] + manner,
      formats: caseForms, run: CheckCommand.run),
    CommandSpec(
      name: "sweep", summary: "run many seeds of a scenario",
      flags: subject + [.jobs, .shard, .resume, .format, .out, .trace, .perfetto] + manner,
      formats: caseForms, run: SweepCommand.run),
    CommandSpec(
      name: "merge", summary: "put the results of all shards of a sweep together; refuses gaps and doubles",
      operands: Operands(placeholder: "FILE...", what: "path", least: 1, most: .max),
      flags: [.format, .out, .quiet, .color], formats: [.json, .text], run: MergeCommand.run),
    CommandSpec(
      name: "compare",
      summary: "the same seeds and faults for different locks; without --format, as pages in Reports/",
      flags: [.scenario, .algorithms, .guards, .seed, .seeds, .jobs, .format, .out, .name] + manner,
      formats: [.text, .markdown, .html, .svg, .json], takesScenarios: true, writesPages: true,
      run: CompareCommand.run),
    CommandSpec(
      name: "report", summary: "saved results once more; without --format, as pages in Reports/",
      operands: Operands(placeholder: "RESULTS", what: "path", least: 1, most: 1),
      flags: [.format, .out, .quiet, .color], formats: [.text, .markdown, .html, .svg, .json],
      writesPages: true, run: ReportCommand.run),
    CommandSpec(
      name: "verify", summary: "run every seed twice, the second time in a fresh process, and compare",
      flags: subject + [.jobs, .format, .out] + manner, formats: [.text, .json], run: VerifyCommand.run),
    CommandSpec(
      name: "schema", summary: "the JSON Schema of scenario files", flags: [.out], run: SchemaCommand.run),
    CommandSpec(
      name: "completions", summary: "a script that lets a shell complete commands, flags and names",
      operands: Operands(
        placeholder: Shell.allCases.map(\.rawValue).joined(separator: "|"), what: "shell", least: 1, most: 1,
        words: Shell.allCases.map(\.rawValue)),
      flags: [.out], run: CompletionsCommand.run),
    CommandSpec(
      name: "help", summary: "how to use a command",
      operands: Operands(placeholder: "[COMMAND]", what: "command", most: 1), run: HelpCommand.run),
    CommandSpec(
      name: VerifyChild.name, summary: "the fresh process of verify",
      flags: subject, isHidden: true, run: VerifyChild.run),
  ]
}
