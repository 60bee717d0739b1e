import Contract
import Lab

/// `sim verify`: every seed in this process and in a fresh one, where nothing but the inputs can be the same.
enum VerifyCommand {
  static func run(_ session: inout Session) throws(Failure) -> Int32 {
    let scenario = try session.scenario()
    let runners = try session.runners(scenario)
    let seeds = session.seeds ?? scenario.seeds
    let output = try Output(session.invocation[.out])
    var progress = ProgressLine(
      session.progressMode, total: seeds.count * runners.count, session.console)
    var verification = Verification(scenario: scenario.name)
    var crew = Crew(session, seeds, size: session.jobs)
    defer { crew.end() }
    var position = 0
    while position < seeds.count, verification.difference == nil, !session.console.isInterrupted() {
      let child = try crew.next()
      defer { child.end() }
      try compare(runners, seeds[position], child, &verification, &progress, &session)
      position += 1
    }
    progress.end(&session.console)
    let isComplete = position == seeds.count || verification.difference != nil
    return try report(verification, runners, isComplete, output, &session)
  }

  private static func compare(
    _ runners: [Runner], _ seed: UInt64, _ child: FreshProcess, _ verification: inout Verification,
    _ progress: inout ProgressLine, _ session: inout Session
  ) throws(Failure) {
    for (index, runner) in runners.enumerated() {
      let result = runner.run(seed: seed)
      progress.add(isViolated: !result.violated.isEmpty, &session.console)
      guard let theirs = child.readLine(), theirs.utf8.count == 32 else {
        throw .broken("the fresh process for seed \(seed) ended without a digest of \(runner.subject.name)")
      }
      verification.runs += 1
      guard theirs != result.digest.text else { continue }
      verification.difference = VerifyDifference(
        algorithm: runner.subject.algorithmName, guardName: runner.subject.guardName, seed: seed,
        digests: [result.digest.text, theirs], first: parting(runner, index, runners.count, seed, child))
      return
    }
  }

  /// Runs both sides again, event by event, the other side in the process whose digest differed.
  private static func parting(
    _ runner: Runner, _ index: Int, _ count: Int, _ seed: UInt64, _ child: FreshProcess
  ) -> VerifyParting? {
    for _ in (index + 1)..<count { _ = child.readLine() }
    child.send("log \(index)")
    var log = VerifyChild.log(runner, seed: seed)
    return VerifyParting.find(
      left: { log.next() },
      right: { child.readLine().flatMap(VerifyEvent.init(line:)) })
  }

  private static func report(
    _ verification: Verification, _ runners: [Runner], _ isComplete: Bool, _ output: Output,
    _ session: inout Session
  ) throws(Failure) -> Int32 {
    var output = output
    let text =
      session.format == .json
      ? Reports.verifyJSON(verification) : VerifyText.text(verification, cases: runners.count, session)
    try output.write(text, &session.console)
    try output.finish()
    if verification.difference != nil { return ExitStatus.nondeterminism }
    return isComplete ? ExitStatus.met : ExitStatus.interrupted
  }
}

/// Fresh processes that were started ahead of the one that is needed next, one for each seed.
private struct Crew {
  private let executable: String
  private let arguments: [String]
  private let seeds: SeedList
  private let size: Int
  private var started = 0
  private var waiting: [FreshProcess] = []

  init(_ session: Session, _ seeds: SeedList, size: Int) {
    executable = session.console.executable
    self.seeds = seeds
    self.size = size
    var arguments = [VerifyChild.name]
    for flag in [Flag.scenario, .algorithm, .guard] {
      if let value = session.invocation[flag] { arguments.append(flag.word + "=" + value) }
    }
    self.arguments = arguments
  }

  mutating func next() throws(Failure) -> FreshProcess {
    while waiting.count < size, started < seeds.count {
      let seed = Flag.seed.word + "=" + String(seeds[started])
      waiting.append(try FreshProcess(executable, arguments + [seed]))
      started += 1
    }
    return waiting.removeFirst()
  }

  mutating func end() {
    for process in waiting { process.end() }
    waiting = []
  }
}
