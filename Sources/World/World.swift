import Contract

/// A run: a value that `step` advances by one event. Copying it forks the run.
///
/// It holds no reference and nothing that grows with the run but the plan; records are for the caller to
/// drain.
public struct World: Sendable {
  let setup: Setup
  public internal(set) var now = Instant.start
  var queue = EventQueue<Event>()
  var turn = Turn()

  /// Indexed by node.
  var hosts: [Host] = []
  /// Indexed by node: the resource, service nodes, layers, the clients' programs; then the lock clients.
  var machines: [any ErasedMachine] = []
  /// Whether a message may be lost or doubled, is listed, or must be looked at for the counts.
  let isSendingRough: Bool

  var ledger = Ledger()
  var agenda: Agenda
  var lineFaults: [LineFault] = []
  /// How deep calls are nested, and the answers that wait for the outermost effects to be carried out.
  var depth = 0
  var answers: [(node: Int, answer: Answer)] = []
  var clientsDone = 0
  /// Messages and syncs on their way.
  var inFlight = 0
  var foresight = Foresight()

  /// What happened since the caller last drained it, in order.
  public var records: [Record] = []
  public internal(set) var digest = Digest()
  /// The levers pulled so far, with anchors for a replay.
  public internal(set) var plan: [PlanEntry] = []
  public internal(set) var counts = Counts()
  /// nil while the run goes on.
  public internal(set) var ended: EndReason?

  /// What a node's clocks show at a moment no earlier than now and before the next event.
  public func clocks(of node: NodeID, at moment: Instant) -> LocalClocks {
    hosts[Int(node.index)].clock.read(moment)
  }

  /// What a run cost.
  public struct Counts: Sendable, Equatable {
    public var events: Int64 = 0
    public var messages: Int64 = 0
    public var syncs: Int64 = 0
    public var records: Int64 = 0
    /// Messages sent of the kind that begins a transaction.
    public var transactions: Int64 = 0
  }

  public init(_ setup: Setup) {
    self.setup = setup
    agenda = Agenda(setup)
    let topology = setup.topology
    func seat(_ index: Int) -> Seat { Seat(node: NodeID(index), topology: topology, lease: setup.lease) }
    hosts.reserveCapacity(topology.count)
    for index in 0..<topology.count { hosts.append(Host(NodeID(index), setup: setup)) }
    let network = setup.network
    isSendingRough = setup.isTraced || network.userTimeout != nil || setup.transaction != nil
      || network.loss.perBillion > 0 || network.duplicate.perBillion > 0
    machines.reserveCapacity(topology.count + topology.clients)
    machines.append(setup.cast.resource(seat(0)))
    for index in 1..<(1 + topology.services + topology.layers) {
      machines.append(setup.cast.server(seat(index)))
    }
    for index in topology.indices(.client) { machines.append(setup.cast.program(seat(index))) }
    for index in topology.indices(.client) { machines.append(setup.cast.lockClient(seat(index))) }
    queue.wheel.isAnnouncing = topology.clients > Foresight.crowd
    for index in 0..<topology.count {
      let number = index - topology.indices(.client).lowerBound
      let start = Instant.start + setup.startEvery * Int64(max(0, number))
      queue.push(Event(.start, at: NodeID(index), incarnation: 0), at: start)
    }
  }

  /// Advances the run by one event or lever; false once it has ended.
  public mutating func step() -> Bool {
    if ended != nil { return false }
    if isFinished { return end(.finished) }
    let leverTime = agenda.nextTime
    let limit = min(setup.duration, leverTime == .never ? .never : leverTime + Nanos(-1))
    if let (time, event) = queue.pop(until: limit) {
      now = time
      counts.events += 1
      if queue.wheel.hasAnnounced { lookAhead() }
      fold(event)
      happen(event)
      return true
    }
    guard leverTime <= setup.duration else {
      let isEmpty = queue.isEmpty && leverTime == .never
      if !isEmpty { now = setup.duration }
      return end(isEmpty ? .nothingLeft : .duration)
    }
    now = leverTime
    counts.events += 1
    runAgenda()
    return true
  }

  /// Whether every client has done its sections, no fault is left to come and no message is on its way.
  var isFinished: Bool {
    clientsDone == setup.topology.clients && inFlight == 0 && agenda.pendingStrikes == 0
  }

  mutating func end(_ reason: EndReason) -> Bool {
    ended = reason
    // Once more than needed, so that the last words too reach every bit.
    digest.fold(UInt64(bitPattern: now.nanos))
    digest.fold(0)
    return false
  }

  @inline(__always) mutating func fold(_ event: Event) {
    let place =
      UInt64(UInt32(bitPattern: event.node.index)) << 32 | UInt64(UInt32(bitPattern: event.from.index))
    digest.fold(UInt64(bitPattern: now.nanos), place)
    digest.fold(
      UInt64(event.kind.rawValue) << 16 | UInt64(event.owner.rawValue) << 8 | UInt64(event.name),
      event.kind == .message ? turn.effects.envelopes.print(event.slot) : event.key)
  }

  // MARK: events

  @inline(__always) mutating func happen(_ event: Event) {
    let index = Int(event.node.index)
    switch event.kind {
    case .message: arrive(event)
    case .timer: comeDue(event)
    case .start where hosts[index].incarnation == event.incarnation: deliver(event)
    case .synced: syncReturned(event)
    case .restart: restartIsDue(event)
    case .boot: bootIsDue(event)
    case .start, .disturbed: break
    }
  }

  /// Hands an event to its machine, or keeps it while the node is paused.
  mutating func deliver(_ event: Event) {
    let index = Int(event.node.index)
    if hosts[index].pauses > 0 {
      hosts[index].backlog.append(event)
      return
    }
    dispatch(event, index)
  }

  mutating func dispatch(_ event: Event, _ index: Int) {
    switch event.kind {
    case .message: hand(event, index)
    case .timer: expire(event, index)
    case .synced: run(index, event.owner, .synced(event.key))
    case .start: boot(index, .start)
    case .restart, .boot: bootFromDisk(index)
    case .disturbed:
      let what = Disturbance(rawValue: event.name)!
      run(index, .server, .disturbed(what, Int64(bitPattern: event.key), event.mark))
    }
  }

  /// Hands a message to its machine; a client's lock client gets all that is not from the resource.
  @inline(__always) mutating func hand(_ event: Event, _ index: Int) {
    inFlight &-= 1
    if setup.isTraced { trace(.messageArrived, event) }
    let machine = hosts[index].machine
    let parcel = turn.effects.envelopes.parcel(event.slot)
    let isForLock = machine == .program && turn.effects.envelopes.tag(event.slot) != AccessMessage.tag
    let owner = isForLock ? .lockClient : machine
    if parcel >= 0 { turn.parcel = turn.parcels.take(parcel) }
    receive(event, index, owner)
    turn.effects.envelopes.drop(event.slot)
    if parcel >= 0 { turn.parcel = [] }
  }

  func envelope(of event: Event) -> Envelope { turn.effects.envelopes[event.slot] }

  /// Frees the slot of a message that reaches nobody, and its parcel.
  mutating func discard(_ slot: Int32) {
    let parcel = turn.effects.envelopes.parcel(slot)
    if parcel >= 0 { _ = turn.parcels.take(parcel) }
    turn.effects.envelopes.drop(slot)
  }

  func kind(_ index: Int) -> NodeKind { setup.topology.kind(of: NodeID(index)) }

  /// Starts the machines of a node: the lock client before the program that will call it.
  mutating func boot(_ index: Int, _ input: Input<Envelope, UInt8>) {
    switch kind(index) {
    case .client:
      run(index, .lockClient, input)
      run(index, .program, input)
    case .service, .layer: run(index, .server, input)
    case .resource: run(index, .resource, input)
    }
  }
}
