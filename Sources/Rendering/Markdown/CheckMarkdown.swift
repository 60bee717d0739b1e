import Lab

/// What `sim check` found as a page of Markdown: each story with its source, and the verdict of each of its
/// cases.
public enum CheckMarkdown {
  public static func report(_ cases: [CheckedCase]) -> String {
    var lines = [
      "# Scenarios", "",
      "Made by `sim check --format markdown --out Scenarios/README.md`; do not edit. Each row is a claim of",
      "the sources as a story, and what its runs came to: the checks that were violated, in how many runs of",
      "how many. Verdicts that a file does not expect are in **bold**.", "",
      "| scenario | the story | source | verdict of each case |", "| --- | --- | --- | --- |",
    ]
    let stories = grouped(cases)
    for story in stories { lines.append(row(story)) }
    let differing = stories.filter { $0[0].disagrees != nil }
    if !differing.isEmpty {
      lines += ["", "## Where the runs speak against the source", ""]
      lines += differing.map { "- \(link($0[0])) (\(cell($0[0].source))): \($0[0].disagrees ?? "")" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The cases of each scenario, in the order given.
  private static func grouped(_ cases: [CheckedCase]) -> [[CheckedCase]] {
    var groups: [[CheckedCase]] = []
    for one in cases {
      if groups.last?[0].path == one.path {
        groups[groups.count - 1].append(one)
      } else {
        groups.append([one])
      }
    }
    return groups
  }

  private static func row(_ story: [CheckedCase]) -> String {
    let verdicts = story.map { "\($0.algorithm) / \($0.guardName): \(verdict($0))" }
    let cells = [link(story[0]), story[0].about, story[0].source, verdicts.joined(separator: "<br>")]
    return "| " + cells.map(cell).joined(separator: " | ") + " |"
  }

  /// The file as seen from the page, which lies in the folder of all scenarios.
  private static func link(_ one: CheckedCase) -> String {
    let home = ScenarioFile.home + "/"
    let place = one.path.hasPrefix(home) ? String(one.path.dropFirst(home.count)) : one.path
    return "[\(one.scenario)](\(place))"
  }

  private static func verdict(_ one: CheckedCase) -> String {
    let tally = one.tally
    if tally.runs == 0 { return "not run: \(one.outcome.reason ?? one.outcome.status.rawValue)" }
    let found = tally.violated.map { name in
      let count = tally.seeds(violating: name).count
      return (one.outcome.unexpected.contains(name) ? "**\(name)**" : name) + " \(count) of \(tally.runs)"
    }
    let verdict = found.isEmpty ? "all held in \(tally.runs)" : found.joined(separator: ", ")
    return one.outcome.status == .met ? verdict : "\(verdict) (**\(one.outcome.status.rawValue)**)"
  }

  /// A table cell: no line breaks, no bars.
  private static func cell(_ text: String) -> String {
    String(text.map { $0 == "\n" ? " " : $0 == "|" ? "/" : $0 })
  }
}
