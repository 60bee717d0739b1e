import Testing

@testable import Contract
@testable import World

@Suite("The engine's own memory")
struct EngineMemoryTests {
  @Test("holds an event in 32 bytes, an envelope in 96, and neither with a reference")
  func sizes() {
    #expect(MemoryLayout<Event>.size <= 32)
    #expect(MemoryLayout<Envelope>.size <= 96)
  }

  /// Service-1 sends parcels to service-2, who answers each with one; both state facts on the way.
  static let parcels = Stage(server: { seat, input, turn in
    switch (input, seat.node.index) {
    case (.start, 1), (.restarted, 1):
      turn.set(Probe.Timer.first, key: UInt64(turn.restarts), after: .milliseconds(1))
    case (.timer, 1):
      turn.saw(1)
      for number in 1...3 { turn.send(Note(Int64(number)), to: NodeID(2), parcel: [1, 2, Int64(number)]) }
      turn.saw(2)
      turn.send(Note(4), to: NodeID(2), parcel: [4])
      turn.set(Probe.Timer.first, key: UInt64(turn.restarts), after: .milliseconds(1))
    case (.message(let note, let from), 2):
      turn.saw(Int64(turn.parcel.count) * 100 + note.number)
      turn.send(note, to: from, parcel: turn.parcel)
    default: break
    }
  })

  @Test("gives back slots and parcels, though messages are lost, doubled, kept, and nodes crash and pause")
  func noLeak() {
    var setup = Self.parcels.setup()
    setup.duration = Instant(nanos: 1_000_000_000)
    setup.network.loss = Probability(perBillion: 100_000_000)
    setup.network.duplicate = Probability(perBillion: 100_000_000)
    setup.network.jitter = .milliseconds(2)
    for round in 0..<9 as Range<Int64> {
      let start = round * 100
      setup.plan += [
        .at(start + 10, .crash(1, restart: 3)), .at(start + 17, .crash(2, restart: 3)),
        .at(start + 25, .pause(2, 10)), .at(start + 30, .crash(2, restart: 2)),
        .at(start + 40, .link(.cut, 5)), .at(start + 50, .link(.clog, 5)),
        .at(start + 52, .crash(2, restart: 1)),
        .at(start + 60, .link(.duplicate(.always), 5)), .at(start + 66, .link(.drop(.always), 3)),
      ]
    }
    // Crashes and pauses in the middle of a handler, and a crash in the middle of what a pause had put off.
    setup.plan += [.on(200, .pause(1, 5)), .on(600, .crash(1, restart: 1)), .on(1000, .crash(2, restart: 1))]
    let world = Played(setup).world
    let slab = world.turn.parcels
    #expect(world.counts.messages > 2000)
    #expect(slab.slots.count - slab.free.count == world.inFlight)
    #expect(world.turn.effects.envelopes.count == world.inFlight)
    #expect(slab.slots.count < 100)
  }

  @Test("gives back the parcels of what a pause had put off, when a crash strikes while it is made up for")
  func crashWhileCatchingUp() {
    // Record 1 is the first note of service-1, paused there for 5 ms; record 2 and 3 are the lever's, record
    // 4 its second note, where it crashes, with the fourth parcel still to be sent.
    let world = Self.parcels.play([.on(1, .pause(1, 5)), .on(4, .crash(1, restart: nil))]).world
    let slab = world.turn.parcels
    #expect(slab.slots.count == 4)
    #expect(slab.free.count == 4)
    #expect(world.turn.effects.envelopes.count == 0)
  }

  @Test("hands each message its own parcel, the second copy too")
  func copies() {
    var setup = Self.parcels.setup([.at(2, .crash(1, restart: nil))])
    setup.network.duplicate = .always
    let heard = Played(setup).records.filter { $0.node == NodeID(2) && $0.kind == .connected }
    #expect(heard.map(\.a).sorted() == [104, 104, 301, 301, 302, 302, 303, 303])
  }
}

@Suite("The digest")
struct DigestTests {
  static func digest(_ plan: [PlanEntry] = [], _ fact: @escaping @Sendable (inout Record) -> Void) -> Digest {
    let stage = Stage(server: { seat, input, turn in
      guard case .start = input, seat.node == NodeID(1) else { return }
      var record = Record(.connected)
      fact(&record)
      turn.record(record)
    })
    return stage.play(plan).world.digest
  }

  @Test("sees every field of a record")
  func records() {
    let changes: [@Sendable (inout Record) -> Void] = [
      { _ in }, { $0.a = 1 }, { $0.b = 1 }, { $0.c = 1 }, { $0.d = 1 }, { $0.grant = 1 },
      { $0.token.order = 1 },
      { $0.token.minor = 1 }, { $0.token.unique = 1 }, { $0.lock = LockID(0) }, { $0.client = NodeID(3) },
      { $0.node = NodeID(2) }, { $0.kind = .read },
    ]
    #expect(Set(changes.map { Self.digest([], $0) }).count == changes.count)
  }

  @Test("sees every number of a lever")
  func levers() {
    let actions: [Lever.Action] = [
      .clockStep(by: .seconds(1)), .clockStep(by: .seconds(2)), .clockDrift(5), .clockDrift(6), .slow(2000),
      .slow(3000), .pause(frozen: true), .pause(frozen: false), .diskStall, .clockFreeze,
      .clockStrobe(by: .seconds(1), every: .seconds(1)), .clockStrobe(by: .seconds(1), every: .seconds(2)),
      .crash(restart: nil, lose: .memory), .crash(restart: nil, lose: .disk),
    ]
    #expect(
      Set(actions.map { action in Self.digest([.at(1, .node(action, 2))]) { _ in } }).count == actions.count)
    #expect(
      Self.digest([.at(1, .node(.clockFreeze, 2, 5))]) { _ in }
        != Self.digest([.at(1, .node(.clockFreeze, 2, 6))]) { _ in })
  }

  @Test("sees whose timer came due")
  func owners() {
    func digest(ofProgram: Bool) -> Digest {
      let act: Stage.Act = { _, input, turn in
        if case .start = input { turn.set(Probe.Timer.first, after: .milliseconds(1)) }
      }
      var stage = Stage()
      if ofProgram { stage.clientProgram = act } else { stage.clientLock = act }
      return stage.play().world.digest
    }
    #expect(digest(ofProgram: true) != digest(ofProgram: false))
  }
}

@Suite("A disturbance")
struct DisturbanceTests {
  /// Service-1 notes 100 where a disturbance begins, 200 where it ends, and each message; service-2 sends
  /// them.
  static func notes(heeds: [Disturbance], _ plan: [PlanEntry]) -> [String] {
    let stage = Stage(server: { seat, input, turn in
      switch (input, seat.node.index) {
      case (.start, 2):
        for moment in [4, 24, 44] as [UInt64] {
          turn.set(Probe.Timer.first, key: moment, after: .milliseconds(Int64(moment)))
        }
      case (.timer(_, let key), 2): turn.send(Note(Int64(key)), to: NodeID(1))
      case (.disturbed(_, let first, _), 1): turn.saw(first == 1 ? 100 : 200)
      case (.message(let note, _), 1): turn.saw(note.number)
      default: break
      }
    })
    var setup = stage.setup(plan)
    setup.heeds = heeds
    return Played(setup).notes
  }

  static func outage(_ milliseconds: Int64) -> Lever { .node(.disturb(.unavailable, 1, 0), 1, milliseconds) }

  @Test("of a service that heeds it is an input; of one that does not, unavailability cuts it off")
  func heeded() {
    let plan: [PlanEntry] = [.at(10, Self.outage(20))]
    #expect(
      Self.notes(heeds: [.unavailable], plan) == ["4 at 5", "100 at 10", "24 at 25", "200 at 30", "44 at 45"])
    #expect(Self.notes(heeds: [], plan) == ["4 at 5", "44 at 45"])
  }

  @Test("adds up: the service is back when the last outage is over")
  func overlapping() {
    let plan: [PlanEntry] = [.at(3, Self.outage(20)), .at(10, Self.outage(20))]
    #expect(
      Self.notes(heeds: [.unavailable], plan) == ["100 at 3", "4 at 5", "24 at 25", "200 at 30", "44 at 45"])
    #expect(Self.notes(heeds: [], plan) == ["44 at 45"])
  }

  @Test("waits in line while its server is paused, for nothing executes")
  func paused() {
    let plan: [PlanEntry] = [.at(2, .pause(1, 30)), .at(10, Self.outage(5))]
    #expect(
      Self.notes(heeds: [.unavailable], plan) == [
        "4 at 32", "100 at 32", "200 at 32", "24 at 32", "44 at 45",
      ])
  }

  @Test("that goes on is told to a process that restarts in it")
  func restarted() {
    let plan: [PlanEntry] = [.at(2, Self.outage(30)), .at(10, .crash(1, restart: 4))]
    #expect(
      Self.notes(heeds: [.unavailable], plan) == [
        "100 at 2", "4 at 5", "100 at 14", "24 at 25", "200 at 32", "44 at 45",
      ])
  }
}

@Suite("What machines cannot do")
struct TypeTests {
  /// `Instant` and `LocalTime` share no operator: that they cannot be mixed is for the compiler to say.
  ///
  /// `Instant.start + Nanos(1)` and `LocalTime(nanos: 0) + Nanos(1)` compile; `Instant.start -
  /// LocalTime(nanos: 0)` and `Instant.start < LocalTime(nanos: 0)` do not.
  @Test("a difference of two readings is a span, and so is one of two moments")
  func spans() {
    #expect(LocalTime(nanos: 7) - LocalTime(nanos: 3) == Nanos(4))
    #expect(Instant(nanos: 7) - Instant(nanos: 3) == Nanos(4))
  }
}
