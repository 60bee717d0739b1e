import Contract
import Testing

@testable import Services

@Suite("a lock layer, message by message")
struct LockLayerTests {
  let lockKey = LockLayerKey.lock(LockID(0))

  // MARK: leases

  @Test("a lease is stamped with the read version of the transaction that makes it")
  func leaseIsStamped() {
    var bench = LayerBench()
    let stamped = bench.version
    let lease = bench.lease()
    #expect(bench.value(LockLayerKey.lease(lease))?.a == stamped)
  }

  @Test("a lease stamped with its commit version is as young as its transaction")
  func leaseIsStampedWithCommit() {
    var bench = LayerBench(.versions, [("stamp", .choice("commit-version"))])
    let lease = bench.lease()
    #expect(bench.value(LockLayerKey.lease(lease))?.a == bench.version)
  }

  @Test("a refresh moves the stamp of a lease that exists")
  func refreshMovesTheStamp() {
    var bench = LayerBench()
    let lease = bench.lease()
    bench.pass(.seconds(3))
    let stamped = bench.version
    #expect(bench.ask(.refresh, lease: lease)?.kind == .refreshed)
    #expect(bench.value(LockLayerKey.lease(lease))?.a == stamped)
  }

  @Test("a lease that has expired but was not stolen can be refreshed, not used to acquire")
  func expiredLease() {
    var bench = LayerBench()
    let lease = bench.lease()
    bench.pass(.seconds(11))
    #expect(bench.ask(.lock, lease: lease, attempt: 1)?.kind == .leaseGone)
    #expect(bench.ask(.refresh, lease: lease)?.kind == .refreshed)
    #expect(bench.ask(.lock, lease: lease, attempt: 2)?.kind == .locked)
  }

  @Test("a refresh of a lease that exists no more is refused; a blind one brings it back")
  func refreshOfADeadLease() {
    for (word, verdict, exists) in [
      ("existing", LockLayerMessage.Kind.leaseGone, false), ("blindly", .refreshed, true),
    ] {
      var bench = LayerBench(.versions, [("refreshes", .choice(word))])
      let dead = bench.lease()
      bench.ask(.lock, lease: dead, attempt: 1)
      bench.pass(.seconds(11))
      let thief = bench.lease(for: LayerBench.client2)
      bench.ask(.lock, lease: thief, attempt: 2, for: LayerBench.client2)
      #expect(bench.ask(.refresh, lease: dead)?.kind == verdict)
      #expect((bench.value(LockLayerKey.lease(dead)) != nil) == exists)
    }
  }

  // MARK: locks

  @Test("a free lock is granted under the commit version, which the lock's key keeps beside the lease")
  func grant() {
    var bench = LayerBench()
    let lease = bench.lease()
    let answer = bench.ask(.lock, lease: lease, attempt: 1)
    #expect(answer?.kind == .locked)
    #expect(answer?.version == bench.version)
    #expect(bench.value(lockKey)?.a == Int64(bitPattern: lease))
    #expect(bench.value(lockKey)?.b == bench.version)
  }

  @Test("a held lock is busy, for as long as its holder's lease has left")
  func busy() {
    var bench = LayerBench()
    let first = bench.lease()
    bench.ask(.lock, lease: first, attempt: 1)
    bench.pass(.seconds(4))
    let second = bench.lease(for: LayerBench.client2)
    let answer = bench.ask(.lock, lease: second, attempt: 2, for: LayerBench.client2)
    #expect(answer?.kind == .busy)
    #expect((answer?.left ?? .zero) <= .seconds(6))
    #expect((answer?.left ?? .zero) > .milliseconds(5_990))
  }

  @Test("whoever takes the lock of an expired lease clears that lease in the same transaction")
  func steal() {
    var bench = LayerBench()
    let first = bench.lease()
    bench.ask(.lock, lease: first, attempt: 1)
    bench.pass(.seconds(11))
    let second = bench.lease(for: LayerBench.client2)
    let before = bench.version
    let answer = bench.ask(.lock, lease: second, attempt: 2, for: LayerBench.client2)
    #expect(answer?.kind == .locked)
    #expect(bench.version == before + 1)
    #expect(bench.value(LockLayerKey.lease(first)) == nil)
    #expect(bench.marks.contains { $0.kind == .leaseExpired && $0.client == LayerBench.client1 })
  }

  @Test("a lock whose lease is gone is free, or held for ever where it counts as held")
  func danglingLock() {
    for (word, verdict) in [("free", LockLayerMessage.Kind.locked), ("held", .busy)] {
      var bench = LayerBench(.versions, [("danglingLocks", .choice(word))])
      let first = bench.lease()
      bench.ask(.lock, lease: first, attempt: 1)
      bench.values.removeAll { $0.key == LockLayerKey.lease(first) }
      bench.pass(.seconds(60))
      let second = bench.lease(for: LayerBench.client2)
      let answer = bench.ask(.lock, lease: second, attempt: 2, for: LayerBench.client2)
      #expect(answer?.kind == verdict)
    }
  }

  // MARK: the same lease again

  @Test("a later attempt of the same lease takes the lock over under a greater token")
  func takeOver() {
    var bench = LayerBench()
    let lease = bench.lease()
    let first = bench.ask(.lock, lease: lease, attempt: 1)
    let second = bench.ask(.lock, lease: lease, attempt: 2)
    #expect(second?.kind == .locked)
    #expect(second!.version > first!.version)
  }

  @Test("with the hole, two lives of one client share a token")
  func takeOverUnderOldToken() {
    var bench = LayerBench(.versions, [("reattach", .choice("same-token"))])
    let lease = bench.lease()
    let first = bench.ask(.lock, lease: lease, attempt: 1)
    let second = bench.ask(.lock, lease: lease, attempt: 2)
    #expect(second?.kind == .locked)
    #expect(second?.version == first?.version)
    #expect(bench.value(lockKey)?.c == 2)
  }

  @Test("a request that was overtaken on its way does not disturb a later one of its lease")
  func staleRequest() {
    var bench = LayerBench()
    let lease = bench.lease()
    bench.ask(.lock, lease: lease, attempt: 2, request: 20)
    let held = bench.value(lockKey)
    #expect(bench.ask(.lock, lease: lease, attempt: 1, request: 19)?.kind == .busy)
    #expect(bench.value(lockKey) == held)
  }

  @Test("only the attempt that took the lock gives it back")
  func unlock() {
    var bench = LayerBench()
    let lease = bench.lease()
    bench.ask(.lock, lease: lease, attempt: 2)
    #expect(bench.ask(.unlock, lease: lease, attempt: 1)?.kind == .unlocked)
    #expect(bench.value(lockKey) != nil)
    #expect(bench.ask(.unlock, lease: lease, attempt: 2)?.kind == .unlocked)
    #expect(bench.value(lockKey) == nil)
  }

  // MARK: outcomes

  @Test("after an unknown result the layer finds its own lock, and tells the version that is the token")
  func unknownResult() {
    var bench = LayerBench()
    let lease = bench.lease()
    bench.untold = 1
    let answer = bench.ask(.lock, lease: lease, attempt: 1)
    #expect(answer?.kind == .locked)
    #expect(answer?.version == bench.value(lockKey)?.b)
    #expect(bench.marks.filter { $0.kind == .voted }.count == 1)
  }

  @Test("with the hole, the token after an unknown result is none at all")
  func unknownResultWithoutToken() {
    var bench = LayerBench(.versions, [("unknownResult", .choice("no-token"))])
    let lease = bench.lease()
    bench.untold = 1
    let answer = bench.ask(.lock, lease: lease, attempt: 1)
    #expect(answer?.kind == .locked)
    #expect(answer?.version == 0)
  }

  @Test("after a conflict the layer reads everything anew")
  func conflict() {
    var bench = LayerBench()
    let lease = bench.lease()
    bench.conflicts = 3
    #expect(bench.ask(.lock, lease: lease, attempt: 1)?.kind == .locked)
    #expect(bench.marks.filter { $0.kind == .voted }.count == 1)
  }
}
