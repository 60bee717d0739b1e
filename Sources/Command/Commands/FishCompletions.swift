/// The completion script for fish.
struct FishCompletions {
  let words: CompletionWords

  var script: String {
    let names = words.commands.map(\.name).joined(separator: " ")
    let first = words.commands.map {
      "complete -c \(words.program) -f -n \"not __fish_seen_subcommand_from \(names)\" -a \($0.name)"
        + " -d \(quoted($0.summary))\n"
    }
    return
      "# Completion for \(words.program); put it into ~/.config/fish/completions/\(words.program).fish.\n"
      + first.joined() + words.commands.map(lines).joined()
  }

  /// Flags of the default command are offered without its name, too.
  private func lines(_ command: CommandSpec) -> String {
    let others = words.commands.map(\.name).filter { $0 != command.name }.joined(separator: " ")
    let isDefault = command.name == words.commands[0].name
    let here =
      isDefault
      ? "not __fish_seen_subcommand_from \(others)" : "__fish_seen_subcommand_from \(command.name)"
    let start = "complete -c \(words.program) -n \"\(here)\" "
    var lines = command.allFlags.map { flag in
      start + "-l \(flag.rawValue)" + value(flag, command) + " -d \(quoted(flag.summary(command)))\n"
    }
    let operands = words.operands(command)
    if !operands.isEmpty { lines.append(start + "-f -a \(quoted(operands.joined(separator: " ")))\n") }
    if command.operands.what == "path" { lines.append(start + "-F\n") }
    return lines.joined()
  }

  private func value(_ flag: Flag, _ command: CommandSpec) -> String {
    guard let domain = flag.domain else { return "" }
    let choices = words.words(flag, command)
    switch domain {
    case .scenario: return " -r -a \"(\(words.scenarios))\""
    case .file: return " -r -F"
    default: return " -x" + (choices.isEmpty ? "" : " -a \(quoted(choices.joined(separator: " ")))")
    }
  }

  private func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "\\'") + "'" }
}
