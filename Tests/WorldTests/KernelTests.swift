import Contract
import Testing

@testable import World

/// Service-1 opens connection 7 with service-2 and probes it at some milliseconds; both note what they hear.
struct Caller: Machine {
  typealias Message = ConnectionMessage
  enum Timer: UInt8, TimerName { case probe = 1, close }

  let seat: Seat
  let probes: [Int64]
  let closes: Int64?

  mutating func handle(_ input: Input<ConnectionMessage, Timer>, _ turn: inout Turn) {
    let peer = NodeID(seat.number == 1 ? 2 : 1)
    switch input {
    case .start where seat.kind == .service:
      turn.open(7, with: peer)
      if seat.number == 2 { return }
      for moment in probes { turn.set(Timer.probe, key: UInt64(moment), after: .milliseconds(moment)) }
      if let closes { turn.set(Timer.close, after: .milliseconds(closes)) }
    case .timer(.probe, _): turn.send(ConnectionMessage(.probe, 7), to: peer)
    case .timer(.close, _): turn.close(7, with: peer)
    // 1 alive, 2 reset; ten more at service-2.
    case .message(let message, _): turn.saw(Int64(message.kind.rawValue) + (seat.number == 2 ? 10 : 0))
    default: break
    }
  }
}

struct CallerCast: Cast {
  var probes: [Int64] = [100, 200, 300]
  var closes: Int64?

  func program(_ seat: Seat) -> any ErasedMachine { Caller(seat: seat, probes: [], closes: nil) }
  func lockClient(_ seat: Seat) -> any ErasedMachine { Caller(seat: seat, probes: [], closes: nil) }
  func server(_ seat: Seat) -> any ErasedMachine { Caller(seat: seat, probes: probes, closes: closes) }
  func resource(_ seat: Seat) -> any ErasedMachine { Caller(seat: seat, probes: [], closes: nil) }

  /// One millisecond each way: a probe at 100 is answered at 102.
  func notes(_ plan: [PlanEntry]) -> [String] {
    var setup = Stage().setup(plan)
    setup.cast = self
    let played = Played(setup)
    #expect(played.world.turn.effects.envelopes.count == played.world.inFlight, "a slot was not given back")
    return played.notes
  }
}

@Suite("A kernel")
struct KernelTests {
  let calls = CallerCast()

  @Test("answers the probes of an open connection, and its process sees none of them")
  func alive() {
    #expect(calls.notes([]) == ["1 at 102", "1 at 202", "1 at 302"])
  }

  @Test("answers while its process is paused")
  func paused() {
    #expect(calls.notes([.at(50, .pause(2, 200))]) == ["1 at 102", "1 at 202", "1 at 302"])
  }

  @Test("does not answer while its machine is suspended")
  func suspended() {
    #expect(calls.notes([.at(50, .pause(2, 200, frozen: true))]) == ["1 at 302"])
  }

  @Test("resets what a crashed process had open, and every probe of it later")
  func processCrash() {
    let plan: [PlanEntry] = [.at(150, .crash(2, restart: 100))]
    #expect(calls.notes(plan) == ["1 at 102", "2 at 151", "2 at 202", "2 at 302"])
  }

  @Test("is silent without power, and knows nothing of the connection when it is back")
  func powerFailure() {
    let plan: [PlanEntry] = [.at(150, .crash(2, restart: 100, .unsynced))]
    #expect(calls.notes(plan) == ["1 at 102", "2 at 302"])
  }

  @Test("goes silent when the power fails after the process had crashed")
  func crashThenPower() {
    let plan: [PlanEntry] = [.at(150, .crash(2, restart: nil)), .at(250, .crash(2, restart: nil, .unsynced))]
    #expect(calls.notes(plan) == ["1 at 102", "2 at 151", "2 at 202"])
  }

  @Test("tells the other end once that a connection was closed")
  func close() {
    let closing = CallerCast(probes: [100, 300], closes: 200)
    #expect(closing.notes([]) == ["1 at 102", "12 at 201", "2 at 302"])
  }

  @Test("is heard no further than its links reach")
  func cut() {
    let cut = Lever(.cut, links: [LinkSet(from: [NodeID(2)], to: [NodeID(1)])], lasts: .milliseconds(130))
    #expect(calls.notes([.at(90, cut), .at(150, .crash(2, restart: nil))]) == ["2 at 302"])
  }

  @Test("lets a paused process hear of a reset when it goes on")
  func resetWhilePaused() {
    let quiet = CallerCast(probes: [])
    #expect(quiet.notes([.at(50, .pause(1, 100)), .at(60, .crash(2, restart: nil))]) == ["2 at 150"])
  }
}
