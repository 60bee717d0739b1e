import Contract

/// Whether a case did what its scenario expects.
public struct Outcome: Sendable, Equatable {
  public enum Status: String, Sendable, CaseIterable {
    case met, unmet, vacuous, inconclusive, error
  }

  public var status: Status
  /// Checks that were to be violated by some seed and were not.
  public var missing: [String]
  /// Checks that were violated and were to hold.
  public var unexpected: [String]
  public var reason: String?

  /// - Parameter isComplete: whether all of the file's seeds were run; if not, a missing violation only
  /// counts
  ///   as reported.
  public init(_ tally: Tally, expected: ExpectedCase?, isComplete: Bool, _ catalog: Catalog) {
    let violated = tally.violated
    missing = (expected?.violated ?? []).filter { !violated.contains($0) }
    if let expected {
      unexpected = violated.filter { !expected.violated.contains($0) && !expected.optional.contains($0) }
    } else {
      unexpected = violated.filter { catalog.check($0)?.isSafety == true }
    }
    reason = nil
    let isVacuous = tally.runs > 0 && tally.vacuous == tally.runs
    let allowed = (expected?.violated ?? []) + (expected?.optional ?? [])
    let undecided = tally.undecided.filter { !allowed.contains($0) }
    if !unexpected.isEmpty {
      status = .unmet
    } else if isVacuous {
      status = .vacuous
      reason = tally.firstVacuity.map(Outcome.sentence)
    } else if isComplete, !missing.isEmpty {
      status = .unmet
    } else if !undecided.isEmpty {
      status = .inconclusive
      reason = "undecided: " + undecided.joined(separator: ", ")
    } else {
      status = .met
    }
  }

  public static func sentence(_ vacuity: Vacuity) -> String {
    switch vacuity {
    case .faultNeverFired(let index, let name): "faults[\(index)] (\(name)) never fired"
    case .nothingGranted: "there was neither a grant nor a violation"
    }
  }

  /// The exit status of a command whose cases came to these: 1 wins over 2.
  public static func exitStatus(_ statuses: [Status]) -> Int32 {
    if statuses.contains(.error) { return 65 }
    if statuses.contains(.unmet) { return 1 }
    return statuses.contains(.vacuous) || statuses.contains(.inconclusive) ? 2 : 0
  }
}

extension Scenario {
  /// The cases of the file in its order, or one per algorithm and guard asked for.
  public func cases(algorithms: [String] = [], guards: [String] = [], _ catalog: Catalog) -> [Case] {
    var pairs: [(String, String)] = []
    if algorithms.isEmpty {
      pairs = expect.map { ($0.algorithm, $0.guardName) }
    } else if guards.isEmpty {
      pairs = expect.filter { algorithms.contains($0.algorithm) }.map { ($0.algorithm, $0.guardName) }
      for name in algorithms where !pairs.contains(where: { $0.0 == name }) {
        pairs.append((name, "unfenced"))
      }
    } else {
      for algorithm in algorithms { for name in guards { pairs.append((algorithm, name)) } }
    }
    if algorithms.isEmpty, !guards.isEmpty {
      let names = expect.isEmpty ? [] : expect.map(\.algorithm)
      var seen: [String] = []
      for name in names where !seen.contains(name) { seen.append(name) }
      pairs = seen.flatMap { algorithm in guards.map { (algorithm, $0) } }
    }
    return pairs.map { Case(catalog.algorithm($0)!, catalog.guardType($1)!, in: self) }
  }

  public func expectation(of subject: Case) -> ExpectedCase? {
    expect.first { $0.algorithm == subject.algorithmName && $0.guardName == subject.guardName }
  }
}
