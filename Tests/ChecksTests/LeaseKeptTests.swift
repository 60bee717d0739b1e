import Checks
import Contract
import Testing

/// The TTL is 10 s and a refresh falls due every 3 s; client-1 asks at 0 and refreshes by a request of 3 s.
@Suite("lease-kept: a young lease of a healthy holder is honoured")
struct LeaseKeptTests {
  let facts = RunFacts.made(refresh: .seconds(3))
  let service = Topology(services: 1, layers: 0, clients: 3).node(.service, 1)!

  /// A holder whose refresh of 3 s was answered; returns the ordinal of its grant.
  func holder(_ story: inout History) -> Int64 {
    let grant = story.take(1, grant: 1)
    story.at(3_000)
    story.add(.refreshSent, 1, a: 1)
    story.at(3_002)
    story.add(.refreshed, 1, a: 1)
    return grant
  }

  @Test("a grant to another, a refusal, and the refusal as its holder learned it, each break the promise")
  func broken() {
    for kind in [Record.Kind.granted, .refreshRefused, .leaseLost] {
      var story = History()
      let first = holder(&story)
      story.at(5_000)
      let second = story.add(kind, kind == .granted ? 2 : 1, grant: kind == .granted ? 2 : 1)
      #expect(story.judge(LeaseKept.self, facts) == .violated(first, second))
    }
  }

  @Test("the refusal and its arrival at the holder are one broken promise")
  func once() {
    var story = History()
    let first = holder(&story)
    story.at(5_000)
    let second = story.add(.refreshRefused, 1)
    story.add(.leaseLost, 1)
    #expect(story.judge(LeaseKept.self, facts) == .violated(first, second))
  }

  @Test("a lease that the holder gave up by its own deadline was not refused")
  func ownDeadline() {
    var story = History()
    _ = holder(&story)
    story.add(.leaseLost, 1, a: 1)
    #expect(story.judge(LeaseKept.self, facts) == .held)
  }

  /// The refresh of 3 s is trusted until 12.999 s; those of 6 s and 9 s fail, that of 12 s is under way.
  @Test("the promise ends at the age that a careful holder trusts")
  func limit() {
    for early in [0, 1] as [Int64] {
      var story = History()
      let first = holder(&story)
      for due in 2...4 as ClosedRange<Int64> {
        story.at(due * 3_000)
        story.add(.refreshSent, 1, a: due)
        if due < 4 { story.add(.refreshFailed, 1, a: due) }
      }
      story.at(12_999, -early)
      let second = story.add(.granted, 2, grant: 2)
      let outcome = story.judge(LeaseKept.self, facts, measured: true)
      #expect(outcome == (early == 0 ? .held : .violated(first, second, measure: 1)))
    }
  }

  @Test("who does not believe yet, or no longer, is owed nothing")
  func belief() {
    var story = History()
    story.add(.acquireSent, 1)
    story.add(.granted, 1, grant: 1)
    story.add(.granted, 2, grant: 2)
    story.take(3, grant: 3)
    story.add(.releaseSent, 3)
    story.add(.granted, 2, grant: 4)
    #expect(story.judge(LeaseKept.self, facts) == .held)
  }

  /// The refresh after that of 3 s falls due at 6 s; 1 ms is left for rounding.
  @Test("a holder that let a refresh fall due without sending it is owed nothing")
  func overdue() {
    for late in [0, 1] as [Int64] {
      var story = History()
      let first = holder(&story)
      story.at(6_001, late)
      let second = story.add(.granted, 2, grant: 2)
      #expect(story.judge(LeaseKept.self, facts) == (late == 1 ? .held : .violated(first, second)))
    }
  }

  @Test("no refresh is overdue while the one before it may still be answered, nor where there are none")
  func underWay() {
    var asking = History()
    let first = holder(&asking)
    asking.at(6_000)
    asking.add(.refreshSent, 1, a: 2)
    asking.at(9_500)
    let second = asking.add(.granted, 2, grant: 2)
    #expect(asking.judge(LeaseKept.self, facts) == .violated(first, second))

    var never = History()
    let grant = never.take(1, grant: 1)
    never.at(9_500)
    let other = never.add(.granted, 2, grant: 2)
    #expect(never.judge(LeaseKept.self, .made()) == .violated(grant, other))
  }

  enum Site: CaseIterable { case toService, fromService, toResource, otherClient }

  static let linkLevers: [Lever.Action] = [.cut, .delay(by: .seconds(1)), .drop(.always), .clog]

  @Test("a disturbed link to or from the service excuses it, any other link does not", arguments: linkLevers)
  func links(_ action: Lever.Action) {
    for site in Site.allCases {
      var story = History()
      let first = holder(&story)
      let links = switch site {
      case .toService: LinkSet(from: [story.node(1)], to: [service])
      case .fromService: LinkSet(from: [service], to: [story.node(2), story.node(1)])
      case .toResource: LinkSet(from: [story.node(1)], to: [story.topology.resource])
      case .otherClient: LinkSet(from: [story.node(2)], to: [service])
      }
      let lever = story.begin(Lever(action, links: [links], lasts: .seconds(1)))
      story.at(3_500)
      story.end(lever)
      story.at(5_000)
      let second = story.add(.refreshRefused, 1)
      let excused = site == .toService || site == .fromService
      #expect(story.judge(LeaseKept.self, facts) == (excused ? .held : .violated(first, second)))
    }
  }

  @Test("a pause of the holder, or a slow node on either side, excuses it")
  func nodes() {
    let layered = Topology(services: 1, layers: 1, clients: 3)
    let facts = RunFacts.made(refresh: .seconds(3), layers: 1)
    let levers: [(Lever, Bool)] = [
      (Lever(.pause(frozen: false), nodes: [layered.node(.client, 1)!], lasts: .seconds(1)), true),
      (Lever(.slow(5_000), nodes: [layered.node(.client, 1)!], lasts: .seconds(1)), true),
      (Lever(.slow(5_000), nodes: [layered.node(.layer, 1)!], lasts: .seconds(1)), true),
      (Lever(.pause(frozen: false), nodes: [layered.node(.client, 2)!], lasts: .seconds(1)), false),
      (Lever(.clockStep(by: .seconds(99)), nodes: [service]), false),
    ]
    for (lever, excuses) in levers {
      var story = History(topology: layered)
      let first = holder(&story)
      let number = story.begin(lever)
      story.at(4_000)
      story.end(number)
      story.at(5_000)
      let second = story.add(.refreshRefused, 1)
      #expect(story.judge(LeaseKept.self, facts) == (excuses ? .held : .violated(first, second)))
    }
  }

  @Test("what was over before the last refresh was sent excuses nothing")
  func before() {
    for overlap in [false, true] {
      var story = History()
      let lever = story.begin(
        Lever(.cut, links: [LinkSet(from: [story.node(1)], to: [service])], lasts: .seconds(2)))
      let first = story.take(1, grant: 1)
      story.at(overlap ? 3_000 : 2_999)
      story.end(lever)
      story.at(3_000)
      story.add(.refreshSent, 1, a: 1)
      story.add(.refreshed, 1, a: 1)
      story.at(5_000)
      let second = story.add(.granted, 2, grant: 2)
      #expect(story.judge(LeaseKept.self, facts) == (overlap ? .held : .violated(first, second)))
    }
  }

  /// Each outage lasts from 5 s to 7 s, and a refresh is sent in it at 6 s.
  enum Outage: CaseIterable { case unavailable, recovery, crash, pause }

  func outage(_ kind: Outage, in story: inout History, _ body: (inout History) -> Void) {
    story.at(5_000)
    var lever = 0
    switch kind {
    case .unavailable: lever = story.begin(Lever(.disturb(.unavailable, 1, 0), lasts: .seconds(2)))
    case .recovery: story.begin(Lever(.disturb(.recovery, 2_000_000_000, 100_000_000)))
    case .pause: lever = story.begin(Lever(.pause(frozen: false), nodes: [service], lasts: .seconds(2)))
    case .crash: story.add(.crashed, node: service)
    }
    body(&story)
    story.at(7_000)
    if kind == .unavailable || kind == .pause { story.end(lever) }
    if kind == .crash { story.add(.restarted, node: service) }
  }

  @Test("an outage excuses the service where a refresh sent in it failed", arguments: Outage.allCases)
  func outages(_ kind: Outage) {
    for answer in [Record.Kind.refreshFailed, .refreshed] {
      var story = History()
      let first = holder(&story)
      outage(kind, in: &story) {
        $0.at(6_000)
        $0.add(.refreshSent, 1, a: 2)
        $0.add(answer, 1, a: 2)
      }
      story.at(8_000)
      let second = story.add(.granted, 2, grant: 2)
      let expected: Outcome = answer == .refreshFailed ? .held : .violated(first, second)
      #expect(story.judge(LeaseKept.self, facts) == expected)
    }
  }

  @Test("an outage between two refreshes excuses nothing, and so a jump of versions never does",
    arguments: Outage.allCases)
  func between(_ kind: Outage) {
    var story = History()
    let first = story.take(1, grant: 1)
    story.at(4_900)
    story.add(.refreshSent, 1, a: 1)
    story.add(.refreshed, 1, a: 1)
    outage(kind, in: &story) { _ in }
    story.add(.refreshSent, 1, a: 2)
    let second = story.add(.refreshRefused, 1)
    #expect(story.judge(LeaseKept.self, facts) == .violated(first, second))
  }

  @Test("the excuse is used up by the next refresh that succeeds")
  func usedUp() {
    var story = History()
    let first = holder(&story)
    outage(.unavailable, in: &story) {
      $0.at(6_000)
      $0.add(.refreshSent, 1, a: 2)
      $0.add(.refreshFailed, 1, a: 2)
    }
    story.at(9_000)
    story.add(.refreshSent, 1, a: 3)
    story.add(.refreshed, 1, a: 3)
    let second = story.add(.granted, 2, grant: 2)
    #expect(story.judge(LeaseKept.self, facts) == .violated(first, second))
  }

  @Test("one of several nodes that refuses does not speak for the service, the quorum of them does")
  func quorum() {
    var story = History(topology: Topology(services: 5, layers: 0, clients: 3))
    let first = holder(&story)
    story.at(5_000)
    story.add(.refreshRefused, 1)
    #expect(story.judge(LeaseKept.self, .made(refresh: .seconds(3), services: 5)) == .held)
    let second = story.add(.leaseLost, 1)
    #expect(story.judge(LeaseKept.self, .made(refresh: .seconds(3), services: 5)) == .violated(first, second))
  }

  @Test("a refusal of an earlier grant's refresh that arrives late says nothing about this one")
  func lateRefusal() {
    var story = History()
    story.take(1, grant: 1)
    story.add(.releaseSent, 1)
    story.take(1, grant: 2)
    story.add(.refreshRefused, 1, grant: 1)
    #expect(story.judge(LeaseKept.self, facts) == .held)
  }

  @Test("a client that was granted again what it held is owed its latest grant")
  func again() {
    var story = History()
    story.take(1, grant: 1)
    let first = story.take(1, grant: 2)
    let second = story.add(.refreshRefused, 1, grant: 2)
    #expect(story.judge(LeaseKept.self, facts) == .violated(first, second))
  }

  @Test("a node that crashes while it is down is back after one restart")
  func twiceDown() {
    var story = History()
    let first = holder(&story)
    for kind in [Record.Kind.crashed, .crashed, .restarted] { story.add(kind, node: service) }
    story.at(6_000)
    story.add(.refreshSent, 1, a: 2)
    story.add(.refreshFailed, 1, a: 2)
    let second = story.add(.granted, 2, grant: 2)
    #expect(story.judge(LeaseKept.self, facts) == .violated(first, second))
  }

  @Test("a separate lease that is refused concerns every lock under it; without locks it concerns nobody")
  func separate() {
    let facts = RunFacts.made(refresh: .seconds(3), leaseIsSeparate: true)
    var story = History()
    story.add(.leaseSent, 1, lock: 0, a: 1)
    story.add(.leaseCreated, 1, lock: 0, a: 1)
    story.add(.refreshRefused, 1, lock: 0)
    #expect(story.judge(LeaseKept.self, facts) == .held)
    let first = story.take(1, grant: 1)
    story.at(2_000)
    let second = story.add(.refreshRefused, 1, lock: 0)
    #expect(story.judge(LeaseKept.self, facts) == .violated(first, second))
  }

  @Test("it does not apply where nobody grants or promises anything by time, and alone fails no run")
  func kind() {
    #expect(History().judge(LeaseKept.self, .made(hasService: false)) == .notApplicable)
    #expect(History().judge(LeaseKept.self, .made(promisesLease: false)) == .notApplicable)
    #expect(!LeaseKept.isSafety)
  }

  @Test("the sentence says what the service did, and what the holder could still count on")
  func sentence() {
    var story = History()
    _ = holder(&story)
    story.at(5_000)
    story.add(.refreshRefused, 1, grant: 1)
    #expect(
      story.sentence(LeaseKept.self, facts)
        == "the service dropped the lease of client-1 (token 1) at 5.000 s, although it ran, was "
        + "connected, had refreshed when due and could count on its lease for another 7.999 s")
  }
}
