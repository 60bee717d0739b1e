import Lab

/// Refuses words after flags before anything runs.
struct FlagCheck {
  let command: CommandSpec
  let catalog: Catalog

  /// The most threads that anybody may ask for.
  static let mostJobs = 1024
  /// Stands for the whole catalog where several names may stand.
  static let all = "all"
  /// The most seeds of one command.
  static let mostSeeds: UInt64 = 1_000_000_000

  func check(_ word: String, of flag: Flag) throws(Failure) {
    switch flag.domain {
    case .seed?:
      if SeedText.seed(word) == nil {
        throw wrong(flag, word, "expected a seed such as 7 or 0x2a, of at most 64 bits")
      }
    case .seeds?: try checkSeeds(word, flag)
    case .jobs?:
      guard let jobs = Int(word), (1...FlagCheck.mostJobs).contains(jobs) else {
        throw wrong(flag, word, "expected a number from 1 to \(FlagCheck.mostJobs)")
      }
    case .shard?:
      if Shard(word) == nil { throw wrong(flag, word, "expected a part such as 1/4, from 1/n to n/n") }
    case .algorithms?: try checkNames(word, flag, "algorithm", catalog.algorithms.map { $0.name })
    case .guards?: try checkNames(word, flag, "guard", catalog.guards.map { $0.name })
    case .format?: try checkChoice(word, flag, command.formats.map(\.rawValue))
    case .choice(let words)?: try checkChoice(word, flag, words)
    case .stem?: try checkStem(word, flag)
    case .scenario?, .file?, nil:
      if word.isEmpty { throw wrong(flag, word, "expected a name") }
    }
  }

  private func wrong(_ flag: Flag, _ word: String, _ sentence: String) -> Failure {
    .usage("\(flag.word): found \(JSONText.quoted(word)), \(sentence)")
  }

  private func checkSeeds(_ word: String, _ flag: Flag) throws(Failure) {
    guard let range = SeedText.range(word) else {
      throw wrong(flag, word, "expected a range such as 1..20 whose first seed is not after its last")
    }
    guard range.upperBound - range.lowerBound < FlagCheck.mostSeeds else {
      throw wrong(flag, word, "expected at most \(FlagCheck.mostSeeds) seeds")
    }
  }

  /// A part of a file's name: no folder, no ending, nothing that a shell or a disk minds.
  private func checkStem(_ word: String, _ flag: Flag) throws(Failure) {
    let isPlain = word.unicodeScalars.allSatisfy { scalar in
      ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
        || scalar == "-" || scalar == "_"
    }
    guard isPlain, !word.isEmpty, !word.hasPrefix("-"), word.utf8.count <= 100 else {
      throw wrong(flag, word, "expected up to 100 letters, digits and hyphens, such as redlock-versus-fenced")
    }
  }

  private func checkNames(
    _ word: String, _ flag: Flag, _ what: String, _ known: [String]
  ) throws(Failure) {
    if word == FlagCheck.all, flag == .algorithms || flag == .guards { return }
    var seen: [String] = []
    for name in names(in: word) {
      if seen.contains(name) { throw wrong(flag, word, "but \(JSONText.quoted(name)) is in it twice") }
      seen.append(name)
      guard !known.contains(name) else { continue }
      throw .unknown(
        what, name, among: known, instead: "`\(command.program) list \(what)s` names them all")
    }
  }

  private func checkChoice(_ word: String, _ flag: Flag, _ words: [String]) throws(Failure) {
    guard !words.contains(word) else { return }
    let hint = Spelling.question(word, among: words).map { "; " + $0 } ?? ""
    let owner = flag == .format ? "`\(command.program) \(command.name)` has the formats " : "expected "
    throw wrong(flag, word, owner + FlagCheck.list(words, last: flag == .format ? "and" : "or") + hint)
  }

  /// `a, b and c`.
  static func list(_ words: [String], last: String) -> String {
    guard words.count > 1 else { return words.joined() }
    return words.dropLast().joined(separator: ", ") + " \(last) " + words[words.count - 1]
  }
}

/// The names in a list with commas.
func names(in word: String) -> [String] {
  word.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
}
