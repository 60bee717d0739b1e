import Lab

/// `sim completions`: a script for a shell, from the tables.
enum CompletionsCommand {
  static func run(_ session: inout Session) throws(Failure) -> Int32 {
    guard let shell = session.invocation.operands.first.flatMap(Shell.init) else { return ExitStatus.usage }
    try session.deliver(shell.script(session))
    return ExitStatus.met
  }
}

/// A shell that can complete commands.
enum Shell: String, CaseIterable {
  case bash, zsh, fish

  func script(_ session: Session) -> String {
    let words = CompletionWords(session)
    switch self {
    case .bash: return BashCompletions(words: words).script
    case .zsh: return ZshCompletions(words: words).script
    case .fish: return FishCompletions(words: words).script
    }
  }
}

/// What the scripts have in common.
struct CompletionWords {
  let program: String
  let commands: [CommandSpec]
  let catalog: Catalog

  init(_ session: Session) {
    program = session.program
    commands = session.table.visible
    catalog = session.catalog
  }

  /// A name that shells take as part of a function's name.
  var identifier: String {
    String(program.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }

  /// A command that writes the names of the scenarios.
  var scenarios: String { "\(program) list scenarios 2>/dev/null | cut -d ' ' -f 1" }

  /// Flags of all commands without doubles, each with a command that has it.
  var flags: [(flag: Flag, command: CommandSpec)] {
    Flag.allCases.compactMap { flag in
      commands.first { $0.allFlags.contains(flag) }.map { (flag, $0) }
    }
  }

  func words(_ flag: Flag, _ command: CommandSpec) -> [String] { flag.domain?.words(command, catalog) ?? [] }

  /// What may follow a command: names of commands for help, else what the table says.
  func operands(_ command: CommandSpec) -> [String] {
    command.operands.what == "command" ? commands.map(\.name) : command.operands.words
  }
}
