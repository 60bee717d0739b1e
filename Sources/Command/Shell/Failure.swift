import Lab

/// What the process ends with; the table is part of the interface.
enum ExitStatus {
  static let met: Int32 = 0
  static let unmet: Int32 = 1
  static let undecided: Int32 = 2
  static let nondeterminism: Int32 = 3
  static let usage: Int32 = 64
  static let rejected: Int32 = 65
  static let internalError: Int32 = 70
  static let interrupted: Int32 = 130
}

/// Why a command did not do what it was told: one sentence, and the status to end with.
struct Failure: Error, Equatable {
  let status: Int32
  let sentence: String

  /// The command line is wrong.
  static func usage(_ sentence: String) -> Failure { Failure(status: ExitStatus.usage, sentence: sentence) }

  /// A scenario or another input file is wrong.
  static func rejected(_ problem: ScenarioProblem) -> Failure {
    Failure(status: ExitStatus.rejected, sentence: problem.description)
  }

  /// Something that should always work did not.
  static func broken(_ sentence: String) -> Failure {
    Failure(status: ExitStatus.internalError, sentence: sentence)
  }

  /// A name that nothing has: with the name that was perhaps meant, or where the names are told.
  static func unknown(_ what: String, _ word: String, among names: [String], instead: String) -> Failure {
    let hint = Spelling.question(word, among: names) ?? instead
    return usage("unknown \(what) \(JSONText.quoted(word)); \(hint)")
  }
}
