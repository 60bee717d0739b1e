import Contract
import Lab
import Clients
import Locks
import Guards
import World

struct P: Fault {
  static let name = "pause", standsFor = "", source = ""
  static let fields: [ParameterSpec] = []
  init(_ f: Settings) throws(FieldProblem) {}
  func levers(_ s: inout Scene) -> [Lever] { s.nodes([.holder]).map { Lever(.pause(frozen: false), nodes: [$0], lasts: .seconds(15)) } }
  static func drawn(_ c: inout Chance, _ t: ChaosTerms) -> [(name: String, value: SettingValue)]? { nil }
}
var load = Load(clients: 2); load.sections = 3
var s = Scenario(name: "gc-pause", about: "", source: "", duration: .seconds(60), lease: LeaseTerms(ttl: .seconds(10), refresh: nil), load: load)
s.faults = [ScriptedFault(name: "pause", fields: [], trigger: .when(.beforeWrite, node: nil, count: 1, after: .zero))]
let catalog = Catalog(algorithms: LockCatalog.all, guards: GuardCatalog.all, faults: [P.self], checks: [])
let r = Runner(s, Case(Redlock.self, Unfenced.self, in: s), catalog)
if CommandLine.arguments.count > 1 {
  let clock = ContinuousClock(); var n: Int64 = 0
  let t = clock.measure { for seed in 1...20000 { n += r.run(seed: UInt64(seed)).counts.events } }
  let ns = Double(t.components.seconds) * 1e9 + Double(t.components.attoseconds) / 1e9
  print("events/run", n / 20000, "ns/event", ns / Double(n), "M/s", Double(n) / ns * 1e3)
} else {
  let out = r.run(seed: 1, traced: false) { rec, w in print(Double(rec.at.nanos)/1e9, rec.kind, rec.client.index, "lock", rec.lock.index, "g", rec.grant, rec.a, rec.b, rec.c) }
  print(out.digest.text, out.counts, out.ended, out.endedAt, out.vacuity as Any)
}
