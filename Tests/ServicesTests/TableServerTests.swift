import Contract
import Testing

@testable import Services

/// A table on a bench, with a disk whose syncs the test finishes.
final class TableBench {
  var server = TableServer()
  var answers: [TableMessage] = []
  var records: [Record] = []
  var written: [DiskEntry] = []
  var durable: [DiskEntry] = []
  var syncs: [(ticket: UInt64, snapshot: [DiskEntry])] = []

  static let client1 = NodeID(2), client2 = NodeID(3)

  func handle(_ input: Input<TableMessage, NoTimer>, disk: [DiskEntry] = []) {
    var turn = Turn()
    turn.me = NodeID(1)
    turn.disk = disk
    server.handle(input, &turn)
    for effect in turn.effects {
      switch effect {
      case .send(let envelope, _): answers.append(envelope.read(as: TableMessage.self))
      case .record(let record): records.append(record)
      case .persist(let slot, let value):
        written.removeAll { $0.slot == slot }
        if let value { written.append(DiskEntry(slot: slot, value: value)) }
      case .sync(let ticket): syncs.append((ticket, written))
      default: Issue.record("a table has neither timers nor connections")
      }
    }
  }

  /// The oldest sync under way is over.
  func finishSync() {
    let sync = syncs.removeFirst()
    durable = sync.snapshot
    handle(.synced(sync.ticket))
  }

  func finishSyncs() { while !syncs.isEmpty { finishSync() } }

  /// Sends a request, lets the disk finish, and returns the answer.
  func ask(_ request: TableMessage, from client: NodeID = client1) -> TableMessage? {
    let count = answers.count
    handle(.message(request, from: client))
    finishSyncs()
    return answers.count == count + 1 ? answers.last : nil
  }

  func put(
    _ version: UInt64, _ condition: TableMessage.Condition = .isAbsent, expecting expected: UInt64 = 0,
    from client: NodeID = client1
  ) -> Bool {
    ask(Self.put(version, client).when(condition, version: expected), from: client)?.kind == .done
  }

  static func put(_ version: UInt64, _ client: NodeID = client1) -> TableMessage {
    TableMessage(.put, LockID(0), item: item(version, client))
  }

  static func item(_ version: UInt64, _ client: NodeID = client1) -> TableItem {
    TableItem(owner: UInt64(client.index), version: version, lease: .seconds(10))
  }

  /// A write of the owner's own item.
  func own(
    _ kind: TableMessage.Kind, at version: UInt64, to next: UInt64 = 0, from client: NodeID = client1
  ) -> Bool {
    let request = TableMessage(kind, LockID(0), item: Self.item(next, client))
    return ask(request.when(.isOwn, version: version), from: client)?.kind == .done
  }

  func get() -> TableMessage? { ask(TableMessage(.get, LockID(0), request: 5)) }

  var facts: [Record.Kind] { records.map(\.kind) }
}

@Suite("A table with conditional writes")
struct TableServerTests {
  @Test("a lock that is not there goes to the first who puts it, and to nobody else")
  func absent() {
    let bench = TableBench()
    #expect(bench.get()?.isFound == false)
    #expect(bench.put(11))
    #expect(!bench.put(12, from: TableBench.client2))
    #expect(bench.get()?.item == TableBench.item(11))
    #expect(bench.get()?.request == 5)
    #expect(bench.facts == [.voted])
  }

  @Test("a heartbeat needs the version that the owner knows, and the owner", arguments: [
    (11, TableBench.client1, true), (10, TableBench.client1, false), (11, TableBench.client2, false),
  ] as [(UInt64, NodeID, Bool)])
  func heartbeat(known: UInt64, client: NodeID, succeeds: Bool) {
    let bench = TableBench()
    _ = bench.put(11)
    #expect(bench.own(.renew, at: known, to: 20, from: client) == succeeds)
    #expect(bench.get()?.item.version == (succeeds ? 20 : 11))
    #expect(bench.facts == (succeeds ? [.voted, .extended] : [.voted]))
  }

  @Test("a takeover needs the very version that was watched, and ends the other's lease")
  func takeover() {
    let bench = TableBench()
    _ = bench.put(11)
    #expect(!bench.put(12, .hasVersion, expecting: 10, from: TableBench.client2))
    #expect(bench.put(12, .hasVersion, expecting: 11, from: TableBench.client2))
    #expect(bench.facts == [.voted, .leaseExpired, .voted])
    #expect(bench.records[1].client == TableBench.client1)
    #expect(!bench.own(.delete, at: 11))
  }

  @Test("a released item keeps its place, grants nothing to its owner, and is free for all")
  func released() {
    let bench = TableBench()
    _ = bench.put(11)
    #expect(bench.own(.release, at: 11))
    #expect(bench.get()?.item.isReleased == true)
    #expect(!bench.put(12))
    #expect(bench.put(12, .isReleased, from: TableBench.client2))
    #expect(bench.facts == [.voted, .removed, .voted])
    #expect(bench.get()?.item == TableBench.item(12, TableBench.client2))
  }

  @Test("a deleted item is gone, and a second delivery of the deletion changes nothing")
  func deleted() {
    let bench = TableBench()
    _ = bench.put(11)
    #expect(bench.own(.delete, at: 11))
    #expect(!bench.own(.delete, at: 11))
    #expect(bench.put(12))
    #expect(bench.facts == [.voted, .removed, .voted])
    #expect(bench.records[1].a == Int64(TableBench.client1.index))
  }

  @Test("no answer leaves before what it tells of is on the disk, and no grant is given before")
  func durability() {
    let bench = TableBench()
    bench.handle(.message(TableBench.put(11).when(.isAbsent), from: TableBench.client1))
    bench.handle(.message(TableMessage(.get, LockID(0)), from: TableBench.client2))
    #expect(bench.answers.isEmpty && bench.records.isEmpty)
    bench.finishSync()
    // The read came while the sync was under way and tells of nothing that it does not cover.
    #expect(bench.answers.map(\.kind) == [.done, .item])
    #expect(bench.facts == [.voted])
  }

  @Test("an answer to a write that came during a sync waits for the next one")
  func groupCommit() {
    let bench = TableBench()
    bench.handle(.message(TableBench.put(11).when(.isAbsent), from: TableBench.client1))
    var other = TableBench.put(12)
    other.lock = LockID(1)
    bench.handle(.message(other.when(.isAbsent), from: TableBench.client2))
    bench.finishSync()
    #expect(bench.answers.count == 1)
    bench.finishSync()
    #expect(bench.answers.map(\.lock) == [LockID(0), LockID(1)])
  }

  @Test("a table that lost its power knows all that it answered, and nothing else")
  func restart() {
    let bench = TableBench()
    _ = bench.put(11)
    bench.handle(
      .message(
        TableMessage(.delete, LockID(0), item: TableBench.item(0)).when(.isOwn, version: 11),
        from: TableBench.client1))
    let left = bench.durable
    let after = TableBench()
    after.written = left
    after.handle(.restarted, disk: left)
    after.finishSyncs()
    #expect(after.get()?.item == TableBench.item(11))
    #expect(after.own(.renew, at: 11, to: 12))
  }
}
