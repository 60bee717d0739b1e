import Contract
import Lab
import Rendering

/// The one place where the command asks for renderings.
enum Reports {
  static func run(_ scenario: Scenario, _ rows: [RunRow], _ session: Session) -> String {
    session.format == .html
      ? RunHTML.report(scenario, rows, session.catalog, command: session.program)
      : RunText.report(scenario, rows, session.catalog, command: session.program, session.style)
  }

  /// How often each check was violated, then what of it is not as expected; with `--quiet` only the latter.
  static func sweep(_ cases: [CheckedCase], _ session: Session) -> String {
    let wrong = cases.filter { $0.outcome.status != .met }
    if session.isQuiet { return check(wrong, session) }
    return SweepText.report(cases, command: session.program, session.style)
      + (wrong.isEmpty ? "" : "\n" + check(wrong, session))
  }

  /// Nothing for no cases.
  static func check(_ cases: [CheckedCase], _ session: Session) -> String {
    cases.isEmpty ? "" : CheckText.report(cases, command: session.program, session.style)
  }

  static func checkMarkdown(_ cases: [CheckedCase]) -> String { CheckMarkdown.report(cases) }
  static func checkJSON(_ cases: [CheckedCase], isComplete: Bool) -> String {
    JSONReport.check(cases, isComplete: isComplete)
  }

  /// The form of cases that all commands share; nil where each has its own.
  static func cases(
    _ format: Format, isComplete: Bool, _ session: Session
  ) -> (([CaseReport]) -> String)? {
    let catalog = session.catalog
    switch format {
    case .markdown where session.invocation.command.name != CheckCommand.name:
      return { CasesMarkdown.page($0, catalog, isComplete: isComplete) }
    case .junit: return JUnitXML.report
    case .text, .json, .markdown, .github, .html, .svg: return nil
    }
  }

  static func comparison(_ comparison: Comparison, _ format: Format, _ session: Session) -> String {
    switch format {
    case .text: ComparisonText.report(comparison, session.style)
    case .markdown: ComparisonMarkdown.report(comparison)
    case .json: JSONReport.comparison(comparison)
    case .html: ComparisonHTML.report(comparison)
    case .svg: ComparisonPicture.report(comparison)
    case .junit, .github: preconditionFailure("compare has no form \(format.rawValue)")
    }
  }

  /// Cases of saved results; `--quiet` and what was expected are those of the run that saved them.
  static func saved(
    _ cases: [CheckedCase], kind: String, name: String, _ format: Format, _ session: Session
  ) -> String {
    if format == .markdown { return SavedMarkdown.report(cases, name: name) }
    return kind == "sweep"
      ? SweepText.report(cases, command: session.program, session.style)
      : CheckText.report(cases, command: session.program, session.style)
  }

  static func verifyJSON(_ verification: Verification) -> String { JSONReport.verify(verification) }

  // A sweep is written run by run, so that its size is no matter.

  static func sweepRun(_ runner: Runner, _ result: RunResult) -> String {
    JSONReport.sweepRun(runner, result)
  }

  static func line(_ record: Record, _ topology: Topology, _ protocols: [any Payload.Type]) -> String {
    TraceLines.line(record, topology, protocols: protocols)
  }
}
