import Contract

/// A case of a comparison after all its runs: what they came to, and what they cost.
public struct ComparedCase: Sendable {
  public var algorithm: String
  public var guardName: String
  /// Whether the scenario's expectations were met.
  public var status: Outcome.Status
  public var runs: Int
  /// Runs that say nothing about their story, and why the first of them does not.
  public var vacuous: Int
  public var vacuity: String?
  /// Runs in which some check could not decide.
  public var inconclusive: Int
  /// Indexed by question, in their order: runs that violated one of its checks; nil where none applies.
  public var violatedRuns: [Int?]
  /// The checks that apply to the case, in catalog order.
  public var checks: [ComparedCheck]
  public var costs: CaseCosts
  /// nil where no run harmed the resource, or none was run again.
  public var rescue: Rescue?

  public init(
    algorithm: String, guardName: String, status: Outcome.Status, runs: Int, vacuous: Int, vacuity: String?,
    inconclusive: Int, violatedRuns: [Int?], checks: [ComparedCheck], costs: CaseCosts, rescue: Rescue?
  ) {
    self.algorithm = algorithm
    self.guardName = guardName
    self.status = status
    self.runs = runs
    self.vacuous = vacuous
    self.vacuity = vacuity
    self.inconclusive = inconclusive
    self.violatedRuns = violatedRuns
    self.checks = checks
    self.costs = costs
    self.rescue = rescue
  }

  /// `redlock/unfenced`.
  public var name: String { "\(algorithm)/\(guardName)" }

  /// Runs that violated a check of the question; 0 where none applies.
  public func violatedRuns(of question: Question) -> Int {
    violatedRuns[Question.allCases.firstIndex(of: question)!] ?? 0
  }

  /// Runs that lost an acknowledged update; where no update can be told lost, all that harmed the resource.
  public var lostUpdates: Int {
    checks.first { $0.name == "lost-update" }?.violated ?? violatedRuns(of: .resource)
  }

  public var verdict: ComparedVerdict {
    if runs == 0 { return .notRun }
    for question in ComparedVerdict.gravity where violatedRuns(of: question) > 0 {
      return .violated(question, runs: violatedRuns(of: question))
    }
    if vacuous == runs { return .vacuous(vacuity ?? "no run tells its story") }
    let undecided = checks.filter { $0.undecided > 0 }.map(\.name)
    return undecided.isEmpty ? .holds(runs: runs - vacuous) : .inconclusive(undecided)
  }
}

extension ComparedCase {
  /// A case with the plain values of its runs.
  ///
  /// - Parameter replay: the command that shows a seed of the case.
  public init(
    _ checked: CheckedCase, _ measures: CaseMeasures, hasStore: Bool, rescue: Rescue?, _ catalog: Catalog,
    replay: (UInt64) -> String
  ) {
    let tally = checked.tally
    let judged = catalog.checks.indices.filter { tally.notApplicable[$0] < tally.runs }
    let checks = judged.map { index in
      let example = measures.firsts.isEmpty ? nil : measures.firsts[index].map {
        ComparedExample(seed: $0.seed, sentence: $0.sentence, replay: replay($0.seed), figure: nil)
      }
      return ComparedCheck(
        name: catalog.checks[index].name, question: catalog.checks[index].question,
        summary: catalog.checks[index].summary, violated: tally.violations[index].count,
        undecided: tally.unknown[index], example: example)
    }
    let violatedRuns = Question.allCases.enumerated().map { place, question in
      checks.contains { $0.question == question } ? measures.violatedRuns[place] : nil
    }
    self.init(
      algorithm: checked.algorithm, guardName: checked.guardName, status: checked.outcome.status,
      runs: tally.runs, vacuous: tally.vacuous, vacuity: tally.firstVacuity.map(Outcome.sentence),
      inconclusive: measures.inconclusive, violatedRuns: violatedRuns, checks: checks,
      costs: CaseCosts(measures, tally.reached, hasStore: hasStore), rescue: rescue)
  }
}

/// One check of a compared case.
public struct ComparedCheck: Sendable {
  public var name: String
  public var question: Question
  /// What it means to violate it.
  public var summary: String
  /// Runs that violated it, and runs in which it could not decide.
  public var violated: Int
  public var undecided: Int
  /// The first run that violated it; nil where none did.
  public var example: ComparedExample?

  public init(
    name: String, question: Question, summary: String, violated: Int, undecided: Int,
    example: ComparedExample?
  ) {
    self.name = name
    self.question = question
    self.summary = summary
    self.violated = violated
    self.undecided = undecided
    self.example = example
  }
}

/// A run that shows how a check was violated.
public struct ComparedExample: Sendable {
  public var seed: UInt64
  /// What happened, in one sentence.
  public var sentence: String
  /// The command that shows the run.
  public var replay: String
  /// The run told in full, for those who know its form; carried along as it is.
  public var figure: JSONValue?

  public init(seed: UInt64, sentence: String, replay: String, figure: JSONValue?) {
    self.seed = seed
    self.sentence = sentence
    self.replay = replay
    self.figure = figure
  }
}
