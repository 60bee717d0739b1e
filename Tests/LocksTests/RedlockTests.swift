import Contract
import Services
import Testing

@testable import Locks

@Suite("A Redlock client")
struct RedlockTests {
  @Test("asks all nodes at once for the same key with one fresh value")
  func asks() {
    var bench = RedlockBench()
    #expect(bench.acquire() == ["setIfAbsent to 5", "timeout in 50", "[acquireSent]"])
    #expect(bench.sent.map(\.to) == [1, 2, 3, 4, 5])
    #expect(Set(bench.sent.map(\.message.value)).count == 1)
    #expect(bench.sent.allSatisfy { $0.message.ttl == .seconds(1) && $0.message.value != 0 })
  }

  @Test("wins with three of five, whatever the others say or do not say")
  func majority() {
    var bench = RedlockBench()
    _ = bench.acquire()
    #expect(bench.answer(false, from: 1) == [])
    #expect(bench.answer(true, from: 2) == [])
    #expect(bench.answer(true, from: 3) == [])
    // The same node twice is one node.
    #expect(bench.answer(true, from: 3) == [])
    // TTL 1000 ms, less 1 % and 2 ms.
    #expect(bench.answer(true, from: 4) == ["acquired until 988"])
    #expect(bench.answer(true, from: 5) == [])
  }

  @Test(
    "counts a majority of all nodes, also of an even number",
    arguments: [(1, 1), (2, 2), (3, 2), (4, 3), (6, 4)])
  func quorums(nodes: Int, quorum: Int) {
    var bench = RedlockBench(nodes: nodes)
    _ = bench.acquire()
    for node in 1..<quorum { #expect(bench.answer(true, from: node) == []) }
    #expect(bench.answer(true, from: quorum) == ["acquired until 988"])
    let algorithm = Redlock(Settings(Redlock.parameters, given: [("nodes", .count(Int64(nodes)))]))
    #expect(algorithm.quorum == quorum)
    #expect(algorithm.services == nodes)
  }

  @Test("gives up as soon as a majority is out of reach, unlocks every node, and rests before a new value")
  func hopeless() {
    var bench = RedlockBench()
    _ = bench.acquire()
    let first = bench.sent[0].message.value
    #expect(bench.answer(true, from: 1) == [])
    #expect(bench.answer(false, from: 2) == [])
    #expect(bench.answer(false, from: 3) == [])
    #expect(bench.answer(false, from: 4) == ["[attemptEnded]", "deleteIfEqual to 5", "rest"])
    #expect(bench.sent.map(\.to) == [1, 2, 3, 4, 5])
    #expect(bench.sent.allSatisfy { $0.message.value == first })
    #expect(bench.handle(.timer(.retry, key: 0)).first == "setIfAbsent to 5")
    #expect(bench.sent[0].message.value != first)
  }

  @Test("gives up when too few answer in time, and takes no notice of those that come later")
  func timeout() {
    var bench = RedlockBench()
    _ = bench.acquire()
    let question = bench.client.claims[0].votes.question
    _ = bench.answer(true, from: 1)
    _ = bench.answer(true, from: 2)
    bench.now = 50
    #expect(bench.timeout() == ["[attemptEnded]", "deleteIfEqual to 5", "rest"])
    #expect(bench.answer(true, from: 3, question: question) == [])
    _ = bench.handle(.timer(.retry, key: 0))
    // Three late yes of the first attempt are no votes in the second.
    for node in 3...5 { #expect(bench.answer(true, from: node, question: question) == []) }
    #expect(bench.answer(true, from: 3) == [])
  }

  @Test("tries again without limit, or as often as it is told")
  func retries() {
    var bench = RedlockBench(retries: 1)
    _ = bench.acquire()
    #expect(bench.timeout().last == "rest")
    _ = bench.handle(.timer(.retry, key: 0))
    #expect(bench.timeout() == ["[attemptEnded]", "deleteIfEqual to 5", "gave up"])
    // The next acquisition has its own count.
    _ = bench.acquire()
    #expect(bench.timeout().last == "rest")
  }

  @Test("takes a majority that comes a millisecond before the deadline, and none at it")
  func validityBoundary() {
    func outcome(at now: Int64) -> String? {
      var bench = RedlockBench()
      _ = bench.acquire()
      bench.now = now
      _ = bench.answer(true, from: 1)
      _ = bench.answer(true, from: 2)
      return bench.answer(true, from: 3).first
    }
    #expect(outcome(at: 987) == "acquired until 988")
    #expect(outcome(at: 988) == "[attemptEnded]")
  }

  @Test("measures step 3 on its variant's clock, or not at all")
  func clocks() {
    // 30 s pass on the monotonic clock; the wall clock is stepped back by 29.5 s, or forward by 30 s.
    func outcome(_ validity: RedlockClient.Validity, monotonic: Int64, wall: Int64) -> String? {
      var bench = RedlockBench(validity)
      _ = bench.acquire()
      bench.now = monotonic
      bench.wall = wall
      _ = bench.answer(true, from: 1)
      _ = bench.answer(true, from: 2)
      return bench.answer(true, from: 3).first
    }
    #expect(outcome(.monotonic, monotonic: 30_000, wall: 500) == "[attemptEnded]")
    #expect(outcome(.wall, monotonic: 30_000, wall: 500) == "acquired until 30488")
    #expect(outcome(.unchecked, monotonic: 30_000, wall: 30_000) == "acquired until 988")
    #expect(outcome(.monotonic, monotonic: 10, wall: 30_000) == "acquired until 988")
    #expect(outcome(.wall, monotonic: 10, wall: 30_000) == "[attemptEnded]")
  }

  @Test("gives back a lock that it is still asking for, or resting from, and asks no more")
  func releaseWhileAcquiring() {
    var asking = RedlockBench()
    _ = asking.acquire()
    #expect(asking.release() == ["[attemptEnded]", "deleteIfEqual to 5", "timeout in 50"])
    var resting = RedlockBench()
    _ = resting.acquire()
    _ = resting.timeout()
    #expect(resting.release() == ["deleteIfEqual to 5", "timeout in 50"])
    #expect(resting.timeout() == ["released"])
  }
}

@Suite("A Redlock client that holds its lock")
struct RedlockHolderTests {
  @Test("has refreshed when a majority extended, counted from asking")
  func extended() {
    var bench = RedlockBench()
    bench.hold()
    bench.now = 300
    #expect(bench.refresh(1) == ["extendIfEqual to 5", "timeout in 50"])
    bench.now = 320
    _ = bench.answer(false, from: 1)
    _ = bench.answer(true, from: 2)
    _ = bench.answer(true, from: 3)
    #expect(bench.answer(true, from: 4) == ["refreshed #1 until 1288"])
  }

  @Test("has lost its lock when a majority of yes has become impossible, and not before")
  func refused() {
    var bench = RedlockBench()
    bench.hold()
    _ = bench.refresh(1)
    #expect(bench.answer(false, from: 1) == [])
    #expect(bench.answer(false, from: 2) == [])
    #expect(bench.answer(false, from: 3) == ["lost"])
  }

  @Test("knows nothing when too few answer in time: no refusal, and it may refresh again")
  func timedOut() {
    var bench = RedlockBench()
    bench.hold()
    _ = bench.refresh(1)
    let question = bench.client.claims[0].votes.question
    _ = bench.answer(false, from: 1)
    _ = bench.answer(false, from: 2)
    #expect(bench.timeout() == ["refresh #1 timed out"])
    #expect(bench.answer(false, from: 3, question: question) == [])
    #expect(bench.refresh(2) == ["extendIfEqual to 5", "timeout in 50"])
  }

  @Test("does not count an extension that came after its validity")
  func lateExtension() {
    var bench = RedlockBench()
    bench.hold()
    _ = bench.refresh(1)
    bench.now = 988
    _ = bench.answer(true, from: 1)
    _ = bench.answer(true, from: 2)
    #expect(bench.answer(true, from: 3) == ["refresh #1 timed out"])
  }

  @Test("releases every node, and is done when all have answered or time is up")
  func release() {
    var bench = RedlockBench()
    bench.hold()
    let value = bench.sent[0].message.value
    #expect(bench.release() == ["deleteIfEqual to 5", "timeout in 50"])
    #expect(bench.sent.allSatisfy { $0.message.value == value })
    for node in 1...4 { #expect(bench.answer(node < 4, from: node) == []) }
    #expect(bench.answer(true, from: 5) == ["released"])
    var unheard = RedlockBench()
    unheard.hold()
    _ = unheard.release()
    #expect(unheard.timeout() == ["released"])
  }

  @Test("may release while an extension is under way, whose answers then count for nothing")
  func releaseWhileExtending() {
    var bench = RedlockBench()
    bench.hold()
    _ = bench.refresh(1)
    let question = bench.client.claims[0].votes.question
    _ = bench.release()
    for node in 1...5 { #expect(bench.answer(true, from: node, question: question) == []) }
  }
}
