import Checks
import Contract
import Testing

@Suite("token-order: tokens increase in grant order")
struct TokenOrderTests {
  /// Tokens handed out in grant order, and whether the last one breaks the order with the first or second.
  @Test("only a token that is not above all before it is wrong", arguments: [
    ([33, 34, 40], nil), ([33, 33], 1), ([33, 35, 34], 2), ([2, 1], 1),
  ] as [([Int64], Int64?)])
  func order(_ tokens: [Int64], _ culprit: Int64?) {
    var story = History()
    for (index, token) in tokens.enumerated() {
      story.add(.granted, index % 2 + 1, grant: Int64(index + 1), token: token)
    }
    let expected: Outcome = culprit.map { .violated($0, Int64(tokens.count)) } ?? .held
    #expect(story.judge(TokenOrder.self, .made()) == expected)
  }

  @Test("each lock has an order of its own, and votes are no grants")
  func locks() {
    var story = History()
    story.add(.granted, 1, lock: 1, grant: 1, token: 9)
    story.add(.granted, 1, lock: 2, grant: 2, token: 3)
    story.add(.voted, 1, lock: 1, token: 4)
    #expect(story.judge(TokenOrder.self, .made(locks: 2)) == .held)
  }

  @Test("every grant below the highest token is counted")
  func count() {
    var story = History()
    for token in [5, 3, 4] as [Int64] { story.add(.granted, 1, grant: 1, token: token) }
    #expect(story.judge(TokenOrder.self, .made()) == .violated(1, 2, count: 2))
  }

  @Test("it applies to ordered and paired tokens of a service alone")
  func applies() {
    for token in [TokenKind.none, .unique] {
      #expect(History().judge(TokenOrder.self, .made(token: token)) == .notApplicable)
    }
    #expect(History().judge(TokenOrder.self, .made(token: .paired)) == .held)
    #expect(History().judge(TokenOrder.self, .made(hasService: false)) == .notApplicable)
  }

  @Test("the sentence gives both grants with their tokens")
  func sentence() {
    var story = History()
    story.at(1_000)
    story.add(.granted, 1, lock: 2, grant: 1, token: 34)
    story.at(2_000)
    story.add(.granted, 2, lock: 2, grant: 2, token: 33)
    #expect(
      story.sentence(TokenOrder.self, .made(locks: 2))
        == "client-2 was granted lock-2 with token 33 at 2.000 s, after client-1 had been granted it with "
        + "token 34 "
        + "at 1.000 s")
  }
}

@Suite("wrong-release: nobody touches a lock that another has set")
struct WrongReleaseTests {
  @Test("a removal or extension by the owner is right, by another it is wrong", arguments: [
    Record.Kind.removed, .extended,
  ])
  func owner(_ kind: Record.Kind) {
    var story = History()
    story.add(kind, 1, a: Int64(story.node(1).index))
    #expect(story.judge(WrongRelease.self, .made()) == .held)
    let wrong = story.add(kind, 1, a: Int64(story.node(2).index))
    #expect(story.judge(WrongRelease.self, .made()) == .violated(wrong, wrong))
    story.add(kind, 3, a: Int64(story.node(2).index))
    #expect(story.judge(WrongRelease.self, .made()) == .violated(wrong, wrong, count: 2))
  }

  @Test("a removal of what nobody had set is nobody's loss")
  func nobody() {
    var story = History()
    story.add(.removed, 1, a: -1)
    #expect(story.judge(WrongRelease.self, .made()) == .held)
  }

  @Test("it does not apply where nobody grants")
  func noService() {
    #expect(History().judge(WrongRelease.self, .made(hasService: false)) == .notApplicable)
  }

  @Test("the sentence tells a release from an extension")
  func sentence() {
    var story = History()
    story.at(11_250)
    story.add(.removed, 1, a: Int64(story.node(2).index))
    #expect(
      story.sentence(WrongRelease.self, .made())
        == "client-1's release removed the lock at 11.250 s, although client-2 had set it")
    var other = History()
    other.add(.extended, 2, lock: 3, a: Int64(story.node(1).index))
    #expect(
      other.sentence(WrongRelease.self, .made(locks: 3))
        == "client-2's extension prolonged lock-3 at 0.000 s, although client-1 had set it")
  }
}
