import Contract
import Testing

@testable import World

/// A fault of the tests: pulls the levers that its value makes of the scene.
struct Strike: Fault {
  static let name = "strike", standsFor = "a test", source = "none"
  static let fields: [ParameterSpec] = []
  let make: @Sendable (inout Scene) -> [Lever]

  init(_ make: @escaping @Sendable (inout Scene) -> [Lever]) { self.make = make }
  init(_ fields: Settings) throws(FieldProblem) { make = { _ in [] } }
  func levers(_ scene: inout Scene) -> [Lever] { make(&scene) }
  static func drawn(_ chance: inout Chance, _ terms: ChaosTerms) -> [(name: String, value: SettingValue)]? {
    nil
  }

  /// Steps the clock of service-1 by nothing: a lever that leaves a record and no trace.
  static let mark = Strike { _ in [Lever(.clockStep(by: .zero), nodes: [NodeID(1)])] }
}

@Suite("A trigger")
struct TriggerTests {
  /// Every node of two services and one client states its fact each 10 ms, ten times.
  static func setup(_ faults: [ArmedFault]) -> Setup {
    let act: Stage.Act = { seat, input, turn in
      switch input {
      case .start:
        for step in 1...10 as ClosedRange<UInt64> {
          turn.set(Probe.Timer.first, key: step, after: .milliseconds(Int64(step) * 10))
        }
      case .timer: turn.record(Record(seat.node == NodeID(2) ? .leaderElected : .connected, a: 1))
      default: break
      }
    }
    var setup = Stage(server: act, clientLock: act).setup()
    setup.faults = faults
    return setup
  }

  /// When the levers of a fault with this trigger began.
  static func times(_ trigger: Trigger) -> [String] {
    Played(setup([ArmedFault(trigger: trigger, fault: Strike.mark)])).records
      .filter { $0.kind == .leverBegan }.map(\.at.milliseconds)
  }

  @Test("fires at its time, or at the count-th record of its kind, once")
  func timeAndCount() {
    #expect(Self.times(.at(Instant(nanos: 12_000_000))) == ["12"])
    // Each 10 ms three nodes state `connected`: the resource, service-1 and the client; the seventh comes at
    // 30.
    #expect(Self.times(.when(.connected, node: nil, count: 1, after: .zero)) == ["10"])
    #expect(Self.times(.when(.connected, node: nil, count: 7, after: .zero)) == ["30"])
    #expect(Self.times(.when(.connected, node: nil, count: 31, after: .zero)) == [])
    #expect(Self.times(.when(.leaderElected, node: nil, count: 10, after: .zero)) == ["100"])
  }

  @Test("counts only its node's records, named or by role")
  func nodes() {
    #expect(Self.times(.when(.connected, node: .named(.client, number: 1), count: 7, after: .zero)) == ["70"])
    #expect(Self.times(.when(.connected, node: .named(.service, number: 2), count: 1, after: .zero)) == [])
    #expect(Self.times(.when(.connected, node: .allServices, count: 2, after: .zero)) == ["20"])
    // Service-2 is the leader from its first statement on, that one included.
    #expect(Self.times(.when(.leaderElected, node: .leader, count: 3, after: .zero)) == ["30"])
    #expect(Self.times(.when(.connected, node: .holder, count: 1, after: .zero)) == [])
  }

  @Test("waits its time after the record")
  func after() {
    #expect(Self.times(.when(.leaderElected, node: nil, count: 2, after: .milliseconds(15))) == ["35"])
  }

  @Test("of a fault that finds nobody leaves it unfired; at a time, the plan says that the run waited")
  func nobody() {
    let nobody = Strike { scene in scene.nodes([.holder]).map { Lever(.pause(frozen: false), nodes: [$0]) } }
    let timed = Played(Self.setup([ArmedFault(trigger: .at(Instant(nanos: 5)), fault: nobody)])).world
    #expect(timed.faultsFired == [false])
    #expect(timed.plan.map(\.lever.action) == [.nothing])
    let trigger = Trigger.when(.connected, node: nil, count: 1, after: .zero)
    let reacting = Played(Self.setup([ArmedFault(trigger: trigger, fault: nobody)])).world
    #expect(reacting.faultsFired == [false] && reacting.plan.isEmpty)
    let struck = Played(Self.setup([ArmedFault(trigger: trigger, fault: Strike.mark)])).world
    #expect(struck.faultsFired == [true])
  }

  @Test("on the end of a fault or on a crash may come of another fault")
  func chains() {
    let pause = Strike { _ in [.pause(1, 20)] }
    let first = ArmedFault(trigger: .at(Instant(nanos: 33_000_000)), fault: pause)
    let second = ArmedFault(
      trigger: .when(.leverEnded, node: nil, count: 1, after: .zero), fault: Strike.mark)
    let began = Played(Self.setup([second, first])).records.filter { $0.kind == .leverBegan }
    #expect(began.map(\.at.milliseconds) == ["33", "53"])
  }
}

@Suite("A plan")
struct PlanTests {
  /// Runs with faults, then replays the plan without them, and again with the replay's plan.
  static func replays(_ faults: [ArmedFault], _ change: (inout Setup) -> Void = { _ in }) -> Bool {
    var setup = TriggerTests.setup(faults)
    change(&setup)
    let original = Played(setup)
    setup.faults = []
    setup.plan = original.world.plan
    let replay = Played(setup)
    #expect(!original.world.plan.isEmpty)
    #expect(original.world.ended == replay.world.ended)
    #expect(original.world.now == replay.world.now)
    return original.world.digest == replay.world.digest && replay.world.plan == original.world.plan
  }

  static func armed(_ trigger: Trigger, _ levers: Lever...) -> ArmedFault {
    ArmedFault(trigger: trigger, fault: Strike { _ in levers })
  }
  static func on(_ count: Int64, after: Nanos = .zero) -> Trigger {
    .when(.connected, node: nil, count: count, after: after)
  }
  static func at(_ milliseconds: Int64) -> Trigger { .at(Instant(nanos: milliseconds * 1_000_000)) }

  @Test("replays a fault at a record, at a time, and some time after a record")
  func triggers() {
    #expect(Self.replays([Self.armed(Self.on(4), .pause(1, 15))]))
    #expect(Self.replays([Self.armed(Self.at(25), .pause(1, 15))]))
    #expect(Self.replays([Self.armed(Self.on(4, after: .milliseconds(3)), .pause(1, 15))]))
  }

  @Test("replays several levers at one record and at one time, and faults that react to each other")
  func several() {
    let levers: [Lever] = [.pause(1, 15), .crash(2, restart: 20), .node(.clockStep(by: .seconds(1)), 1)]
    #expect(Self.replays([Self.armed(Self.on(4), levers[0], levers[1], levers[2])]))
    #expect(Self.replays([Self.armed(Self.at(30), levers[0], levers[1], levers[2])]))
    #expect(
      Self.replays([
        Self.armed(Self.at(30), levers[1]), Self.armed(Self.at(30), levers[0]),
        Self.armed(.when(.crashed, node: nil, count: 1, after: .zero), .pause(3, 7)),
        Self.armed(.when(.restarted, node: nil, count: 1, after: .zero), .crash(2, restart: 5)),
        Self.armed(.when(.leverEnded, node: nil, count: 2, after: .zero), levers[2]),
      ]))
  }

  @Test("replays a fault that found nobody, for which the run had waited")
  func nobody() {
    let nobody = ArmedFault(trigger: Self.at(500), fault: Strike { _ in [] })
    #expect(Self.replays([nobody]))
  }

  /// All clients are done at 20 ms.
  static func finishing(_ setup: inout Setup) {
    let cast = setup.cast as! Stage
    var stage = cast
    stage.clientProgram = { _, input, turn in
      if case .start = input { turn.set(Probe.Timer.third, after: .milliseconds(20)) }
      if case .timer = input { turn.record(Record(.clientDone)) }
    }
    setup.cast = stage
  }

  @Test("ends its replay when the run did, though a fault lay beyond the run")
  func faultBeyondTheRun() {
    let late = ArmedFault(trigger: .at(Instant(nanos: 90_000_000_000)), fault: Strike.mark)
    #expect(Self.replays([Self.armed(Self.on(1), .pause(1, 2)), late], Self.finishing))
    let after = ArmedFault(trigger: Self.on(2, after: .seconds(90)), fault: Strike.mark)
    #expect(Self.replays([Self.armed(Self.on(1), .pause(1, 2)), after], Self.finishing))
  }

  @Test("is what the run waits for before it may end early")
  func earlyEnd() {
    var setup = TriggerTests.setup([])
    Self.finishing(&setup)
    #expect(Played(setup).world.ended == .finished)
    #expect(Played(setup).world.now == Instant(nanos: 20_000_000))
    setup.plan = [.at(400, .pause(1, 10))]
    #expect(Played(setup).world.now == Instant(nanos: 400_000_000))
    setup.plan = []
    setup.duration = Instant(nanos: 15_000_000)
    #expect(Played(setup).world.ended == .duration)
    #expect(Played(setup).world.now == setup.duration)
  }

  @Test("says that nothing can ever happen again when that is so")
  func nothingLeft() {
    #expect(Stage().play().world.ended == .nothingLeft)
  }
}
