import Contract

/// Which sweep some results are of, and which part of it: parts of the same sweep differ in the shard alone.
///
/// It says what must be equal for runs to stand in one list, and what judges them, so that parts can be put
/// together where the scenario file is not at hand.
public struct Campaign: Sendable, Equatable {
  /// One case, what its file expects of it, and how it behaves.
  public struct Entry: Sendable, Equatable {
    public var algorithm: String
    public var guardName: String
    /// nil where the file expects nothing of the case.
    public var expected: ExpectedCase?
    /// `Runner.calibration` at the first of the seeds, as 32 hexadecimal digits.
    public var calibration: String

    public init(algorithm: String, guardName: String, expected: ExpectedCase?, calibration: String) {
      self.algorithm = algorithm
      self.guardName = guardName
      self.expected = expected
      self.calibration = calibration
    }
  }

  /// The program's version. It stays the same from one commit to the next, so the digests below say more.
  public var version: String
  /// Of all names, parameters, defaults and descriptions of the catalog.
  public var catalogDigest: String
  public var scenario: String
  public var scenarioDigest: String
  public var cases: [Entry]
  /// Of the whole sweep.
  public var seeds: SeedList
  /// Whether the seeds are all that the file names, so that a missing violation counts.
  public var coversFile: Bool
  public var shard: Shard

  public init(
    version: String, catalogDigest: String, scenario: String, scenarioDigest: String, cases: [Entry],
    seeds: SeedList, coversFile: Bool, shard: Shard
  ) {
    self.version = version
    self.catalogDigest = catalogDigest
    self.scenario = scenario
    self.scenarioDigest = scenarioDigest
    self.cases = cases
    self.seeds = seeds
    self.coversFile = coversFile
    self.shard = shard
  }

  /// The campaign of these runners, all of one scenario; runs the beginning of one run of each.
  public init(_ runners: [Runner], seeds: SeedList, shard: Shard, version: String, catalogDigest: String) {
    let scenario = runners[0].scenario
    self.init(
      version: version, catalogDigest: catalogDigest, scenario: scenario.name,
      scenarioDigest: scenario.digest(nodes: runners[0].topology).text,
      cases: runners.map { runner in
        Entry(
          algorithm: runner.subject.algorithmName, guardName: runner.subject.guardName,
          expected: scenario.expectation(of: runner.subject),
          calibration: runner.calibration(seed: seeds.first).text)
      }, seeds: seeds, coversFile: seeds.covers(scenario.seeds), shard: shard)
  }

  /// How many runs the part has.
  public var runs: Int { cases.count * shard.positions(of: seeds.count).count }

  /// The seed and the case of a run of the part, from 0 in the order of results; nil beyond its runs.
  public func run(_ number: Int) -> (seed: UInt64, subject: Int)? {
    guard number < runs else { return nil }
    let position = shard.positions(of: seeds.count).lowerBound + number / cases.count
    return (seeds[position], number % cases.count)
  }
}

extension Scenario {
  /// What the file says, whatever its layout: comments, spaces and the order of keys do not count, all else
  /// does.
  ///
  /// - Parameter nodes: for a scenario made in code that has a plan.
  func digest(nodes: Topology) -> Digest {
    var digest = Digest()
    digest.fold(text: JSONText.compact(tree ?? ScenarioText.json(self, nodes: nodes)))
    return digest
  }
}

extension SeedList {
  /// Whether every seed of the other list is in this one, which has no doubles.
  public func covers(_ other: SeedList) -> Bool {
    other.ranges.allSatisfy { range in
      ranges.contains { $0.lowerBound <= range.lowerBound && range.upperBound <= $0.upperBound }
    }
  }
}

extension Digest {
  /// Folds the bytes of a text, eight at a time, and how many there are.
  package mutating func fold(text: String) {
    var text = text
    text.withUTF8 { fold(bytes: UnsafeRawBufferPointer($0)) }
  }

  /// As `fold(text:)`, for a text that is at hand as bytes.
  package mutating func fold(bytes: UnsafeRawBufferPointer) {
    let whole = bytes.count / 8 * 8
    for offset in stride(from: 0, to: whole, by: 8) {
      fold(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
    }
    var rest: UInt64 = 0
    for byte in bytes[whole...] { rest = rest << 8 | UInt64(byte) }
    fold(rest)
    fold(UInt64(bytes.count))
  }
}
