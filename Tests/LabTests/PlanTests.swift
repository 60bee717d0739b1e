import Contract
import Testing

@testable import Lab

@Suite("A plan is written and read back")
struct PlanTests {
  static let nodes = Topology(services: 5, layers: 2, clients: 3)

  static let actions: [Lever.Action] = [
    .pause(frozen: false), .pause(frozen: true), .crash(restart: .seconds(3), lose: .unsynced),
    .crash(restart: nil, lose: .disk), .crash(restart: .zero, lose: .memory), .cut, .delay(by: .seconds(90)),
    .drop(Probability(perBillion: 1)), .duplicate(.always), .reorder(.never), .clog, .diskStall,
    .clockStep(by: Nanos(-7)), .clockDrift(-50_000), .clockFreeze,
    .clockStrobe(by: Nanos(-1), every: Nanos(2)), .slow(2500), .disturb(.recovery, .max, .min),
  ]

  @Test("Every action survives, with every value beside it", arguments: actions)
  func roundTrip(action: Lever.Action) throws {
    let nodes = Self.nodes
    let links = [
      LinkSet(from: [NodeID(0 as Int32)], to: [NodeID(1 as Int32), NodeID(8 as Int32)]),
      LinkSet(from: [], to: []),
    ]
    let plan = [
      PlanEntry(
        anchor: .record(123),
        lever: Lever(
          action, nodes: [NodeID(10 as Int32)], links: links, lasts: Nanos(.max), messages: 1, salt: .max)),
      PlanEntry(anchor: .time(Instant(nanos: 12_345)), lever: Lever(action, nodes: [NodeID(6 as Int32)])),
    ]
    for text in [JSONText.compact(PlanText.json(plan, nodes)), JSONText.json5(PlanText.json(plan, nodes))] {
      #expect(try PlanText.plan(try JSON5.read(Array(text.utf8)), nodes) == plan)
    }
  }

  @Test("Every disturbance survives", arguments: Disturbance.allCases)
  func disturbances(what: Disturbance) throws {
    let plan = [PlanEntry(anchor: .record(1), lever: Lever(.disturb(what, 1, 2)))]
    #expect(try PlanText.plan(PlanText.json(plan, Self.nodes), Self.nodes) == plan)
  }

  @Test("An entry reads as the interface says")
  func form() {
    let lever = Lever(
      .pause(frozen: false), nodes: [NodeID(8 as Int32)], lasts: .seconds(15), salt: 255)
    let json = PlanText.json(PlanEntry(anchor: .record(123), lever: lever), Self.nodes)
    #expect(
      JSONText.compact(json)
        == #"{"forNanos":15000000000,"frozen":false,"lever":"pause","nodes":["client-1"],"#
        + #""record":123,"salt":"0xff"}"#
    )
  }

  private static let expect = "expect: { redlock: { unfenced: [] }, redis: { unfenced: [] } },"

  @Test("A file's plan has the nodes of its first case, and can be had for another")
  func fileWithPlan() throws {
    let scenario = try read(
      file(more: "plan: [{ record: 5, lever: \"pause\", nodes: [\"client-1\"] }], \(Self.expect)"))
    // redlock: resource 0, services 1...5, so client-1 is 6; redis: service 1, so client-1 is 2.
    #expect(scenario.plan?.first?.lever.nodes == [NodeID(6 as Int32)])
    let redis = scenario.topology(of: scenario.made(SampleRedis.self))
    #expect(try scenario.plan(for: redis)?.first?.lever.nodes == [NodeID(2 as Int32)])
  }

  @Test("Without an expected case the nodes are those of the algorithm that is to run")
  func planWithoutExpect() throws {
    let text = file(more: "plan: [{ time: 5, lever: \"pause\", nodes: [\"client-1\"] }],")
    #expect(
      refusal(of: text)
        == "story.json5:9:9: plan: a plan needs an \"expect\", whose first case says which nodes there are")
    #expect(try read(text, planFor: "redis").plan?.first?.lever.nodes == [NodeID(2 as Int32)])
  }

  @Test(
    "What is wrong in a plan is said with its place",
    arguments: [
      ("{ lever: \"cut\" }", "9:10: plan[0]: expected either \"record\" or \"time\""),
      ("{ record: 0, lever: \"clog\" }", "9:20: plan[0].record: found 0, expected a whole number from 1"),
      (
        "{ record: 1, time: 1, lever: \"clog\" }",
        "9:23: plan[0].time: \"time\" and \"record\" exclude each other"
      ),
      (
        "{ record: 1, lever: \"cutt\" }",
        "9:30: plan[0].lever: found \"cutt\", an unknown lever; did you mean \"cut\"?"
      ),
      ("{ record: 1, lever: \"cut\" }", "9:10: plan[0]: the lever \"cut\" strikes neither nodes nor links"),
      ("{ record: 1, lever: \"delay\" }", "9:10: plan[0]: the key \"byNanos\" is missing: in nanoseconds"),
      (
        "{ record: 1, lever: \"pause\", nodes: [\"holder\"] }",
        "9:47: plan[0].nodes[0]: found \"holder\", expected a node such as \"client-1\""
      ),
      (
        "{ record: 1, lever: \"pause\", nodes: [\"service-2\"] }",
        "9:47: plan[0].nodes[0]: found \"service-2\", but the case has only \"service-1\""
      ),
      (
        "{ record: 1, lever: \"cut\", links: [{ from: [\"client-1\"], to: [\"layer-1\"] }] }",
        "9:72: plan[0].links[0].to[0]: found \"layer-1\", but the case has no layer node"
      ),
      (
        "{ record: 1, lever: \"pause\", nodes: [\"client-1\"], salt: 7 }",
        "9:66: plan[0].salt: found 7, expected a number in a string such as \"0x2a\""
      ),
      (
        "{ record: 1, lever: \"pause\", nodes: [\"client-1\"], byNanos: 7 }",
        "9:60: plan[0].byNanos: unknown key; expected \"lever\", \"frozen\", \"record\", \"time\", \"nodes\","
          + " \"links\", \"forNanos\", \"messages\" or \"salt\""
      ),
    ])
  func refusals(entry: String, sentence: String) {
    let text = file(more: "plan: [\(entry)], expect: { redis: { unfenced: [] } },")
    #expect(refusal(of: text) == "story.json5:" + sentence)
  }

  @Test("A plan that fits the first case and not the second is refused")
  func secondCase() {
    let plan = "plan: [{ record: 1, lever: \"pause\", nodes: [\"service-2\"] }]"
    #expect(
      refusal(of: file(more: "\(plan), \(Self.expect)"))
        == "story.json5:9:47: plan[0].nodes[0]: found \"service-2\", but the case has only \"service-1\"")
  }
}
