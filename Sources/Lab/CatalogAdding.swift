import Contract

extension Catalog {
  /// The catalog with one more lock at its end, or in place of the one of that name.
  public func adding(algorithm: any LockAlgorithm.Type) -> Catalog {
    var catalog = self
    catalog.algorithms = Catalog.replacing(algorithm, in: algorithms) { $0.name }
    return catalog
  }

  /// As `adding(algorithm:)`, for a guard.
  public func adding(guard guardType: any Guard.Type) -> Catalog {
    var catalog = self
    catalog.guards = Catalog.replacing(guardType, in: guards) { $0.name }
    return catalog
  }

  /// As `adding(algorithm:)`, for a fault.
  public func adding(fault: any Fault.Type) -> Catalog {
    var catalog = self
    catalog.faults = Catalog.replacing(fault, in: faults) { $0.name }
    return catalog
  }

  /// As `adding(algorithm:)`, for a check.
  public func adding(check: any Check.Type) -> Catalog {
    var catalog = self
    catalog.checks = Catalog.replacing(check, in: checks) { $0.name }
    return catalog
  }

  private static func replacing<Entry>(
    _ entry: Entry, in entries: [Entry], name: (Entry) -> String
  ) -> [Entry] {
    guard let place = entries.firstIndex(where: { name($0) == name(entry) }) else { return entries + [entry] }
    var entries = entries
    entries[place] = entry
    return entries
  }
}
