import Contract

/// The sequencer's version clock: it moves only when a commit batch asks, and never back.
///
/// Source: FDB fdbserver/sequencer/masterserver.cpp `getVersion`, `figureVersion`, without a version epoch.
struct VersionClock: Sendable, BitwiseCopyable {
  /// The version assigned last.
  private(set) var version: Int64 = 0
  /// When it was assigned, on the node's monotonic clock.
  private var assignedAt = LocalTime(nanos: 0)
  /// Thousandths of the nominal rate.
  private(set) var rate: Int64 = 1_000
  /// A million times the nominal rate; keeps the products below in 64 bits.
  private static let fastest: Int64 = 1_000_000_000
  private let versionsPerSecond: Int64
  /// The most that one request adds: `MAX_READ_TRANSACTION_LIFE_VERSIONS`.
  private let largestStep: Int64

  init(versionsPerSecond: Int64, largestStep: Int64) {
    self.versionsPerSecond = versionsPerSecond
    self.largestStep = largestStep
  }

  /// The first version of an epoch.
  mutating func restart(at version: Int64, _ now: LocalTime) {
    self.version = version
    assignedAt = now
  }

  /// The rate from now on; the clamp goes with it. 0 stands for the nominal rate.
  mutating func setRate(thousandths: Int64) {
    rate = thousandths == 0 ? 1_000 : min(max(thousandths, 1), VersionClock.fastest)
  }

  /// The next commit version: `max(1, min(clamp, rate x elapsed))` after the last.
  mutating func next(at now: LocalTime) -> Int64 {
    let elapsed = max(0, (now - assignedAt).count)
    let perSecond = versionsPerSecond * rate / 1_000
    let product = elapsed.multipliedFullWidth(by: perSecond)
    // A quotient that does not fit into 63 bits is far beyond the clamp anyway.
    let fits = product.high < 500_000_000
    let due = fits ? (1_000_000_000 as Int64).dividingFullWidth(product).quotient : .max
    version += max(1, min(largestStep * rate / 1_000, due))
    assignedAt = now
    return version
  }
}
