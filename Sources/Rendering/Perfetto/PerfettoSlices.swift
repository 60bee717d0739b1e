import Contract
import Lab

/// The slice of one thread whose end is not settled, as messages to come may belong to it.
///
/// Perfetto binds the end of an arrow to the innermost slice of its thread at its time. So all that a node
/// sends and receives at one time, or within a microsecond after, shares a slice, whatever their number; a
/// message and the answers that it calls forth hang together by that, too. Slices of a thread never overlap.
struct PerfettoSlices: Sendable {
  static let width = Nanos.microseconds(1)
  /// More messages than these are counted, not named.
  static let mostNamed = 16

  /// One end of a message.
  struct End: Sendable {
    /// "SET NX PX to", "answer from".
    let what: String
    /// The node at the other end.
    let peer: String
    let message: Int64
  }

  private var ends: [End] = []
  /// The arrows that begin or end in the slice.
  private var arrows: [String] = []
  private var start = Instant.start
  private var end = Instant.start

  /// Adds the end of a message with that of its arrow; gives the events that are settled by it.
  ///
  /// - Parameter at: not before that of the end added before.
  /// - Parameter arrow: an event at the same time or a little later; nil: the message has none left.
  /// - Parameter frame: a slice without name and time.
  mutating func add(
    _ one: End, at: Instant, arrow: (event: PerfettoEvent, at: Instant)?, _ frame: PerfettoEvent
  ) -> [String] {
    let isApart = ends.isEmpty || at >= end
    let settled = isApart ? take(frame) : []
    if isApart { start = at }
    end = max(end, (arrow?.at ?? at) + PerfettoSlices.width)
    ends.append(one)
    if let arrow { arrows.append(arrow.event.text) }
    return settled
  }

  /// The slice with its arrows behind it.
  mutating func take(_ frame: PerfettoEvent) -> [String] {
    guard !ends.isEmpty else { return [] }
    defer { (ends, arrows) = ([], []) }
    let named = ends.prefix(PerfettoSlices.mostNamed).map {
      JSONValue.text("\($0.what) \($0.peer), message \($0.message)")
    }
    let rest = ends.count - named.count
    let slice = frame.at(start).lasting(end - start).with("name", name)
      .with(arguments: [("messages", .list(named)), ("more", rest > 0 ? .integer(rest) : nil)])
    return [slice.text] + arrows
  }

  /// "answer from service-1, read to resource", "SET NX PX to 5 nodes".
  private var name: String {
    var groups: [(what: String, peer: String, count: Int)] = []
    for end in ends {
      if let place = groups.firstIndex(where: { $0.what == end.what }) {
        groups[place].count += 1
      } else if groups.count < PerfettoSlices.mostNamed {
        groups.append((end.what, end.peer, 1))
      }
    }
    return groups.map { $0.count == 1 ? "\($0.what) \($0.peer)" : "\($0.what) \($0.count) nodes" }
      .joined(separator: ", ")
  }
}
