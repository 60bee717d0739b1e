import Contract
import Testing

@testable import Clients

@Suite("A client and its lease")
struct LeaseTests {
  static func bench(_ check: Load.Check = .never, refresh: Int64? = nil, separate: Bool = false)
    -> ProgramBench
  {
    var load = Load(clients: 1)
    load.check = check
    return ProgramBench(load, refresh: refresh, separate: separate)
  }

  @Test("refreshes `refresh` after the granted request was sent, not after the answer came")
  func firstRefresh() {
    // Asked at 100, answered at 140: due at 3100, in 2960.
    var bench = Self.bench(refresh: 3000)
    bench.now = 140
    bench.handle(.start)
    #expect(bench.granted(asked: 100).contains("refreshDue 1 in 2960"))
    // An answer that waited out the interval leaves no time at all.
    var late = Self.bench(refresh: 3000)
    late.now = 5000
    late.handle(.start)
    #expect(late.granted(asked: 100).contains("refreshDue 1 in 0"))
  }

  @Test("refreshes again `refresh` after the last refreshed request was sent, and after a failed one was")
  func rhythm() {
    var bench = Self.bench(refresh: 3000)
    bench.startHolding()
    #expect(bench.due(.refreshDue, at: 3000) == ["refresh 1 #1", "[refreshSent]"])
    bench.now = 3040
    let renewed = LocalTime(nanos: 12_898_000_000)
    #expect(
      bench.handle(.answer(.refreshed(LockID(0), number: 1, deadline: renewed)))
        == ["[refreshed]", "refreshDue 1 in 2960"])
    #expect(bench.due(.refreshDue, at: 6000) == ["refresh 1 #2", "[refreshSent]"])
    bench.now = 6050
    #expect(
      bench.handle(.answer(.refreshTimedOut(LockID(0), number: 2))) == [
        "[refreshFailed]", "refreshDue 1 in 2950",
      ])
    #expect(bench.due(.refreshDue, at: 9000) == ["refresh 1 #3", "[refreshSent]"])
  }

  @Test("without `refresh`, or with a lease that the lock client keeps, refreshes nothing itself")
  func noRefresh() {
    for var bench in [Self.bench(), Self.bench(refresh: 3000, separate: true)] {
      bench.handle(.start)
      #expect(!bench.granted().contains { $0.hasPrefix("refreshDue") })
    }
  }

  @Test("stops refreshing with its release")
  func noRefreshAfterRelease() {
    var bench = Self.bench(refresh: 300)
    bench.startHolding()
    _ = bench.due(.holdOver, at: 500)
    _ = bench.answered()
    #expect(bench.due(.refreshDue, at: 600) == [])
    #expect(bench.handle(.answer(.lost(LockID(0)))) == [])
    #expect(bench.handle(.answer(.refreshTimedOut(LockID(0), number: 1))) == [])
  }

  @Test("abandons the section without writing when a refresh is refused, and releases")
  func refused() {
    var bench = Self.bench(refresh: 300)
    bench.startHolding()
    _ = bench.due(.refreshDue, at: 300)
    #expect(bench.handle(.answer(.lost(LockID(0)))) == ["[leaseLost]", "release 1", "[releaseSent]"])
    #expect(bench.due(.holdOver, at: 500) == [])
    #expect(bench.released().contains("[sectionEnded leaseLost]"))
  }

  @Test("without a check writes however late it is")
  func never() {
    var bench = Self.bench(.never)
    bench.startHolding(deadline: 400)
    #expect(bench.due(.holdOver, at: 60_000).contains("write 1"))
  }

  @Test("with a check before the write writes while its clock is before the deadline, and not at it")
  func beforeWrite() {
    var early = Self.bench(.beforeWrite)
    early.startHolding(deadline: 501)
    #expect(early.due(.holdOver, at: 500).contains("write 1"))
    var late = Self.bench(.beforeWrite)
    late.startHolding(deadline: 500)
    #expect(late.due(.holdOver, at: 500) == ["[leaseLost]", "release 1", "[releaseSent]"])
    #expect(late.released().contains("[sectionEnded leaseLost]"))
  }

  @Test("with a check before the write counts the deadline of the latest refresh")
  func beforeWriteAfterRefresh() {
    var bench = Self.bench(.beforeWrite, refresh: 300)
    bench.startHolding(deadline: 400)
    _ = bench.due(.refreshDue, at: 300)
    _ = bench.handle(.answer(.refreshed(LockID(0), number: 1, deadline: bench.time(700))))
    #expect(bench.due(.holdOver, at: 500).contains("write 1"))
  }

  @Test("with a deadline sets a timer for it too, moves it with each refresh, and gives up when it comes")
  func deadline() {
    var bench = Self.bench(.deadline, refresh: 300)
    bench.handle(.start)
    #expect(bench.granted(deadline: 400).contains("deadline 1 in 400"))
    _ = bench.answered()
    _ = bench.due(.refreshDue, at: 300)
    let again = bench.handle(.answer(.refreshed(LockID(0), number: 1, deadline: bench.time(700))))
    #expect(again.contains("deadline 1 in 400"))
    #expect(bench.due(.deadline, at: 700) == ["[leaseLost]", "release 1", "[releaseSent]"])
    #expect(bench.due(.holdOver, at: 800) == [])
  }

  @Test("with a lease under all its locks moves every deadline with it")
  func separateLease() {
    var bench = Self.bench(.beforeWrite, refresh: 300, separate: true)
    bench.startHolding(deadline: 400)
    #expect(bench.handle(.answer(.refreshed(.none, number: 1, deadline: bench.time(700)))) == [])
    #expect(bench.due(.holdOver, at: 500).contains("write 1"))
  }
}
