import Lab

/// The fresh process of `verify`: writes the digest of each case, then the events of those it is asked for.
enum VerifyChild {
  static let name = "verify-fresh"

  static func run(_ session: inout Session) throws(Failure) -> Int32 {
    let scenario = try session.scenario()
    let runners = try session.runners(scenario)
    let seed = (session.seeds ?? scenario.seeds).first
    for runner in runners {
      guard session.console.write(runner.run(seed: seed).digest.text + "\n") else { return ExitStatus.met }
    }
    while let line = session.console.readLine(), line.hasPrefix("log "),
      let index = Int(line.dropFirst(4)), runners.indices.contains(index)
    {
      var log = log(runners[index], seed: seed)
      while let event = log.next() {
        guard session.console.write(event.line + "\n") else { return ExitStatus.met }
      }
      guard session.console.write("\n") else { return ExitStatus.met }
    }
    return ExitStatus.met
  }

  /// The events of a run in words that are the same in both processes.
  static func log(_ runner: Runner, seed: UInt64) -> VerifyLog {
    let topology = runner.topology
    let protocols = runner.subject.protocols
    return VerifyLog(runner, seed: seed) { Reports.line($0, topology, protocols) }
  }
}
