/// The completion script for zsh.
struct ZshCompletions {
  let words: CompletionWords

  var script: String {
    let name = "_" + words.identifier
    return """
      #compdef \(words.program)
      # Completion for \(words.program); put it into a folder of $fpath as \(name).
      \(name)() {
        local command=run
        if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
          local -a commands=(
      \(words.commands.map { "      \(quoted("\($0.name):\($0.summary)"))\n" }.joined())    )
          _describe command commands
          return
        fi
        if [[ $words[2] != -* ]]; then
          command=$words[2]
          shift words
          (( CURRENT-- ))
        fi
        case $command in
      \(words.commands.map(arguments).joined())  esac
      }
      compdef \(name) \(words.program)

      """
  }

  private func arguments(_ command: CommandSpec) -> String {
    let flags = command.allFlags.map { flag in
      quoted("\(flag.word)[\(escaped(flag.summary(command)))]" + value(flag, command))
    }
    let operands = words.operands(command)
    var specs = flags
    if !operands.isEmpty {
      specs.append(quoted("*:\(command.operands.what):(\(operands.joined(separator: " ")))"))
    }
    if command.operands.what == "path" { specs.append(quoted("*:path:_files")) }
    return "    \(command.name)) _arguments \(specs.joined(separator: " ")) ;;\n"
  }

  private func value(_ flag: Flag, _ command: CommandSpec) -> String {
    guard let domain = flag.domain else { return "" }
    let choices = words.words(flag, command)
    switch domain {
    case .scenario: return ":scenario:{compadd $(\(words.scenarios)); _files}"
    case .file: return ":file:_files"
    default: return ":value:" + (choices.isEmpty ? " " : "(\(choices.joined(separator: " ")))")
    }
  }

  private func escaped(_ text: String) -> String {
    text.replacing("[", with: "\\[").replacing("]", with: "\\]").replacing(":", with: "\\:")
  }

  private func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }
}
