import Checks
import Contract
import Testing

@Suite("lost-update: what was acknowledged is there at the end")
struct LostUpdateTests {
  let facts = RunFacts.made()

  /// Applied and acknowledged at once; returns the ordinal of the application.
  @discardableResult
  func update(
    _ story: inout History, _ client: Int, id: Int64, base: Int64, to version: Int64, lock: Int = 1
  ) -> Int64 {
    let ordinal = story.write(client, id: id, base: base, to: version, lock: lock)
    story.acknowledge(client, id: id, version: version, lock: lock)
    return ordinal
  }

  @Test("updates that each build on the one before are all there")
  func chain() {
    var story = History()
    for version in 1...5 as ClosedRange<Int64> {
      update(&story, Int(version % 2) + 1, id: version, base: version - 1, to: version)
    }
    #expect(story.judge(LostUpdate.self, facts) == .held)
  }

  @Test("of two sections that read the same version, one update is lost")
  func sameVersion() {
    var story = History()
    let first = update(&story, 1, id: 1, base: 0, to: 1)
    let second = update(&story, 2, id: 1, base: 0, to: 2)
    #expect(story.judge(LostUpdate.self, facts, measured: true) == .violated(first, second, measure: 1))
  }

  @Test("they are lost as well where both are acknowledged after the second was applied")
  func lateAcknowledgements() {
    var story = History()
    let first = story.write(1, id: 1, base: 0, to: 1)
    let second = story.write(2, id: 1, base: 0, to: 2)
    story.acknowledge(2, id: 1, version: 2)
    #expect(story.judge(LostUpdate.self, facts) == .held)
    story.acknowledge(1, id: 1, version: 1)
    #expect(story.judge(LostUpdate.self, facts) == .violated(first, second))
  }

  /// Versions 2, 3 and 4 build on 1; a write on the base of 1 throws three updates away.
  @Test("a stale write takes every update with it that came after its base")
  func several() {
    var story = History()
    for version in 1...4 as ClosedRange<Int64> {
      update(&story, 1, id: version, base: version - 1, to: version)
    }
    let last = update(&story, 2, id: 1, base: 1, to: 5)
    #expect(
      story.judge(LostUpdate.self, facts, measured: true) == .violated(7, last, count: 3, measure: 3))
  }

  @Test("an overwritten update that was never acknowledged is no loss")
  func unacknowledged() {
    var story = History()
    story.write(1, id: 1, base: 0, to: 1)
    update(&story, 2, id: 1, base: 0, to: 2)
    #expect(story.judge(LostUpdate.self, facts) == .held)
  }

  @Test("the second delivery of the latest write changes nothing, and later sections may read either version")
  func delivered() {
    for base in [1, 2] as [Int64] {
      var story = History()
      update(&story, 1, id: 1, base: 0, to: 1)
      update(&story, 1, id: 1, base: 0, to: 2)
      update(&story, 2, id: 1, base: base, to: 3)
      #expect(story.judge(LostUpdate.self, facts) == .held)
    }
  }

  @Test("the second delivery of an older write throws away what came after it")
  func oldDelivery() {
    var story = History()
    update(&story, 1, id: 1, base: 0, to: 1)
    let first = update(&story, 2, id: 1, base: 1, to: 2)
    let second = story.write(1, id: 1, base: 0, to: 3)
    update(&story, 2, id: 2, base: 3, to: 4)
    #expect(story.judge(LostUpdate.self, facts, measured: true) == .violated(first, second, measure: 1))
  }

  @Test("an update that a second delivery brings back is there at the end")
  func broughtBack() {
    var story = History()
    update(&story, 1, id: 1, base: 0, to: 1)
    update(&story, 2, id: 1, base: 1, to: 2)
    story.write(1, id: 1, base: 0, to: 3)
    story.write(2, id: 1, base: 1, to: 4)
    #expect(story.judge(LostUpdate.self, facts) == .held)
  }

  /// Version 2 was acknowledged, version 3 was not; what the resource comes back with decides.
  @Test("a crash may take what was not acknowledged, and nothing else", arguments: [3, 2, 1, 0] as [Int64])
  func crash(_ restored: Int64) {
    var story = History()
    update(&story, 1, id: 1, base: 0, to: 1)
    story.write(2, id: 1, base: 1, to: 2)
    let acknowledged = story.acknowledge(2, id: 1, version: 2)
    story.write(1, id: 2, base: 2, to: 3)
    let back = story.add(.itemRestored, node: story.topology.resource, lock: 1, c: restored)
    let lost = Int(max(0, 2 - restored))
    let expected: Outcome = lost == 0 ? .held : .violated(acknowledged, back, count: lost)
    #expect(story.judge(LostUpdate.self, facts) == expected)
  }

  /// Version 2 is given twice: before the crash to client-1, after it to client-2.
  @Test("a section that read before a crash builds on what it read, not on the version's second bearer")
  func versionsTwice() {
    var story = History()
    update(&story, 1, id: 1, base: 0, to: 1)
    story.write(1, id: 2, base: 1, to: 2)
    story.add(.readApplied, 3, a: 1, b: 2)
    story.add(.itemRestored, node: story.topology.resource, lock: 1, c: 1)
    let first = update(&story, 2, id: 1, base: 1, to: 2)
    let second = update(&story, 3, id: 2, base: 2, to: 3)
    #expect(story.judge(LostUpdate.self, facts) == .violated(first, second))
  }

  /// Two items with one acknowledged update each; then a machine that knows nothing, named by no lock.
  @Test("a lost disk takes every acknowledged update of every item")
  func diskLost() {
    var story = History()
    for lock in [1, 2] { update(&story, 1, id: Int64(lock), base: 0, to: 1, lock: lock) }
    let gone = story.add(.itemRestored, node: story.topology.resource)
    update(&story, 2, id: 1, base: 0, to: 1, lock: 1)
    let facts = RunFacts.made(locks: 2)
    #expect(story.judge(LostUpdate.self, facts) == .violated(2, gone, count: 2))
    #expect(story.sentence(LostUpdate.self, facts).contains(" was gone when the resource came back at "))
  }

  @Test("items of different locks have nothing to do with each other")
  func locks() {
    var story = History()
    update(&story, 1, id: 1, base: 0, to: 1, lock: 1)
    update(&story, 2, id: 1, base: 0, to: 1, lock: 2)
    #expect(story.judge(LostUpdate.self, .made(locks: 2)) == .held)
  }

  @Test("items of one lock have nothing to do with each other, and their versions neither")
  func items() {
    let facts = RunFacts.made(items: 2)
    var story = History()
    for item in [1, 2] as [UInt16] {
      story.add(.readApplied, 1, item: item, a: 1, b: 0)
      story.add(.writeApplied, Int(item), item: item, a: 2, b: 0, c: 1)
      story.add(.writeAcknowledged, Int(item), item: item, a: 2, c: 1)
    }
    #expect(story.judge(LostUpdate.self, facts) == .held)
    let second = story.add(.writeApplied, 3, item: 2, a: 1, b: 0, c: 2)
    #expect(story.judge(LostUpdate.self, facts) == .violated(5, second))
    #expect(story.sentence(LostUpdate.self, facts).hasPrefix("client-3's write to item-2, applied at "))
  }

  @Test("refused writes lose nothing")
  func refused() {
    var story = History()
    update(&story, 1, id: 1, base: 0, to: 1)
    story.add(.writeRejected, 2, a: 1, b: 2)
    #expect(story.judge(LostUpdate.self, facts) == .held)
  }

  @Test("it applies where sections read, add and write back")
  func applies() {
    #expect(History().judge(LostUpdate.self, .made(updates: false)) == .notApplicable)
    #expect(History().judge(LostUpdate.self, .made(accesses: false)) == .notApplicable)
  }

  @Test("the sentence says whose update is missing, and what threw it away")
  func sentence() {
    var story = History()
    story.at(12_034)
    update(&story, 2, id: 1, base: 0, to: 1)
    story.at(16_512)
    story.add(.writeApplied, 1, grant: 1, token: 33, a: 1, b: 0, c: 2)
    #expect(
      story.sentence(LostUpdate.self, facts)
        == "client-1's write with token 33, applied at 16.512 s on the base of version 0, overwrote "
        + "client-2's "
        + "acknowledged update of 12.034 s: 1 acknowledged update is missing at the end")
    var crash = History()
    crash.at(1_000)
    for version in 1...2 as ClosedRange<Int64> {
      update(&crash, 1, id: version, base: version - 1, to: version)
    }
    crash.at(2_000)
    crash.add(.itemRestored, node: crash.topology.resource, lock: 1)
    #expect(
      crash.sentence(LostUpdate.self, facts)
        == "client-1's acknowledged update of 1.000 s was gone when the resource came back at 2.000 s: "
        + "2 acknowledged updates are missing at the end")
  }
}
