import Contract
import World

/// One guard tried on a seed: what harm the resource came to under it.
public struct GuardTrial: Sendable, Equatable {
  public let guardName: String
  /// Violated checks whose question is the resource; empty: the guard saves it.
  public let harms: [String]

  public init(guardName: String, harms: [String]) {
    self.guardName = guardName
    self.harms = harms
  }

  public var saves: Bool { harms.isEmpty }
}

/// A seed run again without one fault, everything else as it was.
public struct Ablation: Sendable, Equatable {
  /// What was left out, in words.
  public let fault: String
  /// The checks that are violated all the same, in catalog order.
  public let violated: [String]

  public init(fault: String, violated: [String]) {
    self.fault = fault
    self.violated = violated
  }
}

/// The seeds around one that violates a check, and the nearest that does not.
public struct Neighbour: Sendable, Equatable {
  /// How many other seeds were tried.
  public let tried: Int
  /// nil where the check is violated at each of them.
  public let seed: UInt64?

  public init(tried: Int, seed: UInt64?) {
    self.tried = tried
    self.seed = seed
  }
}

/// What can be asked of a seed by running it, or its neighbours, again.
extension Runner {
  /// Every guard of the catalog that the lock's tokens suffice for, tried on this seed, but the case's own.
  public func guardTrials(seed: UInt64) -> [GuardTrial] {
    catalog.guards.compactMap { type in
      guard type.name != subject.guardName, type.needs <= subject.algorithmType.token,
        !type.livesInStore || subject.algorithmType.holdsData
      else { return nil }
      let other = Case(subject.algorithmType, type, in: scenario)
      guard scenario.problems(for: other.algorithm, under: type, in: catalog).isEmpty else { return nil }
      let result = Runner(scenario, other, catalog).run(seed: seed)
      let harms = result.verdicts.filter { $0.isViolated && $0.check.question == .resource }
      return GuardTrial(guardName: type.name, harms: harms.map(\.name))
    }
  }

  /// The guards of the catalog under which this case's seed does no harm to the resource, each one tried.
  ///
  /// Harm: a violated check whose question is the resource. Only guards that the lock's tokens suffice for.
  public func rescuers(seed: UInt64) -> [String] {
    guardTrials(seed: seed).filter(\.saves).map(\.guardName)
  }

  /// The seed without each of its faults in turn: scripted ones, levers of a plan, all of a chaos at once.
  ///
  /// - Parameter most: how many are left out at most, from the first on.
  public func ablations(seed: UInt64, most: Int) -> [Ablation] {
    var tries = scenario.faults.indices.map { index in
      (words(of: index), silencing(index))
    }
    if let plan = scenario.plan {
      tries += plan.indices.map { ("entry \($0) of the plan", omitting($0)) }
    }
    if scenario.chaos != nil {
      var calm = scenario
      calm.chaos = nil
      tries.append(("all of the chaos", Runner(calm, subject, catalog)))
    }
    return tries.prefix(most).map { Ablation(fault: $0.0, violated: $0.1.run(seed: seed).violated) }
  }

  /// "pause", or where there are several of them "pause (faults[1])".
  private func words(of fault: Int) -> String {
    let name = scenario.faults[fault].name
    let isOnly = scenario.faults.count { $0.name == name } == 1
    return isOnly ? name : "\(name) (faults[\(fault)])"
  }

  /// The seed nearest to this one at which the check holds in a run that tells its story.
  ///
  /// - Parameter most: how many seeds are tried, by distance, above before below.
  public func neighbour(of seed: UInt64, holding check: String, most: Int) -> Neighbour {
    var tried = 0
    var distance: UInt64 = 1
    while tried < most, distance <= UInt64(most) {
      let (above, isOver) = seed.addingReportingOverflow(distance)
      let (below, isUnder) = seed.subtractingReportingOverflow(distance)
      for other in (isOver ? [] : [above]) + (isUnder ? [] : [below]) where tried < most {
        tried += 1
        if holds(check, seed: other) { return Neighbour(tried: tried, seed: other) }
      }
      distance += 1
    }
    return Neighbour(tried: tried, seed: nil)
  }

  private func holds(_ check: String, seed: UInt64) -> Bool {
    let result = run(seed: seed)
    guard result.vacuity == nil, let verdict = result.verdicts.first(where: { $0.name == check }) else {
      return false
    }
    if case .held = verdict.verdict { return true }
    return false
  }

  /// What a node's wall clock shows at moments of true time, in ascending order.
  public func wallClock(of node: NodeID, seed: UInt64, at moments: [Instant]) -> [LocalTime] {
    var world = world(seed: seed)
    var readings: [LocalTime] = []
    while readings.count < moments.count {
      let before = moments[readings.count...].map { world.clocks(of: node, at: $0).wall }
      let isOver = !world.step()
      world.records.removeAll(keepingCapacity: true)
      for reading in before {
        guard isOver || moments[readings.count] < world.now else { break }
        readings.append(reading)
      }
    }
    return readings
  }
}
