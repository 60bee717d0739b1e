import Lab
import Rendering

/// `sim check`: all scenario files under the paths, all their cases and seeds, against what they expect.
enum CheckCommand {
  static let name = "check"

  /// With fewer seeds than a file names, a violation that none of them shows is no failure.
  static func run(_ session: inout Session) throws(Failure) -> Int32 {
    let paths = session.invocation.operands
    let files: [String]
    do {
      files = try ScenarioFile.files(under: paths.isEmpty ? [ScenarioFile.home] : paths)
    } catch {
      throw .rejected(error)
    }
    let read = files.map { Entry($0, session) }
    if session.invocation.has(.coverage) { return try Coverage.tell(read, &session) }
    return try run(read, &session)
  }

  /// A file as it was read, or what is wrong with it.
  enum Entry {
    case scenario(Scenario, [Runner])
    case nothing(path: String, Outcome.Status, reason: String, line: Int)

    init(_ path: String, _ session: Session) {
      do {
        let scenario = try ScenarioFile.load(path, session.catalog)
        if scenario.expect.isEmpty {
          self = .nothing(path: path, .inconclusive, reason: "\(path): the file expects nothing", line: 1)
        } else {
          self = .scenario(scenario, Entry.runners(scenario, session))
        }
      } catch {
        self = .nothing(path: path, .error, reason: error.description, line: error.line)
      }
    }

    /// The cases that the file expects something of, less those that the flags leave out.
    private static func runners(_ scenario: Scenario, _ session: Session) -> [Runner] {
      let algorithms = session.invocation[.algorithm].map(names)
      let guards = session.invocation[.guard].map(names)
      return scenario.cases(session.catalog).filter {
        algorithms?.contains($0.algorithmName) ?? true && guards?.contains($0.guardName) ?? true
      }.map { Runner(scenario, $0, session.catalog) }
    }

    /// - Parameter seeds: those that the user names instead of the file's.
    func runs(_ seeds: SeedList?) -> Int {
      guard case .scenario(let scenario, let runners) = self else { return 0 }
      return (seeds ?? scenario.seeds).count * runners.count
    }
  }

  private static func run(_ files: [Entry], _ session: inout Session) throws(Failure) -> Int32 {
    var target = try CaseTarget(session)
    let total = files.reduce(0) { $0 + $1.runs(session.seeds) }
    var batch = try Batch(session, total: total, onlySurprises: true)
    var cases: [CaseReport] = []
    var done = 0
    for (number, file) in files.enumerated() where batch.isComplete {
      switch file {
      case .nothing(let path, let status, let reason, let line):
        if status == .error { session.note(reason) }
        let checked = CheckedCase(unrun: path, status, reason: reason, line: line, session.catalog)
        cases.append(CaseReport(checked, nil, command: session.program))
      case .scenario(let scenario, let runners):
        if runners.isEmpty { continue }
        cases += try check(scenario, runners, &batch, &session)
      }
      if batch.isComplete { done = number + 1 }
    }
    let isComplete = batch.isComplete
    try batch.finish(&session)
    let found = cases.map(\.checked), told = session
    try target.write(cases + unrun(files.dropFirst(done), told), isComplete: isComplete, &session) {
      text(found, isComplete, told)
    }
    if !isComplete { return ExitStatus.interrupted }
    if cases.isEmpty {
      throw .usage("no file expects anything of such a case; `--algorithm` and `--guard` leave none")
    }
    return Outcome.exitStatus(found.map(\.outcome.status))
  }

  /// The cases of files that the user did not wait for.
  private static func unrun(_ files: ArraySlice<Entry>, _ session: Session) -> [CaseReport] {
    files.flatMap { file -> [CaseReport] in
      guard case .scenario(let scenario, let runners) = file else { return [] }
      let sweep = Sweep(runners, seeds: session.seeds ?? scenario.seeds, jobs: session.jobs)
      return Tallies(sweep, session.catalog).reports(isComplete: false, session)
    }
  }

  private static func text(_ cases: [CheckedCase], _ isComplete: Bool, _ session: Session) -> String {
    switch session.format {
    case .json: Reports.checkJSON(cases, isComplete: isComplete)
    case .markdown: Reports.checkMarkdown(cases)
    default: Reports.check(session.shown(cases), session)
    }
  }

  /// The cases of one file; none where the user stopped it half-way.
  private static func check(
    _ scenario: Scenario, _ runners: [Runner], _ batch: inout Batch, _ session: inout Session
  ) throws(Failure) -> [CaseReport] {
    let seeds = session.seeds ?? scenario.seeds
    let sweep = Sweep(runners, seeds: seeds, jobs: session.jobs)
    var tallies = Tallies(sweep, session.catalog)
    try batch.run(sweep, &session) { subject, result, _ throws(Failure) in
      tallies.add(subject, result)
      return true
    }
    if session.isVerbose { tallies.tellReached(&session) }
    return batch.isComplete ? tallies.reports(isComplete: seeds.covers(scenario.seeds), session) : []
  }
}
