import Contract
import Testing

@testable import World

@Suite("A crash")
struct CrashTests {
  /// Service-2 answers each message with its number plus 1000, and notes starts as -1 and restarts as -2.
  static let echo = Stage(server: { seat, input, turn in
    switch (input, seat.node.index) {
    case (.start, 1):
      for moment in [1, 8, 9, 20, 40, 60] as [UInt64] {
        turn.set(Probe.Timer.first, key: moment, after: .milliseconds(Int64(moment)))
      }
    case (.timer(.first, let key), _): turn.send(Note(Int64(key)), to: NodeID(2))
    case (.message(let note, _), 1): turn.saw(note.number)
    case (.start, 2):
      turn.saw(-1)
      turn.set(Probe.Timer.second, after: .milliseconds(30))
    case (.restarted, 2):
      turn.saw(-2)
      if turn.restarts == 1 { turn.saw(-3) }
    case (.timer(.second, _), _): turn.saw(-9)
    case (.message(let note, let from), 2): turn.send(Note(note.number + 1000), to: from)
    default: break
    }
  })

  static func play(latency: Int64 = 1, _ plan: [PlanEntry]) -> Played {
    var setup = echo.setup(plan)
    setup.network.latency = .milliseconds(latency)
    return Played(setup)
  }

  @Test("lets what the process sent arrive, and loses its timers, its buffer and what is sent to it")
  func memory() {
    // 4 ms on the way. 1 arrives at 5, its answer leaves then; crash at 10, up at 45: the answer of 5 comes
    // at 9; 8 and 9 would arrive at 12 and 13, 20 at 24; 40 was sent to the dead process and arrives at 44;
    // 60 lives.
    let played = Self.play(latency: 4, [.at(10, .crash(2, restart: 35))])
    #expect(played.notes == ["-1 at 0", "1001 at 9", "-2 at 45", "-3 at 45", "1060 at 68"])
    #expect(played.count(.crashed) == 1)
    #expect(played.count(.restarted) == 1)
    #expect(played.first(.leverEnded)!.at == Instant(nanos: 45_000_000))
  }

  @Test("does not stop what was sent just before it")
  func answersOnTheWay() {
    // 8 arrives at 12 and is answered then; the process dies at 13; the answer comes at 16 all the same.
    #expect(
      Self.play(latency: 4, [.at(13, .crash(2, restart: nil))]).notes == [
        "-1 at 0", "1001 at 9", "1008 at 16",
      ])
  }

  @Test("loses what a process sends to one that is gone, even if the next one is up on arrival")
  func oldConnections() {
    // 8 and 9 leave before the crash at 10 and would arrive after the restart at 11: their connection is
    // reset.
    #expect(
      Self.play(latency: 4, [.at(10, .crash(2, restart: 1))]).notes
        == ["-1 at 0", "1001 at 9", "-2 at 11", "-3 at 11", "1020 at 28", "1040 at 48", "1060 at 68"])
  }

  @Test("empties the buffer of a paused process, and cancels what it had left to do")
  func whilePaused() {
    // Paused at 5 for 50 ms, crashed at 15, up at 25 but still paused until 55.
    let played = Self.play([.at(5, .pause(2, 50)), .at(15, .crash(2, restart: 10))])
    #expect(played.notes == ["-1 at 0", "1001 at 3", "-2 at 55", "-3 at 55", "1040 at 56", "1060 at 62"])
  }

  @Test("strikes between two effects, and the second is never carried out")
  func betweenEffects() {
    // Record 1 is the note of the start; the timer after it is never set.
    #expect(Self.play([.on(1, .crash(2, restart: nil))]).notes == ["-1 at 0"])
  }

  @Test("of a node that is down changes nothing more, but its lever ends")
  func twice() {
    let played = Self.play([.at(10, .crash(2, restart: 35)), .at(15, .crash(2, restart: 90))])
    #expect(played.count(.restarted) == 1)
    #expect(played.records.filter { $0.kind == .leverEnded }.map(\.a) == [1, 0])
  }

  @Test("of several nodes at once ends when the last is up again")
  func several() {
    var setup = Self.echo.setup([
      .at(10, Lever(.crash(restart: .milliseconds(5), lose: .memory), nodes: [NodeID(1), NodeID(2)]))
    ])
    setup.restartDelay = .milliseconds(3)
    let played = Played(setup)
    #expect(played.count(.restarted) == 2)
    #expect(played.records.filter { $0.kind == .leverEnded }.map(\.at.milliseconds) == ["18"])
  }

  @Test("at the very record of a restart keeps the dead process from starting")
  func atRestart() {
    // Records: 1 start, 2 answer at 3, 3 lever, 4 crashed, 5 restarted; crashed again there, up at 20.
    let played = Self.play([.at(5, .crash(2, restart: 5)), .on(5, .crash(2, restart: 10))])
    #expect(played.records.filter { $0.kind == .restarted }.map(\.at.milliseconds) == ["10", "20"])
    #expect(played.notes.filter { $0.hasPrefix("-2") } == ["-2 at 20"])
    #expect(!played.notes.contains { $0.hasPrefix("-3") })
  }
}

@Suite("A disk")
struct DiskTests {
  /// Service-1 writes slot 1 and syncs it, writes slot 2 at 10 ms without a sync; restarted, it notes what it
  /// finds.
  static let writer = Stage(server: { seat, input, turn in
    guard seat.node == NodeID(1) else { return }
    switch input {
    case .start:
      turn.persist(1, DiskValue(11))
      turn.sync(4)
      turn.set(Probe.Timer.first, after: .milliseconds(10))
    case .timer: turn.persist(2, DiskValue(22))
    case .synced(let ticket): turn.saw(Int64(ticket))
    case .restarted: for entry in turn.disk { turn.saw(entry.slot * 100 + entry.value.a) }
    default: break
    }
  })

  static func found(_ plan: [PlanEntry]) -> [String] { writer.play(plan).notes }

  @Test("keeps what was written through a process crash")
  func processCrash() {
    #expect(Self.found([.at(20, .crash(1, restart: 1))]) == ["4 at 1", "111 at 21", "222 at 21"])
  }

  @Test("keeps only what was synced through a power failure")
  func powerFailure() {
    #expect(Self.found([.at(20, .crash(1, restart: 1, .unsynced))]) == ["4 at 1", "111 at 21"])
    // Before the sync of one millisecond returns, nothing is safe; and its return saves nothing afterwards.
    var setup = Self.writer.setup([.at(1, .crash(1, restart: 5, .unsynced))])
    setup.fsync = .milliseconds(2)
    #expect(Played(setup).notes == [])
  }

  @Test("is empty in a machine that was replaced")
  func replaced() {
    #expect(Self.found([.at(20, .crash(1, restart: 1, .disk))]) == ["4 at 1"])
  }

  @Test("loses what a dead process had written when the power fails before anyone synced it")
  func powerFailureAfterProcessCrash() {
    let plan: [PlanEntry] = [.at(20, .crash(1, restart: 50)), .at(30, .crash(1, restart: nil, .unsynced))]
    #expect(Self.found(plan) == ["4 at 1", "111 at 70"])
  }

  @Test("returns from a sync in its time, and not while it is stalled")
  func stall() {
    #expect(Self.found([]) == ["4 at 1"])
    #expect(Self.found([.at(0, .node(.diskStall, 1, 30))]) == ["4 at 30"])
    #expect(Self.found([.at(0, .node(.diskStall, 1, 30)), .at(5, .node(.diskStall, 1, 60))]) == ["4 at 65"])
    #expect(Self.found([.at(0, .node(.diskStall, 2, 30))]) == ["4 at 1"])
  }

  @Test("does not take a stalled sync for done when the power fails")
  func stallAndPowerFailure() {
    let plan: [PlanEntry] = [.at(0, .node(.diskStall, 1, 30)), .at(5, .crash(1, restart: 5, .unsynced))]
    #expect(Self.found(plan) == [])
  }

  @Test("settles with each sync what was written before it was asked for, and no more")
  func marks() {
    var disk = Disk()
    disk.write(1, DiskValue(1))
    let first = disk.mark
    disk.write(2, DiskValue(2))
    disk.write(1, DiskValue(3))
    disk.settle(upTo: first)
    #expect(disk.contents().map(\.value.a) == [3, 2])
    disk.losePending()
    #expect(disk.contents() == [DiskEntry(slot: 1, value: DiskValue(1))])
    disk.settle(upTo: first + 2)
    #expect(disk.contents() == [DiskEntry(slot: 1, value: DiskValue(1))])
    disk.write(1, nil)
    #expect(disk.contents() == [])
  }

  /// 5,000 writes, of which a fifth clear, to 600 slots; a sync for one in three, a power failure for one in
  /// 200.
  @Test("holds what a list of all writes would, however many are synced at once")
  func asAList() {
    typealias Write = (slot: Int64, value: DiskValue?)
    var disk = Disk(), kept: [Write] = [], open: [(mark: Int64, count: Int)] = [], unsynced: [Write] = []
    var chance = Chance(salt: 9)
    for step in 0..<5_000 {
      let write: Write = (chance.below(600), chance.below(5) == 0 ? nil : DiskValue(Int64(step)))
      disk.write(write.slot, write.value)
      unsynced.append(write)
      if chance.below(3) == 0 { open.append((disk.mark, kept.count + unsynced.count)) }
      if let sync = open.first, chance.below(9) == 0 {
        open.removeFirst()
        disk.settle(upTo: sync.mark)
        let count = max(0, sync.count - kept.count)
        kept += unsynced[..<count]
        unsynced.removeFirst(count)
      }
      if chance.below(200) == 0 {
        disk.losePending()
        unsynced = []
        open = []
      }
      guard step % 97 == 0 else { continue }
      var oracle: [Int64: DiskValue] = [:]
      for write in kept + unsynced { oracle[write.slot] = write.value }
      let entries = oracle.keys.sorted().map { DiskEntry(slot: $0, value: oracle[$0]!) }
      #expect(disk.contents() == entries, "after step \(step)")
    }
    #expect(kept.count > 600, "only \(kept.count) writes were synced")
  }
}

@Suite("A delayed restart")
struct DelayedRestartTests {
  /// When service-2, crashed at 0.1 s with a restart after 0.1 s and a delay of 1 s on its wall clock, is
  /// back.
  static func back(_ plan: [PlanEntry]) -> String? {
    var setup = Stage().setup([.at(100, .crash(2, restart: 100))] + plan)
    setup.restartDelay = .seconds(1)
    return Played(setup).first(.restarted)?.at.milliseconds
  }

  @Test("adds the service's delay to the crash's own, for a service and for nobody else")
  func plain() {
    #expect(Self.back([]) == "1200")
    var setup = Stage().setup([.at(100, .crash(3, restart: 100)), .at(100, .crash(0, restart: 100))])
    setup.restartDelay = .seconds(1)
    #expect(Played(setup).records.filter { $0.kind == .restarted }.map(\.at.milliseconds) == ["200", "200"])
  }

  @Test("is shortened and prolonged by a step of the wall clock")
  func step() {
    #expect(Self.back([.at(300, .node(.clockStep(by: .milliseconds(400)), 2))]) == "800")
    #expect(Self.back([.at(300, .node(.clockStep(by: .seconds(30)), 2))]) == "300")
    #expect(Self.back([.at(300, .node(.clockStep(by: .milliseconds(-400)), 2))]) == "1600")
    // Before the wait begins a step changes nothing: the delay is a difference of readings.
    #expect(Self.back([.at(150, .node(.clockStep(by: .seconds(30)), 2))]) == "1200")
  }

  @Test("follows a clock that changes its rate")
  func drift() {
    // 0.2 s at 1, then 0.8 s at 0.5 take 1.6 s less the rounding of a reading: 0.4 + 1.6; at 2, 0.4 s: 0.8.
    #expect(Self.back([.at(400, .node(.clockDrift(-500_000_000), 2))]) == "1999.999999")
    #expect(Self.back([.at(400, .node(.clockDrift(1_000_000_000), 2))]) == "800")
  }

  @Test("waits for a frozen clock to thaw")
  func freeze() {
    // Thawed, the clock shows the right time again: at 0.9 s the wait goes on to 1.2 s; at 5 s it is over.
    #expect(Self.back([.at(400, .node(.clockFreeze, 2, 500))]) == "1200")
    #expect(Self.back([.at(400, .node(.clockFreeze, 2, 4600))]) == "5000")
    #expect(Self.back([.at(400, .node(.clockFreeze, 2))]) == nil)
  }

  @Test("ends at the first swing of a strobe that shows its reading")
  func strobe() {
    // From 0.4 s on 0.3 s ahead, every 0.25 s to and fro: ahead in 0.4...0.65 and 0.9...1.15; 1.2 - 0.3 =
    // 0.9.
    let ahead = Lever.node(.clockStrobe(by: .milliseconds(300), every: .milliseconds(250)), 2)
    #expect(Self.back([.at(400, ahead)]) == "900")
    // 5 s behind half of the time: at 1.15 the clock is right, at 1.2 still.
    let behind = Lever.node(.clockStrobe(by: .seconds(-5), every: .milliseconds(250)), 2)
    #expect(Self.back([.at(450, behind)]) == "1200")
    // A wait that begins 5 s behind is over as soon as the clock is right again, at 0.45.
    #expect(Self.back([.at(200, behind)]) == "450")
  }
}
