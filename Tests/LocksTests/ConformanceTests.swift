import Clients
import Contract
import Guards
import Lab
import Locks
import Testing
import World

@Suite("Every lock")
struct ConformanceTests {
  /// Names of all locks that exclude anybody.
  static let locks = LockCatalog.all.filter { $0.name != NoLock.name }.map { $0.name }

  static func type(_ name: String) -> any LockAlgorithm.Type { LockCatalog.all.first { $0.name == name }! }

  @Test(
    "keeps three clients apart, lets all of them work, and is free again as soon as it is released",
    arguments: locks)
  func withoutFaults(name: String) {
    for seed in 1...4 as ClosedRange<UInt64> {
      let run = Conformance(Self.type(name), seed: seed)
      #expect(run.broken == [], "\(name), seed \(seed)")
      #expect(run.result.ended == .finished)
      #expect(run.result.violated == [], "\(name), seed \(seed)")
    }
  }

  @Test("lasts as long as it is refreshed, though others wait for it", arguments: locks)
  func refreshed(name: String) {
    // Two clients hold for 10 s each, with leases of 4 s that are refreshed each second.
    let run = Conformance(Self.type(name)) {
      $0.load.clients = 2
      $0.load.sections = 1
      $0.load.hold = .seconds(10)
    }
    #expect(run.overlaps == 0)
    #expect(run.result.reached.sections == 2)
    #expect(run.result.reached.abandoned == 0)
  }

  @Test("of a dead holder goes to the next, after its lease and not long after", arguments: locks)
  func deadHolder(name: String) {
    // The holder dies 0.1 s into its hold, never to return; its lease of 4 s is at most 0.1 s old then. A
    // lock that is its client's connection goes as soon as the dead client's kernel closes that.
    let run = Conformance(Self.type(name)) {
      $0.load.clients = 2
      $0.load.sections = 1
      $0.load.hold = .seconds(1)
      $0.faults = [
        ScriptedFault(
          name: "crash", fields: [("node", .nodes([.holder]))],
          trigger: .when(.read, node: nil, count: 1, after: .milliseconds(100)))
      ]
    }
    let beliefs = run.acquired
    #expect(beliefs.count == 2)
    guard beliefs.count == 2 else { return }
    let gap = beliefs[1].at - beliefs[0].at
    // A lock that promises no lease, as a session's, may be free as soon as the holder's connection is reset.
    let least = Self.type(name).promisesLease ? Nanos.milliseconds(3900) : .milliseconds(100)
    #expect(gap >= least && gap <= .seconds(8), "\(name): \(gap.count) ns")
  }

  @Test("is a lock of its own for each number", arguments: locks)
  func severalLocks(name: String) {
    // Three clients on three locks never wait for each other: the run takes four sections' time, not twelve.
    let run = Conformance(Self.type(name)) { $0.load.locks = 3 }
    #expect(run.result.reached.sections == 12)
    #expect(run.longestWait < .milliseconds(400))
  }

  @Test("can be held two at a time without a deadlock", arguments: locks)
  func twoAtATime(name: String) {
    let run = Conformance(Self.type(name)) {
      $0.load.locks = 3
      $0.load.locksHeld = 2
      $0.load.sections = 2
    }
    #expect(run.result.reached.sections == 6)
    #expect(run.result.violated == [])
  }
}

@Suite("A planted bug")
struct PlantedBugTests {
  @Test("is what `no-lock` is: it keeps nobody apart")
  func noLock() {
    #expect(Conformance(NoLock.self).broken.contains("two clients believed to hold the lock"))
  }

  static func found(_ type: any LockAlgorithm.Type) -> Set<String> {
    Set((1...6).flatMap { Conformance(type, seed: $0).broken + Conformance(type, seed: $0).result.violated })
  }

  @Test("that takes two of five for a majority is caught")
  func twoOfFive() {
    let found = Self.found(Hasty.self)
    #expect(found.contains("two clients believed to hold the lock"))
    #expect(found.contains("mutual-exclusion"))
  }

  @Test("that leaves its keys behind after a failed attempt is caught")
  func noReleaseOnFailure() {
    #expect(Self.found(Untidy.self).contains("somebody waited as long as a lease lasts"))
  }

  @Test("that deletes without comparing is caught")
  func deletesOthers() {
    #expect(Self.found(Rude.self).contains("wrong-release"))
  }

  @Test("that uses one value for all attempts is caught")
  func sameValue() {
    #expect(Self.found(Stale.self).contains("tokens are not new, or not in order"))
  }
}
