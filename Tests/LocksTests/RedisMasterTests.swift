import Contract
import Services
import Testing

@testable import Locks

@Suite("A client of a Redis master")
struct RedisMasterTests {
  @Test("acquires from the master of its configuration with one command")
  func acquires() {
    var bench = RedisMasterBench()
    #expect(bench.acquire() == ["setIfAbsent to 1", "[acquireSent]"])
    #expect(bench.answer(true) == ["acquired with 0 until 988"])
    #expect(bench.release() == ["deleteIfEqual to 1"])
    #expect(bench.answer(true) == ["released"])
  }

  @Test("asks a sentinel when a replica refuses it, and goes to the master that it is told")
  func refused() {
    var bench = RedisMasterBench()
    _ = bench.acquire()
    let first = bench.sent!.message.value
    #expect(bench.refuse() == ["who is master? to 4", "[attemptEnded]", "rest"])
    #expect(bench.hear(master: 2) == ["[connected]"])
    #expect(bench.hear(master: 2) == [])
    #expect(bench.retry() == ["setIfAbsent to 2", "[acquireSent]"])
    #expect(bench.sent!.message.value != first)
  }

  @Test("asks another sentinel each time that nobody answers, and takes back what it may have got")
  func timedOut() {
    var bench = RedisMasterBench()
    for sentinel in [4, 5, 6, 4] {
      _ = bench.acquire()
      let question = "who is master? to \(sentinel)"
      #expect(bench.timeout() == ["deleteIfEqual to 1", "[attemptEnded]", "rest", question])
    }
  }

  @Test("has nobody to ask where there are no sentinels, and goes on asking its one node")
  func noSentinels() {
    var bench = RedisMasterBench(sentinels: 0)
    _ = bench.acquire()
    #expect(bench.timeout() == ["deleteIfEqual to 1", "[attemptEnded]", "rest"])
    #expect(bench.retry().first == "setIfAbsent to 1")
  }

  @Test("counts on the lock only when the replicas have it, and gives it back when they do not say so")
  func waits() {
    var bench = RedisMasterBench(wait: 2)
    _ = bench.acquire()
    let value = bench.sent!.message.value
    bench.now = 10
    #expect(bench.answer(true) == ["waitForReplicas to 1"])
    #expect(bench.sent!.message.value == 2)
    // 988 ms from asking, not from the replicas' answer.
    bench.now = 30
    #expect(bench.answer(true) == ["acquired with 0 until 988"])
    var unlucky = RedisMasterBench(wait: 2)
    _ = unlucky.acquire()
    _ = unlucky.answer(true)
    #expect(unlucky.timeout() == ["deleteIfEqual to 1", "[attemptEnded]", "rest", "who is master? to 4"])
    #expect(unlucky.sent!.message.value == value)
  }

  @Test("has lost its lock when the master says so; a refusal or silence proves nothing")
  func refreshes() {
    var bench = RedisMasterBench()
    _ = bench.acquire()
    _ = bench.answer(true)
    bench.now = 300
    #expect(bench.refresh(1) == ["extendIfEqual to 1"])
    #expect(bench.answer(true) == ["refreshed #1 until 1288"])
    _ = bench.refresh(2)
    #expect(bench.refuse() == ["who is master? to 4", "refresh #2 timed out"])
    _ = bench.refresh(3)
    #expect(bench.timeout() == ["refresh #3 timed out", "who is master? to 5"])
    _ = bench.hear(master: 3)
    #expect(bench.refresh(4) == ["extendIfEqual to 3"])
    #expect(bench.answer(false) == ["lost"])
  }

  @Test("takes no notice of answers to questions that it has given up")
  func lateAnswers() {
    var bench = RedisMasterBench()
    _ = bench.acquire()
    let late = bench.sent!.message.question
    _ = bench.timeout()
    var answer = RedisMessage(.answer, LockID(0), question: late)
    answer.isYes = true
    #expect(bench.handle(.message(.redis(answer), from: NodeID(1))) == [])
    _ = bench.retry()
    #expect(bench.handle(.message(.redis(answer), from: NodeID(1))) == [])
  }

  @Test("gives back a lock that it is asking for or confirming")
  func releaseWhileAcquiring() {
    var bench = RedisMasterBench(wait: 1)
    _ = bench.acquire()
    _ = bench.answer(true)
    #expect(bench.release() == ["[attemptEnded]", "deleteIfEqual to 1"])
    #expect(bench.refuse() == ["who is master? to 4", "released"])
  }
}

@Suite("A client of Redisson's fenced lock")
struct RedissonTests {
  @Test("is one and the same in all attempts, each of which has a number of its own")
  func identity() {
    var bench = RedisMasterBench(.takeWithToken)
    #expect(bench.acquire() == ["takeWithToken to 1", "[acquireSent]"])
    let first = bench.sent!.message
    _ = bench.answer(false)
    _ = bench.retry()
    #expect(bench.sent!.message.value == first.value)
    #expect(bench.sent!.message.attempt != first.attempt)
    #expect(first.attempt != 0)
  }

  @Test("shows the token that the script counted")
  func token() {
    var bench = RedisMasterBench(.takeWithToken)
    _ = bench.acquire()
    #expect(bench.answer(true, token: 33) == ["acquired with 33 until 988"])
  }

  @Test("needs no WAIT without replicas, and by default one acknowledgement with them")
  func wait() {
    func algorithm(_ replicas: Int64) -> RedissonFenced {
      RedissonFenced(Settings(RedissonFenced.parameters, given: [("replicas", .count(replicas))]))
    }
    func client(_ replicas: Int64) -> RedisMasterClient {
      let algorithm = algorithm(replicas)
      let topology = Topology(services: algorithm.services, layers: algorithm.layers, clients: 1)
      let lease = LeaseTerms(ttl: .seconds(1), refresh: nil)
      return algorithm.client(Seat(node: topology.node(.client, 1)!, topology: topology, lease: lease))
        as! RedisMasterClient
    }
    #expect([0, 1, 2].map { client($0).wait } == [0, 1, 1])
    #expect([0, 2].map { algorithm($0).services } == [1, 3])
    #expect([0, 2].map { algorithm($0).layers } == [0, 3])
  }
}
