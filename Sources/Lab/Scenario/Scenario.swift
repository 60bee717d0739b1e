import Clients
import Contract
import World

/// A story that can be replayed: one scenario file, read and validated.
public struct Scenario: Sendable {
  public var name: String
  /// One sentence, shown in reports.
  public var about: String
  public var source: String
  /// Where the runs speak against the source, in one sentence; nil where they bear it out.
  public var disagrees: String?
  public var duration: Nanos
  /// In the file's order, without doubles.
  public var seeds: SeedList
  public var lease: LeaseTerms
  public var load: Load
  public var network = NetworkTerms()
  public var clocks = ClockTerms()
  /// How long a sync takes.
  public var fsync = Nanos.milliseconds(1)
  /// Per algorithm, what the file gives; defaults are filled in when a case is built.
  public var parameters: [(algorithm: String, given: [(name: String, value: SettingValue)])] = []
  public var faults: [ScriptedFault] = []
  public var chaos: Chaos?
  /// Levers with their anchors, instead of `faults` and `chaos`.
  public var plan: [PlanEntry]?
  public var progress = Nanos.seconds(30)
  /// In the file's order; empty where the file has no `expect`.
  public var expect: [ExpectedCase] = []
  /// Where the file was read, for messages; nil for a scenario made in code.
  public var path: String?
  /// What the file says, with the place of every value; nil for a scenario made in code.
  public var tree: JSONValue?

  public init(name: String, about: String, source: String, duration: Nanos, lease: LeaseTerms, load: Load) {
    self.name = name
    self.about = about
    self.source = source
    self.duration = duration
    self.lease = lease
    self.load = load
    seeds = SeedList(ranges: [1...1])
  }
}

/// Seeds as ranges, so that a million of them take no memory.
public struct SeedList: Sendable, Equatable {
  public var ranges: [ClosedRange<UInt64>]

  public init(ranges: [ClosedRange<UInt64>]) { self.ranges = ranges }

  public var count: Int { ranges.reduce(0) { $0 + Int($1.upperBound - $1.lowerBound) + 1 } }
  public var first: UInt64 { ranges[0].lowerBound }

  /// - Complexity: O(number of ranges).
  public subscript(position: Int) -> UInt64 {
    var rest = UInt64(position)
    for range in ranges {
      let length = range.upperBound - range.lowerBound + 1
      if rest < length { return range.lowerBound + rest }
      rest -= length
    }
    preconditionFailure("seed position \(position) of \(count)")
  }
}

/// One entry of `faults`: what, when, and whether a run in which it never fires still counts.
public struct ScriptedFault: Sendable {
  public var name: String
  public var fields: [(name: String, value: SettingValue)]
  public var trigger: Trigger
  public var isOptional: Bool

  public init(
    name: String, fields: [(name: String, value: SettingValue)], trigger: Trigger, isOptional: Bool = false
  ) {
    self.name = name
    self.fields = fields
    self.trigger = trigger
    self.isOptional = isOptional
  }
}

/// Faults drawn from the seed.
public struct Chaos: Sendable, Equatable {
  public var faults: [String]
  /// The mean time between two of them.
  public var every: Nanos
  /// No fault is drawn after this.
  public var until: Instant
}

/// What a file expects of one algorithm with one guard.
public struct ExpectedCase: Sendable, Equatable {
  public var algorithm: String
  public var guardName: String
  /// At least one seed violates each of these.
  public var violated: [String]
  /// These may be violated or not.
  public var optional: [String]

  public init(algorithm: String, guardName: String, violated: [String], optional: [String]) {
    self.algorithm = algorithm
    self.guardName = guardName
    self.violated = violated
    self.optional = optional
  }
}
