import Contract
import Testing

@testable import World

@Suite("A node's clocks")
struct ClockTests {
  static func at(_ milliseconds: Int64) -> Instant { Instant(nanos: milliseconds * 1_000_000) }
  /// Milliseconds that the wall clock is ahead of true time.
  static func lead(_ clock: Clock, _ now: Int64) -> Int64 {
    (clock.wall(at(now)).nanos - Clock.epoch) / 1_000_000 - now
  }

  @Test("start at the epoch and its offset, and at zero")
  func start() {
    let clock = Clock(rate: 0, offset: .milliseconds(-250))
    #expect(Self.lead(clock, 1000) == -250)
    #expect(clock.read(Self.at(1000)).monotonic.nanos == 1_000_000_000)
  }

  @Test("run at the same rate, exact to the nanosecond")
  func rate() {
    // 100 ppm of 1000 s is 0.1 s.
    let fast = Clock(rate: 100_000, offset: .zero).read(Self.at(1_000_000))
    #expect(fast.monotonic.nanos == 1_000_100_000_000)
    #expect(fast.wall.nanos - Clock.epoch == 1_000_100_000_000)
    let slow = Clock(rate: -100_000, offset: .zero).read(Self.at(1_000_000))
    #expect(slow.monotonic.nanos == 999_900_000_000)
  }

  @Test("step on the wall only, either way")
  func step() {
    var clock = Clock(rate: 0, offset: .zero)
    clock.step(by: .milliseconds(-700))
    #expect(Self.lead(clock, 2000) == -700)
    #expect(clock.read(Self.at(2000)).monotonic.nanos == 2_000_000_000)
  }

  @Test("freeze on the wall only, and then show the right time again; freezes add up")
  func freeze() {
    var clock = Clock(rate: 0, offset: .zero)
    clock.freeze(now: Self.at(100))
    clock.freeze(now: Self.at(150))
    #expect(clock.wall(Self.at(200)) == LocalTime(nanos: Clock.epoch + 100_000_000))
    #expect(clock.read(Self.at(200)).monotonic.nanos == 200_000_000)
    clock.thaw()
    #expect(clock.wall(Self.at(300)) == LocalTime(nanos: Clock.epoch + 100_000_000))
    clock.step(by: .milliseconds(5))
    #expect(clock.wall(Self.at(300)) == LocalTime(nanos: Clock.epoch + 105_000_000))
    clock.thaw()
    #expect(Self.lead(clock, 400) == 5)
  }

  @Test("strobe on the wall only: to and fro, at once at the beginning, and no more after the end")
  func strobe() {
    var clock = Clock(rate: 0, offset: .zero)
    clock.startStrobe(by: .milliseconds(-50), every: .milliseconds(10), now: Self.at(100))
    #expect([100, 109, 110, 119, 120].map { Self.lead(clock, $0) } == [-50, -50, 0, 0, -50])
    #expect(clock.read(Self.at(105)).monotonic.nanos == 105_000_000)
    clock.stopStrobe()
    #expect(Self.lead(clock, 120) == 0)
  }

  @Test("count drifts together, and never stand still or run backwards for it")
  func drift() {
    // From 1 s on 10 % fast, from 2 s on 20 % fast, from 3 s on 10 % fast: 1 + 1.1 + 1.2 + 1.1.
    var clock = Clock(rate: 0, offset: .zero)
    clock.changeRate(by: 100_000_000, now: Self.at(1000))
    clock.changeRate(by: 100_000_000, now: Self.at(2000))
    clock.changeRate(by: -100_000_000, now: Self.at(3000))
    #expect(clock.read(Self.at(4000)).monotonic.nanos == 4_400_000_000)
    clock.changeRate(by: -3_000_000_000, now: Self.at(4000))
    #expect(clock.read(Self.at(5000)).monotonic.nanos == 4_401_000_000)
  }

  @Test("tell the very moment at which they show a reading", arguments: [1, 2, 3] as [UInt64])
  func inverse(seed: UInt64) {
    // Any rate of up to 10 %, a change of rate, spans of up to a day: first moment, and not one nanosecond
    // before.
    var chance = Chance(seed: seed, "clock inverse")
    for _ in 0..<300 {
      var clock = Clock(rate: chance.below(200_000_001) - 100_000_000, offset: .zero)
      let changed = Instant(nanos: chance.below(86_400_000_000_000))
      clock.changeRate(by: chance.below(100_000_001) - 50_000_000, now: changed)
      let now = changed + Nanos(chance.below(1_000_000_000))
      let target = clock.read(now).monotonic + Nanos(1 + chance.below(86_400_000_000_000))
      let moment = clock.instant(monotonic: target, now: now)
      #expect(clock.read(moment).monotonic >= target)
      #expect(clock.read(moment + Nanos(-1)).monotonic < target)
      let wall = clock.wall(now) + (target - clock.read(now).monotonic)
      #expect(clock.instant(wall: wall, now: now) == moment)
    }
  }

  @Test("never give a moment before now, nor trap on one that they never reach")
  func limits() {
    var clock = Clock(rate: 0, offset: .zero)
    #expect(clock.instant(monotonic: LocalTime(nanos: 5), now: Self.at(1)) == Self.at(1))
    clock.changeRate(by: -999_000_000, now: .start)
    let tenYears = LocalTime(nanos: 315_576_000_000_000_000)
    #expect(clock.instant(monotonic: tenYears, now: .start) > Instant(nanos: 315_576_000_000_000_000))
  }

  @Test("go on after a suspension where they stood")
  func suspension() {
    var clock = Clock(rate: 333_333, offset: .zero)
    let before = clock.read(Self.at(777)).monotonic
    clock.suspend(now: Self.at(777))
    #expect(clock.read(Self.at(900)).monotonic == before)
    clock.changeRate(by: 50_000, now: Self.at(900))
    clock.wake(now: Self.at(1001))
    #expect(clock.read(Self.at(1001)).monotonic == before)
  }
}

@Suite("Timers and the network follow clocks")
struct TimersOnClocksTests {
  /// Service-2 notes a timer of one second.
  static let second = Stage(server: { seat, input, turn in
    if case .start = input, seat.node == NodeID(2) { turn.set(Probe.Timer.first, after: .seconds(1)) }
    if case .timer = input { turn.saw(1) }
  })

  static func due(_ plan: [PlanEntry]) -> Instant { second.play(plan).first(.connected)!.at }

  @Test("so that a timer of a fast clock comes early, and of a slow one late")
  func drift() {
    // A second at 1.25 is 0.8 s; at 0.8, 1.25 s less the rounding of readings to whole nanoseconds. Half of
    // it at 1, then 0.5 s at 1.25: 0.9 s.
    #expect(Self.due([.at(0, .node(.clockDrift(250_000_000), 2))]) == Instant(nanos: 800_000_000))
    #expect(Self.due([.at(0, .node(.clockDrift(-200_000_000), 2))]) == Instant(nanos: 1_249_999_999))
    #expect(Self.due([.at(500, .node(.clockDrift(250_000_000), 2))]) == Instant(nanos: 900_000_000))
    // Fast for 0.4 s only: 0.5 s of it are over, the other 0.5 s take 0.5 s.
    #expect(Self.due([.at(0, .node(.clockDrift(250_000_000), 2, 400))]) == Instant(nanos: 900_000_000))
  }

  @Test("but neither a step nor a freeze of the wall clock moves a timer")
  func wallClock() {
    #expect(Self.due([.at(10, .node(.clockStep(by: .seconds(30)), 2))]) == Instant(nanos: 1_000_000_000))
    #expect(Self.due([.at(10, .node(.clockStep(by: .seconds(-30)), 2))]) == Instant(nanos: 1_000_000_000))
    #expect(Self.due([.at(10, .node(.clockFreeze, 2))]) == Instant(nanos: 1_000_000_000))
  }

  @Test("and each node draws its own error within the declared bounds")
  func declaredBounds() {
    var setup = Self.second.setup(services: 60)
    setup.clocks.drift = 50_000
    setup.clocks.offset = .milliseconds(100)
    let world = World(setup)
    let rates = world.hosts.map(\.clock.rate)
    #expect(rates.allSatisfy { (-50_000...50_000).contains($0) })
    #expect(rates.min()! < -25_000 && rates.max()! > 25_000)
    let offsets = world.hosts.map { $0.clock.wall(.start).nanos - Clock.epoch }
    #expect(offsets.allSatisfy { abs($0) <= 100_000_000 })
    #expect(offsets.min()! < -50_000_000 && offsets.max()! > 50_000_000)
  }
}
