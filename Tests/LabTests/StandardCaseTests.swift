import Contract
import Testing

@testable import Lab

@Suite("What a case of the standard catalog can suffer")
struct StandardCaseTests {
  static func text(
    _ faults: String, _ expect: String, load: String = "clients: 2, sections: 2", more: String = ""
  ) -> String {
    """
    { name: 'case', about: 'A case.', source: 'none', duration: '60s', lease: { ttl: '10s', refresh: '3s' },
      load: { \(load) }, \(more) \(faults) expect: { \(expect) } }
    """
  }

  static func refusal(_ text: String) -> String? {
    do {
      _ = try ScenarioReader(.standard).scenario(text)
      return nil
    } catch {
      return error.description
    }
  }

  @Test("Nobody can be promoted where there is one node", arguments: ["failover", "leader-change"])
  func oneNode(fault: String) {
    let fields = fault == "failover" ? ", lose: '1s'" : ""
    func faults(_ more: String = "") -> String {
      "faults: [{ fault: '\(fault)'\(fields), at: '1s'\(more) }],"
    }
    let expect = "'redisson-fenced': { unfenced: [] }"
    let found = Self.refusal(Self.text(faults(), expect))
    #expect(
      found?.hasSuffix(
        "faults[0].fault: found \"\(fault)\", but nothing in \"redisson-fenced\" with these parameters can"
          + " suffer it; a fault with optional: true may stay without effect") == true)
    let three = "parameters: { 'redisson-fenced': { replicas: 2 } },"
    #expect(Self.refusal(Self.text(faults(), expect, more: three)) == nil)
    #expect(Self.refusal(Self.text(faults(", optional: true"), expect)) == nil)
    let redis = Self.refusal(Self.text(faults(), "redis: { unfenced: [] }"))
    #expect(redis?.contains("but nothing in \"redis\" can suffer it") == true)
  }

  @Test("A chaos is refused alike")
  func chaos() {
    let chaos = "chaos: { faults: ['failover'], every: '10s', until: '40s' },"
    let expect = "'redisson-fenced': { unfenced: [] }"
    #expect(Self.refusal(Self.text(chaos, expect))?.contains("chaos.faults[0]: found \"failover\"") == true)
    let two = "parameters: { 'redisson-fenced': { replicas: 1 } },"
    #expect(Self.refusal(Self.text(chaos, expect, more: two)) == nil)
  }

  @Test(
    "Every service can be unavailable, also in a chaos, and no lock without one",
    arguments: ["redis", "redlock"])
  func unavailable(algorithm: String) throws {
    let chaos = "chaos: { faults: ['unavailable'], every: '5s', until: '40s' },"
    let text = Self.text(chaos, "\(algorithm): { unfenced: [] }", load: "clients: 2")
    let scenario = try ScenarioReader(.standard).scenario(text)
    let runner = Runner(scenario, scenario.cases(.standard)[0], .standard)
    var outages = 0, lost = 0
    let result = runner.run(seed: 3, traced: true) { record, _ in
      if record.kind == .leverBegan { outages += 1 }
      if record.kind == .messageLost, record.d == 3 { lost += 1 }
    }
    #expect(outages > 3 && lost > 3)
    #expect(result.plan.contains { $0.lever.action == .disturb(.unavailable, 1, 0) })
    let none = Self.refusal(Self.text(chaos, "'no-lock': { unfenced: [] }"))
    #expect(none?.contains("nothing in \"no-lock\" can suffer it") == true)
  }

  @Test(
    "A fault on links between nodes that never speak is refused",
    arguments: [("client-1", "client-2"), ("resource", "service-1"), ("all-services", "resource")])
  func silentLinks(from: String, to: String) {
    func found(_ to: String) -> String? {
      let fault = "faults: [{ fault: 'clog', from: '\(from)', to: \(to), at: '1s', for: '1s' }],"
      return Self.refusal(Self.text(fault, "redlock: { unfenced: [] }"))
    }
    let sentence = "faults[0].to: nothing ever travels from these nodes to those; a fault with optional: true"
    #expect(found("'\(to)'")?.contains(sentence) == true)
    // A list in which somebody listens is accepted.
    let listener = from == "client-1" ? "service-2" : "client-1"
    #expect(found("['\(to)', '\(listener)']") == nil)
  }

  @Test("Siblings of a counter cannot be merged")
  func siblings() {
    let expect = "redis: { 'causal-context': [] }"
    #expect(Self.refusal(Self.text("", expect))?.contains("give the pattern \"append\"") == true)
    #expect(Self.refusal(Self.text("", expect, load: "clients: 2, pattern: 'append'")) == nil)
  }

  @Test("A guard that does not fit the load is not proposed as a rescue")
  func rescuers() throws {
    let pause = "faults: [{ fault: 'pause', node: 'holder', for: '15s', when: { event: 'before-write' } }],"
    func rescuers(_ load: String) throws -> [String] {
      let text = Self.text(pause, "redis: { unfenced: [] }", load: load)
      let scenario = try ScenarioReader(.standard).scenario(text)
      return Runner(scenario, scenario.cases(.standard)[0], .standard).rescuers(seed: 1)
    }
    #expect(try rescuers("clients: 2") == ["recover-lease", "compare-and-set", "optimistic"])
    #expect(try !rescuers("clients: 2, pattern: 'append'").isEmpty)
  }

  @Test("A user timeout needs a timeout of accesses, and a lock that does not live on its connection")
  func userTimeout() {
    let network = "network: { userTimeout: '2s' },"
    #expect(Self.refusal(Self.text("", "redis: { unfenced: [] }", more: network)) == nil)
    let never = Self.refusal(
      Self.text("", "redis: { unfenced: [] }", load: "clients: 2, timeout: 'never'", more: network))
    #expect(never?.contains("but with load.timeout \"never\" a client waits for ever") == true)
    let postgres = Self.refusal(Self.text("", "postgres: { unfenced: [] }", more: network))
    #expect(postgres?.contains("\"postgres\" has its own idea of when a connection ends") == true)
  }
}
