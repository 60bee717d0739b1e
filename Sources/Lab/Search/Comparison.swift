import Contract

/// A case after all its runs: what they came to, and what they cost.
public struct ComparedCase: Sendable {
  public let checked: CheckedCase
  public let measures: CaseMeasures
  public let seeds: SeedList

  public init(_ checked: CheckedCase, _ measures: CaseMeasures, seeds: SeedList) {
    self.checked = checked
    self.measures = measures
    self.seeds = seeds
  }

  /// `redlock/unfenced`.
  public var name: String { "\(checked.algorithm)/\(checked.guardName)" }
}

/// Cases that met the same seeds, scenario by scenario.
public struct Comparison: Sendable {
  /// One list for each scenario, none of them empty.
  public let groups: [[ComparedCase]]
  /// The command that makes the comparison again.
  public let command: String

  public init(_ cases: [ComparedCase], command: String) {
    var groups: [[ComparedCase]] = []
    for one in cases {
      if groups.last?[0].checked.scenario == one.checked.scenario {
        groups[groups.count - 1].append(one)
      } else {
        groups.append([one])
      }
    }
    self.groups = groups
    self.command = command
  }
}
