import Contract
import Testing

@testable import World

@Suite("A pause")
struct PauseTests {
  /// Service-2 sets timers for 20 and 30 ms, and at 10 ms states a fact and goes on; service-1 writes to it.
  static let busy = Stage(server: { seat, input, turn in
    switch input {
    case .start where seat.node == NodeID(2):
      turn.set(Probe.Timer.first, key: 20, after: .milliseconds(20))
      turn.set(Probe.Timer.first, key: 30, after: .milliseconds(30))
      turn.set(Probe.Timer.second, after: .milliseconds(10))
    case .start where seat.node == NodeID(1):
      for moment in [24, 39] as [UInt64] {
        turn.set(Probe.Timer.third, key: moment, after: .milliseconds(Int64(moment)))
      }
    case .timer(.third, let key): turn.send(Note(Int64(key) + 1), to: NodeID(2))
    case .timer(.second, 0):
      turn.saw(1)
      turn.set(Probe.Timer.second, key: 5, after: .milliseconds(5))
      turn.saw(2)
    case .timer(.second, _): turn.saw(3)
    case .timer(_, let key): turn.saw(Int64(key))
    case .message(let note, _): turn.saw(note.number)
    default: break
    }
  })

  @Test("strikes between the record and what was emitted after it, and ends in the order of the contract")
  func order() {
    // Paused from 10 to 110: the rest of the handler first, then timer 20, message 25, timer 30, message 40;
    // the timer of 5 ms that was emitted after the record counts from 110.
    let played = Self.busy.play([.on(1, .pause(2, 100))])
    #expect(
      played.notes == [
        "1 at 10", "2 at 110", "20 at 110", "25 at 110", "30 at 110", "40 at 110", "3 at 115",
      ])
  }

  @Test("changes nothing before its record and leaves other nodes alone")
  func control() {
    #expect(
      Self.busy.play().notes == [
        "1 at 10", "2 at 10", "3 at 15", "20 at 20", "25 at 25", "30 at 30", "40 at 40",
      ])
    let other = Self.busy.play([.at(5, .pause(3, 100))])
    #expect(other.notes == Self.busy.play().notes)
  }

  @Test("lasts until the last of several has ended")
  func overlapping() {
    // Message 25 comes at 25; pauses 10...50 and 30...100 cover it until 100.
    let played = Stage.sending(at: [24, 104]).play([.at(10, .pause(2, 40)), .at(30, .pause(2, 70))])
    #expect(played.notes == ["24 at 100", "104 at 105"])
    let nested = Stage.sending(at: [24, 104]).play([.at(10, .pause(2, 90)), .at(20, .pause(2, 10))])
    #expect(nested.notes == ["24 at 100", "104 at 105"])
  }

  @Test("that begins while the first one is made up for defers the rest again, in the same order")
  func pausedAgainWhileCatchingUp() {
    // Records: 1 note at 10, 2 lever began, 3 lever ended at 110, 4 note "2", where the second pause strikes.
    let played = Self.busy.play([.on(1, .pause(2, 100)), .on(4, .pause(2, 100))])
    #expect(
      played.notes == [
        "1 at 10", "2 at 110", "20 at 210", "25 at 210", "30 at 210", "40 at 210", "3 at 210",
      ])
  }

  @Test("without an end holds its node for good")
  func endless() {
    #expect(Self.busy.play([.on(1, .pause(2, nil))]).notes == ["1 at 10"])
  }

  @Test("of the program strikes within a call to its lock client, and both go on in order")
  func withinACall() {
    var stage = Stage()
    stage.clientProgram = { _, input, turn in
      guard case .start = input else { return }
      turn.saw(1)
      turn.call(.acquire(LockID(0)))
      turn.saw(4)
    }
    stage.clientLock = { _, input, turn in
      guard case .call = input else { return }
      turn.saw(2)
      turn.saw(3)
    }
    // Client-1 is node 3; its second record is the lock client's first.
    #expect(stage.play().notes == ["1 at 0", "2 at 0", "3 at 0", "4 at 0"])
    #expect(stage.play([.on(2, .pause(3, 50))]).notes == ["1 at 0", "2 at 0", "3 at 50", "4 at 50"])
  }

  @Test("keeps an answer of the lock client from the program until it ends")
  func answerWaits() {
    var stage = Stage()
    stage.clientProgram = { _, input, turn in
      switch input {
      case .start: turn.call(.release(LockID(0)))
      case .answer: turn.saw(2)
      default: break
      }
    }
    stage.clientLock = { _, input, turn in
      guard case .call = input else { return }
      turn.answer(.released(LockID(0)))
      turn.saw(1)
    }
    #expect(stage.play().notes == ["1 at 0", "2 at 0"])
    #expect(stage.play([.on(1, .pause(3, 50))]).notes == ["1 at 0", "2 at 50"])
  }
}

@Suite("A pause and the clocks")
struct SuspensionTests {
  /// Service-2 notes timers of 20 and 200 ms.
  static let timers = Stage(server: { seat, input, turn in
    switch input {
    case .start where seat.node == NodeID(2):
      for delay in [15, 30, 50, 200] as [UInt64] {
        turn.set(Probe.Timer.first, key: delay, after: .milliseconds(Int64(delay)))
      }
    case .timer(_, let key): turn.saw(Int64(key))
    default: break
    }
  })

  @Test("that only stops the processor leaves the clocks running")
  func runs() {
    // Paused from 10 to 110.
    #expect(
      Self.timers.play([.at(10, .pause(2, 100))]).notes
        == ["15 at 110", "30 at 110", "50 at 110", "200 at 200"])
  }

  @Test("of a suspended machine moves all its timers, but not its wall clock")
  func frozen() {
    // Suspended from 10 to 110: every timer comes 100 ms later in true time.
    let played = Self.timers.play([.at(10, .pause(2, 100, frozen: true))])
    #expect(played.notes == ["15 at 115", "30 at 130", "50 at 150", "200 at 300"])
    let note = played.first(.connected)!
    #expect(note.b == 15_000_000)
    #expect(note.c == Clock.epoch + 115_000_000)
  }

  @Test("may be suspended for a part of it")
  func partlyFrozen() {
    // Paused 10...100, suspended 20...40. Timer 15 came due before; timer 30 is due at 50 and timer 50 at 70,
    // while paused; timer 200 at 220.
    let played = Self.timers.play([.at(10, .pause(2, 90)), .at(20, .pause(2, 20, frozen: true))])
    #expect(played.notes == ["15 at 100", "30 at 100", "50 at 100", "200 at 220"])
  }

  @Test("ends with the monotonic clock where it stood, whatever its rate did meanwhile")
  func rateChangesWhileSuspended() {
    // At 10 % fast from 50 ms on; suspended 10...110. Timer 15 has 5 ms to go at 110, at 1.1: 4.545455 ms.
    let drift = Lever.node(.clockDrift(100_000_000), 2)
    let played = Self.timers.play([.at(10, .pause(2, 100, frozen: true)), .at(50, drift)])
    let first = played.first(.connected)!
    #expect(first.at == Instant(nanos: 114_545_455))
    #expect(first.b == 15_000_000)
  }
}
