import Checks
import Contract
import Testing

/// The TTL is 10 s: a lease asked for at 0 is trusted until 10 s - 1 ms without drift.
@Suite("early-grant: the service keeps its word to a careful holder")
struct EarlyGrantTests {
  let facts = RunFacts.made()

  @Test("a grant after the holder gave up in any way is not early", arguments: [
    Record.Kind.releaseSent, .leaseLost, .sectionEnded, .clientDone, .crashed,
  ])
  func ended(_ end: Record.Kind) {
    var story = History()
    story.take(1, grant: 1)
    story.add(end, 1)
    story.take(2, grant: 2)
    #expect(story.judge(EarlyGrant.self, facts) == .held)
  }

  /// 10 s - 1 ms after the request was sent, the lease is as old as may be trusted.
  @Test("a grant at the very limit is right, and one nanosecond earlier is one too early")
  func limit() {
    for early in [0, 1] as [Int64] {
      var story = History()
      let first = story.take(1, grant: 1)
      story.at(9_999, -early)
      let second = story.add(.granted, 2, grant: 2)
      let outcome = story.judge(EarlyGrant.self, facts, measured: true)
      #expect(outcome == (early == 0 ? .held : .violated(first, second, measure: 1)))
    }
  }

  /// 2 x 1000 ppm of 10 s are 20 ms: the limit is 10 s - 20 ms - 1 ms = 9.979 s.
  @Test("a declared drift counts twice")
  func drift() {
    for early in [0, 1] as [Int64] {
      var story = History()
      let first = story.take(1, grant: 1)
      story.at(9_979, -early)
      let second = story.add(.granted, 2, grant: 2)
      let outcome = story.judge(EarlyGrant.self, .made(drift: 1_000_000), measured: true)
      #expect(outcome == (early == 0 ? .held : .violated(first, second, measure: 1)))
    }
  }

  @Test("age counts from the latest attempt's sending, not from the grant")
  func latestAttempt() {
    var story = History()
    story.add(.acquireSent, 1)
    story.at(4_000)
    story.add(.attemptEnded, 1)
    let first = story.take(1, grant: 1)
    story.at(13_998)
    let second = story.add(.granted, 2, grant: 2)
    let outcome = story.judge(EarlyGrant.self, facts, measured: true)
    #expect(outcome == .violated(first, second, measure: 1_000_000))
  }

  @Test("a grant that its holder has not learned of counts too, until it gives the attempt up")
  func unlearned() {
    for givesUp in [false, true] {
      var story = History()
      story.add(.acquireSent, 1)
      let first = story.add(.granted, 1, grant: 1)
      if givesUp { story.add(.attemptEnded, 1) }
      let second = story.add(.granted, 2, grant: 2)
      #expect(story.judge(EarlyGrant.self, facts) == (givesUp ? .held : .violated(first, second)))
    }
  }

  @Test("the end of an attempt takes no grant away that is believed in")
  func lateEnd() {
    var story = History()
    let first = story.take(1, grant: 1)
    story.add(.attemptEnded, 1)
    let second = story.add(.granted, 2, grant: 2)
    #expect(story.judge(EarlyGrant.self, facts) == .violated(first, second))
  }

  /// Asked at 0, refreshed by a request of 3 s: trusted until 12.999 s where the answer arrived.
  @Test("a refresh counts from its sending, and only when the holder received the answer")
  func refresh() {
    for answer in [Record.Kind.refreshed, .refreshFailed] {
      var story = History()
      let first = story.take(1, grant: 1)
      story.at(3_000)
      story.add(.refreshSent, 1, a: 7)
      story.at(3_010)
      story.add(answer, 1, a: 7)
      story.at(12_998)
      let second = story.add(.granted, 2, grant: 2)
      let outcome = story.judge(EarlyGrant.self, .made(refresh: .seconds(3)), measured: true)
      #expect(outcome == (answer == .refreshed ? .violated(first, second, measure: 1_000_000) : .held))
    }
  }

  @Test("an answer counts for the refresh of its own number")
  func numbers() {
    var story = History()
    story.take(1, grant: 1)
    story.at(3_000)
    story.add(.refreshSent, 1, a: 1)
    story.at(6_000)
    story.add(.refreshSent, 1, a: 2)
    story.add(.refreshed, 1, a: 1)
    story.at(12_999)
    story.add(.granted, 2, grant: 2)
    #expect(story.judge(EarlyGrant.self, .made(refresh: .seconds(3))) == .held)
  }

  @Test("a client that is granted again what it holds is not robbed")
  func again() {
    var story = History()
    story.take(1, grant: 1)
    story.take(1, grant: 2)
    #expect(story.judge(EarlyGrant.self, facts) == .held)
  }

  @Test("after it acquired again, its younger lease counts")
  func younger() {
    var story = History()
    story.take(1, grant: 1)
    story.at(8_000)
    let first = story.take(1, grant: 2)
    story.at(12_000)
    let second = story.add(.granted, 2, grant: 3)
    #expect(story.judge(EarlyGrant.self, facts) == .violated(first, second))
  }

  @Test("grants of another lock rob nobody")
  func locks() {
    var story = History()
    story.take(1, grant: 1)
    story.take(2, grant: 2, lock: 2)
    #expect(story.judge(EarlyGrant.self, .made(locks: 2)) == .held)
  }

  /// The lease is created by a request of 0 s and prolonged by one of 3 s; the lock is asked for at 5 s.
  @Test("a separate lease is as old as its own last answered request; the lock request renews nothing")
  func separate() {
    for early in [0, 1] as [Int64] {
      var story = History()
      story.add(.leaseSent, 1, lock: 0, a: 1)
      story.add(.leaseCreated, 1, lock: 0, a: 1)
      story.at(3_000)
      story.add(.refreshSent, 1, lock: 0, a: 1)
      story.add(.refreshed, 1, lock: 0, a: 1)
      story.at(5_000)
      let first = story.take(1, grant: 1)
      story.at(12_999, -early)
      let second = story.add(.granted, 2, grant: 2)
      let facts = RunFacts.made(refresh: .seconds(3), leaseIsSeparate: true)
      let outcome = story.judge(EarlyGrant.self, facts, measured: true)
      #expect(outcome == (early == 0 ? .held : .violated(first, second, measure: 1)))
    }
  }

  /// lock-1 rests on the lease of 0 s, lock-2 on that of 6 s: at 12 s only lock-2 is still trusted.
  @Test("without refreshes each acquisition rests on the separate lease that it was made with")
  func separateLeases() {
    let facts = RunFacts.made(locks: 2, leaseIsSeparate: true)
    for lock in 1...2 {
      var story = History()
      var grants: [Int64] = []
      for held in 1...2 as ClosedRange<Int64> {
        story.at((held - 1) * 6_000)
        story.add(.leaseSent, 1, lock: 0, a: held)
        story.add(.leaseCreated, 1, lock: 0, a: held)
        grants.append(story.take(1, grant: held, lock: Int(held)))
      }
      story.at(12_000)
      let second = story.add(.granted, 2, lock: lock, grant: 3)
      #expect(story.judge(EarlyGrant.self, facts) == (lock == 1 ? .held : .violated(grants[1], second)))
    }
  }

  /// The lease is asked for at 0, the lock at 5 s; nothing is ever refreshed.
  @Test("a lock request renews no separate lease that is never refreshed either")
  func separateUnrefreshed() {
    var story = History()
    story.add(.leaseSent, 1, lock: 0, a: 1)
    story.add(.leaseCreated, 1, lock: 0, a: 1)
    story.at(5_000)
    story.take(1, grant: 1)
    story.at(9_999)
    story.add(.granted, 2, grant: 2)
    #expect(story.judge(EarlyGrant.self, .made(leaseIsSeparate: true)) == .held)
  }

  /// The new lease is asked for at 6 s: it is trusted until 15.999 s, and so says each way to it.
  @Test("a creation is told from a refresh of the same number, and from one before a crash", arguments: [
    Record.Kind.refreshSent, .crashed,
  ])
  func renumbered(_ before: Record.Kind) {
    var story = History()
    if before == .crashed { story.add(.leaseSent, 1, lock: 0, a: 2) }
    story.at(3_000)
    story.add(before, 1, lock: 0, a: 2)
    story.at(6_000)
    story.add(.leaseSent, 1, lock: 0, a: 2)
    story.add(.leaseCreated, 1, lock: 0, a: 2)
    let first = story.take(1, grant: 1)
    story.at(15_998)
    let second = story.add(.granted, 2, grant: 2)
    let facts = RunFacts.made(refresh: .seconds(3), leaseIsSeparate: true)
    #expect(story.judge(EarlyGrant.self, facts) == .violated(first, second))
  }

  @Test("the late answer to an earlier refresh makes no lease older")
  func lateAnswer() {
    var story = History()
    let first = story.take(1, grant: 1)
    for number in 1...2 as ClosedRange<Int64> {
      story.at(number * 3_000)
      story.add(.refreshSent, 1, a: number)
    }
    story.add(.refreshed, 1, a: 2)
    story.add(.refreshed, 1, a: 1)
    story.at(15_998)
    let second = story.add(.granted, 2, grant: 2)
    #expect(story.judge(EarlyGrant.self, .made(refresh: .seconds(3))) == .violated(first, second))
  }

  @Test("it does not apply where nobody grants, or promises anything by time")
  func noService() {
    #expect(History().judge(EarlyGrant.self, .made(hasService: false)) == .notApplicable)
    #expect(History().judge(EarlyGrant.self, .made(promisesLease: false)) == .notApplicable)
  }

  @Test("the sentence says who was robbed, by which grant, and of how much")
  func sentence() {
    var story = History()
    story.take(1, grant: 1, token: 33)
    story.at(6_500)
    story.add(.granted, 2, grant: 2, token: 34)
    #expect(
      story.sentence(EarlyGrant.self, facts)
        == "the service granted the lock to client-2 (token 34) at 6.500 s, although client-1 (token 33), "
        + "granted "
        + "it at 0.001 s, could count on its lease for another 3.499 s")
  }
}
