import Contract
import Lab
import World

let catalog = Catalog.standard
let args = CommandLine.arguments
do {
  let s = try ScenarioFile.load(args[1], catalog)
  for c in s.cases(catalog) {
    let r = Runner(s, c, catalog)
    if args.count > 2 {
      if args[2] == c.name { 
        let st = r.story(seed: UInt64(args[3])!)
        for rec in st.records where rec.ordinal > 0 { print(Double(rec.at.nanos)/1e9, rec.kind, st.topology.name(of: rec.node), st.topology.name(of: rec.client), "lock", rec.lock.index, "g", rec.grant, "abcd", rec.a, rec.b, rec.c, rec.d, "tok", rec.token.order) }
        for v in st.result.verdicts { print(v.name, v.verdict, v.explanation as Any) }
      }
      continue
    }
    var t = Tally(catalog)
    for i in 0..<s.seeds.count { t.add(r.run(seed: s.seeds[i])) }
    let o = Outcome(t, expected: s.expectation(of: c), isComplete: true, catalog)
    print(o.status, c.name, t.violated.map { "\($0):\(t.seeds(violating: $0).count)" }, "of", t.runs, o.missing.isEmpty ? "" : "missing \(o.missing)", o.unexpected.isEmpty ? "" : "UNEXPECTED \(o.unexpected)", "vac", t.vacuous, o.reason ?? "", t.reached, t.events)
  }
} catch { print(error) }
