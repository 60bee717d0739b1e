import Contract

/// What fencing would have saved: a case's harmed runs, run again under the other guards.
public struct Rescue: Sendable, Equatable {
  /// All runs that harmed the resource.
  public var harmed: Int
  /// How many of them, the first ones, were run again.
  public var rerun: Int
  /// Whether the lock's tokens have an order, as fencing needs.
  public var isOrdered: Bool
  /// Every guard that the lock's tokens and the scenario allow, in catalog order.
  public var guards: [Saving]

  public struct Saving: Sendable, Equatable {
    public var guardName: String
    /// Runs in which the resource was unharmed.
    public var unharmed: Int

    public init(guardName: String, unharmed: Int) {
      self.guardName = guardName
      self.unharmed = unharmed
    }
  }

  public init(harmed: Int, rerun: Int, isOrdered: Bool, guards: [Saving]) {
    self.harmed = harmed
    self.rerun = rerun
    self.isOrdered = isOrdered
    self.guards = guards
  }
}

/// The runs that tell what fencing would have saved.
public struct RescueSearch: Sendable {
  /// Every harmed seed under every other guard; nil where there is nothing to try.
  public let sweep: Sweep?
  private var rescue: Rescue

  /// - Parameter harmed: how many runs harmed the resource, of which `seeds` are the first.
  public init(_ runner: Runner, harmed: Int, seeds: [UInt64], jobs: Int) {
    let others = runner.underOtherGuards()
    rescue = Rescue(
      harmed: harmed, rerun: seeds.count, isOrdered: runner.subject.algorithmType.token >= .ordered,
      guards: others.map { Rescue.Saving(guardName: $0.subject.guardName, unharmed: 0) })
    let list = SeedList(ranges: seeds.map { $0...$0 })
    sweep = others.isEmpty || seeds.isEmpty ? nil : Sweep(others, seeds: list, jobs: jobs)
  }

  /// Counts a run of the sweep.
  public mutating func add(_ subject: Int, _ result: RunResult) {
    let isHarmed = result.verdicts.contains { $0.isViolated && $0.check.question == .resource }
    if !isHarmed { rescue.guards[subject].unharmed += 1 }
  }

  /// What the runs came to; nil where nothing was harmed.
  public var result: Rescue? { rescue.harmed == 0 ? nil : rescue }
}

extension Runner {
  /// The case under each other guard of the catalog that its tokens and the scenario allow, but for the one
  /// that accepts everything.
  func underOtherGuards() -> [Runner] {
    catalog.guards.compactMap { type in
      guard type.name != subject.guardName, type.name != "unfenced",
        scenario.problems(for: subject.algorithm, under: type, in: catalog).isEmpty
      else { return nil }
      return Runner(scenario, Case(subject.algorithmType, type, in: scenario), catalog)
    }
  }
}
