/// One thing that a lock, guard or fault can be told: decoder, schema and `sim list` all come from this.
public struct ParameterSpec: Sendable {
  public enum Kind: Sendable {
    /// A duration string such as "10ms", not negative.
    case duration
    /// A duration string that may be negative.
    case signedDuration
    /// A duration string, or the word "never".
    case durationOrNever
    case count(ClosedRange<Int64>)
    case choice([String])
    case flag
    /// A drift string such as "50ppm"; may be negative where `signed`.
    case rate(signed: Bool)
    case probability
    /// A number of 0 or more with at most three decimals.
    case factor
    /// A node name, a role, or a list of them.
    case nodes
  }

  public let name: String
  public let kind: Kind
  /// nil: required for a fault's field, absent for a parameter.
  public let standard: SettingValue?
  public let isRequired: Bool
  public let summary: String

  public init(
    _ name: String, _ kind: Kind, _ standard: SettingValue? = nil, required: Bool = false, _ summary: String
  ) {
    self.name = name
    self.kind = kind
    self.standard = standard
    isRequired = required
    self.summary = summary
  }
}

/// The value of one parameter.
public enum SettingValue: Sendable, Equatable {
  case duration(Nanos)
  case never
  case count(Int64)
  case choice(String)
  case flag(Bool)
  /// Parts per billion.
  case rate(Int64)
  case probability(Probability)
  /// Thousandths.
  case factor(Int64)
  case nodes([NodeSelector])
}

/// The values of all parameters of one plug-in, defaults filled in.
public struct Settings: Sendable, Equatable {
  var values: [String: SettingValue]

  /// Defaults of `specs`, overridden by `given`, whose names and kinds are already checked.
  public init(_ specs: [ParameterSpec], given: [(name: String, value: SettingValue)] = []) {
    values = [:]
    for spec in specs { values[spec.name] = spec.standard }
    for (name, value) in given { values[name] = value }
  }

  public func isGiven(_ name: String) -> Bool { values[name] != nil }

  /// The duration of this name; nil where it is absent or "never".
  public func duration(_ name: String) -> Nanos? {
    if case .duration(let span)? = values[name] { return span }
    return nil
  }
  public func count(_ name: String) -> Int64? {
    if case .count(let n)? = values[name] { return n }
    return nil
  }
  public func choice(_ name: String) -> String? {
    if case .choice(let word)? = values[name] { return word }
    return nil
  }
  public func flag(_ name: String) -> Bool {
    if case .flag(let value)? = values[name] { return value }
    return false
  }
  /// Parts per billion.
  public func rate(_ name: String) -> Int64? {
    if case .rate(let rate)? = values[name] { return rate }
    return nil
  }
  public func probability(_ name: String) -> Probability? {
    if case .probability(let p)? = values[name] { return p }
    return nil
  }
  /// Thousandths.
  public func factor(_ name: String) -> Int64? {
    if case .factor(let n)? = values[name] { return n }
    return nil
  }
  public func nodes(_ name: String) -> [NodeSelector]? {
    if case .nodes(let selectors)? = values[name] { return selectors }
    return nil
  }
}

/// A node by name, or a role that is decided when the fault fires.
public enum NodeSelector: Sendable, Equatable {
  case named(NodeKind, number: Int)
  /// The client of the latest grant.
  case holder
  /// The client of the grant before the latest one, of the same lock.
  case previousHolder
  case leader
  case anyClient, anyService
  case allClients, allServices, allLayers

  /// Role words, as scenario files write them.
  public static let roles: [(word: String, selector: NodeSelector)] = [
    ("holder", .holder), ("previous-holder", .previousHolder), ("leader", .leader),
    ("any-client", .anyClient), ("any-service", .anyService),
    ("all-clients", .allClients), ("all-services", .allServices), ("all-layers", .allLayers),
  ]
}
