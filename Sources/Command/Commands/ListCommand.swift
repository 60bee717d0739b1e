import Contract
import Lab

/// `sim list`: the catalogs, from the tables that the code uses.
enum ListCommand {
  static let words = Shelf.allCases.map(\.rawValue)

  static func run(_ session: inout Session) throws(Failure) -> Int32 {
    let wanted = session.invocation.operands.first.flatMap(Shelf.init)
    var status = ExitStatus.met
    var lists: [(shelf: Shelf, entries: [ListEntry])] = []
    for shelf in wanted.map({ [$0] }) ?? Shelf.allCases {
      if shelf == .scenarios {
        let (entries, isRight) = try scenarios(&session, isAsked: wanted != nil)
        lists.append((shelf, entries))
        if !isRight { status = ExitStatus.rejected }
      } else {
        lists.append((shelf, shelf.entries(session.catalog)))
      }
    }
    if session.format == .json {
      let members = lists.map {
        (key: $0.shelf.rawValue, value: JSONValue?.some(.list($0.entries.map(\.json))))
      }
      let head: [(key: String, value: JSONValue?)] = [("schema", .integer(1)), ("kind", .text("list"))]
      try session.deliver(JSONText.indented(.object(head + members)))
    } else if let only = lists.first, lists.count == 1 {
      try session.deliver(text(only.entries, indent: "", isVerbose: session.isVerbose))
    } else {
      let parts = lists.map {
        "\($0.shelf.rawValue):\n" + text($0.entries, indent: "  ", isVerbose: session.isVerbose)
      }
      try session.deliver(parts.joined(separator: "\n"))
    }
    return status
  }

  /// Scenario files below the usual folder; what is wrong with one is told and does not hide the others.
  private static func scenarios(
    _ session: inout Session, isAsked: Bool
  ) throws(Failure) -> ([ListEntry], isRight: Bool) {
    let files: [String]
    do {
      files = try ScenarioFile.files()
    } catch {
      if isAsked { throw .rejected(error) }
      return ([], true)
    }
    var entries: [ListEntry] = []
    var isRight = true
    for file in files {
      do {
        entries.append(ListEntry(try ScenarioFile.load(file, session.catalog)))
      } catch {
        session.note(error.description)
        isRight = false
      }
    }
    return (entries, isRight)
  }

  static func text(_ entries: [ListEntry], indent: String, isVerbose: Bool) -> String {
    let width = entries.map(\.name.count).max() ?? 0
    var text = ""
    for entry in entries {
      let gap = String(repeating: " ", count: width - entry.name.count)
      text += indent + entry.name + gap + "  " + entry.summary + "\n"
      guard isVerbose else { continue }
      for (word, value) in entry.details { text += indent + "    \(word): \(value)\n" }
      for spec in entry.parameters { text += indent + "    " + ParameterWords(spec).line + "\n" }
    }
    return text
  }
}

/// What there is a list of.
enum Shelf: String, CaseIterable {
  case algorithms, guards, faults, checks, scenarios

  /// Empty for scenarios, which are files.
  func entries(_ catalog: Catalog) -> [ListEntry] {
    switch self {
    case .algorithms: catalog.algorithms.map { ListEntry(algorithm: $0) }
    case .guards: catalog.guards.map { ListEntry(guard: $0) }
    case .faults: catalog.faults.map { ListEntry(fault: $0) }
    case .checks: catalog.checks.map { ListEntry(check: $0) }
    case .scenarios: []
    }
  }
}
