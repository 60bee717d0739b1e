import Contract
import Lab

/// One thing in a list.
struct ListEntry {
  let name: String
  let summary: String
  /// What `--verbose` adds: a word and its value.
  var details: [(word: String, value: String)] = []
  var parameters: [ParameterSpec] = []

  init(algorithm: any LockAlgorithm.Type) {
    name = algorithm.name
    summary = algorithm.summary
    parameters = algorithm.parameters
    details = [
      ("source", algorithm.source), ("token", "\(algorithm.token)"),
      ("lease", algorithm.leaseIsSeparate ? "separate from the lock" : "the lock's own"),
    ]
  }

  init(guard guardType: any Guard.Type) {
    name = guardType.name
    summary = guardType.summary
    details = [
      ("source", guardType.source),
      ("needs", guardType.livesInStore ? "a lock whose store holds the data" : "\(guardType.needs) token"),
    ]
  }

  init(fault: any Fault.Type) {
    name = fault.name
    summary = fault.standsFor
    details = [("source", fault.source)]
    parameters = fault.fields
  }

  init(check: any Check.Type) {
    name = check.name
    summary = check.summary
    details = [("question", check.question.rawValue), ("safety", check.isSafety ? "yes" : "no")]
  }

  init(_ scenario: Scenario) {
    name = scenario.name
    summary = scenario.about
    details = [
      ("source", scenario.source), ("file", scenario.path ?? ""), ("seeds", String(scenario.seeds.count)),
      ("cases", scenario.expect.map { "\($0.algorithm)/\($0.guardName)" }.joined(separator: ", ")),
    ]
  }

  var json: JSONValue {
    let details = details.map { (key: $0.word, value: JSONValue?.some(.text($0.value))) }
    return .object(
      [("name", .text(name)), ("summary", .text(summary))] + details
        + [("parameters", parameters.isEmpty ? nil : .list(parameters.map { ParameterWords($0).json }))])
  }
}

/// A parameter in words: its unit, range, default and meaning.
struct ParameterWords {
  let spec: ParameterSpec

  init(_ spec: ParameterSpec) { self.spec = spec }

  /// What values there are.
  var range: String {
    switch spec.kind {
    case .duration: "a duration such as 10ms"
    case .signedDuration: "a duration such as 10ms or -10ms"
    case .durationOrNever: "a duration such as 10ms, or never"
    case .count(let range) where range.upperBound == .max: "a whole number from \(range.lowerBound)"
    case .count(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .choice(let words): words.joined(separator: " | ")
    case .flag: "true | false"
    case .rate(let signed): signed ? "a drift such as 50ppm or -50ppm" : "a drift such as 50ppm"
    case .probability: "a probability from 0 to 1"
    case .factor: "a number from 0 with at most 3 decimals"
    case .nodes: "a node, a role, or a list of them"
    }
  }

  var standard: String? { spec.standard.map { $0.json.text ?? JSONText.compact($0.json) } }

  /// `retryDelay (a duration such as 10ms; default 200ms): the wait before the next attempt`.
  var line: String {
    let otherwise = standard.map { "default \($0)" } ?? (spec.isRequired ? "required" : "absent unless given")
    return "\(spec.name) (\(range); \(otherwise)): \(spec.summary)"
  }

  var json: JSONValue {
    .object([
      ("name", .text(spec.name)), ("range", .text(range)), ("default", spec.standard?.json),
      ("required", .flag(spec.isRequired)), ("summary", .text(spec.summary)),
    ])
  }
}
