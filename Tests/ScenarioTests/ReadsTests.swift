import Contract
import Foundation
import Testing

@testable import Lab

/// A check is shown only the kinds of record that it says it reads. Were one missing, a violation could be
/// missed without a trace, so nothing here trusts what a check says.
@Suite("the kinds of record that a check reads")
struct ReadsTests {
  struct Told: Sendable {
    let facts: RunFacts
    let story: Story

    init(_ line: GoldenTests.Line) throws {
      let run = try GoldenRun(line)
      facts = run.runner.facts
      story = run.story
    }

    var records: [Record] { story.records.filter { $0.ordinal > 0 } }

    func verdicts(_ checks: [any Check.Type], showsAll: Bool) -> [String] {
      var jury = Jury(checks, facts, showsAll: showsAll)
      jury.saw(records, story.result.plan)
      jury.finish(at: story.result.endedAt, story.result.ended)
      return jury.verdicts(facts.topology).map {
        "\($0.name): \($0.verdict) \($0.explanation ?? "")"
      }
    }
  }

  @Test("leave every verdict and witness as it is with all records shown", arguments: GoldenTests.lines)
  func verdicts(_ line: GoldenTests.Line) throws {
    let told = try Told(line)
    let checks = Catalog.standard.checks
    let judged = told.verdicts(checks, showsAll: false)
    #expect(judged == told.verdicts(checks, showsAll: true))
    #expect(judged.count == checks.count)
  }

  @Test("leave out only records that do not change the check at all", arguments: GoldenTests.lines)
  func ignored(_ line: GoldenTests.Line) throws {
    let told = try Told(line)
    for type in Catalog.standard.checks {
      #expect(ReadsTests.overlooked(type, told) == nil, "\(type.name)")
    }
  }

  @Test("a check that says too little is found out")
  func planted() throws {
    let told = try Told(#require(GoldenTests.lines.first))
    #expect(ReadsTests.overlooked(Forgetful.self, told) == .released)
    #expect(
      told.verdicts([Forgetful.self], showsAll: false) != told.verdicts([Forgetful.self], showsAll: true))
  }

  /// The first kind of record that changes a check though it says that it does not read it.
  static func overlooked(_ type: any Check.Type, _ told: Told) -> Record.Kind? {
    guard var check = type.init(told.facts) else { return nil }
    var looks = [Int](repeating: 0, count: Record.Kind.allCases.count)
    for record in told.records {
      // A few looks at each kind suffice, spread over the run as powers of two.
      looks[Int(record.kind.rawValue)] += 1
      let isLookedAt = looks[Int(record.kind.rawValue)].nonzeroBitCount == 1
      guard !type.reads.contains(record.kind), isLookedAt else {
        check.saw(record)
        continue
      }
      let before = dumped(check)
      check.saw(record)
      if dumped(check) != before { return record.kind }
    }
    return nil
  }

  /// All that a check holds.
  static func dumped(_ check: any Check) -> String {
    var text = ""
    dump(check, to: &text)
    return text
  }
}

/// Counts grants and releases, but says that it reads grants alone.
private struct Forgetful: Check {
  static let name = "forgetful"
  static let summary = ""
  static let question = Question.service
  static let reads: RecordKinds = [.granted]

  private var releases: [Record] = []
  private var grants = 0

  init(_ facts: RunFacts) {}

  var verdict: Verdict {
    guard let last = releases.last else { return .held }
    return .violated(Witness(first: last, second: last, count: releases.count))
  }
  mutating func saw(_ record: Record) {
    if record.kind == .granted { grants += 1 }
    if record.kind == .released { releases.append(record) }
  }
  func explanation(of witness: Witness, _ topology: Topology) -> String { "\(releases.count) releases" }
}
