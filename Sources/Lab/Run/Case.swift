import Clients
import Contract
import Guards
import World

/// One algorithm with one guard, as a scenario sets it up.
public struct Case: Sendable {
  public let algorithmType: any LockAlgorithm.Type
  public let guardType: any Guard.Type
  public let algorithm: any LockAlgorithm

  public init(_ algorithmType: any LockAlgorithm.Type, _ guardType: any Guard.Type, in scenario: Scenario) {
    self.algorithmType = algorithmType
    self.guardType = guardType
    let given = scenario.parameters.first { $0.algorithm == algorithmType.name }?.given ?? []
    algorithm = algorithmType.init(Settings(algorithmType.parameters, given: given))
  }

  public var algorithmName: String { algorithmType.name }
  public var guardName: String { guardType.name }
  /// `redlock under unfenced`, as reports name the case.
  public var name: String { "\(algorithmName)/\(guardName)" }

  public func topology(_ scenario: Scenario) -> Topology {
    Topology(services: algorithm.services, layers: algorithm.layers, clients: scenario.load.clients)
  }

  /// What checks may know of a run of this case.
  public func facts(_ scenario: Scenario) -> RunFacts {
    let pattern = scenario.load.pattern
    return RunFacts(
      topology: topology(scenario), locks: scenario.load.locks, items: scenario.load.items,
      lease: scenario.lease, declaredDrift: scenario.clocks.drift, progress: scenario.progress,
      token: algorithmType.token,
      leaseIsSeparate: algorithmType.leaseIsSeparate, hasService: algorithm.services > 0,
      guardKeepsHighest: guardType.keepsHighest,
      guardJudgesTokens: guardType.needs > .none || guardType.livesInStore,
      updates: pattern == .increment || pattern == .append, accesses: pattern != .holdOnly,
      promisesLease: algorithmType.promisesLease)
  }

  /// All that a run of this case is a function of, but for the seed and the chaos drawn from it.
  func setup(_ scenario: Scenario, _ catalog: Catalog) -> Setup {
    let topology = topology(scenario)
    var setup = Setup(
      seed: 0, duration: Instant.start + scenario.duration, topology: topology, lease: scenario.lease,
      cast: CaseCast(algorithm: algorithm, guardType: guardType, load: scenario.load),
      quorum: algorithm.quorum,
      restartDelay: algorithm.restartDelay, heeds: algorithm.heeds, startEvery: scenario.load.startEvery)
    setup.network = scenario.network
    setup.clocks = scenario.clocks
    setup.fsync = scenario.fsync
    setup.transaction = algorithmType.transaction
    setup.heedsSessionRefresh = scenario.load.heedsSessionRefresh
    setup.plan = (try? scenario.plan(for: topology)) ?? []
    setup.faults = scenario.armedFaults(catalog)
    return setup
  }

  func chaosTerms(_ scenario: Scenario) -> ChaosTerms {
    ChaosTerms(topology: topology(scenario), lease: scenario.lease, heeds: algorithm.heeds)
  }
}

/// Makes the machines of a case.
struct CaseCast: Cast {
  let algorithm: any LockAlgorithm
  let guardType: any Guard.Type
  let load: Load

  func program(_ seat: Seat) -> any ErasedMachine {
    let separate = type(of: algorithm).leaseIsSeparate
    return Program(load: load, seat: seat, leaseIsSeparate: separate, inStore: guardType.livesInStore)
  }
  func lockClient(_ seat: Seat) -> any ErasedMachine { algorithm.client(seat) }
  func server(_ seat: Seat) -> any ErasedMachine { algorithm.server(seat) }
  func resource(_ seat: Seat) -> any ErasedMachine { Resource(guardedBy: guardType) }
}

extension Scenario {
  /// The scripted faults with their fields resolved, in script order.
  func armedFaults(_ catalog: Catalog) -> [ArmedFault] {
    faults.map { script in
      let type = catalog.fault(script.name)!
      let fields = Settings(type.fields, given: script.fields)
      guard let fault = try? type.init(fields) else {
        preconditionFailure("\(name): the fields of \(script.name) were not validated")
      }
      return ArmedFault(trigger: script.trigger, fault: fault)
    }
  }
}
