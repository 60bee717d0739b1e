import Contract
import Guards

/// A resource on a bench: messages in, effects out, and a disk that forgets what was not synced.
struct ResourceBench {
  /// One thing that the resource did and that somebody else can see.
  enum Deed: Equatable {
    case record(Record.Kind)
    case reply(to: Int32, id: Int64, AccessReply.Outcome)
    case persist(Int64)
    case sync(UInt64)
  }

  var resource: Resource
  let guardType: any Guard.Type
  /// By slot number, as the operating system and as the platter hold it.
  var written: [DiskEntry] = []
  var durable: [DiskEntry] = []
  /// The sync under way and what it will make durable.
  var underWay: (ticket: UInt64, snapshot: [DiskEntry])?
  /// All that was recorded and answered so far.
  var records: [Record] = []
  var replies: [AccessReply] = []
  var restarts: Int32 = 0

  init(_ guardType: any Guard.Type) {
    self.guardType = guardType
    resource = Resource(guardedBy: guardType)
  }

  static let client1 = NodeID(2 as Int32), client2 = NodeID(3 as Int32)

  /// Hands over one message and leaves the disk alone.
  @discardableResult
  mutating func deliver(
    _ kind: AccessMessage.Kind, _ access: Access, from client: NodeID = client1, readSet: [Int64] = []
  ) -> [Deed] {
    handle(.message(AccessMessage(kind, access), from: client), parcel: readSet)
  }

  /// Hands over one message and lets the disk finish all there is; the last reply is the answer to it.
  mutating func serve(
    _ kind: AccessMessage.Kind, _ access: Access, from client: NodeID = client1, readSet: [Int64] = []
  ) -> AccessReply.Outcome? {
    let before = replies.count
    deliver(kind, access, from: client, readSet: readSet)
    settle()
    return replies.count > before ? replies.last?.outcome : nil
  }

  /// The disk finishes the sync under way.
  @discardableResult
  mutating func finishSync() -> [Deed] {
    guard let sync = underWay else { return [] }
    durable = sync.snapshot
    underWay = nil
    return handle(.synced(sync.ticket))
  }

  mutating func settle() { while underWay != nil { finishSync() } }

  /// The process dies and comes back; what was not synced is gone too where the power failed.
  @discardableResult
  mutating func restart(_ loss: Lever.Loss) -> [Deed] {
    if loss == .disk { durable = [] }
    if loss != .memory { written = durable }
    underWay = nil
    restarts += 1
    resource = Resource(guardedBy: guardType)
    return handle(.restarted)
  }

  mutating func handle(_ input: Input<AccessMessage, NoTimer>, parcel: [Int64] = []) -> [Deed] {
    var turn = Turn()
    turn.parcel = parcel
    turn.restarts = restarts
    if case .restarted = input { turn.disk = written }
    resource.handle(input, &turn)
    return turn.effects.map { carryOut($0) }
  }

  mutating func carryOut(_ effect: Effect) -> Deed {
    switch effect {
    case .record(let record):
      records.append(record)
      return .record(record.kind)
    case .send(let envelope, let client):
      let reply = AccessMessage(opening: envelope)!.reply!
      replies.append(reply)
      return .reply(to: client.index, id: reply.id, reply.outcome)
    case .persist(let slot, let value):
      written.removeAll { $0.slot == slot }
      if let value { written.append(DiskEntry(slot: slot, value: value)) }
      written.sort { $0.slot < $1.slot }
      return .persist(slot)
    case .sync(let ticket):
      precondition(underWay == nil, "one sync at a time")
      underWay = (ticket, written)
      return .sync(ticket)
    case .setTimer, .cancelTimer, .call, .answer, .open, .close:
      preconditionFailure("a resource sets no timer and calls nobody")
    }
  }

  func all(_ kind: Record.Kind) -> [Record] { records.filter { $0.kind == kind } }
}

extension Access {
  /// An access under the grant with this number; its token has that order and a value of its own.
  static func by(
    _ grant: Int64, id: Int64 = 1, base: Int64 = -1, value: Int64 = 0, lock: Int = 0, item: UInt16 = 0,
    writes: Bool = true
  ) -> Access {
    let token = Token(order: grant, unique: UInt64(grant) &* 0x9e37_79b9_7f4a_7c15)
    return Access(
      lock: LockID(lock), item: item, writes: writes, id: id, token: token, stamp: grant, base: base,
      value: value)
  }
}
