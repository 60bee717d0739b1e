import Contract
import Faults
import Testing

@Suite("Every fault")
struct FaultConformanceTests {
  @Test("the catalog names the faults in the contract's order, and each has an example here")
  func catalogOrder() {
    #expect(FaultCatalog.all.map { $0.name } == [
      "pause", "delay", "drop", "duplicate", "reorder", "partition", "clog", "crash", "disk-stall",
      "clock-step", "clock-drift", "clock-freeze", "clock-strobe", "failover", "leader-change", "recovery",
      "version-rate", "unavailable", "unknown-result", "slow",
    ])
    #expect(FaultBench.examples.map { $0.name } == FaultCatalog.all.map { $0.name })
  }

  @Test("the fields are those of the contract's table")
  func fieldNames() {
    let fields = FaultCatalog.all.map { $0.fields.map { $0.isRequired ? $0.name : $0.name + "?" } }
    let traffic = ["from", "to", "messages?", "for?"]
    #expect(fields == [
      ["node", "for?", "clock?"], ["by"] + traffic, traffic + ["probability?"], traffic + ["probability?"],
      traffic + ["probability?"], ["from?", "to?", "oneWay?", "isolate?", "for?"], ["from", "to", "for?"],
      ["node", "restart?", "lose?"], ["node", "for?"], ["node", "by"], ["node", "rate", "for?"],
      ["node", "for?"], ["node", "by", "every", "for?"], ["lose"], [], ["down", "versions?"],
      ["rate", "for?"], ["for?"], ["commits"], ["node", "factor", "for?"],
    ])
  }

  @Test("each says what it stands for, where that is told, and what each field means")
  func words() {
    for fault in FaultCatalog.all {
      #expect(!fault.standsFor.isEmpty && fault.standsFor.count <= 110, "\(fault.name)")
      #expect(!fault.source.isEmpty, "\(fault.name)")
      #expect(fault.fields.allSatisfy { !$0.summary.isEmpty }, "\(fault.name)")
    }
  }

  @Test("each fires with its example: at least one lever, with somebody struck")
  func examplesFire() throws {
    for example in FaultBench.examples {
      let levers = try FaultBench.levers(example.name, example.given)
      #expect(!levers.isEmpty, "\(example.name)")
      #expect(levers.allSatisfy { $0.nodes.isEmpty != $0.links.isEmpty }, "\(example.name)")
    }
  }

  @Test("each says which disturbance the service must heed, and pulls no other")
  func disturbances() throws {
    for (type, example) in zip(FaultCatalog.all, FaultBench.examples) {
      for lever in try FaultBench.levers(example.name, example.given) {
        if case .disturb(let disturbance, _, _) = lever.action {
          #expect(type.disturbs == disturbance, "\(example.name)")
        } else {
          #expect(type.disturbs == nil, "\(example.name)")
        }
      }
    }
  }

  @Test("every disturbance that the contract knows has its fault")
  func allDisturbances() {
    for disturbance in Disturbance.allCases {
      #expect(FaultCatalog.all.filter { $0.disturbs == disturbance }.count == 1, "\(disturbance)")
    }
  }

  @Test("the same scene and chance give the same levers, twice")
  func repeatable() throws {
    for example in FaultBench.examples {
      let first = try FaultBench.levers(example.name, example.given, seed: 9)
      let second = try FaultBench.levers(example.name, example.given, seed: 9)
      #expect(first == second, "\(example.name)")
    }
  }

  @Test("only levers that draw take from the chance")
  func draws() throws {
    for example in FaultBench.examples {
      let levers = try FaultBench.levers(example.name, example.given)
      var scene = FaultBench.scene()
      _ = try FaultBench.fault(example.name, example.given).levers(&scene)
      let draws = ["drop", "duplicate", "reorder", "unknown-result"].contains(example.name)
      #expect((scene.salt() == FaultBench.firstSalt()) != draws, "\(example.name)")
      let isSalted = levers.contains { $0.salt != 0 }
      #expect(isSalted == (draws && example.name != "unknown-result"), "\(example.name)")
    }
  }

  @Test("where nobody fills the role, and where there is no service, nothing is pulled")
  func nobodyThere() throws {
    let absent: [(name: String, value: SettingValue)] = [
      ("holder", FaultBench.nodes(.holder)), ("leader", FaultBench.nodes(.leader)),
      ("previous-holder", FaultBench.nodes(.previousHolder)), ("any-service", FaultBench.nodes(.anyService)),
      ("all-services", FaultBench.nodes(.allServices)), ("all-layers", FaultBench.nodes(.allLayers)),
    ]
    for example in FaultBench.examples {
      for nobody in absent {
        let given = example.given.map {
          ($0.name, ["node", "to"].contains($0.name) ? nobody.value : $0.value)
        }
        var scene = FaultBench.emptyScene()
        let levers = try FaultBench.fault(example.name, given).levers(&scene)
        #expect(levers.isEmpty, "\(example.name) of \(nobody.name)")
      }
    }
  }
}
