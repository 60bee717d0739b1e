import Contract
import Faults
import Testing

/// Fields that faults draw for themselves in a chaos.
@Suite("Every fault, drawn from the seed")
struct DrawnFaultTests {
  static let topologies = [
    Topology(services: 0, layers: 0, clients: 1), Topology(services: 1, layers: 0, clients: 2),
    Topology(services: 5, layers: 0, clients: 3), Topology(services: 1, layers: 2, clients: 4),
  ]

  static func terms(_ topology: Topology, ttl: Nanos = .seconds(10)) -> ChaosTerms {
    ChaosTerms(topology: topology, lease: LeaseTerms(ttl: ttl, refresh: nil), heeds: Disturbance.allCases)
  }

  /// 50 draws of each fault in each of 4 topologies, and with the shortest lease there is.
  @Test("draws only its own fields, always such that it accepts them, and nodes that exist")
  func acceptable() throws {
    for type in FaultCatalog.all {
      for topology in DrawnFaultTests.topologies {
        for seed in 1...50 as ClosedRange<UInt64> {
          var chance = Chance(seed: seed, "chaos fields")
          let ttl = seed == 1 ? Nanos(1) : .seconds(10)
          guard let given = type.drawn(&chance, DrawnFaultTests.terms(topology, ttl: ttl)) else { continue }
          let known = type.fields.map { $0.name }
          #expect(given.allSatisfy { known.contains($0.name) }, "\(type.name)")
          #expect(areThere(given, in: topology), "\(type.name) \(given)")
          _ = try type.init(Settings(type.fields, given: given))
        }
      }
    }
  }

  func areThere(_ given: FaultBench.Given, in topology: Topology) -> Bool {
    given.allSatisfy { field in
      guard case .nodes(let selectors) = field.value else { return true }
      return selectors.allSatisfy {
        guard case .named(let kind, let number) = $0 else { return true }
        return topology.node(kind, number) != nil
      }
    }
  }

  @Test("needs a service where it disturbs one, and only there")
  func needsService() {
    for type in FaultCatalog.all {
      var chance = Chance(seed: 1, "chaos fields")
      let given = type.drawn(&chance, DrawnFaultTests.terms(DrawnFaultTests.topologies[0]))
      #expect((given == nil) == (type.disturbs != nil), "\(type.name)")
    }
  }

  /// A scene in which everybody is there: 3 services, 2 layers, 3 clients, a holder and a leader.
  @Test("strikes somebody where every role is filled")
  func strikes() throws {
    let terms = DrawnFaultTests.terms(FaultBench.scene().topology)
    for type in FaultCatalog.all {
      for seed in 1...50 as ClosedRange<UInt64> {
        var chance = Chance(seed: seed, "chaos fields")
        let given = try #require(type.drawn(&chance, terms))
        #expect(!(try FaultBench.levers(type.name, given)).isEmpty, "\(type.name) \(given)")
      }
    }
  }

  /// 5 services, 3 clients, 200 draws: links to the resource, to a service, between services; both ways.
  @Test("links come in all kinds that carry something, in both directions")
  func links() throws {
    var kinds: [String] = []
    for seed in 1...200 as ClosedRange<UInt64> {
      var chance = Chance(seed: seed, "chaos fields")
      let given = try #require(Clog.drawn(&chance, DrawnFaultTests.terms(DrawnFaultTests.topologies[2])))
      let settings = Settings(Clog.fields, given: given)
      let ends = ["from", "to"].map { end in
        guard case .named(let kind, _)? = settings.nodes(end)?.first else { return "nobody" }
        return kind.word
      }
      kinds.append("\(ends[0]) to \(ends[1])")
    }
    for kind in [
      "client to resource", "resource to client", "client to service", "service to client",
      "service to service",
    ] { #expect(kinds.contains(kind), "\(kind)") }
    #expect(!kinds.contains { $0.contains("nobody") || $0 == "client to client" })
  }

  @Test("the same chance draws the same faults")
  func repeatable() throws {
    let terms = DrawnFaultTests.terms(DrawnFaultTests.topologies[3])
    for type in FaultCatalog.all {
      let twice = try (0..<2).map { _ in
        var chance = Chance(seed: 5, "chaos fields")
        return try FaultBench.levers(type.name, type.drawn(&chance, terms)!)
      }
      #expect(twice[0] == twice[1], "\(type.name)")
    }
  }

  /// Spans go from an eighth of the time to live to twice of it: 10 s give 1.25 s to 20 s.
  @Test("pauses come shorter and longer than the lease, and half of them strike the holder")
  func pausesAroundTheLease() throws {
    var longer = 0, holders = 0
    for seed in 1...100 as ClosedRange<UInt64> {
      var chance = Chance(seed: seed, "chaos fields")
      let given = try #require(Pause.drawn(&chance, DrawnFaultTests.terms(DrawnFaultTests.topologies[2])))
      let settings = Settings(Pause.fields, given: given)
      let span = try #require(settings.duration("for"))
      #expect(span >= .milliseconds(1_250) && span < .seconds(20))
      if span > .seconds(10) { longer += 1 }
      if settings.nodes("node") == [.holder] { holders += 1 }
    }
    #expect((15...40).contains(longer))
    #expect((35...65).contains(holders))
  }
}
