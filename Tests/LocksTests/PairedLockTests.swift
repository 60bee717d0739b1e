import Contract
import Locks
import Testing

/// The manager of paired tokens on a bench, whose disk answers when told to.
struct PairedLockBench {
  enum Deed: Equatable {
    case reply(PairedLockMessage.Kind, order: Int64, minor: Int64, to: Int32)
    case record(Record.Kind)
    case sync
  }

  var server = PairedLockServer(ttl: .seconds(10))
  /// In milliseconds, on its monotonic clock.
  var now: Int64 = 0
  var disk: [DiskEntry] = []

  mutating func ask(_ kind: PairedLockMessage.Kind, attempt: UInt64, from client: Int32 = 2) -> [Deed] {
    let message = PairedLockMessage(kind, LockID(0), attempt: attempt)
    return handle(.message(message, from: NodeID(client)))
  }

  mutating func synced() -> [Deed] { handle(.synced(0)) }

  /// Asks and lets the disk work; the last answer.
  mutating func serve(_ kind: PairedLockMessage.Kind, attempt: UInt64, from client: Int32 = 2) -> Deed? {
    var deeds = ask(kind, attempt: attempt, from: client)
    if deeds.contains(.sync) { deeds += synced() }
    return deeds.last
  }

  mutating func restart() -> [Deed] {
    server = PairedLockServer(ttl: .seconds(10))
    return handle(.restarted)
  }

  mutating func handle(_ input: Input<PairedLockMessage, NoTimer>) -> [Deed] {
    var turn = Turn()
    let time = LocalTime(nanos: now * 1_000_000)
    turn.now = LocalClocks(wall: time, monotonic: time)
    turn.disk = disk
    server.handle(input, &turn)
    return turn.effects.compactMap { effect in
      switch effect {
      case .send(let envelope, let client):
        let reply = PairedLockMessage(opening: envelope)!
        return .reply(reply.kind, order: reply.order, minor: reply.minor, to: client.index)
      case .record(let record): return .record(record.kind)
      case .sync: return .sync
      case .persist(let slot, let value):
        disk = value.map { [DiskEntry(slot: slot, value: $0)] } ?? []
        return nil
      case .setTimer, .cancelTimer, .call, .answer, .open, .close:
        preconditionFailure("the manager does nothing of the kind")
      }
    }
  }
}

@Suite("The lock manager that pairs tokens")
struct PairedLockTests {
  func locked(_ order: Int64, minor: Int64 = 0, to client: Int32 = 2) -> PairedLockBench.Deed {
    .reply(.locked, order: order, minor: minor, to: client)
  }

  @Test("a grant is told, and stated, when it is on the disk; who asks meanwhile waits")
  func durableFirst() {
    var bench = PairedLockBench()
    #expect(bench.ask(.lock, attempt: 5) == [.sync])
    #expect(bench.ask(.lock, attempt: 7, from: 3) == [])
    let told = [.record(.voted), locked(1), .reply(.busy, order: 0, minor: 0, to: 3)]
    #expect(bench.synced() == told)
  }

  @Test("an expiry counts when somebody asks, strictly after the TTL; until then the holder may refresh")
  func expiry() {
    var bench = PairedLockBench()
    _ = bench.serve(.lock, attempt: 5)
    bench.now = 10_000
    #expect(bench.serve(.lock, attempt: 7, from: 3) == .reply(.busy, order: 0, minor: 0, to: 3))
    bench.now = 14_000
    #expect(bench.serve(.refresh, attempt: 5) == .reply(.refreshed, order: 0, minor: 0, to: 2))
    bench.now = 24_001
    #expect(bench.serve(.lock, attempt: 7, from: 3) == locked(2, minor: 1, to: 3))
    #expect(bench.serve(.refresh, attempt: 5) == .reply(.gone, order: 0, minor: 0, to: 2))
  }

  @Test("an expired holder's release is none: the lock is somebody else's, and the pairing goes on")
  func lateRelease() {
    var bench = PairedLockBench()
    _ = bench.serve(.lock, attempt: 5)
    bench.now = 11_000
    _ = bench.serve(.lock, attempt: 7, from: 3)
    #expect(bench.serve(.unlock, attempt: 5) == .reply(.unlocked, order: 0, minor: 0, to: 2))
    #expect(bench.serve(.lock, attempt: 9) == .reply(.busy, order: 0, minor: 0, to: 2))
    bench.now = 22_000
    #expect(bench.serve(.lock, attempt: 9) == locked(3, minor: 1))
  }

  @Test("a release makes the next token ordinary, the withdrawal of a request that was granted does not")
  func withdrawal() {
    func third(_ kind: PairedLockMessage.Kind) -> PairedLockBench.Deed? {
      var bench = PairedLockBench()
      _ = bench.serve(.lock, attempt: 5)
      bench.now = 11_000
      _ = bench.serve(.lock, attempt: 7, from: 3)
      _ = bench.serve(kind, attempt: 7, from: 3)
      return bench.serve(.lock, attempt: 9)
    }
    #expect(third(.unlock) == locked(3))
    #expect(third(.withdraw) == locked(3, minor: 1))
  }

  @Test("the same attempt asks again and is told the same token")
  func again() {
    var bench = PairedLockBench()
    _ = bench.serve(.lock, attempt: 5)
    bench.now = 11_000
    _ = bench.serve(.lock, attempt: 7, from: 3)
    #expect(bench.serve(.lock, attempt: 7, from: 3) == locked(2, minor: 1, to: 3))
  }

  @Test("after a restart the lease lasts a whole TTL anew, and numbers and pairing go on")
  func restart() {
    var bench = PairedLockBench()
    _ = bench.serve(.lock, attempt: 5)
    bench.now = 11_000
    _ = bench.serve(.lock, attempt: 7, from: 3)
    bench.now = 15_000
    #expect(bench.restart() == [.sync])
    #expect(bench.ask(.lock, attempt: 7, from: 3) == [])
    #expect(bench.synced() == [locked(2, minor: 1, to: 3)])
    bench.now = 25_000
    #expect(bench.serve(.lock, attempt: 9) == .reply(.busy, order: 0, minor: 0, to: 2))
    bench.now = 25_001
    #expect(bench.serve(.lock, attempt: 9) == locked(3, minor: 1))
  }
}
