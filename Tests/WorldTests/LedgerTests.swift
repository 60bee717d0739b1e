import Contract
import Testing

@testable import World

@Suite("The ledger of grants")
struct LedgerTests {
  /// Client-1 (node 4) of three services states these facts in order; services vote where they are named.
  enum Fact: Sendable {
    case ask(UInt64, lock: Int = 0)
    case vote(Int, UInt64, lock: Int = 0)
    case giveUp
    case believe(UInt64)
  }

  /// One fact each millisecond; client k of two is node 3 + k.
  static func stage(_ facts: [(client: Int, fact: Fact)]) -> Stage {
    var stage = Stage()
    @Sendable func act(_ node: Int, _ turn: inout Turn, _ position: Int) {
      let (client, fact) = facts[position]
      let owner = 3 + client
      switch fact {
      case .ask(let value, let lock) where node == owner:
        turn.record(Record(.acquireSent, lock: LockID(lock), token: Token(unique: value)))
      case .vote(let service, let value, let lock) where node == service:
        turn.record(Record(.voted, lock: LockID(lock), client: NodeID(owner), token: Token(unique: value)))
      case .giveUp where node == owner: turn.record(Record(.attemptEnded, lock: LockID(0)))
      case .believe(let value) where node == owner:
        let now = turn.now.monotonic
        turn.answer(.acquired(LockID(0), Grant(token: Token(unique: value), asked: now, deadline: now)))
      default: break
      }
    }
    let all: Stage.Act = { seat, input, turn in
      switch input {
      case .start, .restarted:
        for position in facts.indices {
          let delay = Nanos.milliseconds(Int64(position) + 1) - (turn.now.monotonic - LocalTime(nanos: 0))
          if delay > .zero { turn.set(Probe.Timer.first, key: UInt64(position), after: delay) }
        }
      case .timer(.first, let key): act(Int(seat.node.index), &turn, Int(key))
      default: break
      }
    }
    stage.server = all
    stage.clientLock = all
    stage.clientProgram = { _, input, turn in
      guard case .answer(.acquired(let lock, let grant)) = input else { return }
      turn.record(Record(.acquired, lock: lock, grant: grant.stamp))
    }
    return stage
  }

  /// The grants, as `number:client@millisecond`, with a quorum of two of three.
  static func grants(_ facts: [(client: Int, fact: Fact)], _ plan: [PlanEntry] = []) -> [String] {
    played(facts, plan).records.filter { $0.kind == .granted }.map {
      "\($0.grant):\($0.client.index - 3)@\($0.at.milliseconds)"
    }
  }

  static func played(_ facts: [(client: Int, fact: Fact)], _ plan: [PlanEntry] = []) -> Played {
    var setup = stage(facts).setup(services: 3, clients: 2, plan)
    setup.quorum = 2
    return Played(setup)
  }

  @Test("makes a grant of the quorum-th vote, once, at the instant of that vote")
  func quorum() {
    #expect(Self.grants([(1, .ask(9)), (1, .vote(1, 9))]) == [])
    #expect(Self.grants([(1, .ask(9)), (1, .vote(1, 9)), (1, .vote(1, 9))]) == [])
    #expect(Self.grants([(1, .ask(9)), (1, .vote(1, 9)), (1, .vote(3, 9)), (1, .vote(2, 9))]) == ["1:1@3"])
  }

  @Test("numbers grants upwards over all clients and locks")
  func numbers() {
    let facts: [(Int, Fact)] = [
      (1, .ask(9)), (2, .ask(8, lock: 1)), (1, .vote(1, 9)), (2, .vote(1, 8, lock: 1)),
      (2, .vote(2, 8, lock: 1)),
      (1, .vote(2, 9)), (2, .ask(7)), (2, .vote(3, 7)), (2, .vote(1, 7)),
    ]
    #expect(Self.grants(facts) == ["1:2@5", "2:1@6", "3:2@9"])
  }

  @Test("counts a vote only for the attempt that it names")
  func oldAttempts() {
    let retry: [(Int, Fact)] = [
      (1, .ask(9)), (1, .vote(1, 9)), (1, .ask(5)), (1, .vote(2, 9)), (1, .vote(2, 5)),
    ]
    #expect(Self.grants(retry) == [])
    #expect(Self.grants(retry + [(1, .vote(1, 5))]) == ["1:1@6"])
  }

  @Test("makes no grant of a vote that comes after its client gave the attempt up: a ghost")
  func ghostOfAnAttempt() {
    #expect(Self.grants([(1, .ask(9)), (1, .vote(1, 9)), (1, .giveUp), (1, .vote(2, 9))]) == [])
  }

  @Test("makes no grant of a vote for a client that crashed after asking")
  func ghostOfAProcess() {
    let facts: [(Int, Fact)] = [(1, .ask(9)), (1, .vote(1, 9)), (1, .vote(2, 9))]
    #expect(Self.grants(facts, [.at(2, .crash(4, restart: nil))]) == [])
    #expect(Self.grants(facts, [.at(2, .crash(5, restart: nil))]) == ["1:1@3"])
  }

  @Test("stamps what the client learns with the number of its grant")
  func stamps() {
    let facts: [(Int, Fact)] = [(1, .ask(9)), (1, .vote(1, 9)), (1, .vote(2, 9)), (1, .believe(9))]
    #expect(Self.played(facts).first(.acquired)!.grant == 1)
  }

  @Test("gives a belief that nobody granted a grant of its own, so that it has a place in the order")
  func beliefWithoutGrant() {
    let facts: [(Int, Fact)] = [(1, .ask(9)), (1, .vote(1, 9)), (1, .believe(9)), (1, .vote(2, 9))]
    #expect(Self.grants(facts) == ["1:1@3"])
    #expect(Self.played(facts).first(.acquired)!.grant == 1)
  }

  @Test("knows the holder and the one before it on the same lock")
  func roles() {
    let facts: [(Int, Fact)] = [
      (1, .ask(9)), (1, .vote(1, 9)), (1, .vote(2, 9)), (2, .ask(8)), (2, .vote(1, 8)), (2, .vote(2, 8)),
    ]
    #expect(Self.played(Array(facts[..<2])).world.ledger.holder == .none)
    let one = Self.played(Array(facts[..<3])).world.ledger
    #expect(one.holder == NodeID(4) && one.previousHolder == .none)
    let two = Self.played(facts).world.ledger
    #expect(two.holder == NodeID(5) && two.previousHolder == NodeID(4))
  }
}
