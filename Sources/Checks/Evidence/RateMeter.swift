import Contract

/// Counts events in every second of a run: the fullest one, and the median one.
struct RateMeter: Sendable {
  private static let second: Int64 = 1_000_000_000

  /// The events of the last second, oldest first from `head`.
  private var recent: [Int64] = []
  private var head = 0
  /// The most events in any span of one second, and the record that completed them.
  private(set) var most = 0
  private(set) var latest: Record?

  /// How many whole seconds, counted from the start of the run, had each number of events but none.
  private var secondsWith: [Int64] = []
  private var busySeconds: Int64 = 0
  private var openSecond: Int64 = 0
  private var countInOpen = 0

  mutating func count(_ record: Record) {
    let now = record.at.nanos
    recent.append(now)
    while recent[head] <= now - RateMeter.second { head += 1 }
    if recent.count - head > most { (most, latest) = (recent.count - head, record) }
    if head > recent.count / 2 {
      recent.removeSubrange(..<head)
      head = 0
    }
    advance(to: now)
    countInOpen += 1
  }

  /// The number of events in the median of the whole seconds before this moment.
  mutating func median(before now: Instant) -> Int {
    advance(to: now.nanos)
    var rest = now.nanos / RateMeter.second / 2 - (now.nanos / RateMeter.second - busySeconds)
    if rest < 0 { return 0 }
    for (count, seconds) in secondsWith.enumerated() {
      rest -= seconds
      if rest < 0 { return count }
    }
    return 0
  }

  private mutating func advance(to now: Int64) {
    guard now / RateMeter.second > openSecond else { return }
    if countInOpen > 0 {
      while secondsWith.count <= countInOpen { secondsWith.append(0) }
      secondsWith[countInOpen] += 1
      busySeconds += 1
    }
    openSecond = now / RateMeter.second
    countInOpen = 0
  }
}
