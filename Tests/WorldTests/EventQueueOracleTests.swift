import Contract
import Testing
import World

/// The queue beside its oracle: every operation is done to both, and both must answer alike.
private struct Duel: Sendable {
  typealias Token = (queue: EventToken, heap: Int)

  /// What is behind it stays in the queue until the end, or there would be no time left for a history.
  static let horizon = Int64.max / 2

  var queue = EventQueue<Int>()
  var heap = EventHeap<Int>()
  /// Of the latest events: most are still to come, many are not.
  var tokens: [Token] = []
  var now: Int64 = 0
  var pushed = 0, cancelled = 0, stale = 0, heldBack = 0
  var agree = true
  var chance: Chance

  init(seed: UInt64) { chance = Chance(seed: seed, "event-queue-oracle") }

  /// How far away an event is: now, next to now, in any power of two, or at the end of time.
  mutating func span() -> Int64 {
    switch chance.below(16) {
    case 0: 0
    case 1: chance.below(4)
    case 2: Int64.max - now - chance.below(3)
    default: chance.below(1 << (chance.below(34) + 1))
    }
  }

  func later(_ span: Int64) -> Int64 { span > Int64.max - now ? Int64.max : now + span }

  mutating func push(at time: Int64) {
    let token = (queue.push(pushed, at: Instant(nanos: time)), heap.push(pushed, at: time))
    pushed += 1
    if tokens.count < 512 { tokens.append(token) } else { tokens[Int(chance.below(512))] = token }
  }

  mutating func pop(until limit: Int64) {
    let left = queue.pop(until: Instant(nanos: limit))
    let right = heap.pop(until: limit)
    agree = agree && left?.time.nanos == right?.time && left?.payload == right?.payload
    if let right { now = right.time } else { heldBack += 1 }
  }

  mutating func cancel() {
    guard !tokens.isEmpty else { return }
    let token = tokens[Int(chance.below(Int64(tokens.count)))]
    let left = queue.cancel(token.queue)
    let right = heap.cancel(token.heap)
    agree = agree && left == right
    if right { cancelled += 1 } else { stale += 1 }
  }

  /// One operation of a history in which the queue swells and empties again, over and over.
  mutating func step(_ number: Int) {
    let swelling = number / 2_000 % 2 == 0
    switch chance.below(10) {
    case 0: cancel()
    case 1: pop(until: min(later(span()), Duel.horizon))
    case 2 where number % 64 == 0: for _ in 0..<8 { push(at: later(1_000)) }
    case 2...7 where swelling, 2...4: push(at: later(span()))
    default: pop(until: Duel.horizon)
    }
    agree = agree && queue.count == heap.count
  }

  mutating func drain() {
    while agree && heap.count > 0 { pop(until: .max) }
    agree = agree && queue.isEmpty && queue.pop(until: .never) == nil
  }
}

@Suite struct `Beside a heap with sequence numbers, an event queue` {
  /// 8 seeds times 125,000 operations: 10^6.
  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `gives the same answers to 125,000 random operations`(seed: UInt64) {
    var duel = Duel(seed: seed)
    for number in 0..<125_000 where duel.agree {
      duel.step(number)
      if number % 997 == 0 {
        #expect(duel.queue.nextTime?.nanos == duel.heap.earliest?.time, "after operation \(number)")
      }
    }
    #expect(duel.pushed > 50_000 && duel.cancelled > 3_000, "the history was poor in events")
    #expect(duel.stale > 5_000 && duel.heldBack > 4_000, "the history was poor in refusals")
    duel.drain()
    #expect(duel.agree, "the first difference of seed \(seed) is before event \(duel.pushed)")
  }

  /// 330,000 events in 5 ms, of which some 50,000 are cancelled: more than 2^18 are pending, so that the
  /// queue keeps trails, and many a mark on them lies elsewhere when it is used.
  @Test func `keeps the order in a crowd, with every sixth event cancelled`() {
    var duel = Duel(seed: 21)
    for _ in 0..<330_000 {
      // A quarter of the instants is taken four times over.
      let time = duel.chance.below(5_000_000)
      duel.push(at: time % 4 == 0 ? time & ~15 : time)
      if duel.pushed % 6 == 0 { duel.cancel() }
    }
    #expect(duel.queue.count > 1 << 18, "there is no crowd")
    var fork = duel
    // The crowd goes on for a while, in another list of the wheel.
    for number in 0..<30_000 where duel.agree {
      duel.pop(until: Duel.horizon)
      duel.push(at: duel.now + duel.chance.below(6_000_000))
      if number % 6 == 0 { duel.cancel() }
    }
    duel.drain()
    fork.drain()
    // Without the duels themselves, which a failure would print.
    let agree = (duel.agree, fork.agree)
    #expect(agree == (true, true), "the original and its fork")
  }

  /// 1 to 20 events in 4 us, a quarter of them at an instant that is taken, and one more for every third pop:
  /// lists that are searched, lists that are spread, and some that become the one or the other meanwhile.
  @Test func `finds the earliest of few events, and of just too many to search`() {
    var duel = Duel(seed: 31)
    for count in 1...20 {
      for round in 0..<50 {
        let start = duel.now + 4_096 * duel.chance.below(300)
        for _ in 0..<count { duel.push(at: start + duel.chance.below(round % 2 == 0 ? 4_096 : 4)) }
        for number in 0..<count {
          duel.pop(until: number % 4 == 0 ? duel.now + duel.chance.below(4_096) : Duel.horizon)
          if number % 3 == 0 { duel.push(at: duel.now + duel.chance.below(4_096)) }
          if number % 5 == 0 { duel.cancel() }
        }
      }
    }
    duel.drain()
    #expect(duel.agree)
    #expect(duel.heldBack > 100 && duel.cancelled > 100, "only \(duel.heldBack) and \(duel.cancelled)")
  }

  /// 3 seeds times 20 forks: each fork drains as the oracle says, and the original does not notice.
  @Test(arguments: 11...13 as ClosedRange<UInt64>)
  func `can be forked at any moment, and both go on alike`(seed: UInt64) {
    var duel = Duel(seed: seed)
    for number in 0..<20_000 {
      duel.step(number)
      guard number % 1_000 == 777 else { continue }
      var same = duel.queue
      var fork = duel
      fork.drain()
      #expect(fork.agree, "the fork after operation \(number) of seed \(seed)")
      var other = duel.heap
      while let event = same.pop(until: .never) { #expect(event.payload == other.pop(until: .max)?.payload) }
      #expect(other.count == 0)
    }
    duel.drain()
    #expect(duel.agree, "the original of seed \(seed)")
  }
}
