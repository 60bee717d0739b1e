import Checks
import Contract
import Testing

@Suite("mutual-exclusion: two beliefs about one lock never overlap")
struct MutualExclusionTests {
  let facts = RunFacts.made()

  /// One believer after the other: the first belief is ended by each of the ways in which a belief ends.
  @Test("a belief that ended in any way makes room for the next", arguments: [
    Record.Kind.releaseSent, .leaseLost, .sectionEnded, .clientDone, .crashed,
  ])
  func ended(_ end: Record.Kind) {
    var story = History()
    story.add(.acquired, 1, grant: 1)
    story.at(10)
    story.add(end, 1)
    story.add(.acquired, 2, grant: 2)
    #expect(story.judge(MutualExclusion.self, facts) == .held)
  }

  @Test("the loss of the lease under all locks ends every belief of the client")
  func lostAll() {
    var story = History()
    for lock in 1...2 { story.add(.acquired, 1, lock: lock, grant: Int64(lock)) }
    story.add(.leaseLost, 1, lock: 0)
    for lock in 1...2 { story.add(.acquired, 2, lock: lock, grant: Int64(lock + 2)) }
    #expect(story.judge(MutualExclusion.self, .made(locks: 2)) == .held)
  }

  /// 1 believes from 0 ms, 2 from 5 ms until 12 ms: the overlap lasts 7 ms, whichever belief ends it.
  @Test("an overlap is found with both records, and lasts until one of the beliefs ends", arguments: [1, 2])
  func overlap(_ ender: Int) {
    var story = History()
    let first = story.add(.acquired, 1, grant: 1)
    story.at(5)
    let second = story.add(.acquired, 2, grant: 2)
    story.at(12)
    story.add(.releaseSent, ender, grant: Int64(ender))
    story.at(20)
    story.add(.releaseSent, 3 - ender, grant: Int64(3 - ender))
    #expect(
      story.judge(MutualExclusion.self, facts, measured: true)
        == .violated(first, second, measure: 7_000_000))
  }

  @Test("an overlap that nothing ends lasts until the run does")
  func endless() {
    var story = History()
    let first = story.add(.acquired, 1, grant: 1)
    let second = story.add(.acquired, 2, grant: 2)
    story.at(9)
    #expect(
      story.judge(MutualExclusion.self, facts, measured: true)
        == .violated(first, second, measure: 9_000_000))
  }

  @Test("the release of another lock, or by another client, ends nothing")
  func wrongEnd() {
    var story = History()
    let first = story.add(.acquired, 1, grant: 1)
    story.add(.releaseSent, 1, lock: 2)
    story.add(.releaseSent, 3)
    let second = story.add(.acquired, 2, grant: 2)
    #expect(story.judge(MutualExclusion.self, .made(locks: 2)) == .violated(first, second))
  }

  @Test("beliefs about two locks have nothing to do with each other")
  func locks() {
    var story = History()
    story.add(.acquired, 1, lock: 1, grant: 1)
    story.add(.acquired, 2, lock: 2, grant: 2)
    #expect(story.judge(MutualExclusion.self, .made(locks: 2)) == .held)
  }

  @Test("a client that acquires again what it believes to hold overlaps with nobody")
  func again() {
    var story = History()
    story.add(.acquired, 1, grant: 1)
    story.add(.acquired, 1, grant: 2)
    story.add(.releaseSent, 1)
    story.add(.acquired, 2, grant: 3)
    #expect(story.judge(MutualExclusion.self, facts) == .held)
  }

  @Test("a crash of a service node ends no belief")
  func serviceCrash() {
    var story = History()
    let first = story.add(.acquired, 1, grant: 1)
    story.add(.crashed, node: story.topology.node(.service, 1)!)
    let second = story.add(.acquired, 2, grant: 2)
    #expect(story.judge(MutualExclusion.self, facts) == .violated(first, second))
  }

  /// 2 comes while 1 believes, 3 while 2 believes: two acquisitions too many.
  @Test("every acquisition that overlaps is counted, and the first one is the witness")
  func counts() {
    var story = History()
    let first = story.add(.acquired, 1, grant: 1)
    let second = story.add(.acquired, 2, grant: 2)
    story.add(.releaseSent, 1)
    story.add(.acquired, 3, grant: 3)
    #expect(story.judge(MutualExclusion.self, facts) == .violated(first, second, count: 2))
  }

  @Test("it applies without a service too")
  func noService() {
    #expect(History().judge(MutualExclusion.self, .made(token: .none, hasService: false)) == .held)
  }

  @Test("the sentence names both believers, the lock where there are several, and how long it lasted")
  func sentence() {
    var story = History()
    story.at(12_034)
    story.add(.acquired, 1, lock: 2, grant: 1, token: 33)
    story.at(15_204)
    story.add(.acquired, 2, lock: 2, grant: 2, token: 34)
    story.at(16_512)
    story.add(.releaseSent, 1, lock: 2)
    #expect(
      story.sentence(MutualExclusion.self, .made(locks: 2))
        == "client-1 (token 33) and client-2 (token 34) both believed to hold lock-2 from 15.204 s to "
        + "16.512 s, "
        + "for 1.308 s")
    #expect(story.sentence(MutualExclusion.self, .made(token: .none)).contains("client-1 and client-2 both"))
  }
}
