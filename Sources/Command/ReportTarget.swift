import Lab
import Rendering

/// Where a comparison goes: in one form to the output or a file, or in all page forms to a folder.
struct ReportTarget {
  /// The forms that a folder gets, with the endings of their files.
  private static let pages: [(format: Format, ending: String)] = [
    (.html, "html"), (.markdown, "md"), (.json, "json"),
  ]

  private var files: [(format: Format, output: Output)] = []
  /// The files of a folder, whose names the user did not give.
  private var paths: [String] = []

  /// - Parameter name: what the files of a folder are called.
  init(_ session: Session, name: String) throws(Failure) {
    let out = session.invocation[.out]
    guard !session.invocation.has(.format) else {
      files = [(session.format, try Output(out))]
      return
    }
    let place = out ?? CompareCommand.home
    try ResultFile.makeFolder(place)
    for (format, ending) in ReportTarget.pages {
      paths.append("\(place)/\(name).\(ending)")
      files.append((format, try Output("\(place)/\(name).\(ending)")))
    }
  }

  func write(_ comparison: Comparison, _ session: inout Session) throws(Failure) {
    for file in files {
      var output = file.output
      try output.write(Reports.comparison(comparison, file.format, session), &session.console)
      try output.finish()
    }
    if !paths.isEmpty, !session.isQuiet { session.note("wrote " + FlagCheck.list(paths, last: "and")) }
  }
}
