import Lab
import Rendering

/// The first line of a sweep's results, read back.
struct SweepHeader {
  let path: String
  let campaign: Campaign
  /// The same as a tree, for telling what differs.
  let tree: JSONValue

  static let start = "{\"campaign\":{"
  static let end = ",\"kind\":\"sweep\",\"runs\":["

  /// - Throws: `ScenarioProblem` where the line is none that this program writes.
  init(_ line: FileLine, path: String) throws(ScenarioProblem) {
    let tree = try JSON5.read(line.bytes + Array("]}".utf8), path: path, limits: .results)
    var reading = HeaderReading(path: path, tree: tree["campaign"] ?? .null)
    let campaign = try reading.campaign()
    self.path = path
    self.campaign = campaign
    self.tree = tree["campaign"] ?? .null
    // What is not read above would be lost; so nothing else may stand there.
    guard JSONReport.sweepHeader(campaign) == line.text else {
      throw ScenarioProblem(
        path: path, at: TextPosition(line: 1, column: 1),
        "this is not the first line that a sweep of this program writes" + SweepHeader.age(campaign))
    }
  }

  /// Another version may write other lines.
  private static func age(_ campaign: Campaign) -> String {
    let ours = LockstepCommand.version
    return campaign.version == ours ? "" : "; its version is \(campaign.version), and this is \(ours)"
  }

  /// Whether a line is the first one of results with a campaign, whole or not.
  static func begins(_ line: FileLine) -> Bool {
    line.bytes.starts(with: start.utf8) && line.bytes.suffix(end.utf8.count).elementsEqual(end.utf8)
  }

  /// The first thing in which another header is not of the same sweep, found there; nil where there is none.
  ///
  /// - Parameter owner: whose values are expected: `as in a.json`.
  func problem(with other: SweepHeader, owner: String, ignoring: [String]) -> ScenarioProblem? {
    for member in tree.members ?? [] where !ignoring.contains(member.key) {
      let here = JSONPath().key("campaign").key(member.key)
      guard let value = other.tree[member.key] else { continue }
      guard let difference = TreeDifference.first(member.value, value, here) else { continue }
      let (path, expected, found) = difference
      return ScenarioProblem(
        path: other.path, at: found?.position ?? value.position, keyPath: path,
        found: found?.shown ?? "nothing",
        "expected \(expected?.shown ?? "nothing"), \(owner)" + SweepHeader.reason(path))
    }
    return nil
  }

  /// What a digest that differs means.
  private static func reason(_ path: JSONPath) -> String {
    switch path.steps.last {
    case .key("catalogDigest"): "; the programs differ in a name, a parameter, a default or a description"
    case .key("calibration"): "; the programs behave differently, so their runs do not belong together"
    case .key("scenarioDigest"): "; the scenario files do not say the same"
    default: ""
    }
  }
}

/// Where two trees first differ.
enum TreeDifference {
  static func first(
    _ left: JSONValue?, _ right: JSONValue?, _ path: JSONPath
  ) -> (JSONPath, JSONValue?, JSONValue?)? {
    guard let left, let right else { return left == nil && right == nil ? nil : (path, left, right) }
    if let leftParts = left.list, let rightParts = right.list {
      for index in 0..<max(leftParts.count, rightParts.count) {
        let pair = (
          index < leftParts.count ? leftParts[index] : nil,
          index < rightParts.count ? rightParts[index] : nil
        )
        if let found = first(pair.0, pair.1, path.index(index)) { return found }
      }
      return nil
    }
    if let leftMembers = left.members, right.members != nil {
      for member in leftMembers {
        if let found = first(member.value, right[member.key], path.key(member.key)) { return found }
      }
      return nil
    }
    return JSONText.compact(left) == JSONText.compact(right) ? nil : (path, left, right)
  }
}

/// Reads the campaign of a header, key by key.
private struct HeaderReading {
  let path: String
  let tree: JSONValue

  mutating func campaign() throws(ScenarioProblem) -> Campaign {
    let here = JSONPath().key("campaign")
    let seeds = try self.seeds(here.key("seeds"))
    let shard = try value(tree, "shard", here, "a part such as \"1/4\"") { $0.text.flatMap(Shard.init) }
    var cases: [Campaign.Entry] = []
    for (number, entry) in try list(tree, "cases", here).enumerated() {
      cases.append(try self.entry(entry, here.key("cases").index(number)))
    }
    return Campaign(
      version: try text(tree, "version", here), catalogDigest: try text(tree, "catalogDigest", here),
      scenario: try text(tree, "scenario", here), scenarioDigest: try text(tree, "scenarioDigest", here),
      cases: cases, seeds: seeds,
      coversFile: try value(tree, "coversFile", here, "true or false") { $0.flag }, shard: shard)
  }

  /// As many seeds as a command line may name, so that no number of runs is too large to be counted.
  private func seeds(_ here: JSONPath) throws(ScenarioProblem) -> SeedList {
    var room = FlagCheck.mostSeeds
    var ranges: [ClosedRange<UInt64>] = []
    for (number, entry) in try list(tree, "seeds", JSONPath().key("campaign")).enumerated() {
      guard let range = entry.text.flatMap(SeedText.range), range.upperBound - range.lowerBound < room else {
        throw wrong(
          entry, here.index(number),
          "expected seeds such as \"1..20\", at most \(FlagCheck.mostSeeds) in all")
      }
      room -= range.upperBound - range.lowerBound + 1
      ranges.append(range)
    }
    return SeedList(ranges: ranges)
  }

  private func entry(_ tree: JSONValue, _ here: JSONPath) throws(ScenarioProblem) -> Campaign.Entry {
    let algorithm = try text(tree, "algorithm", here)
    let guardName = try text(tree, "guard", here)
    var expected: ExpectedCase?
    if let list = tree["expect"]?.list {
      let names = list.compactMap(\.text)
      expected = ExpectedCase(
        algorithm: algorithm, guardName: guardName, violated: names.filter { !$0.hasSuffix("?") },
        optional: names.filter { $0.hasSuffix("?") }.map { String($0.dropLast()) })
    }
    return Campaign.Entry(
      algorithm: algorithm, guardName: guardName, expected: expected,
      calibration: try text(tree, "calibration", here))
  }

  private func text(_ tree: JSONValue, _ key: String, _ here: JSONPath) throws(ScenarioProblem) -> String {
    try value(tree, key, here, "a text") { $0.text }
  }

  /// A list with something in it.
  private func list(
    _ tree: JSONValue, _ key: String, _ here: JSONPath
  ) throws(ScenarioProblem) -> [JSONValue] {
    try value(tree, key, here, "a list that is not empty") { $0.list.flatMap { $0.isEmpty ? nil : $0 } }
  }

  private func value<Value>(
    _ tree: JSONValue, _ key: String, _ here: JSONPath, _ expected: String, _ decode: (JSONValue) -> Value?
  ) throws(ScenarioProblem) -> Value {
    guard let found = tree[key] else {
      throw ScenarioProblem(
        path: path, at: tree.position, keyPath: here, found: "no \(JSONText.quoted(key))",
        "expected \(expected)")
    }
    guard let value = decode(found) else { throw wrong(found, here.key(key), "expected \(expected)") }
    return value
  }

  private func wrong(_ value: JSONValue, _ here: JSONPath, _ sentence: String) -> ScenarioProblem {
    ScenarioProblem(path: path, at: value.position, keyPath: here, found: value.shown, sentence)
  }
}
