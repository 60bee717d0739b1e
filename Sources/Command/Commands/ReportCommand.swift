import Lab
import Rendering

/// `sim report`: saved results, rendered again without a run.
enum ReportCommand {
  /// What a file of results holds.
  private enum Saved {
    case comparison(Comparison)
    case cases([CheckedCase], kind: String)
  }

  static func run(_ session: inout Session) throws(Failure) -> Int32 {
    let path = session.invocation.operands[0]
    let saved: Saved
    do throws(ScenarioProblem) {
      saved = try read(path, session.catalog)
    } catch {
      throw .rejected(error)
    }
    let name = ScenarioReader.stem(of: path)
    switch saved {
    case .comparison(let comparison):
      let target = try ReportTarget(session, name: name)
      try target.write(&session) { Reports.comparison(comparison, $0, $1) }
    case .cases(let cases, let kind):
      guard !session.invocation.has(.format) || [.text, .markdown].contains(session.format) else {
        throw .usage("\(path) holds the results of a \(kind); expected --format text or markdown")
      }
      let target = try ReportTarget(session, name: name, pages: [(.markdown, "md")])
      try target.write(&session) { Reports.saved(cases, kind: kind, name: name, $0, $1) }
    }
    return ExitStatus.met
  }

  private static func read(_ path: String, _ catalog: Catalog) throws(ScenarioProblem) -> Saved {
    let limits = JSON5.Limits.results
    let value = try JSON5.read(
      try ScenarioFile.bytes(of: path, limit: limits.bytes), path: path, limits: limits)
    let kind = try ComparisonReader.kind(value, path: path)
    if kind == "comparison" { return .comparison(try ComparisonReader.comparison(value, path: path)) }
    if let cases = try SavedCases.read(value, path: path, catalog) { return .cases(cases, kind: kind) }
    throw ScenarioProblem(
      path: path, at: value["kind"]?.position ?? .none, keyPath: JSONPath().key("kind"),
      found: JSONText.quoted(kind), "expected \"comparison\", \"sweep\" or \"check\"")
  }
}
