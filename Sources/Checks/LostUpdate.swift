import Contract

/// Property: every acknowledged update is in what the resource ends with.
///
/// Two sections that read the same version and were both acknowledged are a case of it: an item's content is
/// one chain of updates, and no chain holds both. Judged at the end, since a second delivery may bring an
/// update back.
/// - Witness: the application (or, before a crash, the acknowledgement) of a missing update, and what threw
///   it away; measure and count: acknowledged updates missing at the end.
/// - Complexity: O(1) for each record, O(updates) at the end; memory of about 80 bytes for each update.
/// - Source: Berenson et al. 1995, "A critique of ANSI SQL isolation levels" (P4).
public struct LostUpdate: Check {
  public static let name = "lost-update"
  public static let summary = "an acknowledged update is missing from what the resource ends with"
  public static let question = Question.resource
  public static let reads: RecordKinds = [.readApplied, .writeApplied, .writeAcknowledged, .itemRestored]

  /// A moment at which content was thrown away; whether an acknowledged update went with it, the end shows.
  private struct Loss: Sendable {
    let update: Int32
    let first: Record
    let second: Record
  }

  /// Losses beyond these are counted at the end as all are; only their records are not kept.
  private static let keptLosses = 256

  private let wording: Wording
  private let items: Int
  private var lineage: Lineage
  /// For each item, the record that its content was made by, and the latest acknowledgement.
  private var latest = Rows<Record?>(nil)
  private var acknowledged = Rows<Record?>(nil)
  private var losses: [Loss] = []
  private var finding = Finding()

  public init?(_ facts: RunFacts) {
    guard facts.accesses, facts.updates else { return nil }
    wording = Wording(facts)
    items = facts.items
    lineage = Lineage(items: facts.items)
  }

  public var verdict: Verdict { finding.verdict }

  public mutating func saw(_ record: Record) {
    switch record.kind {
    case .readApplied: lineage.read(record)
    case .writeApplied:
      let item = ItemNumber(record, perLock: items)
      lose(lineage.applied(record), latest[item], record)
      latest[item] = record
    case .writeAcknowledged:
      lineage.acknowledged(record)
      acknowledged[ItemNumber(record, perLock: items)] = record
    case .itemRestored where record.lock == .none: loseAll(record)
    case .itemRestored:
      let item = ItemNumber(record, perLock: items)
      lose(lineage.restored(record), acknowledged[item], record)
      latest[item] = acknowledged[item]
    default: break
    }
  }

  /// The disk itself is gone, and every item with it.
  private mutating func loseAll(_ record: Record) {
    for index in lineage.current.all.indices {
      let item = ItemNumber(index)
      lose(lineage.emptied(item), acknowledged[item], record)
      latest[item] = nil
    }
  }

  private mutating func lose(_ update: Int32?, _ first: Record?, _ second: Record) {
    guard let update, let first, losses.count < LostUpdate.keptLosses else { return }
    losses.append(Loss(update: update, first: first, second: second))
  }

  public mutating func finish(at end: Instant, reason: EndReason) {
    let missing = lineage.missing()
    let count = missing.count { $0 }
    guard count > 0 else { return }
    guard let loss = losses.first(where: { missing[Int($0.update)] }) ?? losses.first else { return }
    finding.witness = Witness(first: loss.first, second: loss.second, count: count, measure: Int64(count))
  }

  public func explanation(of witness: Witness, _ topology: Topology) -> String {
    let (first, second) = (witness.first, witness.second)
    let lost = "\(topology.name(of: first.client))'s acknowledged update of \(first.at.words)"
    let tally = witness.measure.counted("acknowledged update")
      + (witness.measure == 1 ? " is missing at the end" : " are missing at the end")
    if second.kind == .itemRestored {
      return "\(lost)\(wording.toItem(second)) was gone when the resource came back at "
        + "\(second.at.words): \(tally)"
    }
    return "\(topology.name(of: second.client))'s write\(wording.with(second.token))"
      + "\(wording.toItem(second)), applied at \(second.at.words) on the base of version \(second.b), "
      + "overwrote \(lost): \(tally)"
  }
}
