import Lab
import Rendering

/// Where a report goes: in one form to the output or a file, or in all page forms to a folder.
struct ReportTarget {
  /// A form that a folder gets, with the ending of its file.
  typealias Page = (format: Format, ending: String)
  static let pages: [Page] = [(.html, "html"), (.markdown, "md"), (.svg, "svg"), (.json, "json")]

  private var files: [(format: Format, output: Output)] = []
  /// The files of a folder, whose names the user did not give.
  private var paths: [String] = []

  /// - Parameter name: what the files of a folder are called.
  init(_ session: Session, name: String, pages: [Page] = ReportTarget.pages) throws(Failure) {
    let out = session.invocation[.out]
    guard !session.invocation.has(.format) else {
      files = [(session.format, try Output(out))]
      return
    }
    let place = out ?? CompareCommand.home
    try ResultFile.makeFolder(place)
    for (format, ending) in pages {
      paths.append("\(place)/\(name).\(ending)")
      files.append((format, try Output("\(place)/\(name).\(ending)")))
    }
  }

  func write(_ session: inout Session, _ text: (Format, Session) -> String) throws(Failure) {
    for file in files {
      var output = file.output
      try output.write(text(file.format, session), &session.console)
      try output.finish()
    }
    if !paths.isEmpty, !session.isQuiet { session.note("wrote " + FlagCheck.list(paths, last: "and")) }
  }
}
