import Contract

@testable import Clients

/// A client's program on a bench: inputs in, and what it did, in words.
struct ProgramBench {
  var program: Program
  /// The monotonic clock, in milliseconds.
  var now: Int64 = 0
  var restarts: Int32 = 0
  var sectionsDone: Int64 = 0
  var chance = Chance(seed: 1, "client", 1)
  /// Access ids in the order of sending; answers name them by position.
  var accesses: [Access] = []
  /// What went beside the last message.
  var readSet: [Int64] = []

  init(_ load: Load, refresh: Int64? = nil, client: Int = 1, separate: Bool = false, inStore: Bool = false) {
    let topology = Topology(services: 1, layers: 0, clients: load.clients)
    let lease = LeaseTerms(ttl: .seconds(10), refresh: refresh.map(Nanos.milliseconds))
    let seat = Seat(node: topology.node(.client, client)!, topology: topology, lease: lease)
    program = Program(load: load, seat: seat, leaseIsSeparate: separate, inStore: inStore)
  }

  /// What the program does about one input: calls, messages, timers set, and records as `[kind]`.
  @discardableResult
  mutating func handle(_ input: Input<AccessMessage, Program.Timer>) -> [String] {
    var turn = Turn()
    turn.now = LocalClocks(wall: time(now), monotonic: time(now))
    turn.restarts = restarts
    turn.sectionsDone = sectionsDone
    turn.chance = chance
    program.handle(input, &turn)
    chance = turn.chance
    return turn.effects.compactMap { words($0, turn.parcels) }
  }

  func time(_ milliseconds: Int64) -> LocalTime { LocalTime(nanos: milliseconds * 1_000_000) }

  mutating func words(_ effect: Effect, _ parcels: ParcelSlab) -> String? {
    switch effect {
    case .call(.acquire(let lock)): return "acquire \(lock.index + 1)"
    case .call(.refresh(let lock, let number)): return "refresh \(lock.index + 1) #\(number)"
    case .call(.release(let lock)): return "release \(lock.index + 1)"
    case .call(.access(let access)):
      accesses.append(access)
      return "store access \(access.lock.index + 1)"
    case .call(.finish): return "finish"
    case .send(let envelope, _):
      let message = envelope.read(as: AccessMessage.self)
      accesses.append(message.access)
      readSet = envelope.parcel < 0 ? [] : parcels.words(in: envelope.parcel)
      return "\(message.kind) \(message.access.lock.index + 1)"
    case .setTimer(let name, let key, let delay):
      let timer = Program.Timer(rawValue: name)!
      let lock = timer == .refreshDue || timer == .deadline ? " \(key + 1)" : ""
      return "\(timer)\(lock) in \(delay.count / 1_000_000)"
    case .record(let record):
      return "[\(record.kind)\(record.kind == .sectionEnded ? " \(SectionEnd(rawValue: record.a)!)" : "")]"
    case .cancelTimer, .answer, .persist, .sync, .open, .close: return nil
    }
  }

  // MARK: what happens to it

  mutating func granted(_ lock: Int = 0, asked: Int64? = nil, deadline: Int64? = nil) -> [String] {
    let asked = asked ?? now
    let grant = Grant(
      token: Token(order: 5, unique: 9), asked: time(asked), deadline: time(deadline ?? asked + 9898))
    return handle(.answer(.acquired(LockID(lock), grant)))
  }

  /// The resource answers the access of this position, from the last backwards.
  mutating func answered(
    _ outcome: AccessReply.Outcome = .done, version: Int64 = 0, value: Int64 = 0, back: Int = 0
  ) -> [String] {
    let access = accesses[accesses.count - 1 - back]
    let reply = AccessReply(
      lock: access.lock, id: access.id, outcome: outcome, version: version, value: value)
    return handle(.message(AccessMessage(reply: reply, to: access, isWrite: access.writes), from: NodeID(0)))
  }

  mutating func due(_ timer: Program.Timer, lock: Int = 0, at milliseconds: Int64) -> [String] {
    now = milliseconds
    return handle(.timer(timer, key: UInt64(lock)))
  }

  mutating func released(_ lock: Int = 0) -> [String] { handle(.answer(.released(LockID(lock)))) }

  /// Starts and gets its lock at once, and the answer to its read: the hold begins.
  mutating func startHolding(deadline: Int64? = nil) {
    handle(.start)
    _ = granted(deadline: deadline)
    if program.phase == .reading { _ = answered() }
  }
}
