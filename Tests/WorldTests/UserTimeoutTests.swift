import Contract
import Testing

@testable import World

/// Client-1, node 3, sends its number at these milliseconds to service-1, node 1, which notes it and answers
/// with 1000 more; the client notes the answer. One millisecond each way.
@Suite("A client's user timeout")
struct UserTimeoutTests {
  static let client = 3, service = 1

  static func notes(_ moments: [Int64], limit: Int64?, _ plan: [PlanEntry]) -> [String] {
    let stage = Stage(
      server: { seat, input, turn in
        guard case .message(let note, let from) = input else { return }
        turn.saw(note.number)
        turn.send(Note(note.number + 1000), to: from)
      },
      clientLock: { seat, input, turn in
        switch input {
        case .start:
          for moment in moments {
            turn.set(Probe.Timer.first, key: UInt64(moment), after: .milliseconds(moment))
          }
        case .timer(.first, let key): turn.send(Note(Int64(key)), to: NodeID(service))
        case .message(let note, _): turn.saw(note.number)
        default: break
        }
      })
    var setup = stage.setup(plan)
    setup.network.userTimeout = limit.map(Nanos.milliseconds)
    return Played(setup).notes
  }

  static func late(_ milliseconds: Int64, from: Int, to: Int, for span: Int64 = 9000) -> PlanEntry {
    .at(
      0,
      Lever(
        .delay(by: .milliseconds(milliseconds)),
        links: [LinkSet(from: [NodeID(from)], to: [NodeID(to)])], lasts: .milliseconds(span)))
  }

  @Test("drops an answer that was on its way for longer, since the acknowledgement was as late")
  func lateAnswer() {
    let late = Self.late(500, from: Self.service, to: Self.client)
    #expect(Self.notes([10], limit: nil, [late]) == ["10 at 11", "1010 at 512"])
    #expect(Self.notes([10], limit: 600, [late]) == ["10 at 11", "1010 at 512"])
    #expect(Self.notes([10], limit: 100, [late]) == ["10 at 11"])
  }

  @Test("is no matter to what is sent after it, on a connection of its own")
  func nextConnection() {
    let late = Self.late(500, from: Self.service, to: Self.client, for: 50)
    #expect(Self.notes([10, 300], limit: 100, [late]) == ["10 at 11", "300 at 301", "1300 at 302"])
  }

  @Test("calls nothing back: what the client sent arrives, however late; only its answer finds nobody")
  func lateRequest() {
    let late = Self.late(500, from: Self.client, to: Self.service)
    #expect(Self.notes([10], limit: nil, [late]) == ["10 at 511", "1010 at 512"])
    #expect(Self.notes([10], limit: 100, [late]) == ["10 at 511"])
  }

  @Test("does not see a pause of either process, whose kernel acknowledges")
  func pausedProcess() {
    #expect(
      Self.notes([10], limit: 100, [.at(5, .pause(Self.service, 500))]) == ["10 at 505", "1010 at 506"])
    #expect(Self.notes([10], limit: 100, [.at(11, .pause(Self.client, 500))]) == ["10 at 11", "1010 at 511"])
  }

  @Test("sees a machine that is suspended, kernel and all")
  func suspendedMachine() {
    let pause = Lever.pause(Self.service, 500, frozen: true)
    #expect(Self.notes([10], limit: 100, [.at(5, pause)]) == ["10 at 505"])
    #expect(Self.notes([10], limit: nil, [.at(5, pause)]) == ["10 at 505", "1010 at 506"])
  }

  /// At a tenth of the rate the client sends at 100 ms, and 502 ms are 50 ms to it.
  @Test("is measured on the client's own clock")
  func slowClock() {
    let late = Self.late(500, from: Self.service, to: Self.client)
    let slow = PlanEntry.at(0, .node(.clockDrift(-900_000_000), Self.client))
    #expect(Self.notes([10], limit: 100, [late, slow]).last?.hasPrefix("1010 at 60") == true)
  }

  @Test("ends with the process: what a dead one sent is no matter to the next")
  func restart() {
    let late = Self.late(500, from: Self.service, to: Self.client, for: 50)
    let crash = PlanEntry.at(20, .crash(Self.client, restart: 5))
    #expect(Self.notes([10], limit: 1000, [late, crash]) == ["10 at 11"])
  }
}
