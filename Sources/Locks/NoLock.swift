import Contract

/// No lock at all: every client is let in at once. What a lock is worth is measured against it.
public struct NoLock: LockAlgorithm {
  public static let name = "no-lock"
  public static let summary = "every client is let in at once"
  public static let source = "the baseline"

  public init(_ settings: Settings) {}

  public var services: Int { 0 }
  public func client(_ seat: Seat) -> any ErasedMachine { NoLockClient(ttl: seat.lease.ttl) }
  public func server(_ seat: Seat) -> any ErasedMachine { NoServer() }
}

/// Grants to itself whatever its program asks for.
struct NoLockClient: Machine {
  typealias Message = NoMessage
  let ttl: Nanos

  mutating func handle(_ input: Input<NoMessage, NoTimer>, _ turn: inout Turn) {
    guard case .call(let call) = input else { return }
    let forever = turn.now.monotonic + .seconds(315_576_000)
    switch call {
    case .acquire(let lock):
      let token = Token(unique: turn.randomToken())
      turn.record(Record(.acquireSent, lock: lock, token: token))
      turn.record(Record(.voted, lock: lock, client: turn.me, token: token))
      turn.answer(.acquired(lock, Grant(token: token, asked: turn.now.monotonic, deadline: forever)))
    case .refresh(let lock, let number): turn.answer(.refreshed(lock, number: number, deadline: forever))
    case .release(let lock): turn.answer(.released(lock))
    case .access, .finish: break
    }
  }
}

/// The machine of a role that an algorithm does not have.
struct NoServer: Machine {
  typealias Message = NoMessage
  mutating func handle(_ input: Input<NoMessage, NoTimer>, _ turn: inout Turn) {}
}
