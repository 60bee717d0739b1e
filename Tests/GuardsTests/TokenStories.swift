import Contract
import Guards
import Locks

/// All orders of events of a few grants on one item: which of them lose an update under which rules.
///
/// The manager and the guard are the real values; clients, lease and network are what this search decides. A
/// lease may run out at any time, an expired holder goes on as if nothing had happened, and a write arrives
/// at any time after it was sent.
struct TokenStories {
  /// When the manager forgets expired tokens, and which of them a paired token names.
  enum Memory { case asWritten, namesTheFirstEver, neverForgets }

  /// How a holder may give the lock back, from the most careful on.
  enum Release: Int { case afterOutcome, withoutWriting, whileInFlight }

  var rule: any Guard.Type
  var grants: Int
  var writes = 1
  var release = Release.afterOutcome
  var memory = Memory.asWritten

  struct Holder: Hashable {
    enum Phase: Hashable { case fresh, granted, working, stopped }
    var phase = Phase.fresh
    var order: Int64 = 0
    var minor: Int64 = 0
    /// Its copy of the content: one bit for each update.
    var copy = 0
    var version: Int64 = -1
    var sent = 0
    var isInFlight = false

    var token: Token { Token(order: order, minor: minor) }
  }

  struct State: Hashable {
    var holders: [Holder]
    /// Index of the holder whose lock the manager takes for held; nil: free.
    var held: Int?
    var granted = 0
    var latest: Int64 = 0
    var firstExpired: Int64 = 0
    var firstExpiredEver: Int64 = 0
    var highest: Int64 = 0
    var version: Int64 = 0
    var content = 0
    var accepted = 0
  }

  /// Whether some order of events loses an update that was accepted.
  func losesUpdate() -> Bool {
    var seen: Set<State> = []
    var open = [State(holders: [Holder](repeating: Holder(), count: grants))]
    while let state = open.popLast() {
      guard seen.insert(state).inserted else { continue }
      if state.accepted & ~state.content != 0 { return true }
      open += successors(state)
    }
    return false
  }

  func successors(_ state: State) -> [State] {
    var next: [State] = []
    if state.granted < grants { next.append(granting(state)) }
    for index in state.holders.indices {
      let holder = state.holders[index]
      if holder.phase == .granted { next.append(reading(state, index)) }
      if holder.phase == .working, !holder.isInFlight, holder.sent < writes {
        next.append(sending(state, index))
      }
      if holder.isInFlight { next.append(arriving(state, index)) }
      if state.held == index, mayRelease(holder) { next.append(releasing(state, index)) }
    }
    return next
  }

  // MARK: events

  /// The next client asks; a lock that is held has expired by then.
  func granting(_ state: State) -> State {
    var next = state
    var pairing = TokenPairing(latest: state.latest, firstExpired: state.firstExpired)
    if state.held != nil {
      pairing.expire()
      if state.firstExpiredEver == 0 { next.firstExpiredEver = state.latest }
    }
    let token = pairing.grant()
    next.latest = pairing.latest
    next.firstExpired = pairing.firstExpired
    let minor =
      switch memory {
      case .asWritten: token.minor
      case .namesTheFirstEver: token.minor == 0 ? 0 : next.firstExpiredEver
      case .neverForgets: next.firstExpiredEver
      }
    next.holders[state.granted] = Holder(phase: .granted, order: token.order, minor: minor)
    next.held = state.granted
    next.granted += 1
    return next
  }

  func reading(_ state: State, _ index: Int) -> State {
    var next = state
    var keeper = rule.init(restored: GuardMemory(highest: state.highest))
    let item = Item(version: state.version)
    let access = access(state.holders[index], writes: false)
    if case .accept = keeper.admitsRead(access, of: item) {
      next.holders[index].phase = .working
      next.holders[index].copy = state.content
      next.holders[index].version = state.version
    } else {
      next.holders[index].phase = .stopped
    }
    next.highest = keeper.memory.highest
    return next
  }

  func sending(_ state: State, _ index: Int) -> State {
    var next = state
    next.holders[index].copy |= 1 << (index * writes + state.holders[index].sent)
    next.holders[index].sent += 1
    next.holders[index].isInFlight = true
    return next
  }

  func arriving(_ state: State, _ index: Int) -> State {
    var next = state
    var keeper = rule.init(restored: GuardMemory(highest: state.highest))
    next.holders[index].isInFlight = false
    let access = access(state.holders[index], writes: true)
    if case .accept = keeper.admitsWrite(access, to: Item(version: state.version)) {
      next.version += 1
      next.holders[index].version = next.version
      next.content = state.holders[index].copy
      next.accepted |= 1 << (index * writes + state.holders[index].sent - 1)
    } else {
      next.holders[index].phase = .stopped
    }
    next.highest = keeper.memory.highest
    return next
  }

  func mayRelease(_ holder: Holder) -> Bool {
    if holder.isInFlight { return release == .whileInFlight }
    return holder.phase == .stopped || holder.sent > 0 || release != .afterOutcome
  }

  /// The holder writes nothing more, but what it has sent is on its way.
  func releasing(_ state: State, _ index: Int) -> State {
    var next = state
    var pairing = TokenPairing(latest: state.latest, firstExpired: state.firstExpired)
    pairing.release()
    next.firstExpired = pairing.firstExpired
    next.holders[index].phase = .stopped
    next.held = nil
    return next
  }

  func access(_ holder: Holder, writes: Bool) -> Access {
    Access(
      lock: LockID(0), writes: writes, id: 1, token: holder.token, stamp: 1,
      base: writes ? holder.version : -1)
  }
}

/// `paired-token` with the addition that many writes need: whoever wrote last may write again.
struct PairedTokenForSessions: Guard {
  static let name = "paired-token-for-sessions"
  static let summary = "as paired-token, and the highest token again"
  static let source = "this test"
  var rule: PairedToken

  init() { rule = PairedToken() }
  init(restored memory: GuardMemory) { rule = PairedToken(restored: memory) }

  mutating func admitsWrite(_ access: Access, to item: Item) -> Ruling {
    access.token.order == rule.memory.highest ? .accept : rule.admitsWrite(access, to: item)
  }
  var memory: GuardMemory { rule.memory }
}
