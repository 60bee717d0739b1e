import Contract

/// Property: the guard's highest accepted token never goes backwards, across a crash of the resource too.
///
/// A power failure may take back what nobody was told of; what a client was answered must stay.
/// - Witness: the record with the highest token so far, and the first one with a lower token.
/// - Complexity: O(1) for each record; memory for the accesses of each lock not yet answered.
/// - Source: Kleppmann 2016, "How to do distributed locking" (storage remembers the highest token).
public struct TokenRatchet: Check {
  public static let name = "token-ratchet"
  public static let summary = "the guard's highest accepted token goes backwards"
  public static let question = Question.resource
  public static let reads: RecordKinds = [
    .readApplied, .writeApplied, .itemRestored, .read, .writeAcknowledged, .crashed,
  ]

  private let wording: Wording
  private let resource: NodeID
  /// For each lock, the first record with the highest token so far.
  private var highest = Rows<Record?>(nil)
  /// For each lock, the last access known to be answered, and the accesses applied since.
  private var told = Rows<Record?>(nil)
  private var untold = Rows<[Record]>([])
  private var finding = Finding()

  public init?(_ facts: RunFacts) {
    guard facts.accesses, facts.guardKeepsHighest else { return nil }
    wording = Wording(facts)
    resource = facts.topology.resource
  }

  public var verdict: Verdict { finding.verdict }

  public mutating func saw(_ record: Record) {
    switch record.kind {
    case .readApplied, .writeApplied:
      untold[record.lock].append(record)
      compare(record)
    case .itemRestored where record.lock != .none: compare(record)
    case .read, .writeAcknowledged: tell(record)
    case .crashed where record.a != Lever.Loss.memory.rawValue: forgetUntold(record.node)
    default: break
    }
  }

  private mutating func compare(_ record: Record) {
    guard record.d >= 0 else { return }
    if let highest = highest[record.lock], record.d < highest.d { finding.add(highest, record) }
    // What follows is compared with what the guard now keeps: one fall is one violation.
    if record.d != highest[record.lock]?.d { highest[record.lock] = record }
  }

  /// An answer proves that this access and all before it are on the disk.
  private mutating func tell(_ answer: Record) {
    let place = untold[answer.lock].lastIndex { $0.a == answer.a && $0.client == answer.client }
    guard let place else { return }
    told[answer.lock] = untold[answer.lock][place]
    untold[answer.lock].removeSubrange(...place)
  }

  /// What was applied but answered to nobody may be gone with the power.
  private mutating func forgetUntold(_ node: NodeID) {
    guard node == resource else { return }
    for index in untold.all.indices {
      untold[LockID(index)].removeAll()
      highest[LockID(index)] = told[LockID(index)]
    }
  }

  public func explanation(of witness: Witness, _ topology: Topology) -> String {
    let (first, second) = (witness.first, witness.second)
    let event = switch second.kind {
    case .itemRestored: "the resource came back from a crash"
    case .readApplied: "a read of \(topology.name(of: second.client)) was applied"
    default: "a write of \(topology.name(of: second.client)) was applied"
    }
    return "the guard's highest token\(wording.ofLock(second.lock)) fell from \(first.d) (kept since "
      + "\(first.at.words)) to \(second.d) when \(event) at \(second.at.words)"
  }
}
