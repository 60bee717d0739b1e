import Lab
import Rendering

/// `sim report`: saved results, rendered again without a run.
enum ReportCommand {
  static func run(_ session: inout Session) throws(Failure) -> Int32 {
    let path = session.invocation.operands[0]
    let comparison: Comparison
    do throws(ScenarioProblem) {
      comparison = try read(path)
    } catch {
      throw .rejected(error)
    }
    let target = try ReportTarget(session, name: ScenarioReader.stem(of: path))
    try target.write(comparison, &session)
    return ExitStatus.met
  }

  private static func read(_ path: String) throws(ScenarioProblem) -> Comparison {
    let limits = JSON5.Limits.results
    let value = try JSON5.read(
      try ScenarioFile.bytes(of: path, limit: limits.bytes), path: path, limits: limits)
    let kind = try ComparisonReader.kind(value, path: path)
    guard kind == "comparison" else {
      throw ScenarioProblem(
        path: path, at: value["kind"]?.position ?? .none, keyPath: JSONPath().key("kind"),
        found: JSONText.quoted(kind), "expected \"comparison\", the kind of results that `sim compare` saves")
    }
    return try ComparisonReader.comparison(value, path: path)
  }
}
