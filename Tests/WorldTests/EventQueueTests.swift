import Contract
import Testing
import World

@Suite struct `An event queue` {
  var queue = EventQueue<Int64>()

  /// Everything that is left, as payloads.
  mutating func drained() -> [Int64] {
    var order: [Int64] = []
    while let event = queue.pop(until: .never) { order.append(event.payload) }
    return order
  }

  @Test mutating func `hands out events by time and tells when each is due`() {
    for time: Int64 in [30, 10, 4_096, 20, 1_000_000_007, 0] { queue.push(time, at: Instant(nanos: time)) }
    #expect(queue.count == 6)
    while let event = queue.pop(until: .never) { #expect(event.time.nanos == event.payload) }
    #expect(queue.isEmpty)
  }

  @Test mutating func `keeps the order of insertion within an instant, through every level`() {
    // Three bursts of 100 at one far instant; between them time comes nearer, so they enter at three levels.
    let far = Instant(nanos: 5_000_000_000)
    for number: Int64 in 0..<100 { queue.push(number, at: far) }
    queue.push(-1, at: Instant(nanos: 4_999_000_000))
    #expect(queue.pop(until: .never)?.payload == -1)
    for number: Int64 in 100..<200 { queue.push(number, at: far) }
    queue.push(-2, at: Instant(nanos: 4_999_999_999))
    #expect(queue.pop(until: .never)?.payload == -2)
    for number: Int64 in 200..<300 { queue.push(number, at: far) }
    #expect(drained() == Array(0..<300))
  }

  @Test mutating func `holds back what is after the limit, and still takes earlier events afterwards`() {
    queue.push(1, at: Instant(nanos: 100))
    #expect(queue.pop(until: .never)?.payload == 1)
    for time: Int64 in [900_000, 900_001, 900_500] { queue.push(time, at: Instant(nanos: time)) }
    // The limits lie before the list of the three events, inside it, and one short of the first of them.
    for limit: Int64 in [100, 800_000, 899_000, 899_999] {
      #expect(queue.pop(until: Instant(nanos: limit)) == nil)
      #expect(queue.nextTime == Instant(nanos: 900_000))
    }
    queue.push(2, at: Instant(nanos: 101))
    queue.push(3, at: Instant(nanos: 100))
    #expect(queue.pop(until: Instant(nanos: 100))?.payload == 3)
    #expect(queue.pop(until: Instant(nanos: 100)) == nil)
    #expect(drained() == [2, 900_000, 900_001, 900_500])
  }

  @Test mutating func `reaches the last nanosecond there is`() {
    for time in [Int64.max, .max - 1, .max, 0] { queue.push(time, at: Instant(nanos: time)) }
    #expect(queue.nextTime == .start)
    #expect(drained() == [0, .max - 1, .max, .max])
  }

  @Test mutating func `cancels an event once, and never its slot's next user`() {
    let first = queue.push(1, at: Instant(nanos: 10))
    let second = queue.push(2, at: Instant(nanos: 10))
    let third = queue.push(3, at: Instant(nanos: 10))
    let cancelled = [queue.cancel(second), queue.cancel(second)]
    #expect(cancelled == [true, false])
    queue.push(4, at: Instant(nanos: 10))
    #expect(queue.pop(until: .never)?.payload == 1)
    let late = [queue.cancel(second), queue.cancel(first), queue.cancel(third), queue.cancel(third)]
    #expect(late == [false, false, true, false])
    #expect(queue.count == 1)
    #expect(drained() == [4])
  }

  @Test mutating func `is a value: a copy and its original go different ways`() {
    let shared = queue.push(1, at: Instant(nanos: 70))
    queue.push(2, at: Instant(nanos: 80))
    var fork = self
    fork.queue.cancel(shared)
    fork.queue.push(3, at: Instant(nanos: 75))
    queue.push(4, at: Instant(nanos: 60))
    #expect(fork.drained() == [3, 2])
    #expect(drained() == [4, 1, 2])
    #expect(fork.queue.cancel(shared) == false)
  }

  @Test func `refuses to go back in time`() async {
    await #expect(processExitsWith: .failure) {
      var queue = EventQueue<Int64>()
      queue.push(0, at: Instant(nanos: 5))
      _ = queue.pop(until: .never)
      queue.push(0, at: Instant(nanos: 4))
    }
  }
}
