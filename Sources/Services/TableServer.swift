import Contract

/// A key-value table with strongly consistent reads and conditional writes, one item for each lock.
///
/// Promises: operations happen one at a time, each at one point between its request and its answer; what was
/// answered is on the disk.
/// Assumes: a disk that keeps what it synced; no clock. The many machines behind such a table are one node
/// here, which is either there or not.
/// Breaks when: its disk is lost.
/// Source: Amazon DynamoDB Developer Guide, "Read consistency", "Condition expressions".
public struct TableServer: Machine {
  public typealias Message = TableMessage

  struct Row: Sendable, BitwiseCopyable {
    var item: TableItem
    /// Who put the item; for records only.
    var setter: NodeID
  }

  /// Indexed by lock, grown when first used.
  var rows: [Row?] = []
  var answers = AnswersAfterSync()

  public init() {}

  public mutating func handle(_ input: Input<TableMessage, NoTimer>, _ turn: inout Turn) {
    switch input {
    case .message(let request, let client): serve(request, client, &turn)
    case .synced(let ticket): answers.synced(ticket, &turn)
    case .restarted: load(&turn)
    case .start, .timer, .call, .answer, .disturbed: break
    }
  }

  mutating func serve(_ request: TableMessage, _ client: NodeID, _ turn: inout Turn) {
    while rows.count <= Int(request.lock.index) { rows.append(nil) }
    let row = rows[Int(request.lock.index)]
    switch request.kind {
    case .get: answers.send(request.answer(.item, row?.item), to: client, &turn)
    case .put, .renew, .release, .delete:
      if TableServer.holds(request, row?.item) {
        write(request, row, client, &turn)
      } else {
        answers.send(request.answer(.refused), to: client, &turn)
      }
    case .item, .done, .refused: break
    }
  }

  static func holds(_ request: TableMessage, _ item: TableItem?) -> Bool {
    guard let item else { return request.condition == .isAbsent }
    return switch request.condition {
    case .isAbsent: false
    case .isReleased: item.isReleased
    case .hasVersion: item.version == request.expected
    case .isOwn: item.version == request.expected && item.owner == request.item.owner
    }
  }

  // MARK: writes

  mutating func write(_ request: TableMessage, _ row: Row?, _ client: NodeID, _ turn: inout Turn) {
    var changed = row
    switch request.kind {
    case .put: changed = Row(item: request.item, setter: client)
    case .renew: changed?.item.version = request.item.version
    case .release: changed?.item.isReleased = true
    default: changed = nil
    }
    rows[Int(request.lock.index)] = changed
    turn.persist(Int64(request.lock.index), changed.map(TableServer.onDisk))
    answers.wrote(&turn)
    answers.send(
      request.answer(.done), to: client, facts: TableServer.facts(of: request, row, client), &turn)
  }

  /// What a write means for the lock; a fact once it is on the disk.
  static func facts(of request: TableMessage, _ row: Row?, _ client: NodeID) -> (Record?, Record?) {
    func record(_ kind: Record.Kind, _ client: NodeID, _ version: UInt64) -> Record {
      let setter = Int64(row?.setter.index ?? 0)
      return Record(
        kind, lock: request.lock, client: client, token: Token(unique: version), a: setter)
    }
    let held = row.flatMap { $0.item.isReleased ? nil : $0 }
    switch request.kind {
    case .put:
      let voted = Record(
        .voted, lock: request.lock, client: client, token: Token(unique: request.item.version))
      return (held.map { record(.leaseExpired, $0.setter, $0.item.version) }, voted)
    case .renew: return (held.map { record(.extended, client, $0.item.version) }, nil)
    default: return (held.map { record(.removed, client, $0.item.version) }, nil)
    }
  }

  // MARK: disk

  static func onDisk(_ row: Row) -> DiskValue {
    let item = row.item
    return DiskValue(
      Int64(bitPattern: item.owner), Int64(bitPattern: item.version), item.lease.count,
      Int64(row.setter.index) << 1 | (item.isReleased ? 1 : 0))
  }

  /// What an earlier process left unsynced must be safe before anyone is told of it.
  mutating func load(_ turn: inout Turn) {
    for entry in turn.disk {
      while rows.count <= Int(entry.slot) { rows.append(nil) }
      var item = TableItem(
        owner: UInt64(bitPattern: entry.value.a), version: UInt64(bitPattern: entry.value.b),
        lease: Nanos(entry.value.c))
      item.isReleased = entry.value.d & 1 == 1
      rows[Int(entry.slot)] = Row(item: item, setter: NodeID(Int32(truncatingIfNeeded: entry.value.d >> 1)))
    }
    answers.wrote(&turn)
  }
}
