import Contract
import Testing

@testable import Services

@Suite("A backup of the store")
struct StoreBackupTests {
  static let node = NodeID(9)
  /// Key 5 with the words 1 to 4.
  static let copy: [Int64] = [5, 1, 1, 2, 3, 4]

  static func message(_ kind: StoreMessage.Kind, version: Int64 = 0) -> StoreMessage {
    var message = StoreMessage(kind, transaction: 0, request: 0)
    message.version = version
    return message
  }

  /// What the backup answers when it is asked for its copy.
  static func answer(_ backup: inout StoreBackup) -> (version: Int64, words: [Int64])? {
    var turn = Turn()
    backup.handle(.message(message(.askCopy), from: NodeID(1)), &turn)
    guard case .send(let envelope, _)? = turn.effects.last else { return nil }
    return (envelope.read(as: StoreMessage.self).version, turn.parcels.take(envelope.parcel))
  }

  @Test("gives back the latest copy, also after a restart")
  func keeps() throws {
    var backup = StoreBackup()
    var turn = Turn()
    var disk: [DiskEntry] = []
    for (version, words) in [(10, [8, 1, 0, 0, 0, 0]), (20, Self.copy)] as [(Int64, [Int64])] {
      turn.parcel = words
      backup.handle(.message(Self.message(.keepCopy, version: version), from: NodeID(1)), &turn)
    }
    for effect in turn.effects {
      guard case .persist(let slot, let value) = effect else { continue }
      disk.removeAll { $0.slot == slot }
      if let value { disk.append(DiskEntry(slot: slot, value: value)) }
    }
    var restarted = StoreBackup()
    turn.disk = disk
    restarted.handle(.restarted, &turn)
    for var one in [backup, restarted] {
      let answer = try #require(Self.answer(&one))
      #expect(answer.version == 20 && answer.words == Self.copy)
    }
  }

  static func rig(ahead: Int64) -> StoreRig {
    StoreRig(
      given: [("backupEvery", .duration(.seconds(1))), ("restoreAhead", .count(ahead))], backup: node)
  }

  /// Key 1 is 1 at the copy of about a second and 2 when the disk is lost.
  static func lost(ahead: Int64) -> (rig: StoreRig, version: Int64) {
    var rig = rig(ahead: ahead)
    rig.run(for: .milliseconds(500))
    rig.increment(1, at: rig.machine.liveCommitted)
    rig.run(for: .milliseconds(800))
    let copies = rig.replies.filter { $0.message.kind == .keepCopy }
    rig.increment(2, at: rig.machine.liveCommitted)
    rig.run(for: .milliseconds(100))
    rig.crash(powerFails: true, down: .milliseconds(10))
    rig.loseDisk()
    rig.run(for: .milliseconds(50))
    return (rig, copies.last?.message.version ?? 0)
  }

  @Test(
    "is made every so often; a store without disks asks for it and serves nobody before",
    arguments: [0, 10])
  func asks(ahead: Int64) {
    var (rig, version) = Self.lost(ahead: ahead)
    #expect(version > 400_000 && version < 1_100_000)
    #expect(rig.replies.last?.message.kind == .askCopy)
    let asked = rig.replies.count
    rig.tell(StoreMessage(.getReadVersion, transaction: 77, request: 0))
    rig.run(for: .milliseconds(100))
    #expect(rig.replies(to: 77).isEmpty)
    rig.run(for: .seconds(5))
    #expect(rig.replies.count > asked)
  }

  /// A new cluster's versions begin at 1; those ahead at the copy's and a billion.
  @Test("brings keys back as they were, and versions as the parameter says", arguments: [0, 1_000_000_000])
  func restores(ahead: Int64) {
    var (rig, version) = Self.lost(ahead: ahead)
    rig.tell(Self.message(.copy, version: version), rig.parcels.last ?? [])
    rig.run(for: .milliseconds(20))
    let now = rig.machine.liveCommitted
    #expect(rig.value(of: storeKey(1), at: now) == 1)
    #expect(ahead == 0 ? now < 100_000 : now >= version + ahead)
    // A second copy, of a repeated question, changes nothing.
    rig.tell(Self.message(.copy, version: version), [])
    rig.run(for: .milliseconds(20))
    #expect(rig.value(of: storeKey(1), at: rig.machine.liveCommitted) == 1)
  }
}
