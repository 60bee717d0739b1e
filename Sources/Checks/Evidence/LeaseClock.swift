import Contract

/// When the requests for one lease were sent, and which of them were answered.
struct LeaseClock: Sendable {
  enum Request: Sendable { case creation, refresh }

  private struct Sent: Sendable {
    let request: Request
    let number: Int64
    let at: Instant
    let isInOutage: Bool
    var hasFailed = false

    func answers(_ request: Request, _ number: Int64) -> Bool {
      self.request == request && self.number == number
    }
  }

  /// When the request was sent that created or last prolonged the lease, as far as its holder knows.
  private(set) var counted: Instant?
  /// When the latest request was sent, answered or not.
  private(set) var lastSent = Instant.start
  /// Whether a refresh that was sent in an outage failed, and none succeeded since.
  private(set) var hasFailedInOutage = false
  /// Requests that may still be answered, oldest first: none is older than the TTL.
  ///
  /// The latest stands apart: most of the time it is the only one, and needs no storage of its own.
  private var older: [Sent] = []
  private var latest: Sent?

  init() {}

  /// The lease of a lock that was granted to a request sent at this moment.
  init(asked: Instant) {
    counted = asked
    lastSent = asked
  }

  /// Whether the latest request is neither answered nor given up.
  var isAsking: Bool { latest.map { !$0.hasFailed } ?? false }

  mutating func sent(_ request: Request, _ number: Int64, at: Instant, ttl: Nanos, isInOutage: Bool) {
    // The answer to a request older than the TTL makes no lease young.
    if !older.isEmpty { older.removeAll { at - $0.at > ttl } }
    if let latest, at - latest.at <= ttl { older.append(latest) }
    latest = Sent(request: request, number: number, at: at, isInOutage: isInOutage)
    lastSent = at
  }

  mutating func answered(_ request: Request, _ number: Int64) {
    if let latest, latest.answers(request, number) {
      count(latest)
      self.latest = nil
      if !older.isEmpty { older = [] }
    } else if let index = older.firstIndex(where: { $0.answers(request, number) }) {
      count(older[index])
      older.removeSubrange(...index)
    }
  }

  mutating func failed(_ request: Request, _ number: Int64) {
    if let index = older.firstIndex(where: { $0.answers(request, number) }) {
      older[index].hasFailed = true
      if older[index].isInOutage { hasFailedInOutage = true }
    } else if let latest, latest.answers(request, number) {
      self.latest?.hasFailed = true
      if latest.isInOutage { hasFailedInOutage = true }
    }
  }

  private mutating func count(_ sent: Sent) {
    counted = sent.at
    hasFailedInOutage = false
  }
}
