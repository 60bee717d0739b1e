import Contract
import Guards
import Locks
import Testing

@Suite("idelvall's paired tokens, in every order of events")
struct PairedTokenTests {
  func loses(
    _ rule: any Guard.Type, grants: Int, writes: Int = 1, _ release: TokenStories.Release = .afterOutcome,
    _ memory: TokenStories.Memory = .asWritten
  ) -> Bool {
    TokenStories(rule: rule, grants: grants, writes: writes, release: release, memory: memory).losesUpdate()
  }

  func rulings(_ tokens: [Token]) -> [Ruling] {
    var rule = PairedToken()
    return tokens.map { token in
      rule.admitsWrite(Access(lock: LockID(0), writes: true, id: 1, token: token, stamp: 1), to: Item())
    }
  }

  @Test("his own example: client 1 holds 1 and stops, client 2 gets 2/1; whoever writes first wins")
  func example() {
    var manager = TokenPairing()
    let first = manager.grant()
    manager.expire()
    let second = manager.grant()
    #expect([first, second] == [Token(order: 1), Token(order: 2, minor: 1)])
    #expect(rulings([first, second]) == [.accept, .refuseToken])
    #expect(rulings([second, first]) == [.accept, .refuseToken])
  }

  @Test("a release makes the next token ordinary, a withdrawn request does not")
  func releases() {
    var manager = TokenPairing()
    _ = manager.grant()
    manager.expire()
    #expect(manager.grant() == Token(order: 2, minor: 1))
    #expect(manager.grant() == Token(order: 3, minor: 1))
    manager.expire()
    #expect(manager.grant() == Token(order: 4, minor: 1))
    manager.release()
    #expect(manager.grant() == Token(order: 5))
  }

  @Test("(i) as written: two grants lose an update where a lock is released with its write in flight")
  func releaseInFlight() {
    #expect(loses(PairedToken.self, grants: 2, .whileInFlight))
    #expect(!loses(PairedToken.self, grants: 2, .withoutWriting))
  }

  @Test("(ii) as written: three grants lose one where a holder releases without having written")
  func releaseWithoutWriting() {
    #expect(loses(PairedToken.self, grants: 3, .withoutWriting))
  }

  @Test("(iii) one write for each token, and no release before its outcome: nothing is lost")
  func safe() {
    for grants in 2...4 { #expect(!loses(PairedToken.self, grants: grants)) }
  }

  @Test("(iv) many writes for each token lose an update again, with three grants")
  func manyWrites() {
    #expect(!loses(PairedTokenForSessions.self, grants: 2, writes: 2))
    #expect(loses(PairedTokenForSessions.self, grants: 3, writes: 2))
  }

  @Test("(iv) a manager that never forgets who expired closes it, and the others but the write in flight")
  func neverForgets() {
    #expect(!loses(PairedTokenForSessions.self, grants: 3, writes: 2, .afterOutcome, .neverForgets))
    #expect(!loses(PairedToken.self, grants: 4, .withoutWriting, .neverForgets))
    #expect(loses(PairedToken.self, grants: 2, .whileInFlight, .neverForgets))
  }

  @Test("to name the first token that was never released, and not the first since a release, mends nothing")
  func namesTheFirstEver() {
    #expect(loses(PairedToken.self, grants: 2, .whileInFlight, .namesTheFirstEver))
    #expect(loses(PairedToken.self, grants: 3, .withoutWriting, .namesTheFirstEver))
    #expect(!loses(PairedToken.self, grants: 4, .afterOutcome, .namesTheFirstEver))
    #expect(loses(PairedTokenForSessions.self, grants: 3, writes: 2, .afterOutcome, .namesTheFirstEver))
  }

  /// Token 1 expires, 2/1 writes and expires; 3/1 and all after it are refused until one of them releases.
  @Test("(v) once a paired holder has written, later ones are refused until somebody releases")
  func liveness() {
    var manager = TokenPairing()
    var rule = PairedToken()
    func write(_ token: Token) -> Ruling {
      rule.admitsWrite(Access(lock: LockID(0), writes: true, id: 1, token: token, stamp: 1), to: Item())
    }
    _ = manager.grant()
    manager.expire()
    #expect(write(manager.grant()) == .accept)
    for _ in 1...100 {
      manager.expire()
      #expect(write(manager.grant()) == .refuseToken)
    }
    manager.release()
    #expect(write(manager.grant()) == .accept)
    // Under a manager that never forgets, minor stays 1 for ever, and the highest token stays above it.
    for order in 200...300 as ClosedRange<Int64> {
      #expect(write(Token(order: order, minor: 1)) == .refuseToken)
    }
  }

  @Test("(vi) ratchets on writes alone lose an update with two grants, however careful the releases")
  func ratchetsOnWrites() {
    for rule in [Unfenced.self, WriteRatchet.self, StrictRatchet.self] as [any Guard.Type] {
      #expect(loses(rule, grants: 2))
    }
  }

  @Test("(vi) a ratchet on reads too never does, nor do versions, however careless the releases")
  func safeRules() {
    for rule in [ReadWriteRatchet.self, CompareAndSet.self, Optimistic.self] as [any Guard.Type] {
      for release in [TokenStories.Release.afterOutcome, .withoutWriting, .whileInFlight] {
        #expect(!loses(rule, grants: 4, release))
        #expect(!loses(rule, grants: 3, writes: 2, release))
      }
    }
  }
}
