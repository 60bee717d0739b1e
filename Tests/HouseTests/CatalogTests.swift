import Checks
import Contract
import Faults
import Guards
import Locks
import Testing

@Suite("A catalog")
struct CatalogTests {
  static func written(_ name: String, in room: String) -> [String] {
    CatalogRules.conforming(to: name, in: Package.sources.filter { $0.room == room })
  }

  static let locks = LockCatalog.all.map { $0.name }
  static let guards = GuardCatalog.all.map { $0.name }
  static let faults = FaultCatalog.all.map { $0.name }
  static let checks = CheckCatalog.all.map { $0.name }

  @Test("holds every plug-in that is written in its room")
  func complete() {
    let locks = LockCatalog.all.map { String(describing: $0) }
    #expect(CatalogRules.missing(Self.written("LockAlgorithm", in: "Locks"), from: locks) == [])
    let guards = GuardCatalog.all.map { String(describing: $0) }
    #expect(CatalogRules.missing(Self.written("Guard", in: "Guards"), from: guards) == [])
    let faults = FaultCatalog.all.map { String(describing: $0) }
    #expect(CatalogRules.missing(Self.written("Fault", in: "Faults"), from: faults) == [])
    let checks = CheckCatalog.all.map { String(describing: $0) }
    #expect(CatalogRules.missing(Self.written("Check", in: "Checks"), from: checks) == [])
    #expect(Self.written("LockAlgorithm", in: "Locks").count == locks.count)
  }

  @Test("names them as the contract does, each once, in kebab-case")
  func names() {
    #expect(CatalogRules.misnamed(Self.locks, among: CatalogRules.algorithms) == [])
    #expect(CatalogRules.misnamed(Self.guards, among: CatalogRules.guards) == [])
    #expect(CatalogRules.misnamed(Self.faults, among: CatalogRules.faults) == [])
    #expect(CatalogRules.misnamed(Self.checks, among: CatalogRules.checks) == [])
  }

  @Test("says of each in one line what it is, and where it comes from")
  func descriptions() {
    let lines =
      LockCatalog.all.map { $0.summary } + GuardCatalog.all.map { $0.summary }
      + FaultCatalog.all.map { $0.standsFor } + CheckCatalog.all.map { $0.summary }
    #expect(lines.allSatisfy { !$0.isEmpty && !$0.contains("\n") && $0.count <= 110 })
    #expect(LockCatalog.all.allSatisfy { !$0.source.isEmpty })
    #expect(GuardCatalog.all.allSatisfy { !$0.source.isEmpty })
    #expect(FaultCatalog.all.allSatisfy { !$0.source.isEmpty })
  }

  @Test("gives the protocols of a run tags of their own")
  func tags() {
    var types: [any Payload.Type] = [AccessMessage.self]
    for algorithm in LockCatalog.all {
      for type in algorithm.protocols where !types.contains(where: { $0 == type }) { types.append(type) }
    }
    #expect(Set(types.map { $0.tag }).count == types.count)
  }

  @Test("lists nothing that no scenario tells of, but for what still awaits its scenario")
  func told() {
    let scenarios = Package.paths(below: "Scenarios", ending: ".json5").map(Package.text)
    let names = Self.locks + Self.guards + Self.faults + Self.checks
    let awaited = scenarios.isEmpty ? [] : CatalogRules.awaited
    #expect(CatalogRules.untold(names, in: scenarios) == awaited)
  }

  @Test("with a gap, a wrong name or an untold entry is found out")
  func planted() {
    let file = SourceText(
      "Sources/Locks/A.swift", "public struct Sieve: LockAlgorithm {\nstruct Seat: Sendable {")
    #expect(CatalogRules.conforming(to: "LockAlgorithm", in: [file]) == ["Sieve"])
    #expect(CatalogRules.missing(["Sieve"], from: ["Redis"]) == ["Sieve is not in its catalog"])
    #expect(CatalogRules.missing(["Sieve"], from: ["Sieve"]) == [])
    #expect(CatalogRules.misnamed(["redis", "redis"], among: ["redis"]).count == 1)
    #expect(CatalogRules.misnamed(["Red_Lock"], among: []).count == 2)
    #expect(CatalogRules.untold(["redis", "etcd"], in: ["expect: { redis: { unfenced: [] } }"]).count == 1)
    #expect(CatalogRules.untold(["progress"], in: [#"["progress?"]"#]) == [])
    #expect(CatalogRules.untold(["redis"], in: []) == [])
  }
}
