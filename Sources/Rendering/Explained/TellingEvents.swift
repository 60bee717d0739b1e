import Contract
import Lab

/// Who did what, in which order: what two runs can be compared by, whose times differ everywhere.
struct TellingEvents: Sendable {
  struct Event: Sendable {
    let at: Instant
    /// What happened and to whom, without times, tokens and versions.
    let deed: String
  }

  /// Of a longer run the beginning is compared.
  private static let most = 100_000

  let events: [Event]

  /// - Parameter events: in the order in which they happened.
  init(_ events: [Event]) { self.events = events }

  init(_ runner: Runner, seed: UInt64) {
    var events: [Event] = []
    let topology = runner.topology
    let words = LeverWords(topology: topology)
    _ = runner.run(seed: seed) { record, world in
      guard events.count < TellingEvents.most else { return }
      let deed: String?
      if record.kind == .leverBegan || record.kind == .leverEnded {
        let lever = world.plan[Int(record.a)].lever
        deed = record.kind == .leverBegan ? words.began(lever) : words.ended(lever)
      } else {
        deed = TellingEvents.deed(record, topology, words)
      }
      // A quorum's nodes notice an expiry one after the other, in an order that says nothing.
      guard let deed, deed != events.last?.deed || record.kind != .leaseExpired else { return }
      events.append(Event(at: record.at, deed: deed))
    }
    self.events = events
  }

  private static func deed(_ record: Record, _ topology: Topology, _ words: LeverWords) -> String? {
    let who = topology.name(of: record.client), node = topology.name(of: record.node)
    let lock = record.lock.index > 0 ? " (lock-\(record.lock.index + 1))" : ""
    switch record.kind {
    case .granted: return "\(who) is granted the lock\(lock)"
    case .acquired: return "\(who) learns of its grant\(lock)"
    case .leaseExpired: return "\(who)'s lease expires\(lock)"
    case .leaseLost: return "\(who) learns that its lease is gone"
    case .releaseSent: return "\(who) releases\(lock)"
    case .readApplied: return "\(who) reads\(lock)"
    case .writeApplied: return "\(who) writes\(lock)"
    case .effectApplied: return "\(who) does the job of its section\(lock)"
    case .readRejected, .writeRejected: return "\(who) is refused at the resource\(lock)"
    case .crashed: return words.crashed(record)
    case .restarted: return "\(node) is back"
    default: return nil
    }
  }

  /// The first thing that two runs do not share; nil where one does what the other does.
  func difference(from other: TellingEvents) -> FirstDifference? {
    let count = min(events.count, other.events.count)
    let place = (0..<count).first { events[$0].deed != other.events[$0].deed } ?? count
    guard place < max(events.count, other.events.count) else { return nil }
    return FirstDifference(here: words(place), there: other.words(place))
  }

  private func words(_ place: Int) -> String {
    guard place < events.count else { return "nothing more happens" }
    return "at \(events[place].at.spoken) \(events[place].deed)"
  }
}

/// The first step at which two runs differ, as each of them tells it.
public struct FirstDifference: Sendable, Equatable {
  public var here: String
  public var there: String
}
