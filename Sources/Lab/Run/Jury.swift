import Contract
import World

/// The checks of one run.
struct Jury: Sendable {
  private var checks: [any Check] = []
  private let types: [any Check.Type]
  /// For each type, its place among the checks; nil where it does not apply.
  private var places: [Int?] = []
  /// For each check, the kinds of record that it is shown, as bits.
  private var kinds: [UInt64] = []

  /// - Parameter showsAll: whether every check is shown every record, whatever it says that it reads.
  init(_ types: [any Check.Type], _ facts: RunFacts, showsAll: Bool = false) {
    self.types = types
    for type in types {
      let check = type.init(facts)
      places.append(check == nil ? nil : checks.count)
      guard let check else { continue }
      checks.append(check)
      kinds.append(showsAll ? .max : type.reads.bits)
    }
  }

  /// Shows every check, in order, those of the records that it reads, and all levers.
  ///
  /// Check by check for 64 records at a time: most read few of them, and what one looks up for one record
  /// need not wait for the last.
  mutating func saw(_ records: [Record], _ plan: [PlanEntry]) {
    var start = 0
    while start < records.count {
      let end = min(start + 64, records.count)
      show(records.span.extracting(start..<end), plan)
      start = end
    }
  }

  private mutating func show(_ records: Span<Record>, _ plan: [PlanEntry]) {
    var ballot = Ballot()
    for index in records.indices where records[index].ordinal != 0 {
      let kind = records[index].kind
      if kind == .leverBegan || kind == .leverEnded {
        show(records, ballot)
        ballot = Ballot()
        show(records[index], of: plan)
      }
      ballot.enter(kind, at: index)
    }
    show(records, ballot)
  }

  private mutating func show(_ records: Span<Record>, _ ballot: Ballot) {
    for place in checks.indices {
      let chosen = ballot.places(of: kinds[place])
      if chosen != 0 { checks[place].saw(records, chosen) }
    }
  }

  private mutating func show(_ record: Record, of plan: [PlanEntry]) {
    let number = Int(record.a)
    for index in checks.indices {
      checks[index].saw(
        plan[number].lever, number: number, began: record.kind == .leverBegan, at: record.at)
    }
  }

  mutating func finish(at end: Instant, _ reason: EndReason) {
    for index in checks.indices { checks[index].finish(at: end, reason: reason) }
  }

  func verdicts(_ topology: Topology) -> [CheckVerdict] {
    places.enumerated().map { index, place in
      CheckVerdict(types[index], place.map { checks[$0] }, topology)
    }
  }
}

/// Where among up to 64 records those of each kind stand, as bits.
private struct Ballot {
  /// Indexed by raw value.
  private var places: [64 of UInt64] = .init(repeating: 0)
  /// The kinds that are there at all.
  private var present: UInt64 = 0

  @inline(__always) mutating func enter(_ kind: Record.Kind, at index: Int) {
    places[Int(kind.rawValue)] |= 1 &<< UInt64(index)
    present |= 1 &<< UInt64(kind.rawValue)
  }

  /// The places of all records of these kinds.
  @inline(__always) func places(of kinds: UInt64) -> UInt64 {
    var left = kinds & present, all: UInt64 = 0
    while left != 0 {
      all |= places[left.trailingZeroBitCount]
      left &= left &- 1
    }
    return all
  }
}
