/// One property of a run, judged from its records alone, one at a time.
public protocol Check: Sendable {
  /// The name in scenario files and reports, kebab-case.
  static var name: String { get }
  /// What it means to violate it, one line.
  static var summary: String { get }
  static var question: Question { get }
  /// Whether a violation alone fails a run that has no `expect`.
  static var isSafety: Bool { get }
  /// The kinds of record that it judges or learns by; it is shown no others. All, unless it says which.
  static var reads: RecordKinds { get }

  /// nil where the property does not apply to the case, such as token order of a lock without tokens.
  init?(_ facts: RunFacts)

  mutating func saw(_ record: Record)
  /// Sees those of up to 64 records, one after the other, for which `chosen` has a bit.
  mutating func saw(_ records: Span<Record>, _ chosen: UInt64)
  /// A lever began or ended, with its nodes and links; its record is seen right after.
  mutating func saw(_ lever: Lever, number: Int, began: Bool, at: Instant)
  mutating func finish(at end: Instant, reason: EndReason)

  var verdict: Verdict { get }
  /// The violation in one sentence; called once, after the run.
  func explanation(of witness: Witness, _ topology: Topology) -> String
}

extension Check {
  public static var isSafety: Bool { true }
  public static var reads: RecordKinds { .all }
  @inlinable public mutating func saw(_ records: Span<Record>, _ chosen: UInt64) { sawEach(records, chosen) }

  /// Specialised in the module that declares the check, so that a look-up which waits for memory does not
  /// hold up the next record's.
  @inlinable package mutating func sawEach(_ records: Span<Record>, _ chosen: UInt64) {
    var left = chosen
    while left != 0 {
      saw(records[left.trailingZeroBitCount])
      left &= left &- 1
    }
  }
  public mutating func saw(_ lever: Lever, number: Int, began: Bool, at: Instant) {}
  public mutating func finish(at end: Instant, reason: EndReason) {}
}

/// A set of kinds of record.
public struct RecordKinds: Sendable, Equatable, ExpressibleByArrayLiteral {
  /// Bit per kind, by its raw value.
  package private(set) var bits: UInt64

  private init(bits: UInt64) { self.bits = bits }

  public init(arrayLiteral kinds: Record.Kind...) {
    bits = kinds.reduce(0) { $0 | 1 << UInt64($1.rawValue) }
  }

  public static var all: RecordKinds { RecordKinds(bits: .max) }

  public func contains(_ kind: Record.Kind) -> Bool { bits & 1 << UInt64(kind.rawValue) != 0 }

  public static func + (left: RecordKinds, right: RecordKinds) -> RecordKinds {
    RecordKinds(bits: left.bits | right.bits)
  }
}

/// The four answers that a report keeps apart.
public enum Question: String, Sendable, CaseIterable {
  /// Did the service keep its promise?
  case service
  /// What did clients believe?
  case belief
  /// Was the resource harmed?
  case resource
  /// Did work go on?
  case progress
}

public enum Verdict: Sendable {
  case held
  case violated(Witness)
  case notApplicable
  /// The run does not decide it.
  case unknown
}

/// The shortest evidence of a violation: two records, the second of which completes it.
public struct Witness: Sendable {
  /// The record without which the second would be right; the same as `second` where one is enough.
  public var first: Record
  public var second: Record
  /// How many times the property was violated in the run; the records are of the first time.
  public var count: Int
  /// A number that the sentence needs: nanoseconds or updates, as the check says.
  public var measure: Int64

  public init(first: Record, second: Record, count: Int = 1, measure: Int64 = 0) {
    self.first = first
    self.second = second
    self.count = count
    self.measure = measure
  }
}

/// Why a run ended.
public enum EndReason: Sendable, Equatable {
  /// Every client did its sections, no fault is to come, no message is on its way.
  case finished
  case duration
  /// Nothing can ever happen again.
  case nothingLeft
}
