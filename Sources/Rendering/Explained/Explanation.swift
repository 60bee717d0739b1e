import Contract
import Lab

/// One violation, explained: what was violated, how it came to it, and what would have prevented it.
///
/// It holds all that a report shows, so that a saved one is rendered again without running anything.
public struct Explanation: Sendable, Equatable {
  public struct Violation: Sendable, Equatable {
    public var check: String
    /// `Question` as its raw value.
    public var question: String
    public var sentence: String
  }

  /// One step of the causal chain.
  public struct Step: Sendable, Equatable {
    /// True time in nanoseconds.
    public var at: Int64
    public var text: String
    /// Whether something goes wrong here, rather than merely happens.
    public var isWrong: Bool
  }

  public var scenario: String
  public var about: String
  public var algorithm: String
  public var guardName: String
  public var seed: UInt64
  public var digest: String
  /// The most telling first.
  public var violations: [Violation]
  /// nil where the violation has no place in space and time.
  public var diagram: Diagram?
  /// At most ten; the last is the violation.
  public var steps: [Step]
  /// Whether the resource came to harm.
  public var isHarmed: Bool
  /// Every guard that the lock's tokens suffice for, rerun; empty where the resource was not harmed.
  public var guards: [GuardTrial]
  /// Why guards that need ordered tokens are not among them; empty where they are.
  public var withoutToken: String
  public var ablations: [Ablation]
  public var neighbour: Neighbour
  /// Between this run and the neighbour's; nil where there is no neighbour or no difference but in times.
  public var difference: FirstDifference?
  /// A command line that shows this run again.
  public var replay: String

  /// `redlock/unfenced`.
  public var name: String { "\(algorithm)/\(guardName)" }
}

extension Explanation {
  /// As many other seeds are tried in search of one that passes; fewer where runs are long.
  public static let mostNeighbours = 128
  /// As many faults are left out in turn.
  static let mostAblations = 12
  /// What all tries of one kind may take, in events: about a second.
  private static let budget: Int64 = 4_000_000

  /// How many runs of this length the budget allows.
  static func tries(_ most: Int, _ result: RunResult) -> Int {
    Int(min(Int64(most), budget / max(1, result.counts.events)))
  }

  /// Explains a run; nil where it violated nothing.
  ///
  /// - Parameters:
  ///   - command: how the reader calls the command, such as `sim`.
  ///   - neighbours: how many other seeds are tried at most.
  public init?(
    _ runner: Runner, _ result: RunResult, command: String, neighbours: Int = Explanation.mostNeighbours
  ) {
    guard let headline = result.tellingViolations.first else { return nil }
    guard case .violated(let witness) = headline.verdict else { return nil }
    let subject = runner.subject
    scenario = runner.scenario.name
    about = runner.scenario.about
    algorithm = subject.algorithmName
    guardName = subject.guardName
    seed = result.seed
    digest = result.digest.text
    violations = result.tellingViolations.map { verdict in
      Violation(
        check: verdict.name, question: verdict.check.question.rawValue,
        sentence: CaseSentence.text(verdict))
    }
    isHarmed = result.isHarmed
    guards = isHarmed ? runner.guardTrials(seed: result.seed) : []
    withoutToken = isHarmed ? CaseSentence.want(subject.algorithmType.token) : ""
    let inquiry = SeedInquiry(runner, result, headline.name, neighbours: neighbours)
    ablations = inquiry.ablations
    neighbour = inquiry.neighbour
    difference = inquiry.difference
    replay = Replay(command, runner.scenario)
      .line(algorithm: algorithm, guardName: guardName, seed: seed).words.joined(separator: " ")
    steps = []
    diagram = nil
    draw(runner.story(seed: result.seed), witness)
  }

  private mutating func draw(_ story: Story, _ witness: Witness) {
    guard var chapter = Chapter(story) else { return }
    if chapter.check.question == .progress { chapter = chapter.toTheEnd(of: story) }
    let chain = CausalChain(story, chapter, witness, violations[0].sentence)
    let drawing = Draughtsman(story, chapter, chain).drawing()
    diagram = drawing
    steps = chain.rows.map { row in
      Step(
        at: row.at.nanos, text: row.text + CausalChain.token(row),
        isWrong: row.ink == .bad && row.weight == 0 || row.ordinal == chapter.climax)
    }
  }
}

/// What reruns tell of a violation in both forms of a report.
struct SeedInquiry: Sendable {
  let ablations: [Ablation]
  let neighbour: Neighbour
  let difference: FirstDifference?

  init(_ runner: Runner, _ result: RunResult, _ check: String, neighbours: Int) {
    ablations = runner.ablations(
      seed: result.seed, most: Explanation.tries(Explanation.mostAblations, result))
    neighbour = runner.neighbour(
      of: result.seed, holding: check, most: Explanation.tries(neighbours, result))
    difference = neighbour.seed.flatMap { seed in
      TellingEvents(runner, seed: result.seed).difference(from: TellingEvents(runner, seed: seed))
    }
  }
}

extension RunResult {
  /// Whether a check was violated that asks for the resource.
  var isHarmed: Bool { verdicts.contains { $0.isViolated && $0.check.question == .resource } }
}

/// Sentences on a case that its text and its page share.
enum CaseSentence {
  /// A violation with its number where it happened more than once, without a full stop.
  static func text(_ verdict: CheckVerdict) -> String {
    (verdict.explanation ?? verdict.check.summary) + times(verdict)
  }

  /// How often it happened, where the sentence tells of the first time only.
  private static func times(_ verdict: CheckVerdict) -> String {
    guard case .violated(let witness) = verdict.verdict, witness.count > 1 else { return "" }
    return Int64(witness.count) == witness.measure ? "" : " (the first of \(witness.count) times)"
  }

  /// Why a lock's tokens serve no fencing guard; empty where they do.
  static func want(_ token: TokenKind) -> String {
    switch token {
    case .none: "there is no token to check"
    case .unique: "this lock hands out no token with an order, as fencing needs"
    case .ordered, .paired: ""
    }
  }

  /// "without the pause nothing is violated", "without the pause stale-write is violated all the same".
  static func text(_ ablation: Ablation) -> String {
    let what = ablation.fault.hasPrefix("all ") ? ablation.fault : "the \(ablation.fault)"
    guard !ablation.violated.isEmpty else { return "without \(what) nothing is violated" }
    let verb = ablation.violated.count == 1 ? "is" : "are"
    return "without \(what) \(Quantity.listed(ablation.violated)) \(verb) violated all the same"
  }

  /// Whether another seed passes, and what is different there, one sentence without a full stop each.
  static func text(_ neighbour: Neighbour, _ difference: FirstDifference?, check: String) -> [String] {
    guard neighbour.tried > 0 else { return ["no other seed was tried: one run takes too long"] }
    guard let seed = neighbour.seed else {
      return ["\(check) is violated at each of the \(neighbour.tried) nearest seeds too"]
    }
    let found = "\(check) holds at seed \(seed)"
    guard let difference else { return ["\(found): the same things happen there, only at other times"] }
    return ["\(found); first difference: here \(difference.here), there \(difference.there)"]
  }
}
