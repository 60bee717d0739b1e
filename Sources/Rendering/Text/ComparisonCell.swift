import Contract
import Lab

/// A cell of the matrix in words and in marks.
struct ComparisonCell {
  let verdict: ComparedVerdict
  /// nil where the case did not run.
  let one: ComparedCase?

  init(_ row: String, _ scenario: ComparedScenario, _ comparison: Comparison) {
    verdict = comparison.cell(row, in: scenario)
    one = scenario.cases.first { $0.name == row }
  }

  init(_ one: ComparedCase) {
    verdict = one.verdict
    self.one = one
  }

  /// What it says, then its figures: "resource harmed", "25.0 % (19.5 % to 31.4 %)".
  var words: (claim: String, figures: String) {
    switch verdict {
    case .notRun: ("not run", "")
    case .doesNotApply: ("does not apply", "")
    case .vacuous(let reason): ("vacuous", reason)
    case .inconclusive(let checks): ("inconclusive", Quantity.listed(checks) + " undecided")
    case .holds(let runs):
      ("holds", "0 of \(Quantity.grouped(runs)), below \(ComparisonCell.bound(runs)) at 95 %")
    case .violated(let question, let runs):
      (question.trouble, ComparisonFigures.percents(Proportion(count: runs, tries: one?.runs ?? runs)))
    }
  }

  /// The four answers, one letter each, in the order of the questions: `-BH.`; nil where none was given.
  var marks: String? {
    switch verdict {
    case .notRun, .doesNotApply, .vacuous: return nil
    case .violated, .inconclusive, .holds:
      guard let one else { return nil }
      return Question.allCases.map { ComparisonCell.mark($0, one) }.joined()
    }
  }

  private static func mark(_ question: Question, _ one: ComparedCase) -> String {
    let judged = one.checks.filter { $0.question == question }
    if judged.isEmpty { return "-" }
    if one.violatedRuns(of: question) > 0 { return question.mark }
    return judged.contains { $0.undecided > 0 } ? "?" : "."
  }

  /// The four marks, or up to four letters that say why there are none.
  var short: String {
    switch verdict {
    case .notRun: "none"
    case .doesNotApply: "n/a"
    case .vacuous: "vac"
    default: marks ?? "none"
    }
  }

  /// The marks with the rate of the worst answer, or its bound.
  var long: String {
    switch verdict {
    case .violated(_, let runs):
      short + " " + Proportion.percent(Proportion(count: runs, tries: one?.runs ?? runs).rate)
    case .holds(let runs): short + " <" + ComparisonCell.bound(runs)
    default: short
    }
  }

  private static func bound(_ runs: Int) -> String {
    Proportion.percent(Proportion(count: 0, tries: runs).ruleOfThree)
  }

  var ink: Ink {
    switch verdict {
    case .violated(.resource, _): .bad
    case .violated, .vacuous, .inconclusive: .warning
    case .holds: .good
    case .notRun, .doesNotApply: .faint
    }
  }

  /// What the marks mean.
  static let legend = """
    P the service broke its promise, B beliefs overlapped, H the resource was harmed, L liveness was lost;\
     "." held, "?" undecided, "-" does not apply. The rate is that of the worst (H before B, P and L);\
     "<" bounds it at 95 % where none was violated. vac: vacuous in every run; n/a: the scenario cannot have\
     the case, as told below; none: not run.
    """
}
