import Clients
import Contract
import World

/// One key of a section with the property that it sets: reading, writing and the schema share this row.
struct SectionKey<Section>: Sendable {
  var spec: ParameterSpec
  /// Whether a duration of 0 is refused.
  var isPositive = false
  var get: @Sendable (Section) -> SettingValue?
  var set: @Sendable (inout Section, SettingValue) -> Void

  typealias Place<Value> = WritableKeyPath<Section, Value> & Sendable

  var row: KeyRow {
    KeyRow(
      name: spec.name, form: .setting(spec.kind, isPositive: isPositive), isRequired: spec.isRequired,
      standard: spec.standard?.json, summary: spec.summary)
  }

  // MARK: durations

  static func duration(
    _ name: String, _ place: any Place<Nanos>, _ standard: Nanos?, isPositive: Bool = false, _ summary: String
  ) -> SectionKey {
    let spec = ParameterSpec(
      name, .duration, standard.map { .duration($0) }, required: standard == nil, summary)
    return SectionKey(spec: spec, isPositive: isPositive, get: { .duration($0[keyPath: place]) }) {
      if case .duration(let span) = $1 { $0[keyPath: place] = span }
    }
  }

  /// A duration that may be absent, which means nil.
  static func optionalDuration(_ name: String, _ place: any Place<Nanos?>, _ summary: String) -> SectionKey {
    SectionKey(
      spec: ParameterSpec(name, .duration, nil, summary), isPositive: true,
      get: { $0[keyPath: place].map { .duration($0) } }
    ) {
      if case .duration(let span) = $1 { $0[keyPath: place] = span }
    }
  }

  /// A duration, or "never", which means nil.
  static func durationOrNever(
    _ name: String, _ place: any Place<Nanos?>, _ standard: Nanos, _ summary: String
  ) -> SectionKey {
    SectionKey(
      spec: ParameterSpec(name, .durationOrNever, .duration(standard), summary), isPositive: true,
      get: { $0[keyPath: place].map { .duration($0) } ?? .never }
    ) {
      if case .duration(let span) = $1 { $0[keyPath: place] = span } else { $0[keyPath: place] = nil }
    }
  }

  // MARK: the rest

  static func count(
    _ name: String, _ place: any Place<Int>, _ range: ClosedRange<Int64>, _ standard: Int?, _ summary: String
  ) -> SectionKey {
    let spec = ParameterSpec(
      name, .count(range), standard.map { .count(Int64($0)) }, required: standard == nil, summary)
    return SectionKey(spec: spec, get: { .count(Int64($0[keyPath: place])) }) {
      if case .count(let count) = $1 { $0[keyPath: place] = Int(count) }
    }
  }

  static func choice<Word: RawRepresentable<String> & CaseIterable & Sendable>(
    _ name: String, _ place: any Place<Word>, _ standard: Word, _ summary: String
  ) -> SectionKey {
    let words = Word.allCases.map(\.rawValue)
    let spec = ParameterSpec(name, .choice(words), .choice(standard.rawValue), summary)
    return SectionKey(spec: spec, get: { .choice($0[keyPath: place].rawValue) }) {
      if case .choice(let word) = $1, let value = Word(rawValue: word) { $0[keyPath: place] = value }
    }
  }

  static func probability(_ name: String, _ place: any Place<Probability>, _ summary: String) -> SectionKey {
    let spec = ParameterSpec(name, .probability, .probability(.never), summary)
    return SectionKey(spec: spec, get: { .probability($0[keyPath: place]) }) {
      if case .probability(let probability) = $1 { $0[keyPath: place] = probability }
    }
  }
}

/// The keys of the sections, in the order in which files are written.
enum SectionKeys {
  static let lease: [SectionKey<LeaseTerms>] = [
    .duration("ttl", \.ttl, nil, isPositive: true, "how long a lease lasts"),
    .optionalDuration(
      "refresh", \.refresh, "how long after a request the next refresh falls due; absent: never"),
  ]

  static let load: [SectionKey<Load>] = [
    .count("clients", \.clients, 1...1_000_000, nil, "how many clients take the locks"),
    .count("locks", \.locks, 1...1_000_000, 1, "how many locks there are, each with items of its own"),
    .count("items", \.items, 1...65_536, 1, "how many items each lock protects"),
    .count(
      "itemsRead", \.itemsRead, 1...100, 1,
      "how many of a lock's items a section reads; it writes the first"),
    .choice("pattern", \.pattern, .increment, "what a section does with the item"),
    .duration("hold", \.hold, .milliseconds(500), "between read and write"),
    .duration("think", \.think, .milliseconds(200), "between critical sections"),
    SectionKey(
      spec: ParameterSpec(
        "sections", .count(1...1_000_000_000), nil, "sections per client; absent: until the run ends"),
      get: { $0.sections.map { .count($0) } },
      set: { if case .count(let count) = $1 { $0.sections = count } }),
    .choice("check", \.check, .never, "whether a client compares its own deadline"),
    .choice("release", \.release, .afterReply, "whether a release waits for the answer to the write"),
    .durationOrNever("timeout", \.timeout, .seconds(5), "of a read or write at the resource"),
    .count(
      "locksHeld", \.locksHeld, 1...1_000_000, 1, "locks that a client takes, in order, for each section"),
    .duration("startEvery", \.startEvery, .milliseconds(10), "client k starts at (k-1) times this"),
    .choice("choice", \.choice, .fixed, "which lock and which items a section works on"),
  ]

  static let network: [SectionKey<NetworkTerms>] = [
    .duration("latency", \.latency, .microseconds(500), "the least one-way delay"),
    .duration("jitter", \.jitter, .microseconds(500), "added to the latency, uniform below this"),
    .probability("loss", \.loss, "how likely a message is lost"),
    .probability("duplicate", \.duplicate, "how likely a message arrives twice"),
    SectionKey(
      spec: ParameterSpec("reorder", .flag, .flag(false), "whether messages of one link overtake each other"),
      get: { .flag($0.reorder) },
      set: { if case .flag(let flag) = $1 { $0.reorder = flag } }),
    .optionalDuration(
      "userTimeout", \.userTimeout,
      "how long a client's data may stay unacknowledged until it gives the connection up; absent: for ever"),
  ]

  static let clocks: [SectionKey<ClockTerms>] = [
    SectionKey(
      spec: ParameterSpec("drift", .rate(signed: false), .rate(0), "the bound of each node's rate error"),
      get: { .rate($0.drift) },
      set: { if case .rate(let rate) = $1 { $0.drift = rate } }),
    .duration("offset", \.offset, .zero, "the bound of each node's wall clock offset"),
  ]

  static let disk: [SectionKey<Scenario>] = [
    .duration("fsync", \.fsync, .milliseconds(1), "how long a sync takes")
  ]

  static let chaos: [SectionKey<Chaos>] = [
    .duration("every", \.every, nil, isPositive: true, "the mean time between two faults"),
    SectionKey(
      spec: ParameterSpec("until", .duration, required: true, "no fault is drawn after this"),
      get: { .duration(Nanos($0.until.nanos)) },
      set: { if case .duration(let span) = $1 { $0.until = Instant(nanos: span.count) } }),
  ]

  static let duration = SectionKey<Scenario>.duration(
    "duration", \.duration, nil, isPositive: true,
    "simulated time; the run ends earlier when nothing is left to do")

  static let progress = SectionKey<Scenario>.duration(
    "progress", \.progress, .seconds(30), isPositive: true,
    "how long a waiter may wait once all faults are over")
}
