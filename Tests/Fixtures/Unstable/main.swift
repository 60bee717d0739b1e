// A package of its own that adds one lock: this file is all it takes. The lock is wrong on purpose: the order
// in which it asks its nodes is that of a set, which is another one in each process.
import Command
import Contract
import Lab

LockstepCommand.main(.standard.adding(algorithm: Unstable.self))

/// A lock on the first of eight nodes that says yes.
///
/// Promises: nothing. Breaks when: it is run twice.
struct Unstable: LockAlgorithm {
  static let name = "unstable"
  static let summary = "asks its nodes in the order of a hash table"
  static let source = "a mistake that is easily made"
  static let protocols: [any Payload.Type] = [UnstableMessage.self]

  init(_ settings: Settings) {}

  var services: Int { 8 }
  func client(_ seat: Seat) -> any ErasedMachine {
    UnstableClient(nodes: seat.topology.indices(.service), ttl: seat.lease.ttl)
  }
  func server(_ seat: Seat) -> any ErasedMachine { UnstableServer() }
}

struct UnstableMessage: Payload {
  enum Kind: UInt8, BitwiseCopyable, Sendable { case ask, leave, yes, no }

  static let tag = ProtocolTag("hash")
  static let words = ["ask", "leave", "yes", "no"]

  var kind: Kind
  var lock: LockID
  var attempt: UInt64

  var word: UInt8 { kind.rawValue }
  func fold(into print: inout Fingerprint) {
    print.add(lock)
    print.add(attempt)
  }
}

struct UnstableClient: Machine {
  /// Keyed by lock.
  enum Timer: UInt8, TimerName { case again = 1 }

  let order: [Int]
  let ttl: Nanos
  var next = 0
  var attempt: UInt64 = 0
  var asked = LocalTime(nanos: 0)

  init(nodes: Range<Int>, ttl: Nanos) {
    order = Set(nodes).map { $0 }
    self.ttl = ttl
  }

  mutating func handle(_ input: Input<UnstableMessage, Timer>, _ turn: inout Turn) {
    switch input {
    case .call(.acquire(let lock)): ask(lock, &turn)
    case .message(let message, _) where message.kind == .yes && message.attempt == attempt:
      let grant = Grant(token: Token(unique: attempt), asked: asked, deadline: asked + ttl)
      turn.answer(.acquired(message.lock, grant))
    case .message(let message, _) where message.kind == .no && message.attempt == attempt:
      next += 1
      turn.set(Timer.again, key: UInt64(message.lock.index), after: .milliseconds(50))
    case .timer(.again, let key): ask(LockID(Int(key)), &turn)
    case .call(.refresh(let lock, let number)):
      turn.answer(.refreshed(lock, number: number, deadline: asked + ttl))
    case .call(.release(let lock)):
      turn.send(UnstableMessage(kind: .leave, lock: lock, attempt: attempt), to: node)
      turn.answer(.released(lock))
    default: break
    }
  }

  var node: NodeID { NodeID(order[next % order.count]) }

  mutating func ask(_ lock: LockID, _ turn: inout Turn) {
    attempt = turn.randomToken()
    asked = turn.now.monotonic
    turn.record(Record(.acquireSent, lock: lock, token: Token(unique: attempt)))
    turn.send(UnstableMessage(kind: .ask, lock: lock, attempt: attempt), to: node)
  }
}

struct UnstableServer: Machine {
  var holder: UInt64 = 0

  mutating func handle(_ input: Input<UnstableMessage, NoTimer>, _ turn: inout Turn) {
    guard case .message(var message, let from) = input else { return }
    if message.kind == .leave {
      if holder == message.attempt { holder = 0 }
      return
    }
    message.kind = holder == 0 ? .yes : .no
    if holder == 0 {
      holder = message.attempt
      turn.record(
        Record(.voted, lock: message.lock, client: from, token: Token(unique: message.attempt)))
    }
    turn.send(message, to: from)
  }
}
