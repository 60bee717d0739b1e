import Checks
import Contract
import Testing

/// `progress` is 30 s.
@Suite("progress: whoever waits gets on once all faults are over")
struct ProgressTests {
  let facts = RunFacts.made()
  let pause = Lever(.pause(frozen: false), nodes: [NodeID(0)], lasts: .seconds(10))

  @Test("a wait of 30 s is too long, one nanosecond less is not, whatever ends it", arguments: [
    Record.Kind.acquired, .sectionEnded, .clientDone,
  ])
  func limit(_ end: Record.Kind) {
    for short in [0, 1] as [Int64] {
      var story = History()
      let first = story.add(.waiting, 1, a: 1)
      story.at(30_000, -short)
      let second = story.add(end, 1)
      let outcome = story.judge(Progress.self, facts, measured: true)
      #expect(outcome == (short == 1 ? .held : .violated(first, second, measure: 30_000_000_000)))
    }
  }

  @Test("a wait that is open at the end counts up to it")
  func open() {
    for short in [0, 1] as [Int64] {
      var story = History()
      let first = story.add(.waiting, 2, a: 1)
      story.at(30_000, -short)
      #expect(story.judge(Progress.self, facts) == (short == 1 ? .held : .violated(first, first)))
    }
  }

  @Test("requests that are sent again do not begin the wait anew, a lock acquired does")
  func continuous() {
    var story = History()
    let first = story.add(.waiting, 1, a: 1)
    for second in 1...29 as ClosedRange<Int64> {
      story.at(second * 1_000)
      story.add(.acquireSent, 1)
      story.add(.attemptEnded, 1)
    }
    story.at(30_000)
    #expect(story.judge(Progress.self, facts) == .violated(first, first))

    var locks = History()
    locks.add(.waiting, 1, a: 1)
    locks.at(20_000)
    locks.add(.acquired, 1, lock: 1)
    let next = locks.add(.acquireSent, 1, lock: 2)
    locks.at(40_000)
    #expect(locks.judge(Progress.self, .made(locks: 2)) == .held)
    locks.at(50_000)
    #expect(locks.judge(Progress.self, .made(locks: 2)) == .violated(next, next))
  }

  @Test("who holds its lock does not wait")
  func holding() {
    var story = History()
    story.add(.waiting, 1, a: 1)
    story.take(1, grant: 1)
    story.at(99_000)
    #expect(story.judge(Progress.self, facts) == .held)
  }

  /// The fault ends at 20 s: the waiter of 0 s has waited long enough at 50 s.
  @Test("the wait counts from the end of the last fault")
  func afterFault() {
    for short in [0, 1] as [Int64] {
      var story = History()
      let first = story.add(.waiting, 1, a: 1)
      story.at(10_000)
      let lever = story.begin(pause)
      story.at(20_000)
      story.end(lever)
      story.at(50_000, -short)
      #expect(story.judge(Progress.self, facts) == (short == 1 ? .held : .violated(first, first)))
    }
  }

  @Test("a fault that begins later voids what was found before it")
  func laterFault() {
    var story = History()
    story.add(.waiting, 1, a: 1)
    story.at(40_000)
    story.add(.acquired, 1)
    #expect(story.judge(Progress.self, facts) != .held)
    let lever = story.begin(pause)
    story.at(50_000)
    story.end(lever)
    story.at(70_000)
    #expect(story.judge(Progress.self, facts) == .held)
  }

  @Test("while a fault goes on, or a second one after the first ended, nobody is judged")
  func duringFault() {
    var story = History()
    story.add(.waiting, 1, a: 1)
    let first = story.begin(pause)
    story.begin(pause)
    story.at(10_000)
    story.end(first)
    story.at(90_000)
    #expect(story.judge(Progress.self, facts) == .held)
  }

  @Test("a fault without end, a crash without restart and a clock step are over when they begin", arguments: [
    Lever(.cut), Lever(.crash(restart: nil, lose: .memory), nodes: [NodeID(1)], lasts: .seconds(99)),
    Lever(.clockStep(by: .seconds(9)), nodes: [NodeID(1)], lasts: .seconds(99)),
    Lever(.pause(frozen: true), nodes: [NodeID(1)]),
  ])
  func endless(_ lever: Lever) {
    for short in [0, 1] as [Int64] {
      var story = History()
      let first = story.add(.waiting, 1, a: 1)
      story.at(5_000)
      story.begin(lever)
      story.at(35_000, -short)
      #expect(story.judge(Progress.self, facts) == (short == 1 ? .held : .violated(first, first)))
    }
  }

  /// Pulled at 5 s, down for 10 s: the fault is over at 15 s.
  @Test("a recovery lasts as long as it keeps the service down")
  func recovery() {
    for short in [0, 1] as [Int64] {
      var story = History()
      let first = story.add(.waiting, 1, a: 1)
      story.at(5_000)
      story.begin(Lever(.disturb(.recovery, 10_000_000_000, 100_000_000)))
      story.at(45_000, -short)
      #expect(story.judge(Progress.self, facts) == (short == 1 ? .held : .violated(first, first)))
    }
  }

  @Test("a crash with a restart lasts until its lever ends; the restarted client waits anew")
  func crash() {
    var story = History()
    story.add(.waiting, 1, a: 1)
    story.at(5_000)
    let lever = story.begin(
      Lever(.crash(restart: .seconds(5), lose: .memory), nodes: [story.node(1)], lasts: .seconds(5)))
    story.add(.crashed, 1)
    story.at(10_000)
    story.add(.restarted, 1)
    let first = story.add(.waiting, 1, a: 1)
    story.end(lever)
    story.at(40_000)
    #expect(story.judge(Progress.self, facts) == .violated(first, first))
  }

  @Test("who is paused or crashed for ever does not wait")
  func stopped() {
    var paused = History()
    paused.add(.waiting, 1, a: 1)
    paused.begin(Lever(.pause(frozen: false), nodes: [paused.node(1)]))
    paused.at(90_000)
    #expect(paused.judge(Progress.self, facts, reason: .nothingLeft) == .held)

    var crashed = History()
    crashed.add(.waiting, 1, a: 1)
    crashed.begin(Lever(.crash(restart: nil, lose: .memory), nodes: [crashed.node(1)]))
    crashed.add(.crashed, 1)
    crashed.at(90_000)
    #expect(crashed.judge(Progress.self, facts, reason: .nothingLeft) == .held)
  }

  @Test("where nothing can happen again, nobody may be waiting, for however short a time")
  func deadEnd() {
    var story = History()
    let first = story.add(.waiting, 1, a: 1)
    story.at(10)
    #expect(story.judge(Progress.self, facts, reason: .finished) == .held)
    #expect(story.judge(Progress.self, facts, reason: .nothingLeft) == .violated(first, first))
    #expect(
      story.sentence(Progress.self, facts, reason: .nothingLeft)
        == "client-1 waited for the lock from 0.000 s, and nothing could ever happen again")
    story.add(.acquired, 1)
    #expect(story.judge(Progress.self, facts, reason: .nothingLeft) == .held)
  }

  @Test("a wait that was too long before the dead end comes first, and is told as such")
  func longBeforeDeadEnd() {
    var story = History()
    let first = story.add(.waiting, 1, a: 1)
    story.at(31_000)
    let second = story.add(.acquired, 1)
    story.add(.waiting, 2, a: 1)
    #expect(story.judge(Progress.self, facts, reason: .nothingLeft) == .violated(first, second))
    #expect(story.sentence(Progress.self, facts, reason: .nothingLeft).contains("until 31.000 s"))
  }

  @Test("every waiter is counted, it always applies, and alone it fails no run")
  func counts() {
    var story = History()
    let first = story.add(.waiting, 1, a: 1)
    story.add(.waiting, 2, a: 1)
    story.at(31_000)
    #expect(story.judge(Progress.self, .made(hasService: false)) == .violated(first, first, count: 2))
    #expect(!Progress.isSafety)
  }

  @Test("the sentence says how long, since when, and that no fault excuses it")
  func sentence() {
    var story = History()
    story.at(10_000)
    story.add(.waiting, 1, lock: 2, a: 1)
    story.begin(Lever(.cut))
    story.at(42_500)
    #expect(
      story.sentence(Progress.self, .made(locks: 2))
        == "client-1 waited for lock-2 from 10.000 s in vain until the end of the run, 32.500 s of it after "
        + "the "
        + "last fault had ended")
    story.add(.acquired, 1, lock: 2)
    let sentence = story.sentence(Progress.self, .made(locks: 2))
    #expect(sentence.contains("from 10.000 s until 42.500 s, 32.500 s of it"))
  }
}

/// Three clients: ten for each are 30 in one second.
@Suite("reconnect-storm: coming back is no stampede")
struct ReconnectStormTests {
  let facts = RunFacts.made(refresh: .seconds(3))

  func burst(
    _ story: inout History, _ kind: Record.Kind, _ number: Int, from start: Int64, every step: Int64
  ) {
    for index in 0..<number {
      story.at(start + Int64(index) * step)
      story.add(kind, index % 3 + 1, lock: 0)
    }
  }

  @Test("30 connections or leases in a second are few enough, 31 are too many", arguments: [
    Record.Kind.connected, .leaseSent,
  ])
  func limit(_ kind: Record.Kind) {
    for number in [30, 31] {
      var story = History()
      burst(&story, kind, number, from: 5_500, every: 33)
      let expected: Outcome = number == 30 ? .held : .violated(31, 31, measure: 31)
      #expect(story.judge(ReconnectStorm.self, facts, measured: true) == expected)
    }
  }

  @Test("connections and leases are counted apart, and events a full second apart do not meet")
  func apart() {
    var story = History()
    burst(&story, .connected, 30, from: 5_000, every: 1)
    burst(&story, .leaseSent, 30, from: 5_000, every: 1)
    burst(&story, .connected, 30, from: 6_029, every: 1)
    #expect(story.judge(ReconnectStorm.self, facts) == .held)
  }

  /// Four leases in each second before the fault allow 40 after it.
  @Test("the usual rate before the first fault raises the limit tenfold")
  func usual() {
    for number in [40, 41] {
      var story = History()
      burst(&story, .leaseSent, 40, from: 0, every: 250)
      story.at(10_000)
      story.begin(Lever(.cut))
      burst(&story, .leaseSent, number, from: 20_000, every: 1)
      story.at(90_000)
      story.begin(Lever(.cut))
      #expect((story.judge(ReconnectStorm.self, facts) == .held) == (number == 40))
      #expect((story.judge(ReconnectStorm.self, .made(clients: 5)) == .held))
    }
  }

  @Test("events that span exactly one second are not all in one second")
  func span() {
    var story = History()
    burst(&story, .connected, 30, from: 5_000, every: 1)
    burst(&story, .connected, 1, from: 6_000, every: 1)
    #expect(story.judge(ReconnectStorm.self, facts) == .held)
  }

  /// Events in the four seconds before the fault; the upper median of both rows is 4, and allows 40.
  @Test("the median is that of all whole seconds, idle ones and the last one too", arguments: [
    [0, 8, 4, 4], [0, 0, 4, 4],
  ])
  func medians(_ seconds: [Int]) {
    for number in [40, 41] {
      var story = History()
      for (second, count) in seconds.enumerated() {
        burst(&story, .connected, count, from: Int64(second) * 1_000, every: 100)
      }
      story.at(4_000)
      story.begin(Lever(.cut))
      burst(&story, .connected, number, from: 20_000, every: 1)
      #expect((story.judge(ReconnectStorm.self, facts) == .held) == (number == 40))
    }
  }

  @Test("a crowd in one second does not make a crowd usual: the median counts idle seconds too")
  func median() {
    var story = History()
    burst(&story, .connected, 29, from: 0, every: 1)
    story.at(9_000)
    story.begin(Lever(.cut))
    burst(&story, .connected, 31, from: 20_000, every: 1)
    #expect(story.judge(ReconnectStorm.self, facts) == .violated(60, 60))
    #expect(
      story.sentence(ReconnectStorm.self, facts)
        == "31 connections were opened by 3 clients in the one second up to 20.030 s, against 0 in the "
        + "median "
        + "second before the first fault")
  }

  @Test("it does not apply where there is nobody to connect to, and alone fails no run")
  func applies() {
    #expect(History().judge(ReconnectStorm.self, .made(hasService: false)) == .notApplicable)
    #expect(!ReconnectStorm.isSafety)
  }
}
