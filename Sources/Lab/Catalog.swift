import Contract

/// Everything that can be named in a scenario: the tables behind `sim list`, the decoder and the schema.
public struct Catalog: Sendable {
  public var algorithms: [any LockAlgorithm.Type]
  public var guards: [any Guard.Type]
  public var faults: [any Fault.Type]
  public var checks: [any Check.Type]
  /// What the user calls the command, for sentences that point to its lists.
  public var program = "sim"

  public init(
    algorithms: [any LockAlgorithm.Type], guards: [any Guard.Type], faults: [any Fault.Type],
    checks: [any Check.Type]
  ) {
    self.algorithms = algorithms
    self.guards = guards
    self.faults = faults
    self.checks = checks
  }

  public func algorithm(_ name: String) -> (any LockAlgorithm.Type)? { algorithms.first { $0.name == name } }
  public func guardType(_ name: String) -> (any Guard.Type)? { guards.first { $0.name == name } }
  public func fault(_ name: String) -> (any Fault.Type)? { faults.first { $0.name == name } }
  public func check(_ name: String) -> (any Check.Type)? { checks.first { $0.name == name } }
}
