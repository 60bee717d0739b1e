import Lab
import Rendering

/// The shards of one sweep on their way together.
struct Merge {
  private let catalog: Catalog
  private let checks: [String]
  /// In the order of their numbers.
  private(set) var shards: [SweepHeader] = []
  /// Digest of the whole's lines, once all are read.
  private(set) var digest = ""
  private var tallies: [Tally] = []

  init(_ catalog: Catalog) {
    self.catalog = catalog
    checks = catalog.checks.map { $0.name }
  }

  /// What the whole is results of.
  var whole: Campaign {
    var campaign = shards[0].campaign
    campaign.shard = .whole
    return campaign
  }

  /// Reads what the files say of themselves, and refuses those that do not make up one sweep.
  mutating func open(_ paths: [String]) throws(ScenarioProblem) {
    for path in paths { shards.append(try SweepFile(path, checks: checks).header) }
    for shard in shards { try refuseForeign(shard) }
    for shard in shards.dropFirst() {
      let problem = shards[0].problem(
        with: shard, owner: "as in \(shards[0].path)", ignoring: ["runs", "shard"])
      if let problem { throw problem }
    }
    try refuseDoubles()
    try refuseGaps()
    shards.sort { $0.campaign.shard.number < $1.campaign.shard.number }
  }

  /// A program knows the names and judges the runs of its own version only.
  private func refuseForeign(_ shard: SweepHeader) throws(ScenarioProblem) {
    let expected = [
      ("version", LockstepCommand.version, shard.campaign.version),
      ("catalogDigest", catalog.digest.text, shard.campaign.catalogDigest),
    ]
    for (key, ours, theirs) in expected where ours != theirs {
      throw ScenarioProblem(
        path: shard.path, at: shard.tree[key]?.position ?? .none,
        keyPath: JSONPath().key("campaign").key(key),
        found: JSONText.quoted(theirs),
        "expected \(JSONText.quoted(ours)): another program did this sweep; merge with the one that did")
    }
    let known = shard.campaign.cases.allSatisfy {
      catalog.algorithm($0.algorithm) != nil && catalog.guardType($0.guardName) != nil
    }
    if !known { throw ScenarioProblem(path: shard.path, "the cases are not of this program's catalog") }
  }

  private func refuseDoubles() throws(ScenarioProblem) {
    let count = shards[0].campaign.shard.count
    for (place, shard) in shards.enumerated() {
      let own = shard.campaign.shard
      guard own.count == count else {
        throw ScenarioProblem(
          path: shard.path, keyPath: JSONPath().key("campaign").key("shard"), found: "\"\(own)\"",
          "expected one of \(count) parts, as in \(shards[0].path)")
      }
      if let first = shards[..<place].first(where: { $0.campaign.shard == own }) {
        throw ScenarioProblem(
          path: shard.path, keyPath: JSONPath().key("campaign").key("shard"), found: "\"\(own)\"",
          "but \(first.path) is this part already; expected every part once")
      }
    }
  }

  private func refuseGaps() throws(ScenarioProblem) {
    let count = shards[0].campaign.shard.count
    let present = shards.map(\.campaign.shard.number).sorted()
    guard present.count < count else { return }
    var missing: [String] = []
    var place = 0
    for number in 1...count where missing.count < 11 {
      if place < present.count, present[place] == number {
        place += 1
      } else {
        missing.append("\(number)/\(count)")
      }
    }
    let rest = count - present.count - 10
    let names =
      rest > 0
      ? missing.prefix(10).joined(separator: ", ") + " and \(rest) more"
      : FlagCheck.list(missing, last: "and")
    throw ScenarioProblem(
      path: shards[0].path, found: "\(present.count) of its \(count) parts",
      "expected all: \(names) \(count - present.count == 1 ? "is" : "are") missing")
  }

  /// Reads every run of every file; false where the user stops it.
  mutating func check(_ isInterrupted: () -> Bool) throws(ScenarioProblem) -> Bool {
    tallies = whole.cases.map { _ in Tally(catalog) }
    var lines = SweepLines(whole)
    for shard in shards {
      var file = try SweepFile(shard.path, checks: checks)
      guard file.campaign == shard.campaign else {
        throw ScenarioProblem(path: shard.path, "the file changes")
      }
      while true {
        let number = file.lines.count
        guard let (run, verdicts) = try file.next() else { break }
        if isInterrupted() { return false }
        let (seed, subject) = file.campaign.run(number)!
        tallies[subject].add(seed: seed, verdicts: verdicts, isVacuous: run.isVacuous)
        _ = lines.add(run.text)
      }
    }
    digest = lines.digestText
    return true
  }

  /// What the cases came to over all seeds.
  func cases() -> [CheckedCase] {
    zip(whole.cases, tallies).map { entry, tally in
      let outcome = Outcome(tally, expected: entry.expected, isComplete: whole.coversFile, catalog)
      var one = CheckedCase(
        scenario: whole.scenario, path: "", algorithm: entry.algorithm, guardName: entry.guardName,
        outcome: outcome, tally: tally, expected: entry.expected)
      one.seeds = whole.seeds
      return one
    }
  }
}

/// The runs of a file that was checked before, as they stand there.
struct RunLines {
  private let file: OpenFile
  private var reader: LineReader

  fileprivate init(_ path: String) throws(ScenarioProblem) {
    file = try OpenFile(path)
    reader = LineReader(path, file.descriptor)
    _ = try reader.next()
  }

  /// The next run's text; nil at their end.
  mutating func next() throws(Failure) -> String? {
    do {
      guard let line = try reader.next(), line.bytes.first != UInt8(ascii: "]") else { return nil }
      let bytes = line.bytes.last == UInt8(ascii: ",") ? line.bytes.dropLast() : line.bytes[...]
      return String(decoding: bytes, as: UTF8.self)
    } catch {
      throw .rejected(error)
    }
  }
}

extension SweepHeader {
  /// The runs of the file once more.
  func reopened() throws(Failure) -> RunLines {
    do { return try RunLines(path) } catch { throw .rejected(error) }
  }
}
