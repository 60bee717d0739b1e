import Lab

/// A command line that was understood.
struct Invocation {
  let command: CommandSpec
  var values: [Flag: String] = [:]
  var operands: [String] = []

  func has(_ flag: Flag) -> Bool { values[flag] != nil }
  subscript(flag: Flag) -> String? { values[flag] }
}

/// Turns the words of a command line into an invocation, by the table.
struct Parser {
  let table: CommandTable
  let program: String
  let catalog: Catalog

  init(_ table: CommandTable, program: String, _ catalog: Catalog) {
    self.table = table
    self.program = program
    self.catalog = catalog
  }

  /// - Throws: `Failure` with the status of usage errors.
  func parse(_ arguments: [String]) throws(Failure) -> Invocation {
    var words = arguments[...]
    let command = try command(&words)
    var invocation = Invocation(command: command)
    var onlyOperands = false
    while let word = words.popFirst() {
      if word == "--", !onlyOperands {
        onlyOperands = true
      } else if onlyOperands || !word.hasPrefix("-") || word == "-" {
        invocation.operands.append(word)
      } else {
        try takeFlag(word, &words, into: &invocation)
      }
    }
    if invocation.has(.help) || invocation.has(.version) { return invocation }
    try checkOperands(invocation)
    try checkCombinations(invocation)
    return invocation
  }

  private func command(_ words: inout ArraySlice<String>) throws(Failure) -> CommandSpec {
    guard let first = words.first else {
      throw .usage(
        "expected a command, or --scenario with a name or file; `\(program) help` lists the commands")
    }
    if first.hasPrefix("-") { return table.standard }
    words.removeFirst()
    if let command = table.command(first) { return command }
    throw .unknown(
      "command", first, among: table.visible.map(\.name), instead: "`\(program) help` lists the commands")
  }

  private func takeFlag(
    _ word: String, _ words: inout ArraySlice<String>, into invocation: inout Invocation
  ) throws(Failure) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let flag = try flag(parts[0], invocation.command)
    if invocation.has(flag) { throw .usage("\(flag.word) is given twice; expected it once") }
    guard flag.domain != nil else {
      if parts.count > 1 { throw .usage("\(flag.word) takes no value; found \(JSONText.quoted(parts[1]))") }
      invocation.values[flag] = ""
      return
    }
    let placeholder = flag.domain!.placeholder(invocation.command)
    guard let value = parts.count > 1 ? parts[1] : words.popFirst() else {
      throw .usage("\(flag.word) needs a value; expected \(flag.word) \(placeholder)")
    }
    try FlagCheck(command: invocation.command, catalog: catalog).check(value, of: flag)
    invocation.values[flag] = value
  }

  private func flag(_ word: String, _ command: CommandSpec) throws(Failure) -> Flag {
    if word == "-h" { return .help }
    if word == Flag.version.word { return .version }
    if let flag = command.allFlags.first(where: { $0.word == word }) { return flag }
    let owner = "`\(program) \(command.name)`"
    if Flag.allCases.contains(where: { $0.word == word }) {
      throw .usage("\(word) is no flag of \(owner); `\(program) help \(command.name)` lists its flags")
    }
    throw .unknown(
      "flag", word, among: command.allFlags.map(\.word),
      instead: "`\(program) help \(command.name)` lists the flags of \(owner)")
  }

  private func checkOperands(_ invocation: Invocation) throws(Failure) {
    let operands = invocation.command.operands
    let given = invocation.operands
    if given.count > operands.most {
      throw .usage(
        "unexpected \(JSONText.quoted(given[operands.most])); expected `\(invocation.command.usage)`")
    }
    if given.count < operands.least {
      throw .usage("a \(operands.what) is missing; expected `\(invocation.command.usage)`")
    }
    for word in given where !operands.words.isEmpty && !operands.words.contains(word) {
      let expected = "expected " + FlagCheck.list(operands.words, last: "or")
      throw .unknown(operands.what, word, among: operands.words, instead: expected)
    }
  }

  private func checkCombinations(_ invocation: Invocation) throws(Failure) {
    if invocation.has(.seed), invocation.has(.seeds) {
      throw .usage("--seed and --seeds exclude each other; expected one of them")
    }
    if invocation.has(.quiet), invocation.has(.verbose) {
      throw .usage("--quiet and --verbose exclude each other; expected one of them")
    }
    try checkFiles(invocation)
    if invocation.command.flags.contains(.scenario), !invocation.has(.scenario) {
      let names = "`\(program) list scenarios` names them all"
      throw .usage("--scenario is missing; expected the name or file of a scenario, and \(names)")
    }
    if invocation.has(.resume), invocation[.out] == nil || invocation[.format] != Format.json.rawValue {
      throw .usage("--resume goes on with a file of runs; expected --out FILE and --format json with it")
    }
    let traces: [Flag] = [.trace, .perfetto]
    if invocation.has(.resume), let trace = traces.first(where: invocation.has) {
      throw .usage("--resume and \(trace.word) exclude each other, as the trace of runs done before is lost")
    }
    if invocation.has(.coverage), let trace = traces.first(where: invocation.has) {
      throw .usage("--coverage runs nothing; expected it without \(trace.word)")
    }
  }

  /// No two flags may write one file.
  private func checkFiles(_ invocation: Invocation) throws(Failure) {
    let files = [Flag.out, .trace, .perfetto]
    for (place, first) in files.enumerated() {
      guard let path = invocation[first] else { continue }
      for second in files[(place + 1)...] where invocation[second] == path {
        throw .usage("\(first.word) and \(second.word) name the same file; expected two files")
      }
    }
  }
}
