import Contract
import Testing

@testable import Lab

@Suite("Every mistake in a scenario is one sentence with its place")
struct ScenarioProblemTests {
  // `file` puts load on line 7, the first fault on line 9, and `more` on line 9 where there are no faults.

  @Test("The example of the interface")
  func example() {
    let text = file(faults: "{ fault: \"pause\", node: \"holder\", for: \"15\", at: \"1s\" },")
    #expect(
      refusal(of: text)
        == "story.json5:9:44: faults[0].for: found \"15\", expected a duration such as \"10ms\"")
  }

  @Test(
    "In the sections",
    arguments: [
      ("{ clients: 0 }", "7:20: load.clients: found 0, expected a whole number from 1 to 1000000"),
      (
        "{ clients: 1000001 }", "7:20: load.clients: found 1000001, expected a whole number from 1 to 1000000"
      ),
      ("{ clients: 1.5 }", "7:20: load.clients: found 1.5, expected a whole number from 1 to 1000000"),
      ("{ clients: \"2\" }", "7:20: load.clients: found \"2\", expected a whole number from 1 to 1000000"),
      ("{ }", "7:9: load: the key \"clients\" is missing: how many clients take the locks"),
      ("[]", "7:9: load: found an empty list, expected an object"),
      ("{ clients: 2, locks: 0 }", "7:30: load.locks: found 0, expected a whole number from 1 to 1000000"),
      ("{ clients: 2, hold: 500 }", "7:29: load.hold: found 500, expected a duration such as \"10ms\""),
      (
        "{ clients: 2, hold: \"-5s\" }",
        "7:29: load.hold: found \"-5s\", expected a duration that is not negative"
      ),
      (
        "{ clients: 2, hold: \"11y\" }",
        "7:29: load.hold: found \"11y\", expected a duration such as \"10ms\""
      ),
      (
        "{ clients: 2, timeout: null }",
        "7:32: load.timeout: found null, expected a duration such as \"10ms\", or \"never\""
      ),
      (
        "{ clients: 2, timeout: \"0s\" }",
        "7:32: load.timeout: found \"0s\", expected a duration longer than 0"
      ),
      ("{ clients: 2, locksHeld: 2 }", "7:34: load.locksHeld: found 2, but there is only one lock"),
      ("{ clients: 2, locks: 2, locksHeld: 3 }", "7:44: load.locksHeld: found 3, but there are only 2 locks"),
      ("{ clients: 2, itemsRead: 2 }", "7:34: load.itemsRead: found 2, but each lock protects only one item"),
      (
        "{ clients: 2, items: 2, itemsRead: 3 }",
        "7:44: load.itemsRead: found 3, but each lock protects only 2 items"
      ),
      (
        "{ clients: 2, locks: 1000, items: 1001 }",
        "7:43: load.items: found 1001, but all locks together protect at most 1000000 items"
      ),
      ("{ clients: 2, clients: 3 }", "7:23: load.clients: the key \"clients\" stands on line 7 already"),
      ("{ clients: 2, think_: \"1s\" }", "7:23: load.think_: unknown key; did you mean \"think\"?"),
      (
        "{ clients: 2, check: \"befor-write\" }",
        "7:30: load.check: found \"befor-write\", expected \"never\", \"before-write\" or \"deadline\";"
          + " did you mean \"before-write\"?"
      ),
      (
        "{ clients: 2, release: \"x\" }",
        "7:32: load.release: found \"x\", expected \"after-reply\" or \"without-waiting\""
      ),
    ])
  func load(text: String, sentence: String) {
    #expect(refusal(of: file(load: text)) == "story.json5:" + sentence)
  }

  @Test(
    "At the top of the file",
    arguments: [
      ("abuot: 1,", "9:3: abuot: unknown key; did you mean \"about\"?"),
      ("network: { loss: 1.1 },", "9:20: network.loss: found 1.1, expected a probability from 0 to 1"),
      (
        "network: { loss: 0.0000000001 },",
        "9:20: network.loss: found 0.0000000001, expected a probability with at most 9 decimals"
      ),
      (
        "network: { loss: \"0.5\" },", "9:20: network.loss: found \"0.5\", expected a probability from 0 to 1"
      ),
      ("network: { reorder: 1 },", "9:23: network.reorder: found 1, expected true or false"),
      ("clocks: { drift: 50 },", "9:20: clocks.drift: found 50, expected a drift such as \"50ppm\""),
      (
        "clocks: { drift: \"-5ppm\" },",
        "9:20: clocks.drift: found \"-5ppm\", expected a drift that is not negative"
      ),
      (
        "clocks: { drift: \"1000000ppm\" },",
        "9:20: clocks.drift: found \"1000000ppm\", expected a drift below 1000000ppm"
      ),
      (
        "clocks: { drift: \"0.0001ppm\" },",
        "9:20: clocks.drift: found \"0.0001ppm\", expected a drift with at most 3 decimals"
      ),
      (
        "disk: { fsync: \"0.1ns\" },",
        "9:18: disk.fsync: found \"0.1ns\", expected a whole number of nanoseconds"
      ),
      ("progress: \"0s\",", "9:13: progress: found \"0s\", expected a duration longer than 0"),
      ("progress: \"87601h\",", "9:13: progress: found \"87601h\", expected a duration of at most 10 years"),
      ("seeds: -1,", "9:10: seeds: found -1, \(SeedText.expected)"),
      ("seeds: [],", "9:10: seeds: found an empty list, \(SeedText.expected)"),
      ("seeds: [1, \"x\"],", "9:14: seeds[1]: found \"x\", \(SeedText.expected)"),
      ("seeds: \"1...3\",", "9:10: seeds: found \"1...3\", \(SeedText.expected)"),
      (
        "seeds: \"5..3\",",
        "9:10: seeds: found \"5..3\", expected a range whose first seed is not after its last"
      ),
      ("seeds: \"1..1000001\",", "9:10: seeds: found \"1..1000001\", expected at most 1000000 seeds"),
      (
        "seeds: \"0..18446744073709551615\",",
        "9:10: seeds: found \"0..18446744073709551615\", expected at most 1000000 seeds"
      ),
      ("seeds: [\"1..5\", 3],", "9:19: seeds[1]: found 3, but seed 3 is listed twice"),
      (
        "chaos: { faults: [], every: \"1s\", until: \"1s\" },",
        "9:20: chaos.faults: found an empty list, expected a list that is not empty"
      ),
      (
        "chaos: { faults: [\"pause\", \"pause\"], every: \"1s\", until: \"1s\" },",
        "9:30: chaos.faults[1]: found \"pause\", which is in the list already"
      ),
      (
        "chaos: { faults: [\"pause\"], every: \"1s\" },",
        "9:10: chaos: the key \"until\" is missing: no fault is drawn after this"
      ),
      (
        "chaos: { faults: [\"pauze\"], every: \"1s\", until: \"1s\" },",
        "9:21: chaos.faults[0]: found \"pauze\", an unknown fault; did you mean \"pause\"?"
      ),
      (
        "chaos: { faults: [\"recovery\"], every: \"1s\", until: \"1s\" },"
          + " expect: { redis: { unfenced: [] } },",
        "9:21: chaos.faults[0]: found \"recovery\", but nothing in \"redis\" can suffer it"
      ),
      (
        "parameters: { redlok: {} },",
        "9:17: parameters.redlok: found \"redlok\", an unknown algorithm; did you mean \"redlock\"?"
      ),
      (
        "parameters: { redlock: { node: 3 } },",
        "9:28: parameters.redlock.node: unknown key; did you mean \"nodes\"?"
      ),
      (
        "parameters: { redlock: { nodes: 10 } },",
        "9:35: parameters.redlock.nodes: found 10, expected a whole number from 1 to 9"
      ),
    ])
  func top(more: String, sentence: String) {
    #expect(refusal(of: file(more: more)) == "story.json5:" + sentence)
  }

  @Test(
    "In faults",
    arguments: [
      (
        "{ node: \"holder\", at: \"1s\" }",
        "9:5: faults[0]: the key \"fault\" is missing: the name of a fault"
      ),
      (
        "{ fault: \"puase\", node: \"holder\", at: \"1s\" }",
        "9:14: faults[0].fault: found \"puase\", an unknown fault; did you mean \"pause\"?"
      ),
      ("\"pause\"", "9:5: faults[0]: found \"pause\", expected an object with the key \"fault\""),
      ("{ fault: \"pause\", at: \"1s\" }", "9:5: faults[0]: the key \"node\" is missing: who stops"),
      ("{ fault: \"pause\", node: \"holder\" }", "9:5: faults[0]: expected either \"at\" or \"when\""),
      (
        "{ fault: \"pause\", node: \"holder\", at: \"1s\", when: { event: \"read\" } }",
        "9:49: faults[0].when: \"when\" and \"at\" exclude each other"
      ),
      (
        "{ fault: \"pause\", node: \"holdr\", at: \"1s\" }",
        "9:29: faults[0].node: found \"holdr\", \(NodeText.expected); did you mean \"holder\"?"
      ),
      (
        "{ fault: \"pause\", node: \"client-01\", at: \"1s\" }",
        "9:29: faults[0].node: found \"client-01\", \(NodeText.expected); did you mean \"client-1\"?"
      ),
      (
        "{ fault: \"pause\", node: [\"holder\", 3], at: \"1s\" }",
        "9:40: faults[0].node[1]: found 3, expected a node such as \"client-1\", or a role"
      ),
      (
        "{ fault: \"pause\", node: [\"holder\", \"holder\"], at: \"1s\" }",
        "9:40: faults[0].node[1]: found \"holder\", which is in the list already"
      ),
      (
        "{ fault: \"pause\", node: \"holder\", when: {} }",
        "9:45: faults[0].when: the key \"event\" is missing: what happens"
      ),
      (
        "{ fault: \"pause\", node: \"holder\", when: { event: \"read\", count: 0 } }",
        "9:69: faults[0].when.count: found 0, expected a whole number from 1 to 1000000000"
      ),
      (
        "{ fault: \"pause\", node: \"holder\", when: { event: \"read\", node: [\"client-1\"] } }",
        "9:68: faults[0].when.node: found a list,"
          + " expected a node such as \"client-1\", or a role such as \"holder\""
      ),
      (
        "{ fault: \"partition\", from: \"client-1\", isolate: \"client-2\", at: \"1s\" }",
        "9:54: faults[0].isolate: isolate and from exclude each other"
      ),
      ("{ fault: \"partition\", at: \"1s\" }", "9:5: faults[0]: a partition needs from and to, or isolate"),
      (
        "{ fault: \"kinds\", factor: 0.0001, at: \"1s\" }",
        "9:31: faults[0].factor: found 0.0001, expected a number with at most 3 decimals"
      ),
      (
        "{ fault: \"kinds\", by: 3, at: \"1s\" }",
        "9:27: faults[0].by: found 3, expected a duration such as \"10ms\" or \"-10ms\""
      ),
      (
        "{ fault: \"kinds\", rate: \"fast\", at: \"1s\" }",
        "9:29: faults[0].rate: found \"fast\", expected a drift such as \"50ppm\" or \"-50ppm\""
      ),
      (
        "{ fault: \"pause\", node: \"holder\", at: \"1s\", optional: \"yes\" }",
        "9:59: faults[0].optional: found \"yes\", expected true or false"
      ),
    ])
  func faults(fault: String, sentence: String) {
    #expect(refusal(of: file(faults: fault)) == "story.json5:" + sentence)
  }

  @Test("An unknown event names all that there are, and what was meant")
  func event() {
    let text = file(faults: "{ fault: \"pause\", node: \"holder\", when: { event: \"before-writ\" } }")
    let sentence = refusal(of: text)
    #expect(
      sentence?.hasPrefix("story.json5:9:54: faults[0].when.event: found \"before-writ\", expected ") == true)
    #expect(sentence?.hasSuffix("or \"fault-ended\"; did you mean \"before-write\"?") == true)
  }

  @Test(
    "In expect",
    arguments: [
      ("{}", "9:11: expect: found no algorithm, expected at least one"),
      ("{ redis: {} }", "9:20: expect.redis: found no guard, expected at least one"),
      (
        "{ redi: { unfenced: [] } }",
        "9:13: expect.redi: found \"redi\", an unknown algorithm; did you mean \"redis\"?"
      ),
      (
        "{ redis: { fenced: [] } }",
        "9:22: expect.redis.fenced: found \"fenced\", an unknown guard; did you mean \"unfenced\"?"
      ),
      (
        "{ redis: { unfenced: [\"stale\"] } }",
        "9:33: expect.redis.unfenced[0]: found \"stale\", an unknown check; expected"
          + " \"mutual-exclusion\", \"stale-write\", \"lost-update\" or \"early-grant\""
      ),
      (
        "{ redis: { unfenced: [\"early-grant\", \"early-grant?\"] } }",
        "9:48: expect.redis.unfenced[1]: found \"early-grant?\", which is in the list already"
      ),
      ("{ redis: { unfenced: \"all\" } }", "9:32: expect.redis.unfenced: found \"all\", expected a list"),
      (
        "{ redis: { \"write-ratchet\": [] } }",
        "9:39: expect.redis.write-ratchet: \"redis\" hands out unique tokens,"
          + " and the guard \"write-ratchet\" needs ordered tokens"
      ),
      (
        "{ redis: { \"in-store\": [] } }",
        "9:34: expect.redis.in-store: the guard \"in-store\" needs a lock whose own store holds the data,"
          + " and that of \"redis\" holds none"
      ),
    ])
  func expect(text: String, sentence: String) {
    #expect(refusal(of: file(more: "expect: \(text),")) == "story.json5:" + sentence)
  }

  @Test(
    "A required key that is missing is named, with what it means",
    arguments: ["name", "about", "source", "duration", "lease", "load"])
  func missing(key: String) {
    let lines = file().split(separator: "\n").filter { !$0.hasPrefix("  \(key):") }
    let sentence = refusal(of: lines.joined(separator: "\n"))
    #expect(sentence?.hasPrefix("story.json5:1:1: the key \"\(key)\" is missing: ") == true)
  }

  @Test("A name is that of its file, and texts are not empty")
  func names() {
    #expect(
      refusal(of: file(), path: "Scenarios/a/tale.json5")
        == "Scenarios/a/tale.json5:2:9: name: found \"story\", expected \"tale\", as the file is called")
    #expect(
      refusal(of: file().replacing("\"A story.\"", with: "\" \""))
        == "story.json5:3:10: about: found \" \", expected a text that is not empty")
    #expect(refusal(of: file(), path: "") == nil)
  }

  @Test("A refresh is shorter than the lease")
  func refresh() {
    let text = file().replacing("ttl: \"10s\"", with: "ttl: \"10s\", refresh: \"10000ms\"")
    #expect(
      refusal(of: text)
        == "story.json5:6:33: lease.refresh: found \"10000ms\","
        + " expected a duration shorter than the ttl, \"10s\""
    )
  }

  @Test("10,000 faults are read, one more is refused")
  func tooManyFaults() {
    let fault = "{ fault: \"pause\", node: \"holder\", at: \"1s\" }"
    let most = Array(repeating: fault, count: 10_000).joined(separator: ",")
    #expect(refusal(of: file(faults: most)) == nil)
    #expect(
      refusal(of: file(faults: most + "," + fault))
        == "story.json5:8:11: faults: found 10001 entries, expected at most 10000")
  }

  @Test("A plan excludes faults and chaos")
  func exclusive() {
    #expect(
      refusal(of: file(faults: "", more: "plan: [],"))
        == "story.json5:11:3: plan: \"plan\" and \"faults\" exclude each other")
    #expect(
      refusal(of: file(more: "chaos: { faults: [\"pause\"], every: \"1s\", until: \"1s\" }, plan: [],"))
        == "story.json5:9:59: plan: \"plan\" and \"chaos\" exclude each other")
  }
}
