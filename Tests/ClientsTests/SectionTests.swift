import Contract
import Testing

@testable import Clients

@Suite("A client's section")
struct SectionTests {
  static func load(_ change: (inout Load) -> Void = { _ in }) -> Load {
    var load = Load(clients: 2)
    load.sections = 2
    change(&load)
    return load
  }

  @Test("acquires, reads, holds, writes, releases and thinks, in that order, and then is done")
  func wholeOrder() {
    var bench = ProgramBench(Self.load())
    #expect(bench.handle(.start) == ["[waiting]", "acquire 1"])
    #expect(bench.granted() == ["[acquired]", "read 1", "accessTimeout in 5000"])
    #expect(bench.answered(version: 4, value: 6) == ["[read]", "holdOver in 500"])
    #expect(
      bench.due(.holdOver, at: 500) == ["[beforeWrite]", "write 1", "[writeSent]", "accessTimeout in 5000"])
    #expect(bench.accesses.last!.base == 4)
    #expect(bench.accesses.last!.value == 7)
    #expect(bench.accesses.last!.token == Token(order: 5, unique: 9))
    #expect(bench.answered() == ["release 1", "[releaseSent]"])
    #expect(bench.released() == ["[released]", "[sectionEnded done]", "thinkOver in 200"])
    #expect(bench.due(.thinkOver, at: 700) == ["[waiting]", "acquire 1"])
    _ = bench.granted()
    _ = bench.answered()
    _ = bench.due(.holdOver, at: 1200)
    _ = bench.answered()
    #expect(bench.released() == ["[released]", "[sectionEnded done]", "finish", "[clientDone]"])
  }

  @Test("without a limit goes on for ever")
  func endless() {
    var bench = ProgramBench(Self.load { $0.sections = nil })
    bench.startHolding()
    _ = bench.due(.holdOver, at: 500)
    _ = bench.answered()
    #expect(bench.released().last == "thinkOver in 200")
  }

  @Test("of a blind write reads nothing; of hold-only touches nothing; of an effect sends an e-mail")
  func patterns() {
    var blind = ProgramBench(Self.load { $0.pattern = .blindWrite })
    blind.handle(.start)
    #expect(blind.granted() == ["[acquired]", "holdOver in 500"])
    #expect(blind.due(.holdOver, at: 500).prefix(2) == ["[beforeWrite]", "write 1"])
    #expect(blind.accesses.last!.base == -1)
    var hold = ProgramBench(Self.load { $0.pattern = .holdOnly })
    hold.handle(.start)
    #expect(hold.granted() == ["[acquired]", "holdOver in 500"])
    #expect(hold.due(.holdOver, at: 500) == ["release 1", "[releaseSent]"])
    var effect = ProgramBench(Self.load { $0.pattern = .effect })
    effect.handle(.start)
    #expect(effect.granted().contains("read 1"))
    _ = effect.answered(version: 3)
    #expect(effect.due(.holdOver, at: 500).contains("effect 1"))
    #expect(effect.accesses.last!.base == 3)
  }

  @Test("that does not wait for its write releases as soon as the write is sent, and ignores the answer")
  func withoutWaiting() {
    var bench = ProgramBench(Self.load { $0.release = .withoutWaiting })
    bench.startHolding()
    #expect(
      bench.due(.holdOver, at: 500) == [
        "[beforeWrite]", "write 1", "[writeSent]", "release 1", "[releaseSent]",
      ])
    #expect(bench.answered() == [])
    #expect(bench.released().prefix(2) == ["[released]", "[sectionEnded done]"])
  }

  @Test("whose read or write gets no answer in time releases and goes on; the late answer counts for nothing")
  func accessTimeout() {
    var bench = ProgramBench(Self.load())
    bench.handle(.start)
    _ = bench.granted()
    #expect(bench.due(.accessTimeout, at: 5000) == ["release 1", "[releaseSent]"])
    #expect(bench.answered() == [])
    #expect(bench.released() == ["[released]", "[sectionEnded timedOut]", "thinkOver in 200"])
    var writing = ProgramBench(Self.load())
    writing.startHolding()
    _ = writing.due(.holdOver, at: 500)
    #expect(writing.due(.accessTimeout, at: 5500) == ["release 1", "[releaseSent]"])
    var patient = ProgramBench(Self.load { $0.timeout = nil })
    patient.handle(.start)
    #expect(patient.granted() == ["[acquired]", "read 1"])
  }

  @Test("that the guard refuses, at the read or at the write, is abandoned and released")
  func refusals() {
    for outcome in [AccessReply.Outcome.refusedToken, .refusedVersion] {
      var reading = ProgramBench(Self.load())
      reading.handle(.start)
      _ = reading.granted()
      #expect(reading.answered(outcome) == ["release 1", "[releaseSent]"])
      #expect(reading.released().contains("[sectionEnded refused]"))
      var writing = ProgramBench(Self.load())
      writing.startHolding()
      _ = writing.due(.holdOver, at: 500)
      #expect(writing.answered(outcome) == ["release 1", "[releaseSent]"])
    }
  }

  @Test("counts when it was abandoned, too")
  func abandonedSectionsCount() {
    var bench = ProgramBench(Self.load())
    bench.startHolding()
    _ = bench.handle(.answer(.lost(LockID(0))))
    #expect(bench.released().suffix(2) == ["[sectionEnded leaseLost]", "thinkOver in 200"])
    #expect(bench.due(.thinkOver, at: 900) == ["[waiting]", "acquire 1"])
    #expect(
      bench.handle(.answer(.gaveUp(LockID(0)))) == ["[sectionEnded notAcquired]", "finish", "[clientDone]"])
  }

  @Test("is begun anew by a restarted client, which goes on with the sections that remain")
  func restart() {
    var bench = ProgramBench(Self.load { $0.sections = 3 })
    bench.sectionsDone = 2
    bench.restarts = 1
    #expect(bench.handle(.restarted) == ["[waiting]", "acquire 1"])
    #expect(bench.granted().contains("read 1"))
    // Access ids of another life cannot be taken for these.
    #expect(bench.accesses.last!.id >> 40 == 1)
    _ = bench.answered()
    _ = bench.due(.holdOver, at: 500)
    _ = bench.answered()
    #expect(bench.released().suffix(2) == ["finish", "[clientDone]"])
    var done = ProgramBench(Self.load())
    done.sectionsDone = 2
    #expect(done.handle(.restarted) == ["finish", "[clientDone]"])
  }

  @Test("under `in-store` reaches its item through the lock client")
  func inStore() {
    var bench = ProgramBench(Self.load(), inStore: true)
    bench.handle(.start)
    #expect(bench.granted() == ["[acquired]", "store access 1", "accessTimeout in 5000"])
    let id = bench.accesses[0].id
    let reply = AccessReply(lock: LockID(0), id: id, outcome: .done, version: 0, value: 0)
    #expect(bench.handle(.answer(.accessed(reply))) == ["[read]", "holdOver in 500"])
  }
}

@Suite("A client's locks")
struct ChoiceTests {
  static func firstLock(client: Int, locks: Int) -> [String] {
    var load = Load(clients: 7)
    load.locks = locks
    var bench = ProgramBench(load, client: client)
    return bench.handle(.start)
  }

  @Test("are fixed by its number: client k works on lock ((k-1) mod locks) + 1")
  func fixed() {
    #expect(
      (1...7).map { Self.firstLock(client: $0, locks: 3)[1].last! } == ["1", "2", "3", "1", "2", "3", "1"])
  }

  @Test("are drawn anew and evenly for each section when the choice is uniform")
  func uniform() {
    // 900 sections over 3 locks: 300 each, sigma 14.
    var load = Load(clients: 1)
    load.locks = 3
    load.choice = .uniform
    load.pattern = .holdOnly
    var bench = ProgramBench(load)
    var counts = [0, 0, 0]
    var did = bench.handle(.start)
    for _ in 0..<900 {
      let lock = Int(did.last!.split(separator: " ")[1])! - 1
      counts[lock] += 1
      _ = bench.granted(lock)
      _ = bench.due(.holdOver, at: bench.now)
      _ = bench.released(lock)
      did = bench.due(.thinkOver, at: bench.now)
    }
    #expect(counts.allSatisfy { (240...360).contains($0) })
  }

  static func two(_ refresh: Int64? = nil, _ change: (inout Load) -> Void = { _ in }) -> ProgramBench {
    var load = Load(clients: 3)
    load.locks = 3
    load.locksHeld = 2
    load.sections = 1
    change(&load)
    // Client 3 works on locks 3 and 1, which it takes in the order 1, 3.
    return ProgramBench(load, refresh: refresh, client: 3)
  }

  @Test("are taken in ascending order, one after the other, then read, written and released together")
  func several() {
    var bench = Self.two()
    #expect(bench.handle(.start) == ["[waiting]", "acquire 1"])
    #expect(bench.granted(0) == ["[acquired]", "acquire 3"])
    #expect(bench.granted(2) == ["[acquired]", "read 1", "read 3", "accessTimeout in 5000"])
    #expect(bench.answered(back: 1) == ["[read]"])
    #expect(bench.answered() == ["[read]", "holdOver in 500"])
    #expect(
      bench.due(.holdOver, at: 500) == [
        "[beforeWrite]", "write 1", "[writeSent]", "[beforeWrite]", "write 3", "[writeSent]",
        "accessTimeout in 5000",
      ])
    #expect(bench.answered() == [])
    #expect(bench.answered(back: 1) == ["release 1", "[releaseSent]", "release 3", "[releaseSent]"])
    #expect(bench.released(0) == ["[released]"])
    #expect(bench.released(2) == ["[released]", "[sectionEnded done]", "finish", "[clientDone]"])
  }

  @Test("are all given back when one is lost while the next is waited for, that one too")
  func lostWhileWaiting() {
    var bench = Self.two(3000)
    bench.handle(.start)
    _ = bench.granted(0)
    _ = bench.due(.refreshDue, lock: 0, at: 3000)
    #expect(
      bench.handle(.answer(.lost(LockID(0)))) == ["[leaseLost]", "release 3", "release 1", "[releaseSent]"])
    // Whatever comes of the lock that it no longer wants is nothing to it.
    #expect(bench.granted(2) == [])
    #expect(bench.released(2) == [])
    #expect(bench.released(0).contains("[sectionEnded leaseLost]"))
  }

  @Test("are given back when the lock client gives up one of them, which holds nothing then")
  func gaveUp() {
    var bench = Self.two()
    bench.handle(.start)
    _ = bench.granted(0)
    #expect(bench.handle(.answer(.gaveUp(LockID(2)))) == ["release 1", "[releaseSent]"])
  }

  @Test("are all lost with the lease under them")
  func leaseUnderAll() {
    var bench = Self.two()
    bench.handle(.start)
    _ = bench.granted(0)
    _ = bench.granted(2)
    #expect(
      bench.handle(.answer(.lost(.none))) == [
        "[leaseLost]", "[leaseLost]", "release 1", "[releaseSent]", "release 3", "[releaseSent]",
      ])
  }
}
