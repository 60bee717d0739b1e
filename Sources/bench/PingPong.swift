import Contract
import World

/// A thousand clients, each waiting about a millisecond, asking one server, waiting for its answer.
///
/// Three events a turn on both sides: the timer, the request, the answer. Ours go through the whole World,
/// with links, clocks and the digest.
struct PingPong: Benchmark {
  let name = "ping-pong"
  let unit = "ns/event"
  let peer: String? = "SimPy"

  func prepare(_ workshop: Workshop) throws -> () throws -> Sample {
    let python = try? workshop.pythonWithSimPy()
    if python == nil { say("ping-pong is measured alone: SimPy is not on this machine") }
    let script = try workshop.peer("simpy_pingpong.py").path
    return {
      let ours = PingPong.nanosPerEvent()
      guard let python else { return Sample(ours: ours, peer: nil) }
      let words = try Workshop.words(python, [script])
      return Sample(ours: ours, peer: words.indices.contains(3) ? Double(words[3]) : nil)
    }
  }

  static func nanosPerEvent() -> Double {
    var setup = Setup(
      seed: 1, duration: Instant.start + .seconds(60),
      topology: Topology(services: 1, layers: 0, clients: 1_000),
      lease: LeaseTerms(ttl: .seconds(10), refresh: nil), cast: PingPongCast(), quorum: 1,
      restartDelay: .zero,
      heeds: [], startEvery: Nanos(1_000))
    setup.network.latency = .microseconds(500)
    setup.network.jitter = .milliseconds(1)
    var world = World(setup)
    for _ in 0..<300_000 { _ = world.step() }
    let before = world.counts.events
    let clock = ContinuousClock()
    let spent = clock.measure { for _ in 0..<6_000_000 { _ = world.step() } }
    return spent / .nanoseconds(1) / Double(world.counts.events - before)
  }
}

private struct PingPongCast: Cast {
  func program(_ seat: Seat) -> any ErasedMachine { Player(server: seat.topology.node(.service, 1)!) }
  func lockClient(_ seat: Seat) -> any ErasedMachine { Bystander() }
  func server(_ seat: Seat) -> any ErasedMachine { Echo() }
  func resource(_ seat: Seat) -> any ErasedMachine { Bystander() }
}

private struct Ball: Payload {
  static var tag: ProtocolTag { AccessMessage.tag }
  static let words = ["ball"]
  var number: Int64
  var word: UInt8 { 0 }
  func fold(into print: inout Fingerprint) { print.add(number) }
}

private struct Player: Machine {
  enum Timer: UInt8, TimerName { case rest = 1 }
  typealias Message = Ball
  let server: NodeID
  var count: Int64 = 0

  mutating func handle(_ input: Input<Ball, Timer>, _ turn: inout Turn) {
    switch input {
    case .start, .message:
      turn.set(Timer.rest, after: .microseconds(500) + turn.random(below: .milliseconds(1)))
    case .timer:
      count += 1
      turn.send(Ball(number: count), to: server)
    default: break
    }
  }
}

private struct Echo: Machine {
  typealias Message = Ball
  mutating func handle(_ input: Input<Ball, NoTimer>, _ turn: inout Turn) {
    if case .message(let ball, let from) = input { turn.send(ball, to: from) }
  }
}

private struct Bystander: Machine {
  typealias Message = NoMessage
  mutating func handle(_ input: Input<NoMessage, NoTimer>, _ turn: inout Turn) {}
}
