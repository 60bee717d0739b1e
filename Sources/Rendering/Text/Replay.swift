import Lab

/// How to get a run again: the command line that names scenario, case and seed.
public struct Replay: Sendable {
  private let command: String
  private let scenario: String

  public init(_ command: String, _ scenario: Scenario) {
    self.init(command, name: scenario.name, path: scenario.path)
  }

  /// - Parameter path: where the scenario was read; named where names are not looked up there.
  init(_ command: String, name: String, path: String?) {
    let isAtHome = path?.hasPrefix(ScenarioFile.home + "/") ?? true
    self.command = command
    scenario = "--scenario \(Replay.word(isAtHome ? name : path ?? name))"
  }

  init(_ command: String, _ one: CheckedCase) {
    self.init(command, name: one.scenario, path: one.path.isEmpty ? nil : one.path)
  }

  func line(algorithm: String, guardName: String, seed: UInt64) -> ReplayLine {
    ReplayLine(
      words: [command, scenario, "--algorithm \(algorithm)", "--guard \(guardName)", "--seed \(seed)"])
  }

  /// A sweep of all cases for each range of the seeds.
  func line(seeds: SeedList) -> [ReplayLine] {
    SeedText.ranges(seeds).map { ReplayLine(words: ["\(command) sweep", scenario, "--seeds \($0)"]) }
  }

  /// The whole line.
  public func command(algorithm: String, guardName: String, seed: UInt64) -> String {
    line(algorithm: algorithm, guardName: guardName, seed: seed).words.joined(separator: " ")
  }

  /// A word as a shell takes it: in single quotes where it holds anything unusual.
  public static func word(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy { scalar in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "/", "+", ":", "@", ",": true
      default: false
      }
    }
    if isPlain && !text.isEmpty { return text }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}

/// A command line that can be copied from a page however narrow: broken lines end in a backslash.
struct ReplayLine: Sendable {
  /// The command, then each flag with its value.
  let words: [String]

  func text(after lead: String, _ style: Style, leadInk: Ink = .plain) -> String {
    let lines = Paragraph.flow(words, gap: " ", width: Page.width - lead.count - 2)
    var page = ""
    for (number, words) in lines.enumerated() {
      var line = PaintedLine()
      if number == 0 { line.add(lead, leadInk) }
      line.pad(to: lead.count)
      line.add(number + 1 < lines.count ? words + " \\" : words)
      page += line.text(style)
    }
    return page
  }
}
