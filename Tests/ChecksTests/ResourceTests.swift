import Checks
import Contract
import Testing

@Suite("stale-write: no write comes after an access of a later grant")
struct StaleWriteTests {
  let facts = RunFacts.made()

  @Test("accesses in grant order are right, and a grant may access many times")
  func inOrder() {
    var story = History()
    for grant in 1...3 as ClosedRange<Int64> {
      story.add(.readApplied, 1, grant: grant)
      story.write(1, grant: grant)
      story.write(1, grant: grant)
    }
    #expect(story.judge(StaleWrite.self, facts) == .held)
  }

  @Test("after any access of a later grant a write or an effect of an earlier one is stale", arguments: [
    Record.Kind.readApplied, .writeApplied, .effectApplied,
  ])
  func stale(_ later: Record.Kind) {
    for late in [Record.Kind.writeApplied, .effectApplied] {
      var story = History()
      story.add(.readApplied, 1, grant: 1)
      let first = story.add(later, 2, grant: 2)
      story.add(later, 2, grant: 2)
      let second = story.add(late, 1, grant: 1)
      #expect(story.judge(StaleWrite.self, facts) == .violated(first, second))
    }
  }

  @Test("a late read harms nothing, nor does a late write that was refused")
  func harmless() {
    var story = History()
    story.add(.readApplied, 2, grant: 2)
    story.add(.readApplied, 1, grant: 1)
    story.add(.writeRejected, 1, grant: 1, b: 1)
    #expect(story.judge(StaleWrite.self, facts) == .held)
  }

  @Test("items of different locks have nothing to do with each other")
  func locks() {
    var story = History()
    story.write(2, grant: 2, lock: 2)
    story.write(1, grant: 1, lock: 1)
    #expect(story.judge(StaleWrite.self, .made(locks: 2)) == .held)
  }

  @Test("items of one lock have nothing to do with each other, and the sentence names the item")
  func items() {
    let facts = RunFacts.made(items: 3)
    var story = History()
    story.add(.readApplied, 2, item: 2, grant: 2)
    story.add(.writeApplied, 1, item: 3, grant: 1)
    #expect(story.judge(StaleWrite.self, facts) == .held)
    let late = story.add(.writeApplied, 1, item: 2, grant: 1)
    #expect(story.judge(StaleWrite.self, facts) == .violated(1, late))
    #expect(story.sentence(StaleWrite.self, facts).contains(" was applied to item-2 at "))
  }

  @Test("a restart of the resource does not make a stale write fresh")
  func restart() {
    var story = History()
    let first = story.write(2, grant: 2)
    story.add(.itemRestored, node: story.topology.resource, lock: 1)
    let second = story.write(1, grant: 1)
    #expect(story.judge(StaleWrite.self, facts) == .violated(first, second))
  }

  @Test("every stale write is counted; without accesses it does not apply; without grants nothing is stale")
  func edges() {
    var story = History()
    let first = story.write(2, grant: 5)
    let second = story.write(1, grant: 4)
    story.write(1, grant: 3)
    story.write(3, grant: 0)
    #expect(story.judge(StaleWrite.self, facts) == .violated(first, second, count: 2))
    #expect(story.judge(StaleWrite.self, .made(accesses: false)) == .notApplicable)
    var free = History()
    free.write(1)
    free.write(2)
    #expect(free.judge(StaleWrite.self, .made(token: .none, hasService: false)) == .held)
  }

  @Test("the sentence could be a headline")
  func sentence() {
    var story = History()
    story.at(12_034)
    story.add(.writeApplied, 2, grant: 2, token: 34)
    story.at(16_512)
    story.add(.writeApplied, 1, grant: 1, token: 33)
    #expect(
      story.sentence(StaleWrite.self, facts)
        == "client-1's write with token 33 was applied at 16.512 s, although client-2 (token 34) had "
        + "written at "
        + "12.034 s")
    #expect(
      story.sentence(StaleWrite.self, .made(locks: 2, token: .none))
        == "client-1's write was applied to the item of lock-1 at 16.512 s, although client-2 had written at "
        + "12.034 s")
  }
}

@Suite("token-ratchet: the guard forgets no token")
struct TokenRatchetTests {
  let facts = RunFacts.made()

  @Test("a highest token that stays or rises is right, across a crash too")
  func rises() {
    var story = History()
    for highest in [0, 33, 33, 34] as [Int64] { story.write(1, highest: highest) }
    story.add(.itemRestored, node: story.topology.resource, lock: 1, d: 34)
    story.add(.readApplied, 1, d: 35)
    #expect(story.judge(TokenRatchet.self, facts) == .held)
  }

  @Test("a fall is found on a read, on a write, and after a crash", arguments: [
    Record.Kind.readApplied, .writeApplied, .itemRestored,
  ])
  func falls(_ kind: Record.Kind) {
    var story = History()
    let first = story.write(1, highest: 34)
    story.write(1, highest: 34)
    let second = story.add(kind, 2, d: 33)
    #expect(story.judge(TokenRatchet.self, facts) == .violated(first, second))
    story.write(1, highest: 33)
    #expect(story.judge(TokenRatchet.self, facts) == .violated(first, second))
    story.write(1, highest: 0)
    #expect(story.judge(TokenRatchet.self, facts) == .violated(first, second, count: 2))
  }

  @Test("a power failure may take back what nobody was told of, and only that")
  func powerFailure() {
    var story = History()
    let first = story.write(1, id: 1, highest: 33)
    story.acknowledge(1, id: 1, version: 1)
    story.write(2, id: 2, highest: 34)
    story.crash(.unsynced)
    story.add(.itemRestored, node: story.topology.resource, lock: 1, d: 33)
    #expect(story.judge(TokenRatchet.self, facts) == .held)
    let second = story.add(.readApplied, 1, d: 32)
    #expect(story.judge(TokenRatchet.self, facts) == .violated(first, second))
  }

  @Test("what a client was answered must stay, and so must all that came before it", arguments: [
    Record.Kind.read, .writeAcknowledged,
  ])
  func answered(_ answer: Record.Kind) {
    var story = History()
    story.write(1, id: 1, highest: 33)
    let first = story.add(answer == .read ? .readApplied : .writeApplied, 2, a: 2, d: 34)
    story.add(answer, 2, a: 2)
    story.crash(.disk)
    let second = story.add(.itemRestored, node: story.topology.resource, lock: 1, d: 33)
    #expect(story.judge(TokenRatchet.self, facts) == .violated(first, second))
  }

  @Test("a crash of the process takes nothing back")
  func processCrash() {
    var story = History()
    let first = story.write(1, id: 1, highest: 34)
    story.crash(.memory)
    let second = story.add(.itemRestored, node: story.topology.resource, lock: 1, d: 33)
    #expect(story.judge(TokenRatchet.self, facts) == .violated(first, second))
  }

  @Test("each lock's item has a ratchet of its own, and records without one are passed over")
  func locks() {
    var story = History()
    story.write(1, lock: 1, highest: 34)
    story.write(1, lock: 2, highest: 3)
    story.write(1, lock: 1, highest: -1)
    #expect(story.judge(TokenRatchet.self, .made(locks: 2)) == .held)
  }

  @Test("it applies to guards that keep a highest token, where something is accessed")
  func applies() {
    #expect(History().judge(TokenRatchet.self, .made(guardKeepsHighest: false)) == .notApplicable)
    #expect(History().judge(TokenRatchet.self, .made(accesses: false)) == .notApplicable)
  }

  @Test("the sentence says from where to where it fell, and when")
  func sentence() {
    var story = History()
    story.at(1_000)
    story.write(1, highest: 34)
    story.at(2_000)
    story.add(.itemRestored, node: story.topology.resource, lock: 1, d: 0)
    #expect(
      story.sentence(TokenRatchet.self, facts)
        == "the guard's highest token fell from 34 (kept since 1.000 s) to 0 when the resource came back "
        + "from a "
        + "crash at 2.000 s")
  }
}

@Suite("false-reject: the current holder is let in")
struct FalseRejectTests {
  let facts = RunFacts.made()
  let token = Int64(AccessReply.Outcome.refusedToken.rawValue)
  let version = Int64(AccessReply.Outcome.refusedVersion.rawValue)

  @Test("the current holder's refused read or write is a false one", arguments: [
    Record.Kind.readRejected, .writeRejected,
  ])
  func refused(_ kind: Record.Kind) {
    var story = History()
    let first = story.take(1, grant: 1)
    let second = story.add(kind, 1, grant: 1, a: 7, b: token)
    #expect(story.judge(FalseReject.self, facts) == .violated(first, second))
  }

  @Test("a refusal for the version does not count")
  func versions() {
    var story = History()
    story.take(1, grant: 1)
    story.add(.writeRejected, 1, grant: 1, a: 7, b: version)
    #expect(story.judge(FalseReject.self, facts) == .held)
  }

  @Test("the holder of an earlier grant may be refused, the same client's too")
  func earlier() {
    var story = History()
    story.take(1, grant: 1)
    story.add(.releaseSent, 1)
    story.take(2, grant: 2)
    story.add(.writeRejected, 1, grant: 1, a: 7, b: token)
    story.add(.releaseSent, 2)
    story.take(1, grant: 3)
    story.add(.writeRejected, 1, grant: 1, a: 8, b: token)
    #expect(story.judge(FalseReject.self, facts) == .held)
  }

  @Test("who no longer believes, or not yet, may be refused")
  func belief() {
    var story = History()
    story.add(.granted, 1, grant: 1)
    story.add(.writeRejected, 1, grant: 1, a: 7, b: token)
    story.add(.acquired, 1, grant: 1)
    story.add(.releaseSent, 1)
    story.add(.writeRejected, 1, grant: 1, a: 8, b: token)
    #expect(story.judge(FalseReject.self, facts) == .held)
  }

  @Test("the one who believes must be the one who is refused")
  func otherBeliever() {
    var story = History()
    story.take(1, grant: 1)
    story.take(2, grant: 2)
    story.add(.releaseSent, 2)
    story.add(.writeRejected, 2, grant: 2, a: 7, b: token)
    #expect(story.judge(FalseReject.self, facts) == .held)
  }

  @Test("a client that acquired again what it held believes in its latest grant")
  func again() {
    var story = History()
    story.take(1, grant: 1)
    let first = story.take(1, grant: 2)
    let second = story.add(.writeRejected, 1, grant: 2, a: 7, b: token)
    #expect(story.judge(FalseReject.self, facts) == .violated(first, second))
  }

  @Test("while somebody else believes too, nobody is the current holder")
  func contended() {
    var story = History()
    story.take(1, grant: 1)
    story.take(2, grant: 2)
    story.add(.writeRejected, 2, grant: 2, a: 7, b: token)
    #expect(story.judge(FalseReject.self, facts) == .held)
  }

  @Test("the second delivery of an access, applied or refused before, does not count")
  func delivered() {
    var story = History()
    let first = story.take(1, grant: 1)
    story.write(1, grant: 1, id: 7)
    story.add(.writeRejected, 1, grant: 1, a: 7, b: token)
    #expect(story.judge(FalseReject.self, facts) == .held)
    let second = story.add(.writeRejected, 1, grant: 1, a: 8, b: token)
    story.add(.writeRejected, 1, grant: 1, a: 8, b: token)
    #expect(story.judge(FalseReject.self, facts) == .violated(first, second))
  }

  @Test("the numbers of accesses are each client's own")
  func numbers() {
    var story = History()
    story.take(1, grant: 1)
    story.write(1, grant: 1, id: 7)
    story.add(.releaseSent, 1)
    let first = story.take(2, grant: 2)
    let second = story.add(.writeRejected, 2, grant: 2, a: 7, b: token)
    #expect(story.judge(FalseReject.self, facts) == .violated(first, second))
  }

  @Test("believers in another lock do not matter")
  func locks() {
    var story = History()
    let first = story.take(1, grant: 1, lock: 1)
    story.take(2, grant: 2, lock: 2)
    let second = story.add(.writeRejected, 1, lock: 1, grant: 1, a: 7, b: token)
    #expect(story.judge(FalseReject.self, .made(locks: 2)) == .violated(first, second))
  }

  @Test("once the service has acted on the holder's expiry, it is the current holder no more")
  func expired() {
    var story = History()
    story.take(1, grant: 1)
    story.add(.leaseExpired, 1)
    story.add(.writeRejected, 1, grant: 1, a: 7, b: token)
    #expect(story.judge(FalseReject.self, facts) == .held)
  }

  @Test("it applies where the guard judges tokens or owners")
  func applies() {
    #expect(History().judge(FalseReject.self, .made(accesses: false)) == .notApplicable)
    #expect(History().judge(FalseReject.self, .made(hasService: false)) == .notApplicable)
    var facts = RunFacts.made(token: .none)
    facts.guardJudgesTokens = false
    #expect(History().judge(FalseReject.self, facts) == .notApplicable)
    facts.guardJudgesTokens = true
    var story = History()
    let first = story.take(1, grant: 1, token: 0)
    let second = story.add(.writeRejected, 1, grant: 1, a: 7, b: token)
    #expect(story.judge(FalseReject.self, facts) == .violated(first, second))
  }

  @Test("the sentence says by which grant the refused client held the lock")
  func sentence() {
    var story = History()
    story.take(1, grant: 1, token: 33)
    story.at(500)
    story.add(.readRejected, 1, grant: 1, token: 33, a: 7, b: token)
    #expect(
      story.sentence(FalseReject.self, facts)
        == "client-1's read with token 33 was refused for its token at 0.500 s, although it held the lock "
        + "by the "
        + "latest grant, of 0.001 s, and nobody else believed to")
  }
}
