import Contract

/// What World keeps for a node beside its machines: clocks, streams, timers, disk, and what is wrong with it.
struct Host: Sendable {
  // First what every event needs, side by side: of fifty thousand hosts none is in the cache.

  var isDown = false
  /// The machine that is meant where nothing says which: a client's program, or the only one.
  let machine: Owner
  /// Counts crashes.
  var incarnation: Int32 = 0
  /// Counts starts after crashes.
  var restarts: Int32 = 0
  /// How many levers pause it.
  var pauses = 0
  /// How many levers make its service answer nobody.
  var outages = 0
  /// Thousandths that its messages and syncs take of their usual time.
  private(set) var slowness: Int64 = 1000
  /// Links to and from the nodes of lower number, two for each, in their order; grown when first used.
  var links: [Link] = []
  /// Where among them the one stands that was used last.
  var latestLink: Int32 = 0
  var timers = Timers()
  /// The stream of the program or server, and that of the lock client.
  var chance: Chance
  var lockChance: Chance
  var clock: Clock

  var disk = Disk()
  var kernel = Kernel()
  /// A client's, in the order of their first message; empty unless its kernel gives connections up.
  var conversations: [Conversation] = []
  /// How many of the levers that pause it suspend the monotonic clock.
  var suspensions = 0
  /// While a delayed restart waits for the wall clock: the reading it waits for.
  var bootAt: LocalTime?
  var bootToken: EventToken?
  /// The plan number of the crash that it restarts from.
  var crashLever = 0
  private var slowFactors: [Int64] = []

  /// Effects emitted after the record at which a pause struck, in order.
  var deferred: [Deferred] = []
  /// Timers that came due and messages that arrived during a pause, in order.
  var backlog: [Event] = []

  /// A client's attempts that are open or granted, one per lock.
  var attempts: [Attempt] = []
  var sectionsDone: Int64 = 0
  var isDone = false

  /// Whether nothing stands between a message to this process and its machine.
  @inline(__always) func isReady(for incarnation: Int32) -> Bool {
    !isDown && self.incarnation == incarnation && pauses == 0 && outages == 0
  }

  /// Whether its machines get no further with their effects.
  var isStopped: Bool { pauses > 0 || isDown }

  struct Deferred: Sendable, BitwiseCopyable {
    let owner: Owner
    let effect: Effect
  }

  /// At most a thousand times, so that spans stay in range.
  private static func product(_ factors: [Int64]) -> Int64 {
    factors.reduce(1000) { min($0 * min($1, 1_000_000) / 1000, 1_000_000) }
  }

  mutating func slowBy(_ factor: Int64) {
    slowFactors.append(factor)
    slowness = Host.product(slowFactors)
  }

  mutating func recover(from factor: Int64) {
    if let place = slowFactors.firstIndex(of: factor) { slowFactors.remove(at: place) }
    slowness = Host.product(slowFactors)
  }

  init(_ node: NodeID, setup: Setup) {
    var draws = Chance(seed: setup.seed, "clock", setup.topology.address(of: node))
    let drift = setup.clocks.drift, offset = setup.clocks.offset.count
    clock = Clock(
      rate: drift == 0 ? 0 : draws.below(2 * drift + 1) - drift,
      offset: Nanos(offset == 0 ? 0 : draws.below(2 * offset + 1) - offset))
    let kind = setup.topology.kind(of: node)
    machine = kind == .client ? .program : kind == .resource ? .resource : .server
    switch kind {
    case .client: chance = Chance(seed: setup.seed, "client", setup.topology.number(of: node))
    case .service: chance = Chance(seed: setup.seed, "service", setup.topology.number(of: node))
    case .layer: chance = Chance(seed: setup.seed, "layer", setup.topology.number(of: node))
    case .resource: chance = Chance(seed: setup.seed, "resource")
    }
    lockChance = Chance(seed: setup.seed, "lock client", setup.topology.number(of: node))
  }
}

/// One client's attempt at one lock, as the ledger follows it.
struct Attempt: Sendable, BitwiseCopyable {
  let lock: LockID
  /// The attempt's own value, by which votes name it.
  var unique: UInt64
  /// One bit per node that said yes.
  var votes: UInt64 = 0
  /// The grant's number; 0: not granted.
  var grant: Int64 = 0
}

extension Topology {
  /// Names a node in streams of chance by its kind and number: the same client in runs of other algorithms.
  func address(of node: NodeID) -> Int { Int(kind(of: node).rawValue) << 32 | number(of: node) }
}
