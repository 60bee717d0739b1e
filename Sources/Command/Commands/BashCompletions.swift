/// The completion script for bash.
struct BashCompletions {
  let words: CompletionWords

  var script: String {
    let name = "_" + words.identifier
    return """
      # Completion for \(words.program); source it, or put it into a folder of bash-completion.
      \(name)() {
        local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=run first
        COMPREPLY=()
        case $before in
      \(values)  esac
        first=${COMP_WORDS[1]}
        if [[ $COMP_CWORD -eq 1 && $word != -* ]]; then
          COMPREPLY=($(compgen -W "\(words.commands.map(\.name).joined(separator: " "))" -- "$word"))
          return
        fi
        [[ $first != -* ]] && command=$first
        case $command in
      \(commands)  esac
      }
      complete -F \(name) \(words.program)

      """
  }

  private var values: String {
    words.flags.compactMap { flag, command -> String? in
      guard let domain = flag.domain else { return nil }
      let choices = words.words(flag, command)
      let reply: String
      switch domain {
      case .scenario:
        reply = "$(compgen -W \"$(\(words.scenarios))\" -- \"$word\") $(compgen -f -- \"$word\")"
      case .file: reply = "$(compgen -f -- \"$word\")"
      default:
        reply = choices.isEmpty ? "" : "$(compgen -W \"\(choices.joined(separator: " "))\" -- \"$word\")"
      }
      return "    \(flag.word)) COMPREPLY=(\(reply)); return ;;\n"
    }.joined()
  }

  private var commands: String {
    words.commands.map { command in
      let flags = command.allFlags.map(\.word)
      let all = (words.operands(command) + flags).joined(separator: " ")
      let files = command.operands.what == "path" ? " $(compgen -f -- \"$word\")" : ""
      return "    \(command.name)) COMPREPLY=($(compgen -W \"\(all)\" -- \"$word\")\(files)) ;;\n"
    }.joined()
  }
}
