import Contract
import Faults
import Testing

@Suite("Faults on links")
struct LinkFaultTests {
  typealias Bench = FaultBench

  let ends: Bench.Given = [("from", Bench.nodes(.holder)), ("to", Bench.service(1))]
  let there = LinkSet(from: [Bench.client1], to: [Bench.service1])
  let back = LinkSet(from: [Bench.service1], to: [Bench.client1])

  @Test("a delay takes the next messages, or all for a time, or all until the run ends; one way")
  func delay() throws {
    let by = ("by", Bench.seconds(90))
    #expect(try Bench.levers("delay", ends + [by, ("messages", .count(1))]) == [
      Lever(.delay(by: .seconds(90)), links: [there], messages: 1)
    ])
    #expect(try Bench.levers("delay", ends + [by, ("for", Bench.seconds(5))]) == [
      Lever(.delay(by: .seconds(90)), links: [there], lasts: .seconds(5))
    ])
    #expect(try Bench.levers("delay", ends + [by]) == [Lever(.delay(by: .seconds(90)), links: [there])])
  }

  @Test("drop, duplicate and reorder strike with their probability and carry a salt of their own")
  func chances() throws {
    let half = Probability(perBillion: 500_000_000)
    let given = ends + [("probability", .probability(half)), ("for", Bench.seconds(5))]
    let salt = Bench.firstSalt()
    #expect(try Bench.levers("drop", given) == [
      Lever(.drop(half), links: [there], lasts: .seconds(5), salt: salt)
    ])
    #expect(try Bench.levers("duplicate", given) == [
      Lever(.duplicate(half), links: [there], lasts: .seconds(5), salt: salt)
    ])
    #expect(try Bench.levers("reorder", ends + [("messages", .count(2))]) == [
      Lever(.reorder(.always), links: [there], messages: 2, salt: salt)
    ])
    let other = try Bench.levers("drop", given, seed: 2)
    #expect(other[0].salt == Bench.firstSalt(seed: 2) && other[0].salt != salt)
  }

  @Test("a clog holds one direction")
  func clog() throws {
    #expect(try Bench.levers("clog", ends + [("for", Bench.seconds(5))]) == [
      Lever(.clog, links: [there], lasts: .seconds(5))
    ])
  }

  @Test("a partition cuts both ways, or one way")
  func partition() throws {
    #expect(try Bench.levers("partition", ends + [("for", Bench.seconds(20))]) == [
      Lever(.cut, links: [there, back], lasts: .seconds(20))
    ])
    #expect(try Bench.levers("partition", ends + [("oneWay", .flag(true))]) == [Lever(.cut, links: [there])])
  }

  /// 9 nodes, 2 of them isolated: 7 others.
  @Test("isolated nodes are cut off from all others, and still reach each other")
  func isolate() throws {
    let given: Bench.Given = [("isolate", Bench.nodes(.leader, .holder)), ("for", Bench.seconds(3))]
    let alone = [Bench.service2, Bench.client1]
    let others = [
      Bench.resource, Bench.service1, Bench.service3, Bench.layer1, Bench.layer2, Bench.client2,
      Bench.client3,
    ]
    let levers = try Bench.levers("partition", given)
    #expect(levers == [
      Lever(
        .cut, links: [LinkSet(from: alone, to: others), LinkSet(from: others, to: alone)], lasts: .seconds(3))
    ])
    #expect(!levers[0].links.contains { $0.contains(from: Bench.service2, to: Bench.client1) })
  }

  @Test("who isolates everybody cuts nothing")
  func isolateAll() throws {
    let everybody = Bench.nodes(.named(.resource, number: 1), .allServices, .allLayers, .allClients)
    #expect(try Bench.levers("partition", [("isolate", everybody)]).isEmpty)
  }

  @Test("services cut from each other keep talking to themselves")
  func noLinkToOneself() throws {
    let all = Bench.nodes(.allServices)
    let levers = try Bench.levers("partition", [("from", all), ("to", all)])
    #expect(levers.count == 1)
    for sender in Bench.services {
      for receiver in Bench.services {
        let isCut = levers[0].links.contains { $0.contains(from: sender, to: receiver) }
        #expect(isCut == (sender != receiver))
      }
    }
  }

  @Test("roles that mean one and the same node leave no link, and nothing is pulled")
  func sameNode() throws {
    let given: Bench.Given = [("from", Bench.nodes(.holder)), ("to", Bench.client(1))]
    for name in ["drop", "duplicate", "reorder", "partition", "clog"] {
      #expect(try Bench.levers(name, given).isEmpty, "\(name)")
    }
  }

  @Test("the same fixed node at both ends is refused; two draws of any-client are not")
  func sameSelector() {
    let one = Bench.client(1), any = Bench.nodes(.anyClient)
    for name in ["drop", "partition", "clog"] {
      #expect(Bench.refusedField(name, [("from", one), ("to", one)]) == "to", "\(name)")
      #expect(Bench.refusedField(name, [("from", any), ("to", any)]) == nil, "\(name)")
    }
  }

  @Test("contradictions and empty times are refused, by their field")
  func refused() {
    let zero = SettingValue.duration(.zero)
    let both: Bench.Given = [("messages", .count(1)), ("for", Bench.seconds(1))]
    for name in ["drop", "duplicate", "reorder"] {
      #expect(Bench.refusedField(name, ends + both) == "messages", "\(name)")
      #expect(Bench.refusedField(name, ends + [("probability", .probability(.never))]) == "probability")
      #expect(Bench.refusedField(name, ends + [("for", zero)]) == "for")
      #expect(Bench.refusedField(name, [ends[0]]) == "to")
      #expect(Bench.refusedField(name, [ends[1]]) == "from")
    }
    #expect(Bench.refusedField("delay", ends + [("by", Bench.seconds(1))] + both) == "messages")
    #expect(Bench.refusedField("delay", ends + [("by", zero)]) == "by")
    #expect(Bench.refusedField("delay", ends) == "by")
    #expect(Bench.refusedField("clog", ends + [("for", zero)]) == "for")
    #expect(Bench.refusedField("clog", [("from", .nodes([])), ends[1]]) == "from")
  }

  @Test("a partition needs two sides or one isolated, never both, and only sides are cut one way")
  func partitionShape() {
    let alone = ("isolate", Bench.nodes(.leader))
    let oneWay = ("oneWay", SettingValue.flag(true))
    #expect(Bench.refusedField("partition", []) == "from")
    #expect(Bench.refusedField("partition", [ends[0]]) == "to")
    #expect(Bench.refusedField("partition", [ends[1]]) == "from")
    #expect(Bench.refusedField("partition", [alone, ends[0]]) == "from")
    #expect(Bench.refusedField("partition", [alone, ends[1]]) == "to")
    #expect(Bench.refusedField("partition", [alone, oneWay]) == "oneWay")
    #expect(Bench.refusedField("partition", [("isolate", .nodes([]))]) == "isolate")
    #expect(Bench.refusedField("partition", [alone, ("for", .duration(.zero))]) == "for")
    #expect(Bench.refusedField("partition", [alone, ("oneWay", .flag(false))]) == nil)
  }
}
