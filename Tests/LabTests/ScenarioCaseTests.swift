import Contract
import Testing

@testable import Lab

@Suite("What a case does not have is refused when the file is read")
struct ScenarioCaseTests {
  private func text(_ fault: String, _ algorithm: String, _ guardName: String = "unfenced") -> String {
    file(faults: fault, more: "expect: { \"\(algorithm)\": { \"\(guardName)\": [] } },")
  }

  private static let hint = "; a fault with optional: true may stay without effect"

  @Test(
    "Nodes and roles",
    arguments: [
      ("service-7", "redlock", "unfenced", "but \"redlock\" has only \"service-1\" to \"service-5\""),
      ("service-2", "redis", "unfenced", "but \"redis\" has only \"service-1\""),
      ("client-3", "redis", "unfenced", "but the load has only \"client-1\" to \"client-2\""),
      ("layer-1", "redis", "unfenced", "but \"redis\" has no layer node"),
      ("all-layers", "redis", "unfenced", "but \"redis\" has no layer node"),
      (
        "layer-3", "fdb-version-lease", "unfenced",
        "but \"fdb-version-lease\" has only \"layer-1\" to \"layer-2\""
      ),
      ("leader", "redlock", "unfenced", "but \"redlock\" elects no leader"),
      ("resource", "fdb-version-lease", "in-store", "but under the guard \"in-store\" there is no resource"),
    ])
  func nodes(node: String, algorithm: String, guardName: String, lack: String) {
    let fault = "{ fault: \"pause\", node: \"\(node)\", at: \"1s\" }"
    #expect(
      refusal(of: text(fault, algorithm, guardName))
        == "story.json5:9:29: faults[0].node: found \"\(node)\", \(lack)\(Self.hint)")
    let optional = "{ fault: \"pause\", node: \"\(node)\", at: \"1s\", optional: true }"
    #expect(refusal(of: text(optional, algorithm, guardName)) == nil)
  }

  @Test(
    "Good twins of these",
    arguments: [
      ("service-5", "redlock", "unfenced"), ("service-1", "redis", "unfenced"),
      ("client-2", "redis", "unfenced"),
      ("layer-2", "fdb-version-lease", "in-store"), ("all-layers", "fdb-version-lease", "unfenced"),
      ("leader", "raft-lock", "write-ratchet"), ("resource", "fdb-version-lease", "unfenced"),
    ])
  func present(node: String, algorithm: String, guardName: String) {
    #expect(
      refusal(of: text("{ fault: \"pause\", node: \"\(node)\", at: \"1s\" }", algorithm, guardName)) == nil)
  }

  @Test("One node of a list, and the node of a trigger")
  func otherPlaces() {
    #expect(
      refusal(of: text("{ fault: \"pause\", node: [\"holder\", \"leader\"], at: \"1s\" }", "redis"))
        == "story.json5:9:40: faults[0].node[1]: found \"leader\", but \"redis\" elects no leader\(Self.hint)"
    )
    #expect(
      refusal(
        of: text(
          "{ fault: \"pause\", node: \"holder\", when: { event: \"read\", node: \"leader\" } }", "redis"))
        == "story.json5:9:68: faults[0].when.node: found \"leader\","
        + " but \"redis\" elects no leader\(Self.hint)"
    )
  }

  @Test("A fault that strikes what the service does not have")
  func disturbance() {
    let fault = "{ fault: \"recovery\", down: \"1s\", at: \"1s\" }"
    #expect(
      refusal(of: text(fault, "redis"))
        == "story.json5:9:14: faults[0].fault: found \"recovery\","
        + " but nothing in \"redis\" can suffer it\(Self.hint)"
    )
    #expect(refusal(of: text(fault, "fdb-version-lease")) == nil)
    #expect(
      refusal(of: text("{ fault: \"recovery\", down: \"1s\", at: \"1s\", optional: true }", "redis")) == nil)
  }

  @Test("Data in the store is one item beside each lock, and no effect")
  func inStore() {
    let layered = "expect: { \"fdb-version-lease\": { \"in-store\": [] } },"
    #expect(
      refusal(of: file(load: "{ clients: 2, items: 2 }", more: layered))
        == "story.json5:7:30: load.items: under the guard \"in-store\" each lock has one item, beside its own"
        + " key in the store")
    #expect(
      refusal(of: file(load: "{ clients: 2, pattern: \"effect\" }", more: layered))
        == "story.json5:7:32: load.pattern: an effect leaves the store, where the guard \"in-store\" has no"
        + " say")
    #expect(refusal(of: file(load: "{ clients: 2, items: 2, pattern: \"effect\" }")) == nil)
  }

  @Test("Parameters decide how many nodes there are")
  func parameters() {
    let fault = "{ fault: \"pause\", node: \"service-4\", at: \"1s\" }"
    let more = "parameters: { redlock: { nodes: 3 } }, expect: { redlock: { unfenced: [] } },"
    #expect(
      refusal(of: file(faults: fault, more: more))
        == "story.json5:9:29: faults[0].node: found \"service-4\", but \"redlock\" has only \"service-1\" to"
        + " \"service-3\"\(Self.hint)")
  }

  @Test("A case from the command line is checked alike, and its problems know the file")
  func commandLine() throws {
    let scenario = try read(file(faults: "{ fault: \"pause\", node: [\"layer-1\", \"leader\"], at: \"1s\" }"))
    let redis = scenario.made(SampleRedis.self)
    let problems = scenario.problems(for: redis, under: SampleRatchet.self, in: samples).map(\.description)
    #expect(
      problems == [
        "story.json5: \"redis\" hands out unique tokens,"
          + " and the guard \"write-ratchet\" needs ordered tokens",
        "story.json5:9:30: faults[0].node[0]: found \"layer-1\", but \"redis\" has no layer node\(Self.hint)",
        "story.json5:9:41: faults[0].node[1]: found \"leader\", but \"redis\" elects no leader\(Self.hint)",
      ])
    let layered = scenario.made(SampleLayered.self)
    #expect(scenario.problems(for: layered, under: SampleUnfenced.self, in: samples).count == 1)
  }

  @Test("A scenario made in code is checked without places")
  func withoutText() throws {
    var scenario = try read(file())
    scenario.tree = nil
    scenario.path = nil
    scenario.faults = [
      ScriptedFault(name: "pause", fields: [("node", .nodes([.leader]))], trigger: .at(.start))
    ]
    let problems = scenario.problems(
      for: scenario.made(SampleRedis.self), under: SampleUnfenced.self, in: samples)
    #expect(
      problems.map(\.description) == [
        "faults[0].node: found \"leader\", but \"redis\" elects no leader\(Self.hint)"
      ])
  }
}
