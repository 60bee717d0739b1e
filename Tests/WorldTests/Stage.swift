import Contract

@testable import World

/// A message of the tests: a number.
struct Note: Payload {
  static let tag = ProtocolTag("note")
  static let words = ["note"]
  var number: Int64
  var word: UInt8 { 0 }

  init(_ number: Int64) { self.number = number }
  func fold(into print: inout Fingerprint) { print.add(number) }
}

/// A machine that does what its test says.
struct Probe: Machine {
  typealias Message = Note
  enum Timer: UInt8, TimerName { case first = 1, second, third }

  let seat: Seat
  let act: Stage.Act
  mutating func handle(_ input: Input<Note, Timer>, _ turn: inout Turn) { act(seat, input, &turn) }
}

/// Machines of a test: the servers and the resource act, the clients too if they are told what.
struct Stage: Cast {
  typealias Act = @Sendable (Seat, Input<Note, Probe.Timer>, inout Turn) -> Void

  var server: Act = { _, _, _ in }
  var clientProgram: Act = { _, _, _ in }
  var clientLock: Act = { _, _, _ in }

  func program(_ seat: Seat) -> any ErasedMachine { Probe(seat: seat, act: clientProgram) }
  func lockClient(_ seat: Seat) -> any ErasedMachine { Probe(seat: seat, act: clientLock) }
  func server(_ seat: Seat) -> any ErasedMachine { Probe(seat: seat, act: server) }
  func resource(_ seat: Seat) -> any ErasedMachine { Probe(seat: seat, act: server) }

  /// A run of ten seconds with one idle client, a network of exactly one millisecond, and these levers.
  func setup(services: Int = 2, clients: Int = 1, seed: UInt64 = 7, _ plan: [PlanEntry] = []) -> Setup {
    var setup = Setup(
      seed: seed, duration: Instant(nanos: 10_000_000_000),
      topology: Topology(services: services, layers: 0, clients: clients),
      lease: LeaseTerms(ttl: .seconds(10), refresh: nil), cast: self, quorum: 1, restartDelay: .zero,
      heeds: [],
      startEvery: .zero)
    setup.network.latency = .milliseconds(1)
    setup.network.jitter = .zero
    setup.plan = plan
    return setup
  }

  func play(services: Int = 2, _ plan: [PlanEntry] = []) -> Played {
    Played(setup(services: services, plan))
  }
}

extension Turn {
  /// Notes a number, with the node's two clocks.
  mutating func saw(_ number: Int64) {
    record(Record(.connected, a: number, b: now.monotonic.nanos, c: now.wall.nanos))
  }
}

/// What a run left.
struct Played {
  let world: World
  let records: [Record]

  init(_ setup: Setup) { self.init(World(setup)) }

  init(_ start: World) {
    var world = start
    var records: [Record] = []
    while world.step() {
      records += world.records
      world.records.removeAll(keepingCapacity: true)
    }
    self.world = world
    self.records = records + world.records
  }

  /// The numbers that machines noted, each with the millisecond of true time: `3 at 110`.
  var notes: [String] {
    records.filter { $0.kind == .connected }.map { "\($0.a) at \($0.at.milliseconds)" }
  }

  func count(_ kind: Record.Kind) -> Int { records.filter { $0.kind == kind }.count }

  func first(_ kind: Record.Kind) -> Record? { records.first { $0.kind == kind } }
}

extension Instant {
  /// Milliseconds, with the fraction only where there is one.
  var milliseconds: String {
    nanos % 1_000_000 == 0 ? "\(nanos / 1_000_000)" : "\(Double(nanos) / 1_000_000)"
  }
}

extension PlanEntry {
  static func at(_ milliseconds: Int64, _ lever: Lever) -> PlanEntry {
    PlanEntry(anchor: .time(Instant(nanos: milliseconds * 1_000_000)), lever: lever)
  }
  static func on(_ ordinal: Int64, _ lever: Lever) -> PlanEntry {
    PlanEntry(anchor: .record(ordinal), lever: lever)
  }
}

extension Lever {
  static func pause(_ node: Int, _ milliseconds: Int64?, frozen: Bool = false) -> Lever {
    Lever(.pause(frozen: frozen), nodes: [NodeID(node)], lasts: milliseconds.map(Nanos.milliseconds))
  }
  static func crash(_ node: Int, restart milliseconds: Int64?, _ loss: Loss = .memory) -> Lever {
    Lever(.crash(restart: milliseconds.map(Nanos.milliseconds), lose: loss), nodes: [NodeID(node)])
  }
  /// A lever on the link from service-1 to service-2.
  static func link(
    _ action: Action, _ milliseconds: Int64? = nil, messages: Int64? = nil, salt: UInt64 = 0
  ) -> Lever {
    Lever(
      action, links: [LinkSet(from: [NodeID(1)], to: [NodeID(2)])],
      lasts: milliseconds.map(Nanos.milliseconds),
      messages: messages, salt: salt)
  }
  static func node(_ action: Action, _ node: Int, _ milliseconds: Int64? = nil) -> Lever {
    Lever(action, nodes: [NodeID(node)], lasts: milliseconds.map(Nanos.milliseconds))
  }
}

extension Stage {
  /// Service-1 sends its number to service-2 at each of these milliseconds; service-2 notes what it gets.
  static func sending(at moments: [Int64]) -> Stage {
    Stage(server: { seat, input, turn in
      switch input {
      case .start where seat.node == NodeID(1):
        for moment in moments {
          turn.set(Probe.Timer.first, key: UInt64(moment), after: .milliseconds(moment))
        }
      case .timer(.first, let key): turn.send(Note(Int64(key)), to: NodeID(2))
      case .message(let note, _): turn.saw(note.number)
      default: break
      }
    })
  }
}
