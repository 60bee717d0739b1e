import Lab

/// `sim help`: all commands, or one with its flags.
enum HelpCommand {
  static func run(_ session: inout Session) throws(Failure) -> Int32 {
    try session.deliver(HelpText.help(session.invocation.operands, session))
    return ExitStatus.met
  }
}

/// The help, from the tables.
enum HelpText {
  /// Help on the command that the words begin with, or on all.
  ///
  /// - Throws: `Failure` where the word is no command.
  static func help(_ words: [String], _ session: Session) throws(Failure) -> String {
    guard let word = words.first, !word.hasPrefix("-") else { return all(session) }
    guard let command = session.table.command(word) else {
      throw .unknown(
        "command", word, among: session.table.visible.map(\.name),
        instead: "`\(session.program) help` lists the commands")
    }
    return help(command)
  }

  private static func all(_ session: Session) -> String {
    let program = session.program
    let commands = columns(session.table.visible.map { ($0.name, $0.summary) })
    let statuses = columns(HelpText.statuses.map { (String($0.status), $0.meaning) })
    return """
      \(program) runs distributed locks through simulated faults and judges what becomes of them.

      usage: \(program) COMMAND [flags]
             \(program) --scenario NAME|FILE [flags]    the same as `\(program) run`

      commands:
      \(commands)
      `\(program) help COMMAND` tells the flags of a command.

      exit status:
      \(statuses)
      """
  }

  private static func help(_ command: CommandSpec) -> String {
    let flags = command.allFlags.map { flag in
      (
        ([flag.word, flag.domain?.placeholder(command)].compactMap { $0 }).joined(separator: " "),
        flag.summary(command)
      )
    }
    return "usage: \(command.usage)\n\n\(command.summary)\n\nflags:\n\(columns(flags))"
  }

  /// Two columns with two spaces before each.
  static func columns(_ rows: [(String, String)]) -> String {
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { "  " + $0 + String(repeating: " ", count: width - $0.count) + "  " + $1 + "\n" }
      .joined()
  }

  static let statuses: [(status: Int32, meaning: String)] = [
    (ExitStatus.met, "every expectation met"),
    (ExitStatus.unmet, "an expectation not met; without expectations, a safety check violated"),
    (ExitStatus.undecided, "inconclusive or vacuous"),
    (ExitStatus.nondeterminism, "nondeterminism detected"),
    (ExitStatus.usage, "the command line is wrong"),
    (ExitStatus.rejected, "a scenario or input file is wrong"),
    (ExitStatus.internalError, "internal error"),
    (ExitStatus.interrupted, "interrupted; what was done is written"),
  ]
}
