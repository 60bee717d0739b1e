import Contract
import Lab

/// Small plug-ins under which scenarios can be read; none of them does anything.
let samples = Catalog(
  algorithms: [SampleRedis.self, SampleRedlock.self, SampleLayered.self, SampleRaft.self],
  guards: [SampleUnfenced.self, SampleRatchet.self, SampleInStore.self],
  faults: [SamplePause.self, SamplePartition.self, SampleRecovery.self, SampleKinds.self],
  checks: [SampleExclusion.self, SampleStaleWrite.self, SampleLostUpdate.self, SampleEarlyGrant.self])

struct Idle: ErasedMachine {
  mutating func handleErased(_ input: Input<Envelope, UInt8>, _ turn: inout Turn) {}
}

struct SampleRedis: LockAlgorithm {
  static let name = "redis"
  static let summary = "one server"
  static let source = "none"
  static let token = TokenKind.unique
  let services = 1
  init(_ settings: Settings) {}
  func client(_ seat: Seat) -> any ErasedMachine { Idle() }
  func server(_ seat: Seat) -> any ErasedMachine { Idle() }
}

struct SampleRedlock: LockAlgorithm {
  static let name = "redlock"
  static let summary = "a majority of servers"
  static let source = "none"
  static let token = TokenKind.unique
  static let parameters = [
    ParameterSpec("nodes", .count(1...9), .count(5), "how many servers"),
    ParameterSpec("fsync", .choice(["never", "everysec", "always"]), .choice("never"), "when to sync"),
    ParameterSpec("retries", .count(0...100), nil, "absent: without limit"),
  ]
  let services: Int
  init(_ settings: Settings) { services = Int(settings.count("nodes") ?? 0) }
  func client(_ seat: Seat) -> any ErasedMachine { Idle() }
  func server(_ seat: Seat) -> any ErasedMachine { Idle() }
}

struct SampleLayered: LockAlgorithm {
  static let name = "fdb-version-lease"
  static let summary = "layers before a store"
  static let source = "none"
  static let token = TokenKind.paired
  static let holdsData = true
  static let heeds = [Disturbance.recovery]
  let services = 1
  let layers = 2
  init(_ settings: Settings) {}
  func client(_ seat: Seat) -> any ErasedMachine { Idle() }
  func server(_ seat: Seat) -> any ErasedMachine { Idle() }
}

struct SampleRaft: LockAlgorithm {
  static let name = "raft-lock"
  static let summary = "members with a leader"
  static let source = "none"
  static let token = TokenKind.ordered
  static let hasLeader = true
  let services = 3
  init(_ settings: Settings) {}
  func client(_ seat: Seat) -> any ErasedMachine { Idle() }
  func server(_ seat: Seat) -> any ErasedMachine { Idle() }
}

protocol SampleGuard: Guard {}
extension SampleGuard {
  static var summary: String { "" }
  static var source: String { "" }
  var memory: GuardMemory { GuardMemory() }
  mutating func admitsWrite(_ access: Access, to item: Item) -> Ruling { .accept }
}

struct SampleUnfenced: SampleGuard {
  static let name = "unfenced"
  init() {}
  init(restored memory: GuardMemory) {}
}

struct SampleRatchet: SampleGuard {
  static let name = "write-ratchet"
  static let needs = TokenKind.ordered
  init() {}
  init(restored memory: GuardMemory) {}
}

struct SampleInStore: SampleGuard {
  static let name = "in-store"
  static let livesInStore = true
  init() {}
  init(restored memory: GuardMemory) {}
}

protocol SampleFault: Fault {}
extension SampleFault {
  static var standsFor: String { "nothing" }
  static var source: String { "none" }
  func levers(_ scene: inout Scene) -> [Lever] { [] }
}

struct SamplePause: SampleFault {
  static let name = "pause"
  static let fields = [
    ParameterSpec("node", .nodes, required: true, "who stops"),
    ParameterSpec("for", .duration, nil, "how long; absent: until the run ends"),
    ParameterSpec("clock", .choice(["runs", "frozen"]), .choice("runs"), "whether the clock stops too"),
  ]
  init(_ fields: Settings) throws(FieldProblem) {}
}

struct SamplePartition: SampleFault {
  static let name = "partition"
  static let fields = [
    ParameterSpec("from", .nodes, nil, "one side"),
    ParameterSpec("to", .nodes, nil, "the other"),
    ParameterSpec("isolate", .nodes, nil, "these from all others"),
    ParameterSpec("oneWay", .flag, .flag(false), "whether only one direction is cut"),
  ]
  init(_ fields: Settings) throws(FieldProblem) {
    if fields.isGiven("isolate") && fields.isGiven("from") {
      throw FieldProblem("isolate", "isolate and from exclude each other")
    }
    if !fields.isGiven("isolate") && !fields.isGiven("from") {
      throw FieldProblem("from", "a partition needs from and to, or isolate")
    }
  }
}

struct SampleRecovery: SampleFault {
  static let name = "recovery"
  static let fields = [ParameterSpec("down", .duration, required: true, "how long")]
  static let disturbs: Disturbance? = .recovery
  init(_ fields: Settings) throws(FieldProblem) {}
}

/// A fault with a field of each kind.
struct SampleKinds: SampleFault {
  static let name = "kinds"
  static let fields = [
    ParameterSpec("by", .signedDuration, nil, "either way"),
    ParameterSpec("restart", .durationOrNever, nil, "or never"),
    ParameterSpec("messages", .count(1...Int64.max), nil, "how many"),
    ParameterSpec("oneWay", .flag, nil, "yes or no"),
    ParameterSpec("rate", .rate(signed: true), nil, "drift"),
    ParameterSpec("probability", .probability, nil, "how likely"),
    ParameterSpec("factor", .factor, nil, "how slow"),
    ParameterSpec("node", .nodes, nil, "who"),
  ]
  init(_ fields: Settings) throws(FieldProblem) {}
}

protocol SampleCheck: Check {}
extension SampleCheck {
  static var summary: String { "" }
  static var question: Question { .belief }
  mutating func saw(_ record: Record) {}
  var verdict: Verdict { .held }
  func explanation(of witness: Witness, _ topology: Topology) -> String { "" }
}

struct SampleExclusion: SampleCheck {
  static let name = "mutual-exclusion"
  init?(_ facts: RunFacts) {}
}
struct SampleStaleWrite: SampleCheck {
  static let name = "stale-write"
  init?(_ facts: RunFacts) {}
}
struct SampleLostUpdate: SampleCheck {
  static let name = "lost-update"
  init?(_ facts: RunFacts) {}
}
struct SampleEarlyGrant: SampleCheck {
  static let name = "early-grant"
  init?(_ facts: RunFacts) {}
}

/// A scenario of which a test replaces a line; `FAULTS` and `MORE` stand for nothing.
func file(load: String = "{ clients: 2 }", faults: String? = nil, more: String = "") -> String {
  """
  {
    name: "story",
    about: "A story.",
    source: "none",
    duration: "60s",
    lease: { ttl: "10s" },
    load: \(load),
    \(faults.map { "faults: [\n    \($0)\n  ]," } ?? "")
    \(more)
  }
  """
}

/// The sentence with which a text is refused; nil where it is accepted.
func refusal(of text: String, path: String = "story.json5", planFor algorithm: String? = nil) -> String? {
  do {
    _ = try ScenarioReader(samples).scenario(text, path: path, planFor: algorithm)
    return nil
  } catch {
    return error.description
  }
}

func read(_ text: String, planFor algorithm: String? = nil) throws -> Scenario {
  try ScenarioReader(samples).scenario(text, path: "story.json5", planFor: algorithm)
}
