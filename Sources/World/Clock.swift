import Contract

/// The two clocks of one node, as views over true time: the only place where one becomes the other.
///
/// Both drift at the same rate. The wall clock also has an offset, steps, freezes and strobes;
/// the monotonic one stands still while the machine is suspended.
struct Clock: Sendable, BitwiseCopyable {
  /// The readings at `base`; both advance from there at 1 + rate.
  private var base = Instant.start
  private var wallAtBase: LocalTime
  private var monotonicAtBase: LocalTime
  /// Rate error in parts per billion, above -1,000,000,000.
  private(set) var rate: Int64 { didSet { judge() } }
  private var frozen: LocalTime? { didSet { judge() } }
  private var freezes = 0
  private var strobes = 0
  private var strobe: Strobe? { didSet { judge() } }
  /// Where the monotonic clock stands while the machine is suspended.
  private var suspendedAt: LocalTime? { didSet { judge() } }
  /// Whether both readings advance with true time: then they are two additions, 40 instructions less.
  private(set) var isPlain = true

  private struct Strobe: BitwiseCopyable {
    var since: Instant
    var by: Nanos
    var every: Nanos
  }

  /// 2026-01-01 00:00:00 UTC in nanoseconds since 1970: a day on which wall clocks start.
  static let epoch: Int64 = 1_767_225_600_000_000_000

  init(rate: Int64, offset: Nanos) {
    self.rate = rate
    wantedRate = rate
    wallAtBase = LocalTime(nanos: Clock.epoch) + offset
    monotonicAtBase = LocalTime(nanos: 0)
    judge()
  }

  private mutating func judge() {
    isPlain = rate == 0 && frozen == nil && strobe == nil && suspendedAt == nil
  }

  private func elapsed(_ now: Instant) -> Nanos {
    let span = now - base
    return rate == 0 ? span : span + span.scaled(partsPerBillion: rate)
  }

  /// The readings where the clock is plain.
  @inline(__always) func readPlainly(_ now: Instant) -> LocalClocks {
    let span = now - base
    return LocalClocks(wall: wallAtBase + span, monotonic: monotonicAtBase + span)
  }

  func read(_ now: Instant) -> LocalClocks {
    LocalClocks(wall: wall(now), monotonic: suspendedAt ?? monotonicAtBase + elapsed(now))
  }

  func wall(_ now: Instant) -> LocalTime {
    if let frozen { return frozen }
    var reading = wallAtBase + elapsed(now)
    if let strobe, (now - strobe.since).count / strobe.every.count % 2 == 0 { reading = reading + strobe.by }
    return reading
  }

  /// The first moment, not before `now`, at which the monotonic clock shows at least `reading`.
  func instant(monotonic reading: LocalTime, now: Instant) -> Instant {
    moment(after: reading - monotonicAtBase, now: now)
  }

  /// When a timer comes due that is set now: on the monotonic clock, and in true time.
  ///
  /// Where the clock is plain the two are sums, 80 instructions less.
  @inline(__always) func alarm(after delay: Nanos, now: Instant) -> (due: LocalTime, moment: Instant) {
    if isPlain { return (readPlainly(now).monotonic + delay, max(now, now + delay)) }
    let due = read(now).monotonic + delay
    return (due, instant(monotonic: due, now: now))
  }

  /// The next moment to look whether the wall clock shows `reading`; nil while it stands still.
  ///
  /// It is the right one if nobody sets the clock, except that a strobe asks for a look at each swing.
  func instant(wall reading: LocalTime, now: Instant) -> Instant? {
    if frozen != nil { return nil }
    guard let strobe else { return moment(after: reading - wallAtBase, now: now) }
    let swings = (now - strobe.since).count / strobe.every.count
    let lead = swings % 2 == 0 ? strobe.by : .zero
    let nextSwing = strobe.since + strobe.every * (swings + 1)
    return min(nextSwing, moment(after: reading - wallAtBase - lead, now: now))
  }

  /// Later than any run lasts: where a timer goes that a slow clock never reaches.
  private static let farthest = Instant(nanos: 1 << 62)

  private func moment(after local: Nanos, now: Instant) -> Instant {
    if rate == 0 { return max(now, base + local) }
    let correction = local.count.multipliedFullWidth(by: 1_000_000_000)
    let divisor = 1_000_000_000 + rate
    if correction.high >= divisor / 4 { return Clock.farthest }
    var guess = base + Nanos(divisor.dividingFullWidth(correction).quotient)
    while elapsed(guess) < local { guess = guess + Nanos(1) }
    while elapsed(guess + Nanos(-1)) >= local { guess = guess + Nanos(-1) }
    return max(now, guess)
  }

  // MARK: what faults do

  private mutating func rebase(_ now: Instant) {
    let passed = elapsed(now)
    wallAtBase = wallAtBase + passed
    monotonicAtBase = monotonicAtBase + passed
    base = now
  }

  /// What drifts add up to; the clock itself never runs slower than a thousandth of true time.
  private var wantedRate: Int64

  mutating func changeRate(by change: Int64, now: Instant) {
    rebase(now)
    wantedRate += change
    rate = max(-999_000_000, wantedRate)
  }

  mutating func step(by jump: Nanos) {
    wallAtBase = wallAtBase + jump
    frozen = frozen.map { $0 + jump }
  }

  /// The wall clock shows one reading until it thaws; then it shows the right time again.
  /// Overlapping freezes add up.
  mutating func freeze(now: Instant) {
    frozen = wall(now)
    freezes += 1
  }
  mutating func thaw() {
    freezes -= 1
    if freezes == 0 { frozen = nil }
  }

  /// Of overlapping strobes the latest shows, until the last has ended.
  mutating func startStrobe(by jump: Nanos, every: Nanos, now: Instant) {
    strobes += 1
    strobe = Strobe(since: now, by: jump, every: every)
  }
  mutating func stopStrobe() {
    strobes -= 1
    if strobes == 0 { strobe = nil }
  }

  /// The monotonic clock stands still with its virtual machine, until `wake`.
  mutating func suspend(now: Instant) { suspendedAt = read(now).monotonic }

  mutating func wake(now: Instant) {
    guard let reading = suspendedAt else { return }
    rebase(now)
    monotonicAtBase = reading
    suspendedAt = nil
  }
}
