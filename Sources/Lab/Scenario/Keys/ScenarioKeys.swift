import Contract

/// The whole form of a scenario file, made from the catalogs.
struct ScenarioKeys {
  let catalog: Catalog
  private let algorithmNames: NameTable
  private let guardNames: NameTable
  private let faultNames: NameTable
  private let checkNames: NameTable

  init(_ catalog: Catalog) {
    self.catalog = catalog
    algorithmNames = NameTable(
      what: "algorithm", names: catalog.algorithms.map { $0.name }, program: catalog.program)
    guardNames = NameTable(
      what: "guard", names: catalog.guards.map { $0.name }, program: catalog.program)
    faultNames = NameTable(
      what: "fault", names: catalog.faults.map { $0.name }, program: catalog.program)
    checkNames = NameTable(
      what: "check", names: catalog.checks.map { $0.name }, mayBeOptional: true, program: catalog.program)
  }

  static let mostFaults = 10_000

  var file: KeyTable {
    KeyTable(
      rows: [
        KeyRow(name: "name", form: .text, isRequired: true, summary: "the file's name without its ending"),
        KeyRow(name: "about", form: .text, isRequired: true, summary: "one sentence, shown in reports"),
        KeyRow(name: "source", form: .text, isRequired: true, summary: "where the story comes from"),
        KeyRow(name: "disagrees", form: .text, summary: "where the runs speak against the source, and why"),
        SectionKeys.duration.row,
        KeyRow(
          name: "seeds", form: .seeds, standard: .integer(1), summary: "7, \"a..b\", or a list of these"),
        section("lease", SectionKeys.lease, isRequired: true, "how long leases last"),
        section("load", SectionKeys.load, isRequired: true, "what the clients do"),
        section("network", SectionKeys.network, "delays and losses of messages"),
        section("clocks", SectionKeys.clocks, "bounds of clock errors"),
        section("disk", SectionKeys.disk, "how fast disks are"),
        KeyRow(name: "parameters", form: parameters, summary: "per algorithm"),
        KeyRow(name: "faults", form: faults, summary: "what goes wrong, and when"),
        KeyRow(name: "chaos", form: .object(chaos), summary: "faults drawn from the seed"),
        KeyRow(
          name: "plan", form: LeverForms.plan,
          summary: "levers with their anchors, instead of faults and chaos"),
        SectionKeys.progress.row,
        KeyRow(
          name: "expect", form: expect, summary: "per algorithm and guard, the checks that are violated"),
      ],
      exclusive: [("faults", "plan"), ("chaos", "plan")])
  }

  private func section<Section>(
    _ name: String, _ keys: [SectionKey<Section>], isRequired: Bool = false, _ summary: String
  ) -> KeyRow {
    KeyRow(
      name: name, form: .object(KeyTable(rows: keys.map(\.row))), isRequired: isRequired, summary: summary)
  }

  // MARK: cases

  private var parameters: Form {
    let forms = catalog.algorithms.map { algorithm in
      (name: algorithm.name, form: Form.object(KeyTable(rows: algorithm.parameters.map(\.row))))
    }
    return .named(forms, algorithmNames, isEmptyAllowed: true)
  }

  private var expect: Form {
    let checks = Form.list(.name(checkNames), counts: 0...catalog.checks.count, isDistinct: true)
    let guards = Form.named(guardNames.names.map { ($0, checks) }, guardNames, isEmptyAllowed: false)
    return .named(algorithmNames.names.map { ($0, guards) }, algorithmNames, isEmptyAllowed: false)
  }

  // MARK: faults

  private var faults: Form {
    let variants = catalog.faults.map { fault in
      (
        name: fault.name,
        keys: KeyTable(
          rows: [ScenarioKeys.faultName] + fault.fields.map(\.row) + ScenarioKeys.shared,
          exactlyOne: ["at", "when"])
      )
    }
    return .list(
      .variants(key: "fault", faultNames, variants), counts: 0...ScenarioKeys.mostFaults, isDistinct: false)
  }

  private static let faultName = KeyRow(name: "fault", form: .text, isRequired: true, summary: "which fault")

  /// The keys that every fault has beside its own.
  private static let shared = [
    KeyRow(
      name: "at", form: .setting(.duration, isPositive: false), summary: "the true time at which it fires"),
    KeyRow(name: "when", form: .object(when), summary: "the event at which it fires"),
    KeyRow(
      name: "optional", form: .setting(.flag, isPositive: false), standard: .flag(false),
      summary: "whether a run in which it never fires still counts"),
  ]

  static let when = KeyTable(rows: [
    KeyRow(
      name: "event", form: .setting(.choice(EventWords.all.map(\.word)), isPositive: false), isRequired: true,
      summary: "what happens"),
    KeyRow(name: "node", form: .selector, summary: "where it happens; absent: anywhere"),
    KeyRow(
      name: "count", form: .setting(.count(1...1_000_000_000), isPositive: false), standard: .integer(1),
      summary: "how many times it has happened"),
    KeyRow(
      name: "after", form: .setting(.duration, isPositive: false), standard: .text("0s"),
      summary: "how long after it the fault fires"),
  ])

  private var chaos: KeyTable {
    let names = Form.list(.name(faultNames), counts: 1...max(1, catalog.faults.count), isDistinct: true)
    return KeyTable(
      rows: [KeyRow(name: "faults", form: names, isRequired: true, summary: "which faults are drawn")]
        + SectionKeys.chaos.map(\.row))
  }
}

/// The words of `when: { event }` and the records that they mean.
public enum EventWords {
  /// In the order of the interface.
  public static let all: [(word: String, kind: Record.Kind)] = [
    ("acquire-sent", .acquireSent), ("quorum-reached", .granted), ("acquired", .acquired), ("read", .read),
    ("before-write", .beforeWrite), ("write-sent", .writeSent), ("release-sent", .releaseSent),
    ("released", .released), ("refreshed", .refreshed), ("lease-lost", .leaseLost),
    ("read-applied", .readApplied), ("write-applied", .writeApplied), ("write-rejected", .writeRejected),
    ("lease-expired", .leaseExpired), ("crashed", .crashed), ("restarted", .restarted),
    ("recovered", .recovered), ("leader-elected", .leaderElected), ("fault-ended", .leverEnded),
  ]

  /// The record that a word means.
  public static func kind(_ word: String) -> Record.Kind? { all.first { $0.word == word }?.kind }
  /// The word for a record; nil where no fault can wait for it.
  public static func word(_ kind: Record.Kind) -> String? { all.first { $0.kind == kind }?.word }
}
