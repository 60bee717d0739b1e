import Contract
import Services
import Testing

@testable import Locks

@Suite("A Redlock client with the habits of a library")
struct RedlockHabitTests {
  @Test("asks one node after the other, waits for each, and counts when all were asked")
  func sequential() {
    var bench = RedlockBench(habits: [("requests", "sequential")])
    #expect(bench.acquire() == ["setIfAbsent to 1", "timeout in 50", "[acquireSent]"])
    #expect(bench.sent.map(\.to) == [1])
    #expect(bench.answer(true, from: 1) == ["setIfAbsent to 1", "timeout in 50"])
    #expect(bench.sent.map(\.to) == [2])
    bench.now = 50
    #expect(bench.timeout() == ["setIfAbsent to 1", "timeout in 50"])
    // Node 2 answers too late: its connection was given up, and node 3 is the one that is asked.
    #expect(bench.answer(true, from: 2) == [])
    #expect(bench.answer(true, from: 3) == ["setIfAbsent to 1", "timeout in 50"])
    #expect(bench.answer(true, from: 4) == ["setIfAbsent to 1", "timeout in 50"])
    #expect(bench.answer(false, from: 5) == ["acquired until 988"])
    #expect(bench.refresh(1) == ["extendIfEqual to 1", "timeout in 50"])
    for node in 1...4 { _ = bench.answer(node > 2, from: node) }
    #expect(bench.timeout() == ["refresh #1 timed out"])
    #expect(bench.release() == ["deleteIfEqual to 5", "timeout in 50"])
  }

  @Test("asking in turn gives up only at the end, and unlocks all nodes")
  func sequentialFailure() {
    var bench = RedlockBench(habits: [("requests", "sequential")])
    _ = bench.acquire()
    for node in 1...4 { #expect(bench.answer(false, from: node) == ["setIfAbsent to 1", "timeout in 50"]) }
    #expect(bench.timeout() == ["[attemptEnded]", "deleteIfEqual to 5", "rest"])
  }

  @Test("that keeps partial grants unlocks nothing between attempts, which all have one value")
  func keeps() {
    var bench = RedlockBench(retries: 1, habits: [("partialGrants", "keep")])
    _ = bench.acquire()
    let first = bench.sent[0].message.value
    #expect(bench.timeout() == ["[attemptEnded]", "rest"])
    #expect(bench.handle(.timer(.retry, key: 0)).first == "setIfAbsent to 5")
    #expect(bench.sent[0].message.value == first)
    #expect(bench.timeout() == ["[attemptEnded]", "deleteIfEqual to 5", "gave up"])
    _ = bench.acquire()
    #expect(bench.sent[0].message.value != first)
  }

  @Test(
    "extends as its library does",
    arguments: [
      ("strict", "owner", "extendIfEqual"), ("strict", "anyone", "extend"),
      ("may-create", "owner", "setIfAbsentOrEqual"),
    ])
  func extensions(ofLock: String, of: String, operation: String) {
    var bench = RedlockBench(habits: [("extension", ofLock), ("prolong", of)])
    bench.hold()
    #expect(bench.refresh(1) == ["\(operation) to 5", "timeout in 50"])
  }
}
