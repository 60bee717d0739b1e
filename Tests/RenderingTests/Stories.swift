import Contract
import Lab
import Rendering
import Testing

/// The text of one small scenario.
struct StoryText: Sendable, CustomTestStringConvertible {
  let name: String
  let text: String

  var testDescription: String { name }
}

/// Stories that the forms are tried on: real runs of small scenarios.
enum Stories {
  static let gcPause = text(
    "gc-pause", clients: 2, "sections: 1",
    "{ fault: 'pause', node: 'holder', for: '15s', when: { event: 'before-write' } }",
    "redlock: { unfenced: ['mutual-exclusion', 'stale-write', 'lost-update'], 'compare-and-set': [] }")
  static let clockJump = text(
    "clock-jump", clients: 2, "sections: 2, hold: '4s'",
    """
    { fault: 'partition', from: 'client-2', to: ['service-1', 'service-2'], at: '0s', for: '20s' },
    { fault: 'partition', from: 'client-1', to: ['service-4', 'service-5'], at: '0s', for: '20s' },
    { fault: 'clock-step', node: 'service-3', by: '12s', when: { event: 'read' } }
    """, "redlock: { unfenced: [] }")
  static let twoPaused = text(
    "two-paused", clients: 3, "sections: 2",
    """
    { fault: 'pause', node: 'holder', for: '40s', when: { event: 'before-write', count: 1 } },
    { fault: 'pause', node: 'holder', for: '15s', when: { event: 'before-write', count: 2 } }
    """, "redis: { unfenced: [], 'compare-and-set': [] }")
  static let powerLoss = text(
    "power-loss", clients: 2, "sections: 2, hold: '2s'",
    "{ fault: 'crash', node: 'service-1', restart: '100ms', lose: 'unsynced', when: { event: 'read' } }",
    "redis: { unfenced: [] }")
  static let many = text(
    "many", clients: 10, "sections: 5, locks: 5, choice: 'uniform'",
    "{ fault: 'pause', node: 'holder', for: '25s', when: { event: 'before-write', count: 7 } }",
    "redlock: { unfenced: [] }, redis: { unfenced: [] }, 'no-lock': { unfenced: [], 'compare-and-set': [] }")
  static let delay = text(
    "delay", clients: 2, "sections: 2",
    """
    { fault: 'delay', from: 'holder', to: 'resource', by: '90s', messages: 1,
      when: { event: 'before-write' } }
    """, "redis: { unfenced: [] }")
  static let mails = text(
    "mails", clients: 3, "sections: 4, pattern: 'effect'", "", "'no-lock': { unfenced: [] }")
  static let calm = text("calm", clients: 2, "sections: 2", "", "redis: { unfenced: [] }")
  static let neverFires = text(
    "never-fires", clients: 2, "sections: 1",
    "{ fault: 'pause', node: 'holder', for: '1s', when: { event: 'before-write', count: 99 } }",
    "redis: { unfenced: ['mutual-exclusion'] }")

  static let all = [gcPause, clockJump, twoPaused, powerLoss, many, delay, calm, neverFires]

  private static func text(
    _ name: String, clients: Int, _ load: String, _ faults: String, _ expect: String
  ) -> StoryText {
    StoryText(
      name: name,
      text: """
        { name: '\(name)', about: 'A story that is told to see how it is told.', source: 'none',
        duration: '120s', seeds: '1..20', lease: { ttl: '10s', refresh: '3s' },
        load: { clients: \(clients), \(load) }, faults: [\(faults)], expect: { \(expect) } }
        """)
  }

  static func scenario(_ story: StoryText) throws -> Scenario {
    try ScenarioReader(.standard).scenario(story.text)
  }

  /// All cases of a scenario at its first seed, as `sim run` would have them.
  static func rows(_ scenario: Scenario) -> [RunRow] {
    scenario.cases(.standard).map { subject in
      let runner = Runner(scenario, subject, .standard)
      let result = runner.run(seed: scenario.seeds.first)
      var tally = Tally(.standard)
      tally.add(result)
      let expected = scenario.expectation(of: subject)
      let outcome = Outcome(tally, expected: expected, isComplete: false, .standard)
      return RunRow(runner: runner, result: result, outcome: outcome, expected: expected)
    }
  }

  static func report(_ story: StoryText, color: Bool = false) throws -> String {
    let scenario = try scenario(story)
    // Debug runs are slow: two neighbours tell as much as many.
    return RunText.report(
      scenario, rows(scenario), .standard, command: "sim", Style(color: color), neighbours: 2)
  }

  /// All cases at the first seeds, as `sim check` would have them.
  static func checked(_ story: StoryText, seeds: ClosedRange<UInt64> = 1...3) throws -> [CheckedCase] {
    let scenario = try scenario(story)
    return scenario.cases(.standard).map { subject in
      var tally = Tally(.standard)
      for seed in seeds { tally.add(Runner(scenario, subject, .standard).run(seed: seed)) }
      return CheckedCase(
        scenario, subject, tally, seeds: SeedList(ranges: [seeds]), isComplete: true, .standard)
    }
  }
}
