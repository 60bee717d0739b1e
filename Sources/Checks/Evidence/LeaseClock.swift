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
  }

  /// When the request was sent that created or last prolonged the lease, as far as its holder knows.
  private(set) var counted: Instant?
  /// When the latest request was sent, answered or not.
  private(set) var lastSent = Instant.start
  /// Whether a refresh that was sent in an outage failed, and none succeeded since.
  private(set) var hasFailedInOutage = false
  /// Requests that may still be answered, oldest first: none is older than the TTL.
  private var open: [Sent] = []

  init() {}

  /// The lease of a lock that was granted to a request sent at this moment.
  init(asked: Instant) {
    counted = asked
    lastSent = asked
  }

  /// Whether the latest request is neither answered nor given up.
  var isAsking: Bool { open.last.map { !$0.hasFailed } ?? false }

  mutating func sent(_ request: Request, _ number: Int64, at: Instant, ttl: Nanos, isInOutage: Bool) {
    // The answer to a request older than the TTL makes no lease young.
    open.removeAll { at - $0.at > ttl }
    open.append(Sent(request: request, number: number, at: at, isInOutage: isInOutage))
    lastSent = at
  }

  mutating func answered(_ request: Request, _ number: Int64) {
    guard let index = place(request, number) else { return }
    counted = open[index].at
    hasFailedInOutage = false
    open.removeSubrange(...index)
  }

  mutating func failed(_ request: Request, _ number: Int64) {
    guard let index = place(request, number) else { return }
    open[index].hasFailed = true
    if open[index].isInOutage { hasFailedInOutage = true }
  }

  private func place(_ request: Request, _ number: Int64) -> Int? {
    open.firstIndex { $0.request == request && $0.number == number }
  }
}
