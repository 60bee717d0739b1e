import Testing

@testable import Checks
@testable import Contract
@testable import Lab

/// Checks see 64 records at a time, each check those that it reads. On whole golden runs, with their levers.
@Suite("A jury")
struct JuryTests {
  /// The verdicts and witnesses of a run when so many of its records are shown at once.
  private func verdicts(_ told: GoldenRun, atOnce count: Int) -> [String] {
    var jury = told.runner.jury, left = told.story.records[...]
    while !left.isEmpty {
      jury.saw(Array(left.prefix(count)), told.story.result.plan)
      left = left.dropFirst(count)
    }
    jury.finish(at: told.story.result.endedAt, told.story.result.ended)
    return jury.verdicts(told.runner.topology).map(JuryTests.words)
  }

  private static func words(_ verdict: CheckVerdict) -> String {
    "\(verdict.name): \(verdict.verdict) \(verdict.explanation ?? "")"
  }

  @Test("finds the same however many records it is shown at once", arguments: GoldenTests.lines)
  func batches(_ line: GoldenTests.Line) throws {
    let told = try GoldenRun(line)
    let oneByOne = verdicts(told, atOnce: 1)
    for count in [2, 63, 64, 65, 1_000, Int.max] { #expect(verdicts(told, atOnce: count) == oneByOne) }
    #expect(oneByOne == told.story.result.verdicts.map(JuryTests.words))
  }

  /// Writes down what it is shown: ordinals of records, and levers as negative numbers.
  private struct Diary: Check {
    static let name = "diary"
    static let summary = "writes down what it is shown"
    static let question = Question.service
    static let reads: RecordKinds = [.granted, .leverBegan, .leverEnded, .writeApplied, .attemptEnded]
    var entries: [Int64] = []
    var latest = Record(.granted)

    init?(_ facts: RunFacts) {}

    mutating func saw(_ record: Record) {
      entries.append(record.ordinal)
      latest = record
    }
    mutating func saw(_ lever: Lever, number: Int, began: Bool, at: Instant) {
      entries.append(Int64(began ? -2 * number - 1 : -2 * number - 2))
    }
    var verdict: Verdict { .violated(Witness(first: latest, second: latest)) }
    func explanation(of witness: Witness, _ topology: Topology) -> String {
      entries.map(String.init).joined(separator: " ")
    }
  }

  @Test("shows records and levers in the order of the run", arguments: GoldenTests.lines)
  func order(_ line: GoldenTests.Line) throws {
    let told = try GoldenRun(line)
    var expected: [Int64] = []
    for record in told.story.records where record.ordinal > 0 && Diary.reads.contains(record.kind) {
      if record.kind == .leverBegan { expected.append(-2 * record.a - 1) }
      if record.kind == .leverEnded { expected.append(-2 * record.a - 2) }
      expected.append(record.ordinal)
    }
    var jury = Jury([Diary.self], told.runner.facts)
    jury.saw(told.story.records, told.story.result.plan)
    let diary = jury.verdicts(told.runner.topology).first?.explanation
    #expect(diary == expected.map(String.init).joined(separator: " "))
    #expect(!expected.isEmpty)
  }

  @Test("keeps whole what checks keep in short: grants and beliefs", arguments: GoldenTests.lines)
  func shortRecords(_ line: GoldenTests.Line) throws {
    let kept = try GoldenRun(line).story.records.filter { $0.kind == .granted || $0.kind == .acquired }
    #expect(!kept.isEmpty)
    for record in kept { #expect("\(ShortRecord(record).whole)" == "\(record)") }
  }
}
