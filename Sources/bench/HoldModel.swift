import Contract
import Foundation
import World

/// The hold model: take the earliest of N pending events, put it back a random span later.
///
/// Both sides draw the same numbers, so they must hand out the same events in the same order: a digest over
/// times and targets says whether they did.
/// Source: Jones 1986, "An empirical comparison of priority-queue and event-set implementations".
struct HoldModel: Benchmark {
  let pending: Int

  var name: String { "hold-\(pending)" }
  let unit = "ns/event"
  let peer: String? = "C++ std::priority_queue"

  func prepare(_ workshop: Workshop) throws -> () throws -> Sample {
    let program = try workshop.program("hold.cpp").path
    let count = pending < 1_000_000 ? 10_000_000 : 5_000_000
    return {
      let ours = Hold.measured(pending: pending, count: count)
      let theirs = try Workshop.fields(program, ["\(pending)", "\(count)"])
      guard let digest = theirs["digest"], UInt64(digest, radix: 16) == ours.digest else {
        throw Failure(description: "\(name): the C++ queue handed out other events than ours")
      }
      return Sample(ours: ours.nanos, peer: theirs["ns"].flatMap { Double($0) })
    }
  }
}

/// The hold model beside SimPy, the simulator that Python has: N processes wait, and wait again.
struct HoldModelInSimPy: Benchmark {
  let pending: Int

  var name: String { "hold-\(pending)-simpy" }
  let unit = "ns/event"
  let peer: String? = "SimPy"

  func prepare(_ workshop: Workshop) throws -> () throws -> Sample {
    let python = try workshop.pythonWithSimPy()
    let script = try workshop.peer("hold.py").path
    return {
      let ours = Hold.measured(pending: pending, count: 5_000_000)
      let theirs = try Workshop.fields(python, [script, "simpy", "\(pending)", "200000"])
      return Sample(ours: ours.nanos, peer: theirs["ns"].flatMap { Double($0) })
    }
  }
}

/// Our side of the hold model; every constant is that of `Peers/hold.cpp`.
private enum Hold {
  /// 32 bytes, as the peer's whole event has.
  struct Event: BitwiseCopyable, Sendable {
    var kind: UInt32 = 0
    var target: UInt32
    var payload: UInt64 = 0
    var rest: (UInt64, UInt64) = (0, 0)
  }

  /// SplitMix64 and a table of 1,024 exponential spans with a mean of 1 ms.
  struct Spans {
    let table = (0..<1_024).map { Int64(-log((Double($0) + 0.5) / 1_024) * 1e6) }
    var state: UInt64 = 42

    mutating func next() -> Nanos {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      z ^= z >> 31
      return Nanos(table[Int(z & 1_023)] &+ Int64(z >> 52))
    }
  }

  /// Nanoseconds for each of `count` events, after a quarter as many to warm up, and the digest of all.
  static func measured(pending: Int, count: Int) -> (nanos: Double, digest: UInt64) {
    var queue = EventQueue<Event>()
    var spans = Spans()
    var digest: UInt64 = 0
    for target in 0..<pending { queue.push(Event(target: UInt32(target)), at: .start + spans.next()) }
    hold(count / 4, &queue, &spans, &digest)
    precondition(queue.count == pending, "a hold keeps the number of pending events")
    let start = ContinuousClock.now
    hold(count, &queue, &spans, &digest)
    return ((ContinuousClock.now - start) / .nanoseconds(count), digest)
  }

  @inline(never)
  static func hold(
    _ count: Int, _ queue: inout EventQueue<Event>, _ spans: inout Spans, _ digest: inout UInt64
  ) {
    for _ in 0..<count {
      guard let event = queue.pop(until: .never) else { return }
      let time = UInt64(bitPattern: event.time.nanos)
      digest = (digest ^ (time &+ UInt64(event.payload.target))) &* 0x100_0000_01b3
      queue.push(event.payload, at: event.time + spans.next())
    }
  }
}
