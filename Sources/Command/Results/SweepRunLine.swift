import Lab

/// One run in the results of a sweep, read back.
struct SweepRunLine {
  /// The run's text, without the comma behind it.
  let text: String
  let tree: JSONValue
  let line: FileLine
  let path: String

  /// - Throws: `ScenarioProblem` where the line is not one JSON value, as when it was cut off.
  init(_ line: FileLine, path: String) throws(ScenarioProblem) {
    let bytes = line.bytes.last == UInt8(ascii: ",") ? line.bytes.dropLast() : line.bytes[...]
    do {
      tree = try JSON5.read(Array(bytes), path: path, limits: .results)
    } catch {
      throw error.moved(toLine: line.number)
    }
    text = String(decoding: bytes, as: UTF8.self)
    self.line = line
    self.path = path
  }

  /// The verdicts of the run, in the order of these checks.
  ///
  /// - Throws: `ScenarioProblem` where the run is not the one that belongs here, or is not as this program
  /// writes it.
  func verdicts(
    of campaign: Campaign, number: Int, checks: [String]
  ) throws(ScenarioProblem) -> [VerdictWord] {
    guard let (seed, subject) = campaign.run(number) else {
      throw problem(
        at: tree, [], "this is run \(number + 1), and the part \(campaign.shard) has \(campaign.runs)")
    }
    let entry = campaign.cases[subject]
    try expect("seed", .text(String(seed)))
    try expect("algorithm", .text(entry.algorithm))
    try expect("guard", .text(entry.guardName))
    guard tree["vacuous"]?.flag != nil else { throw problem(at: tree, ["vacuous"], "expected true or false") }
    guard tree["plan"]?.list != nil else { throw problem(at: tree, ["plan"], "expected a list") }
    let digest = tree["digest"]?.text ?? ""
    guard digest.utf8.count == 32, digest.utf8.allSatisfy(SweepRunLine.isDigit) else {
      throw problem(at: tree["digest"] ?? tree, ["digest"], "expected 32 hexadecimal digits")
    }
    let verdicts = try words(checks)
    guard tree.members?.count == 7, JSONText.compact(tree) == text else {
      throw problem(at: tree, [], "this is not a run as a sweep of this program writes it")
    }
    return verdicts
  }

  var isVacuous: Bool { tree["vacuous"]?.flag ?? false }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }

  private func words(_ checks: [String]) throws(ScenarioProblem) -> [VerdictWord] {
    let found = tree["verdicts"] ?? .null
    guard found.members?.count == checks.count else {
      throw problem(
        at: found, ["verdicts"], "expected the verdicts of \(checks.count) checks",
        found: found.members.map { "\($0.count)" } ?? found.shown)
    }
    var words: [VerdictWord] = []
    for check in checks {
      guard let word = found[check]?.text.flatMap(VerdictWord.init) else {
        let known = VerdictWord.allCases.map(\.rawValue)
        throw problem(
          at: found[check] ?? found, ["verdicts", check],
          "expected \(FlagCheck.list(known, last: "or"))", found: found[check]?.shown ?? "nothing")
      }
      words.append(word)
    }
    return words
  }

  private func expect(_ key: String, _ expected: JSONValue) throws(ScenarioProblem) {
    guard tree[key]?.text != expected.text else { return }
    throw problem(
      at: tree[key] ?? tree, [key], "expected \(expected.shown); a run is missing, double or out of order",
      found: tree[key]?.shown ?? "nothing")
  }

  private func problem(
    at value: JSONValue, _ keys: [String], _ sentence: String, found: String? = nil
  ) -> ScenarioProblem {
    ScenarioProblem(
      path: path, at: value.position, keyPath: JSONPath(keys.map { .key($0) }), found: found, sentence
    ).moved(toLine: line.number)
  }
}

extension ScenarioProblem {
  /// The problem of a line that was read by itself, at its place in the file.
  func moved(toLine number: Int, columns: Int = 0) -> ScenarioProblem {
    var problem = self
    let position = position == .none ? TextPosition(line: 1, column: 1) : position
    problem.position = TextPosition(line: number, column: max(1, position.column + columns))
    return problem
  }
}
