import Contract
import Locks
import Services

/// Redlock with a bug: the real client behind a machine that falsifies what it hears or does.
struct Bugged: Machine {
  typealias Message = RedisMessage
  typealias Timer = RedlockClient.Timer
  enum Bug { case twoAreEnough, keepsKeys, deletesBlindly, oneValue }

  let bug: Bug
  var inner: RedlockClient
  let nodes: Range<Int32>
  /// The question to which a fifth yes was invented.
  var invented: Int64 = 0

  init(_ bug: Bug, _ seat: Seat) {
    self.bug = bug
    inner = Redlock(Settings(Redlock.parameters)).client(seat) as! RedlockClient
    nodes = 1..<6
  }

  mutating func handle(_ input: Input<RedisMessage, Timer>, _ turn: inout Turn) {
    let start = turn.effects.count
    if case .message(let message, let node) = input, bug == .twoAreEnough {
      // The fifth node's answer is made up as soon as anybody says yes.
      if node.index == 5 { return }
      if message.isYes, invented != message.question {
        invented = message.question
        inner.handle(.message(message, from: NodeID(5)), &turn)
      }
    }
    inner.handle(input, &turn)
    let own = turn.effects[start...]
    turn.effects.replaceSubrange(start..., with: falsified(Array(own)))
  }

  func falsified(_ effects: [Effect]) -> [Effect] {
    let hasFailed = effects.contains {
      if case .record(let record) = $0 { return record.kind == .attemptEnded }
      return false
    }
    return effects.compactMap { effect in
      guard case .send(let envelope, let node) = effect else { return valued(effect) }
      var message = envelope.read(as: RedisMessage.self)
      if message.operation == .deleteIfEqual {
        if bug == .keepsKeys, hasFailed { return nil }
        if bug == .deletesBlindly { message.operation = .delete }
      }
      if bug == .oneValue { message.value = Bugged.oneValue }
      return .send(Envelope(message), to: node)
    }
  }

  /// The value of all attempts, where there is only one.
  static let oneValue: UInt64 = 77

  /// With one value for all, the client also tells its program of no other.
  func valued(_ effect: Effect) -> Effect {
    guard bug == .oneValue else { return effect }
    let token = Token(unique: Bugged.oneValue)
    switch effect {
    case .answer(.acquired(let lock, let grant)):
      return .answer(.acquired(lock, Grant(token: token, asked: grant.asked, deadline: grant.deadline)))
    case .record(var record) where record.kind == .acquireSent:
      record.token = token
      return .record(record)
    default: return effect
    }
  }
}

/// The algorithms of the bugs; all else is Redlock's.
protocol BuggedRedlock: LockAlgorithm {
  static var bug: Bugged.Bug { get }
  init()
}

extension BuggedRedlock {
  static var summary: String { "a planted bug" }
  static var source: String { "none" }
  static var token: TokenKind { .unique }
  init(_ settings: Settings) { self.init() }
  var services: Int { 5 }
  var quorum: Int { Self.bug == .twoAreEnough ? 2 : 3 }
  func client(_ seat: Seat) -> any ErasedMachine { Bugged(Self.bug, seat) }
  func server(_ seat: Seat) -> any ErasedMachine { RedisServer(fsync: .never) }
}

struct Hasty: BuggedRedlock { static let name = "hasty", bug = Bugged.Bug.twoAreEnough }
struct Untidy: BuggedRedlock { static let name = "untidy", bug = Bugged.Bug.keepsKeys }
struct Rude: BuggedRedlock { static let name = "rude", bug = Bugged.Bug.deletesBlindly }
struct Stale: BuggedRedlock { static let name = "stale", bug = Bugged.Bug.oneValue }
