import Contract
import Lab

/// What `verify` says to people.
enum VerifyText {
  static func text(_ verification: Verification, cases: Int, _ session: Session) -> String {
    guard let difference = verification.difference else {
      if session.isQuiet { return "" }
      let runs = "\(verification.runs) run\(verification.runs == 1 ? "" : "s")"
      return "\(verification.scenario): \(runs), each with the same digest in a fresh process\n"
    }
    let subject = "\(difference.algorithm)/\(difference.guardName)"
    let scenario = session.invocation[.scenario] ?? verification.scenario
    return
      "\(verification.scenario): \(subject) is not the same in a fresh process at seed \(difference.seed)\n"
      + parting(difference)
      + "  again: \(session.program) verify --scenario \(scenario) --algorithm \(difference.algorithm)"
      + " --guard \(difference.guardName) --seed \(difference.seed)\n"
  }

  private static func parting(_ difference: VerifyDifference) -> String {
    guard let first = difference.first else {
      return "  the digests \(difference.digests.joined(separator: " and ")) differ,"
        + " but run again event by event the two agreed: the difference comes and goes\n"
    }
    return "  first at event \(first.event), true time \(DurationText.text(first.at - Instant.start))\n"
      + "  this process:  \(first.sentence(of: first.left, against: first.right))\n"
      + "  fresh process: \(first.sentence(of: first.right, against: first.left))\n"
  }
}
