import Lab

/// Cases as JUnit XML: a suite for each scenario, a test case for each algorithm and guard.
///
/// There is no `time`, though tools know one: the machine's would change the bytes from run to run, and the
/// simulator's is not how long the test took. GitLab shows neither the suite's name nor properties, so all
/// that matters stands in the names, messages and bodies of the test cases.
/// - Source: the schema of Jenkins' xunit plugin, junit-10.xsd.
public enum JUnitXML {
  public static func report(_ cases: [CaseReport]) -> String {
    let suites = CaseReport.grouped(cases)
    var page = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    page += "<testsuites name=\"lockstep\"\(counts(cases))>\n"
    for suite in suites { page += self.suite(suite) }
    return page + "</testsuites>\n"
  }

  private static func counts(_ cases: [CaseReport]) -> String {
    attribute("tests", String(cases.count)) + attribute("failures", count(.failed, cases))
      + attribute("errors", count(.undecided, cases))
  }

  private static func count(_ kind: CaseReport.Kind, _ cases: [CaseReport]) -> String {
    String(cases.count { $0.kind == kind })
  }

  private static func suite(_ cases: [CaseReport]) -> String {
    let first = cases[0].checked
    var page = "  <testsuite" + attribute("name", first.scenario) + counts(cases)
    page += attribute("skipped", count(.skipped, cases))
    if !first.path.isEmpty { page += attribute("file", first.path) }
    page += ">\n"
    for one in cases { page += test(one) }
    return page + "  </testsuite>\n"
  }

  private static func test(_ one: CaseReport) -> String {
    let start = "    <testcase" + attribute("name", one.name) + attribute("classname", one.checked.scenario)
    return start + ">\n" + result(one) + output(one) + "    </testcase>\n"
  }

  /// Nothing for a case that is as expected.
  private static func result(_ one: CaseReport) -> String {
    switch one.kind {
    case .passed: return ""
    case .skipped: return "      <skipped message=\"not run\"/>\n"
    case .failed:
      return complaint("failure", one.checked.outcome.unexpected + one.checked.outcome.missing, one)
    case .undecided: return complaint("error", [one.checked.outcome.status.rawValue], one)
    }
  }

  private static func complaint(_ element: String, _ types: [String], _ one: CaseReport) -> String {
    let sentences = one.complaints()
    var body = sentences
    for check in one.checked.outcome.unexpected {
      let seeds = CaseReport.listed(seeds: one.checked.tally.seeds(violating: check))
      body.append("\(check) is violated at \(seeds).")
    }
    if one.checked.tally.runs > 0, let replay = one.replay { body.append("Replay: \(replay)") }
    let start = "      <\(element)" + attribute("type", types.joined(separator: ", "))
    let message = attribute("message", sentences.first ?? one.checked.outcome.status.rawValue)
    return start + message + ">\(escaped(body.joined(separator: "\n")))</\(element)>\n"
  }

  private static func output(_ one: CaseReport) -> String {
    let lines = one.findings() + (one.kind == .passed ? one.missing : [])
    return lines.isEmpty ? "" : "      <system-out>\(escaped(lines.joined(separator: "\n")))</system-out>\n"
  }

  // MARK: escaping

  private static func attribute(_ name: String, _ value: String) -> String {
    " \(name)=\"\(escaped(value, isAttribute: true))\""
  }

  /// Text as XML 1.0 bears it; what no XML may hold, such as most control characters, becomes U+FFFD.
  static func escaped(_ text: String, isAttribute: Bool = false) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "\r": escaped += "&#13;"
      case "\n", "\t": escaped += isAttribute ? "&#\(scalar.value);" : String(scalar)
      case "\u{0}"..."\u{1f}", "\u{fffe}", "\u{ffff}": escaped += "\u{fffd}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
