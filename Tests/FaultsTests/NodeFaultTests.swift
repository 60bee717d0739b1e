import Contract
import Faults
import Testing

@Suite("Faults on nodes")
struct NodeFaultTests {
  typealias Bench = FaultBench

  @Test("a pause lasts its time, and freezes the monotonic clock where it is told to")
  func pause() throws {
    #expect(try Bench.levers("pause", [("node", Bench.nodes(.holder)), ("for", Bench.seconds(15))]) == [
      Lever(.pause(frozen: false), nodes: [Bench.client1], lasts: .seconds(15))
    ])
    let frozen = try Bench.levers("pause", [("node", Bench.nodes(.leader)), ("clock", .choice("frozen"))])
    #expect(frozen == [Lever(.pause(frozen: true), nodes: [Bench.service2], lasts: nil)])
  }

  @Test("a list of nodes gives one lever for each, in the list's order and without doubles")
  func oneLeverEach() throws {
    let struck = Bench.nodes(.named(.client, number: 3), .holder, .previousHolder, .named(.client, number: 1))
    let levers = try Bench.levers("pause", [("node", struck), ("for", Bench.seconds(1))])
    #expect(levers.map { $0.nodes } == [[Bench.client3], [Bench.client1], [Bench.client2]])
    let all = try Bench.levers("disk-stall", [("node", Bench.nodes(.allServices, .allLayers))])
    #expect(all.map { $0.nodes } == (Bench.services + [Bench.layer1, Bench.layer2]).map { [$0] })
  }

  @Test("a crash forgets the memory and never comes back unless it is told otherwise")
  func crash() throws {
    let node = ("node", Bench.nodes(.named(.resource, number: 1)))
    #expect(try Bench.levers("crash", [node]) == [
      Lever(.crash(restart: nil, lose: .memory), nodes: [Bench.resource])
    ])
    #expect(try Bench.levers("crash", [node, ("restart", .never), ("lose", .choice("unsynced"))]) == [
      Lever(.crash(restart: nil, lose: .unsynced), nodes: [Bench.resource])
    ])
    let replaced = try Bench.levers("crash", [node, ("restart", .duration(.zero)), ("lose", .choice("disk"))])
    #expect(replaced == [Lever(.crash(restart: .zero, lose: .disk), nodes: [Bench.resource])])
  }

  @Test("clocks step either way, drift either way, freeze, and strobe")
  func clocks() throws {
    let node = ("node", Bench.service(1))
    let nodes = [Bench.service1]
    #expect(try Bench.levers("clock-step", [node, ("by", Bench.seconds(-10))]) == [
      Lever(.clockStep(by: .seconds(-10)), nodes: nodes)
    ])
    #expect(try Bench.levers("clock-drift", [node, ("rate", .rate(-50_000)), ("for", Bench.seconds(60))]) == [
      Lever(.clockDrift(-50_000), nodes: nodes, lasts: .seconds(60))
    ])
    #expect(try Bench.levers("clock-freeze", [node]) == [Lever(.clockFreeze, nodes: nodes)])
    let strobe = try Bench.levers(
      "clock-strobe",
      [node, ("by", Bench.seconds(3)), ("every", Bench.seconds(1)), ("for", Bench.seconds(9))])
    #expect(strobe == [
      Lever(.clockStrobe(by: .seconds(3), every: .seconds(1)), nodes: nodes, lasts: .seconds(9))
    ])
  }

  @Test("a stalled disk and a slow node last until the run ends where no time is given")
  func stallAndSlow() throws {
    #expect(try Bench.levers("disk-stall", [("node", Bench.service(1))]) == [
      Lever(.diskStall, nodes: [Bench.service1])
    ])
    #expect(try Bench.levers("slow", [("node", Bench.client(2)), ("factor", .factor(2_500))]) == [
      Lever(.slow(2_500), nodes: [Bench.client2])
    ])
  }

  /// 3 clients, 64 seeds: each client is struck by about a third of them, and never more than one at a time.
  @Test("any-client is drawn from the chance: every client comes up, the same one for the same seed")
  func anyClient() throws {
    var struck: [NodeID] = []
    for seed in 1...64 as ClosedRange<UInt64> {
      let given: Bench.Given = [("node", Bench.nodes(.anyClient)), ("for", Bench.seconds(1))]
      let levers = try Bench.levers("pause", given, seed: seed)
      #expect(try Bench.levers("pause", given, seed: seed) == levers)
      #expect(levers.count == 1)
      struck += levers[0].nodes
    }
    for client in [Bench.client1, Bench.client2, Bench.client3] {
      #expect((10...35).contains(struck.filter { $0 == client }.count))
    }
  }

  @Test("times of zero, clocks that do not move and a factor of one are refused, by their field")
  func refused() {
    let node = ("node", Bench.client(1))
    let zero = SettingValue.duration(.zero)
    #expect(Bench.refusedField("pause", [node, ("for", zero)]) == "for")
    #expect(Bench.refusedField("disk-stall", [node, ("for", zero)]) == "for")
    #expect(Bench.refusedField("clock-step", [node, ("by", zero)]) == "by")
    #expect(Bench.refusedField("clock-step", [node]) == "by")
    #expect(Bench.refusedField("clock-drift", [node, ("rate", .rate(0))]) == "rate")
    #expect(Bench.refusedField("clock-drift", [node, ("rate", .rate(-1_000_000_000))]) == "rate")
    #expect(Bench.refusedField("clock-drift", [node, ("rate", .rate(-999_999_999))]) == nil)
    #expect(Bench.refusedField("clock-drift", [node]) == "rate")
    #expect(Bench.refusedField("clock-drift", [node, ("rate", .rate(1)), ("for", zero)]) == "for")
    #expect(Bench.refusedField("clock-freeze", [node, ("for", zero)]) == "for")
    #expect(Bench.refusedField("clock-strobe", [node, ("by", zero), ("every", Bench.seconds(1))]) == "by")
    #expect(Bench.refusedField("clock-strobe", [node, ("by", Bench.seconds(1)), ("every", zero)]) == "every")
    #expect(Bench.refusedField("slow", [node, ("factor", .factor(1_000))]) == "factor")
    #expect(Bench.refusedField("slow", [node, ("factor", .factor(1_001))]) == nil)
    #expect(Bench.refusedField("slow", [node]) == "factor")
    #expect(Bench.refusedField("crash", [node, ("restart", zero)]) == nil)
  }

  @Test("a fault on nodes needs a node, and an empty list names none")
  func needsNode() {
    for name in ["pause", "crash", "disk-stall", "clock-freeze"] {
      #expect(Bench.refusedField(name, []) == "node")
      #expect(Bench.refusedField(name, [("node", .nodes([]))]) == "node")
    }
  }
}
