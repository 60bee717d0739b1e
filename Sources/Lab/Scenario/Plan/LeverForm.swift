import Contract

/// One action of a lever as a plan writes it: its word and its own values.
struct LeverForm: Sendable {
  var word: String
  var values: [ParameterSpec] = []
  var action: @Sendable (Settings) -> Lever.Action

  /// The values of the action, then those that every entry of a plan has.
  var keys: KeyTable {
    KeyTable(
      rows: [LeverForms.lever] + values.map(\.row) + LeverForms.shared, exactlyOne: ["record", "time"])
  }
}

/// The actions of levers; the words are those of `Lever.Action` in kebab-case.
enum LeverForms {
  static let all: [LeverForm] = [
    LeverForm(
      word: "pause", values: [ParameterSpec("frozen", .flag, .flag(false), "the monotonic clock stops")]
    ) {
      .pause(frozen: $0.flag("frozen"))
    },
    LeverForm(word: "crash", values: [restart, lose]) {
      .crash(restart: $0.count("restartNanos").map(Nanos.init), lose: loss($0.choice("lose")))
    },
    LeverForm(word: "cut") { _ in .cut },
    LeverForm(word: "delay", values: [natural("byNanos")]) { .delay(by: Nanos($0.required("byNanos"))) },
    LeverForm(word: "drop", values: [chance]) { .drop(Probability(perBillion: $0.required("perBillion"))) },
    LeverForm(word: "duplicate", values: [chance]) {
      .duplicate(Probability(perBillion: $0.required("perBillion")))
    },
    LeverForm(word: "reorder", values: [chance]) {
      .reorder(Probability(perBillion: $0.required("perBillion")))
    },
    LeverForm(word: "clog") { _ in .clog },
    LeverForm(word: "disk-stall") { _ in .diskStall },
    LeverForm(word: "clock-step", values: [number("byNanos")]) {
      .clockStep(by: Nanos($0.required("byNanos")))
    },
    LeverForm(word: "clock-drift", values: [number("perBillion", "the rate error")]) {
      .clockDrift($0.required("perBillion"))
    },
    LeverForm(word: "clock-freeze") { _ in .clockFreeze },
    LeverForm(word: "clock-strobe", values: [number("byNanos"), natural("everyNanos")]) {
      .clockStrobe(by: Nanos($0.required("byNanos")), every: Nanos($0.required("everyNanos")))
    },
    LeverForm(word: "slow", values: [natural("factorThousandths", "times 1000")]) {
      .slow($0.required("factorThousandths"))
    },
    LeverForm(
      word: "disturb", values: [disturbance, number("first", "its number"), number("second", "its number")]
    ) {
      .disturb(disturbance(named: $0.choice("disturbance")), $0.required("first"), $0.required("second"))
    },
    LeverForm(word: "nothing") { _ in .nothing },
  ]

  /// The form of a plan.
  static let plan = Form.list(
    .variants(
      key: "lever", NameTable(what: "lever", names: all.map(\.word)),
      all.map { (name: $0.word, keys: $0.keys) }),
    counts: 0...1_000_000, isDistinct: false)

  /// The word of an action, and its own values.
  static func parts(of action: Lever.Action) -> (word: String, values: [(name: String, value: SettingValue)])
  {
    switch action {
    case .pause(let frozen): ("pause", [("frozen", .flag(frozen))])
    case .crash(let restart, let lose):
      (
        "crash",
        (restart.map { [("restartNanos", .count($0.count))] } ?? []) + [("lose", .choice(word(of: lose)))]
      )
    case .cut: ("cut", [])
    case .nothing: ("nothing", [])
    case .delay(let by): ("delay", [("byNanos", .count(by.count))])
    case .drop(let chance): ("drop", [("perBillion", .count(chance.perBillion))])
    case .duplicate(let chance): ("duplicate", [("perBillion", .count(chance.perBillion))])
    case .reorder(let chance): ("reorder", [("perBillion", .count(chance.perBillion))])
    case .clog: ("clog", [])
    case .diskStall: ("disk-stall", [])
    case .clockStep(let by): ("clock-step", [("byNanos", .count(by.count))])
    case .clockDrift(let rate): ("clock-drift", [("perBillion", .count(rate))])
    case .clockFreeze: ("clock-freeze", [])
    case .clockStrobe(let by, let every):
      ("clock-strobe", [("byNanos", .count(by.count)), ("everyNanos", .count(every.count))])
    case .slow(let thousandths): ("slow", [("factorThousandths", .count(thousandths))])
    case .disturb(let what, let first, let second):
      (
        "disturb",
        [
          ("disturbance", .choice(word(of: what))), ("first", .count(first)), ("second", .count(second)),
        ]
      )
    }
  }

  // MARK: keys

  static let lever = KeyRow(name: "lever", form: .text, isRequired: true, summary: "which lever is pulled")

  static let link = KeyTable(rows: [
    KeyRow(name: "from", form: nodes, isRequired: true, summary: "senders"),
    KeyRow(name: "to", form: nodes, isRequired: true, summary: "receivers"),
  ])

  static let shared = [
    whole("record", from: 1, "the ordinal of the record at which it is pulled").row,
    whole("time", "the true time at which it is pulled, in nanoseconds").row,
    KeyRow(name: "nodes", form: nodes, summary: "the nodes struck"),
    KeyRow(
      name: "links", form: .list(.object(link), counts: 0...1_000_000, isDistinct: false),
      summary: "the directed links struck"),
    whole("forNanos", "how long it lasts; absent: until the run ends").row,
    whole("messages", from: 1, "how many messages it takes; absent: any number").row,
    KeyRow(name: "salt", form: .word, standard: .text("0x0"), summary: "what its chances are drawn from"),
  ]

  private static let nodes = Form.list(.node, counts: 0...1_000_000, isDistinct: false)

  private static let restart = ParameterSpec("restartNanos", .count(0...Int64.max), nil, "absent: no restart")
  private static let lose = ParameterSpec(
    "lose", .choice(Lever.Loss.allCases.map(word)), .choice("memory"), "what does not survive")
  private static let chance = ParameterSpec(
    "perBillion", .count(0...1_000_000_000), required: true, "how likely")
  private static let disturbance = ParameterSpec(
    "disturbance", .choice(Disturbance.allCases.map(word)), required: true, "what is done to the service")

  private static func whole(_ name: String, from least: Int64 = 0, _ summary: String) -> ParameterSpec {
    ParameterSpec(name, .count(least...Int64.max), nil, summary)
  }
  private static func natural(_ name: String, _ summary: String = "in nanoseconds") -> ParameterSpec {
    ParameterSpec(name, .count(0...Int64.max), required: true, summary)
  }
  private static func number(_ name: String, _ summary: String = "in nanoseconds") -> ParameterSpec {
    ParameterSpec(name, .count(Int64.min...Int64.max), required: true, summary)
  }

  // MARK: words

  private static func word(of loss: Lever.Loss) -> String {
    switch loss {
    case .memory: "memory"
    case .unsynced: "unsynced"
    case .disk: "disk"
    }
  }

  private static func loss(_ word: String?) -> Lever.Loss {
    Lever.Loss.allCases.first { self.word(of: $0) == word } ?? .memory
  }

  static func word(of disturbance: Disturbance) -> String {
    switch disturbance {
    case .recovery: "recovery"
    case .versionRate: "version-rate"
    case .unavailable: "unavailable"
    case .unknownResult: "unknown-result"
    case .failover: "failover"
    case .leaderChange: "leader-change"
    }
  }

  private static func disturbance(named word: String?) -> Disturbance {
    Disturbance.allCases.first { self.word(of: $0) == word } ?? .recovery
  }
}

extension Settings {
  /// A count whose key is required, and was therefore found.
  fileprivate func required(_ name: String) -> Int64 {
    guard let count = count(name) else { preconditionFailure("the lever's \(name) was not checked") }
    return count
  }
}
