import Contract
import World

/// A run event by event: the digest after each and what happened in it. Runs that part, part at one of these.
public struct VerifyLog {
  private var world: World
  private var isOver = false
  private let describe: (Record) -> String

  /// - Parameter describe: the text of a record, which must tell apart whatever matters.
  public init(_ runner: Runner, seed: UInt64, describe: @escaping (Record) -> String) {
    world = runner.world(seed: seed, traced: true)
    self.describe = describe
  }

  /// The next event, the end of the run being the last; nil after it.
  public mutating func next() -> VerifyEvent? {
    if isOver { return nil }
    isOver = !world.step()
    let facts = world.records.map(describe)
    world.records.removeAll(keepingCapacity: true)
    return VerifyEvent(
      number: world.counts.events + (isOver ? 1 : 0), at: world.now, digest: world.digest.text, facts: facts)
  }
}

/// One event of a run, as two processes compare it.
public struct VerifyEvent: Equatable, Sendable {
  /// From 1; the end of the run has the number after the last event.
  public var number: Int64
  public var at: Instant
  /// The run's digest after the event.
  public var digest: String
  /// What was recorded in it, in order.
  public var facts: [String]

  public init(number: Int64, at: Instant, digest: String, facts: [String]) {
    self.number = number
    self.at = at
    self.digest = digest
    self.facts = facts
  }

  /// The event on one line of text.
  public var line: String {
    JSONText.compact(
      .list([.integer(number), .integer(at.nanos), .text(digest), .list(facts.map(JSONValue.text))]))
  }

  /// The event that `line` tells; nil where the text is no such line.
  public init?(line: String) {
    guard let parts = try? JSON5.read(Array(line.utf8), limits: .results).list, parts.count == 4,
      let number = parts[0].number?.integer, let nanos = parts[1].number?.integer,
      let digest = parts[2].text, let facts = parts[3].list
    else { return nil }
    self.init(number: number, at: Instant(nanos: nanos), digest: digest, facts: facts.compactMap(\.text))
  }
}
