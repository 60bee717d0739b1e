import Lab
import Rendering

/// Where the cases of a command go: in the form asked for to the output, for GitHub to two places.
///
/// GitHub reads annotations from the standard output only, and the page of a step from the file that it names
/// in the environment. So annotations always go to the output, and the page to the file of `--out`, else to
/// the end of GitHub's file, else behind the annotations.
struct CaseTarget {
  /// The variable in which GitHub names the file.
  static let summaryVariable = "GITHUB_STEP_SUMMARY"

  private var output: Output
  private let summary: AppendedFile?

  init(_ session: Session) throws(Failure) {
    output = try Output(session.invocation[.out])
    let path = session.console.environment(CaseTarget.summaryVariable) ?? ""
    let isAppended = session.format == .github && !session.invocation.has(.out) && !path.isEmpty
    summary = isAppended ? try AppendedFile(path) : nil
  }

  /// - Parameters:
  ///   - isComplete: whether all that was to be run was, and nobody stopped it.
  ///   - text: what the command writes in its own forms.
  mutating func write(
    _ cases: [CaseReport], isComplete: Bool, _ session: inout Session, own text: () -> String
  ) throws(Failure) {
    if session.format == .github {
      try writeForGitHub(cases, isComplete, &session)
    } else {
      let form = Reports.cases(session.format, isComplete: isComplete, session)
      try output.write(form.map { $0(cases) } ?? text(), &session.console)
    }
    try output.finish()
  }

  private mutating func writeForGitHub(
    _ cases: [CaseReport], _ isComplete: Bool, _ session: inout Session
  ) throws(Failure) {
    _ = session.console.write(GitHubReport.annotations(cases))
    let room = GitHubReport.mostBytes - (summary?.size ?? 0)
    let page = GitHubReport.summary(cases, session.catalog, isComplete: isComplete, room: room)
    if let summary { return try summary.write(page) }
    try output.write(page, &session.console)
  }
}
