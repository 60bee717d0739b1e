import Contract
import Testing

@testable import Services

@Suite("A Redis master with replicas")
struct ReplicationTests {
  @Test("answers before its replicas know, and tells them when nothing is in the way")
  func asynchronous() {
    var bench = ReplicationBench()
    bench.isCut[0] = true
    #expect(bench.send(.setIfAbsent)?.isYes == true)
    #expect(bench.value(1) == 7)
    #expect(bench.value(2) == nil)
    bench.isCut[0] = false
    bench.send(.setIfAbsent, value: 8, lock: 1)
    #expect(bench.value(2, lock: 1) == 8)
    #expect(bench.records.filter { $0.kind == .voted }.map(\.node) == [NodeID(1), NodeID(1)])
  }

  @Test("is the only node that serves clients: a replica refuses and changes nothing")
  func readOnly() {
    var bench = ReplicationBench()
    #expect(bench.send(.setIfAbsent, to: 2)?.operation == .refusal)
    #expect((1...3).allSatisfy { bench.value($0) == nil })
    #expect(bench.records.map(\.kind) == [.leaderElected])
  }

  @Test("passes on deletions, extensions and expiries as what the key is now")
  func changes() {
    var bench = ReplicationBench()
    bench.send(.setIfAbsent)
    bench.now = 5000
    bench.send(.extendIfEqual)
    #expect(bench.nodes[2].node.key(LockID(0))?.expiresAt == 15_000)
    bench.send(.deleteIfEqual)
    #expect(bench.value(3) == nil)
    bench.send(.setIfAbsent, ttl: .seconds(1))
    bench.now = 7000
    // The replica keeps an expired key until the master has looked at it.
    #expect(bench.value(3) == 7)
    bench.send(.deleteIfEqual)
    #expect(bench.value(3) == nil)
  }

  @Test("is copied as a whole by a replica that missed a change: at the next change, or a second later")
  func gaps() {
    var bench = ReplicationBench()
    bench.isCut[1] = true
    bench.send(.setIfAbsent, value: 7, lock: 0)
    bench.isCut[1] = false
    bench.send(.setIfAbsent, value: 8, lock: 1)
    #expect(bench.value(2, lock: 0) == 7)
    #expect(bench.value(2, lock: 1) == 8)
    bench.isCut[1] = true
    bench.send(.setIfAbsent, value: 9, lock: 2)
    bench.isCut[1] = false
    #expect(bench.value(2, lock: 2) == nil)
    bench.heartbeats()
    #expect(bench.value(2, lock: 2) == 9)
  }

  @Test("without persistence comes back empty, and its replicas then throw away what they had")
  func emptyMaster() {
    var bench = ReplicationBench()
    bench.send(.setIfAbsent)
    bench.restart(1)
    #expect(bench.value(2) == 7)
    bench.heartbeats()
    #expect(bench.value(2) == nil)
    #expect(bench.masters == [1])
  }

  @Test("with persistence comes back with its keys, and its replicas keep them")
  func persistentMaster() {
    var bench = ReplicationBench(fsync: .everysec)
    bench.send(.takeWithToken, attempt: 5)
    bench.restart(1)
    bench.heartbeats()
    #expect((1...3).allSatisfy { bench.value($0) == 7 && bench.counter($0) == 1 })
  }

  @Test("with min-replicas-to-write refuses while too few have acknowledged for 10 s, by its wall clock")
  func minReplicas() {
    var bench = ReplicationBench([("minReplicas", .count(1))])
    #expect(bench.send(.setIfAbsent)?.isYes == true)
    bench.isCut[0] = true
    bench.now = 10_999
    #expect(bench.send(.setIfAbsent, lock: 1)?.isYes == true)
    bench.now = 11_000
    #expect(bench.send(.setIfAbsent, lock: 2)?.operation == .refusal)
    #expect(bench.send(.deleteIfEqual, lock: 1)?.operation == .refusal)
    bench.isCut[0] = false
    bench.heartbeats()
    #expect(bench.send(.setIfAbsent, lock: 2)?.isYes == true)
  }

  @Test("answers WAIT when so many replicas have acknowledged the client's last write, and not before")
  func waiting() {
    var bench = ReplicationBench()
    bench.send(.setIfAbsent)
    #expect(bench.send(.waitForReplicas, value: 2)?.isYes == true)
    bench.isCut[2] = true
    bench.send(.setIfAbsent, lock: 1)
    #expect(bench.send(.waitForReplicas, value: 1, lock: 1)?.isYes == true)
    #expect(bench.send(.waitForReplicas, value: 2, lock: 1) == nil)
    bench.isCut[2] = false
    let before = bench.answers.count
    bench.heartbeats()
    #expect(bench.answers.dropFirst(before).map(\.message.isYes) == [true])
  }
}

@Suite("A Redis replica that is promoted")
struct PromotionTests {
  @Test("judges a key by the moment that the master wrote down, on its own wall clock")
  func clockAhead() {
    // Set at 0 for 10 s; node 2's clock is 8 s ahead: the key lives until 2 s, and all of that millisecond.
    var bench = ReplicationBench()
    bench.ahead[1] = 8000
    bench.send(.setIfAbsent)
    bench.order(.promote, to: 2)
    bench.now = 2000
    #expect(bench.send(.setIfAbsent, to: 2, value: 8)?.isYes == false)
    bench.now = 2001
    #expect(bench.send(.setIfAbsent, to: 2, value: 8)?.isYes == true)
    #expect(bench.records.suffix(2).map(\.kind) == [.leaseExpired, .voted])
  }

  @Test("is one of two masters until the old one is told, and both give the lock")
  func twoMasters() {
    var bench = ReplicationBench()
    bench.isCut[0] = true
    bench.order(.promote, to: 2)
    bench.order(.follow, 2, to: 3)
    #expect(bench.masters == [1, 2])
    #expect(bench.send(.setIfAbsent, to: 1, value: 7)?.isYes == true)
    #expect(bench.send(.setIfAbsent, to: 2, value: 8, from: ReplicationBench.client2)?.isYes == true)
    #expect(bench.records.filter { $0.kind == .voted }.map(\.node) == [NodeID(1), NodeID(2)])
    bench.isCut[0] = false
    bench.order(.follow, 2, to: 1)
    // What the old master gave meanwhile is gone with all its data.
    #expect(bench.masters == [2])
    #expect((1...3).map { bench.value($0) } == [8, 8, 8])
    #expect(bench.send(.setIfAbsent, to: 1)?.operation == .refusal)
  }

  @Test("by the fault `failover` misses the writes of the span lost, and all others follow it")
  func failover() {
    var bench = ReplicationBench()
    bench.now = 1000
    bench.send(.setIfAbsent, value: 7, lock: 0)
    bench.now = 1900
    bench.send(.extendIfEqual, value: 7, lock: 0)
    bench.send(.setIfAbsent, value: 8, lock: 1)
    bench.now = 1950
    bench.send(.extendIfEqual, value: 8, lock: 1)
    bench.now = 2000
    bench.failOver(losing: .milliseconds(500))
    #expect(bench.masters == [2])
    #expect((1...3).map { bench.value($0, lock: 0) } == [7, 7, 7])
    #expect((1...3).map { bench.value($0, lock: 1) } == [nil, nil, nil])
    // The extension is lost too: 10 s from 1 s, not from 1.9 s.
    #expect(bench.nodes[1].node.key(LockID(0))?.expiresAt == 11_000)
    let hellos = bench.sentinelMail.filter { $0.kind == .hello }
    #expect(hellos.map(\.node) == Array(repeating: NodeID(2), count: 3))
    #expect(bench.records.filter { $0.kind == .leaderElected }.map(\.node) == [NodeID(1), NodeID(2)])
  }

  @Test("loses nothing where nothing is to be lost, and everything where more is than it has followed")
  func extremes() {
    var bench = ReplicationBench()
    bench.now = 3000
    bench.send(.setIfAbsent)
    var other = bench
    bench.failOver(losing: .zero)
    #expect(bench.value(2) == 7)
    other.failOver(losing: .seconds(4))
    #expect(other.value(2) == nil)
  }

  @Test("loses what a copy brought it within the span, though the master had it from before")
  func lateCopy() {
    // Written at 1 s while node 2 was cut off, copied at 2 s: as of 1.5 s node 2 had nothing.
    var bench = ReplicationBench()
    bench.isCut[1] = true
    bench.now = 1000
    bench.send(.setIfAbsent)
    bench.isCut[1] = false
    bench.now = 2000
    bench.heartbeats()
    #expect(bench.value(2) == 7)
    bench.now = 3000
    bench.failOver(losing: .milliseconds(1500))
    #expect(bench.value(2) == nil)
  }

  @Test("keeps its role in its configuration, through a crash that takes its data")
  func roleSurvives() {
    var bench = ReplicationBench()
    bench.order(.promote, to: 2)
    bench.order(.follow, 2, to: 1)
    bench.restart(2)
    bench.restart(1)
    #expect(bench.masters == [2])
    #expect(bench.nodes[0].master == NodeID(2))
  }

  @Test("answers a sentinel with its role, its master and how far its data is")
  func pong() {
    var bench = ReplicationBench()
    bench.send(.setIfAbsent)
    bench.order(.ping, to: 1)
    bench.order(.ping, to: 3)
    #expect(bench.sentinelMail.map(\.isSo) == [true, false])
    #expect(bench.sentinelMail.map(\.node) == [NodeID(1), NodeID(1)])
    #expect(bench.sentinelMail.map(\.number) == [1, 1])
  }
}

@Suite("A token counted beside the lock")
struct FencedScriptTests {
  @Test("grows with each acquisition and each re-entry, and outlives the lock")
  func counts() {
    var bench = ReplicationBench()
    #expect(bench.send(.takeWithToken, attempt: 1)?.value == 1)
    #expect(bench.send(.takeWithToken, value: 8, attempt: 2, from: ReplicationBench.client2)?.isYes == false)
    #expect(bench.send(.takeWithToken, attempt: 3)?.value == 2)
    // Held twice: the first release leaves the lock, the second gives it back.
    #expect(bench.send(.deleteIfEqual)?.isYes == true)
    #expect(bench.value(1) == 7)
    #expect(bench.send(.deleteIfEqual)?.isYes == true)
    #expect(bench.value(1) == nil)
    bench.now = 60_000
    #expect(bench.send(.takeWithToken, value: 8, attempt: 4)?.value == 3)
    let votes = bench.records.filter { $0.kind == .voted }.map(\.token)
    #expect(votes == [Token(order: 1, unique: 1), Token(order: 2, unique: 3), Token(order: 3, unique: 4)])
    #expect(bench.records.filter { $0.kind == .removed }.count == 1)
  }

  @Test("is lost with the latest writes: the promoted replica gives the same token again")
  func regresses() {
    var bench = ReplicationBench()
    bench.now = 1000
    bench.send(.takeWithToken, attempt: 1)
    bench.send(.deleteIfEqual)
    bench.now = 1900
    bench.send(.takeWithToken, attempt: 2)
    #expect((1...3).map { bench.counter($0) } == [2, 2, 2])
    bench.now = 2000
    bench.failOver(losing: .milliseconds(500))
    #expect((1...3).map { bench.counter($0) } == [1, 1, 1])
    #expect(bench.send(.takeWithToken, to: 2, value: 8, attempt: 3)?.value == 2)
  }

  @Test("is lost in a crash without persistence, and kept with it")
  func crash() {
    var forgetful = ReplicationBench()
    forgetful.send(.takeWithToken, attempt: 1)
    forgetful.restart(1)
    #expect(forgetful.send(.takeWithToken, value: 8, attempt: 2)?.value == 1)
    var careful = ReplicationBench(fsync: .everysec)
    careful.send(.takeWithToken, attempt: 1)
    careful.send(.deleteIfEqual)
    careful.restart(1)
    #expect(careful.send(.takeWithToken, value: 8, attempt: 2)?.value == 2)
  }
}
