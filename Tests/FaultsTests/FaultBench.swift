import Contract
import Faults

/// 1 resource (0), 3 services (1 to 3), 2 layers (4, 5), 3 clients (6 to 8).
enum FaultBench {
  static let resource = NodeID(0), service1 = NodeID(1), service2 = NodeID(2), service3 = NodeID(3)
  static let layer1 = NodeID(4), layer2 = NodeID(5)
  static let client1 = NodeID(6), client2 = NodeID(7), client3 = NodeID(8)
  static let services = [service1, service2, service3]

  /// Client 1 holds, client 2 held before, service 2 leads.
  static func scene(seed: UInt64 = 1) -> Scene {
    Scene(
      topology: Topology(services: 3, layers: 2, clients: 3), holder: client1, previousHolder: client2,
      leader: service2, chance: Chance(seed: seed, "fault"))
  }

  /// Nobody has ever held, nobody leads, and there is no service: `no-lock` before the first section.
  static func emptyScene() -> Scene {
    Scene(
      topology: Topology(services: 0, layers: 0, clients: 2), holder: .none, previousHolder: .none,
      leader: .none, chance: Chance(seed: 1, "fault"))
  }

  /// The salt that a fault of these scenes takes when it draws nothing else.
  static func firstSalt(seed: UInt64 = 1) -> UInt64 {
    var chance = Chance(seed: seed, "fault")
    return chance.next()
  }

  typealias Given = [(name: String, value: SettingValue)]

  static func fault(_ name: String, _ given: Given) throws -> any Fault {
    let type = FaultCatalog.all.first { $0.name == name }!
    return try type.init(Settings(type.fields, given: given))
  }

  static func levers(_ name: String, _ given: Given, seed: UInt64 = 1) throws -> [Lever] {
    var scene = scene(seed: seed)
    return try fault(name, given).levers(&scene)
  }

  /// The field that is refused, and nil where all are taken.
  static func refusedField(_ name: String, _ given: Given) -> String? {
    do {
      _ = try fault(name, given)
      return nil
    } catch {
      return (error as? FieldProblem)?.field
    }
  }

  static func nodes(_ selectors: NodeSelector...) -> SettingValue { .nodes(selectors) }
  static func client(_ number: Int) -> SettingValue { .nodes([.named(.client, number: number)]) }
  static func service(_ number: Int) -> SettingValue { .nodes([.named(.service, number: number)]) }
  static func seconds(_ count: Int64) -> SettingValue { .duration(.seconds(count)) }

  /// For each fault, fields with which it can fire; the faults of the catalog, in its order.
  static let examples: [(name: String, given: Given)] = [
    ("pause", [("node", nodes(.holder)), ("for", seconds(15))]),
    ("delay", [("from", client(1)), ("to", service(1)), ("by", seconds(90)), ("messages", .count(1))]),
    ("drop", [("from", client(1)), ("to", service(1)), ("for", seconds(2))]),
    ("duplicate", [("from", client(1)), ("to", service(1)), ("messages", .count(3))]),
    ("reorder", [("from", client(1)), ("to", service(1))]),
    ("partition", [("from", client(1)), ("to", nodes(.allServices)), ("for", seconds(20))]),
    ("clog", [("from", client(1)), ("to", service(1)), ("for", seconds(5))]),
    ("crash", [("node", service(1)), ("restart", seconds(1)), ("lose", .choice("unsynced"))]),
    ("disk-stall", [("node", service(1)), ("for", seconds(10))]),
    ("clock-step", [("node", service(1)), ("by", seconds(-10))]),
    ("clock-drift", [("node", service(1)), ("rate", .rate(50_000)), ("for", seconds(60))]),
    ("clock-freeze", [("node", service(1)), ("for", seconds(5))]),
    ("clock-strobe", [("node", service(1)), ("by", seconds(3)), ("every", seconds(1)), ("for", seconds(9))]),
    ("failover", [("lose", seconds(1))]),
    ("leader-change", []),
    ("recovery", [("down", seconds(2))]),
    ("version-rate", [("rate", .factor(2_000)), ("for", seconds(30))]),
    ("unavailable", [("for", seconds(12))]),
    ("unknown-result", [("commits", .count(2))]),
    ("slow", [("node", service(1)), ("factor", .factor(10_000)), ("for", seconds(30))]),
  ]
}
