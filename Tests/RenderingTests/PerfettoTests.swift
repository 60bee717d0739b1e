import Contract
import Foundation
import Lab
import Testing

@testable import Rendering

/// The rules by which viewers draw a trace, each of which they break in silence.
@Suite struct PerfettoTests {
  private struct Event {
    let members: [String: Any]
    var phase: String { members["ph"] as! String }
    var process: Int { members["pid"] as! Int }
    var thread: Int? { members["tid"] as? Int }
    var name: String { members["name"] as? String ?? "" }
    var category: String { members["cat"] as? String ?? "" }
    /// Exact, as text of at most three decimals tells whole nanoseconds.
    var start: Int { nanos("ts") }
    var end: Int { start + nanos("dur") }
    var number: Int? { members["id"] as? Int }
    var local: String? { (members["id2"] as? [String: Any])?["local"] as? String }
    var messages: [String] { (members["args"] as? [String: Any])?["messages"] as? [String] ?? [] }

    private func nanos(_ key: String) -> Int {
      Int(((members[key] as? NSNumber)?.doubleValue ?? -1) * 1000 + 0.5)
    }
  }

  private func text(_ story: StoryText, seeds: [UInt64] = [1], room: Int = .max) throws -> String {
    let scenario = try Stories.scenario(story)
    var trace = PerfettoTrace()
    var text = PerfettoTrace.header
    for seed in seeds {
      for subject in scenario.cases(.standard) {
        let runner = Runner(scenario, subject, .standard)
        var run = PerfettoRun(runner, seed: seed, &trace)
        var records = 0
        let result = runner.run(seed: seed, traced: true) { record, world in
          records += 1
          run.saw(record, world.plan, hasRoom: records <= room)
          if records.isMultiple(of: 7) { text += run.take() }
        }
        run.finish(result, &trace)
        text += run.take()
      }
    }
    return text + PerfettoTrace.footer
  }

  private func events(_ text: String) throws -> [Event] {
    let file = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(file["displayTimeUnit"] as? String == "ms")
    return try #require(file["traceEvents"] as? [[String: Any]]).map(Event.init)
  }

  static let stories = [
    Stories.gcPause, Stories.clockJump, Stories.powerLoss, Stories.many, Stories.delay, doubled,
  ]
  /// Messages that are lost, doubled and overtaken.
  static let doubled = StoryText(
    name: "doubled",
    text: """
      { name: 'doubled', about: 'A bad network.', source: 'none', duration: '30s', seeds: '1..2',
      lease: { ttl: '10s' }, load: { clients: 3, sections: 2 },
      network: { loss: 0.2, duplicate: 0.2, reorder: true }, expect: { redlock: { unfenced: [] } } }
      """)

  @Test(arguments: stories)
  func `Slices of a thread take a microsecond at least and stand apart`(story: StoryText) throws {
    let slices = try events(text(story, seeds: [1, 2])).filter { $0.phase == "X" }
    #expect(slices.count > 20)
    #expect(slices.allSatisfy { $0.end - $0.start >= 1000 })
    for (_, ofThread) in Dictionary(grouping: slices, by: { $0.thread! }) {
      let sorted = ofThread.sorted { $0.start < $1.start }
      #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $0.end <= $1.start })
    }
  }

  @Test(arguments: stories)
  func `Each arrow begins and ends once, in slices that tell of the same message`(story: StoryText) throws {
    let all = try events(text(story))
    let slices = Dictionary(grouping: all.filter { $0.phase == "X" }, by: { $0.thread! })
    func slice(of arrow: Event) -> Event? {
      slices[arrow.thread!]?.first { $0.start <= arrow.start && arrow.start < $0.end }
    }
    let starts = all.filter { $0.phase == "s" }, ends = all.filter { $0.phase == "f" }
    #expect(starts.count > 20)
    #expect(Set(starts.map(\.number)).count == starts.count)
    #expect(starts.map { $0.number! }.sorted() == ends.map { $0.number! }.sorted())
    #expect(ends.allSatisfy { $0.members["bp"] as? String == "e" })
    let byNumber = Dictionary(uniqueKeysWithValues: starts.map { ($0.number!, $0) })
    for end in ends {
      let start = try #require(byNumber[end.number!])
      #expect(start.start + 1000 <= end.start && start.process == end.process)
      let from = try #require(slice(of: start)), to = try #require(slice(of: end))
      func messages(_ slice: Event) -> Set<String> {
        Set(slice.messages.compactMap { $0.components(separatedBy: ", message ").last })
      }
      let isNamed = from.messages.count < 16 && to.messages.count < 16
      #expect(!isNamed || !messages(from).isDisjoint(with: messages(to)))
    }
  }

  @Test(arguments: stories)
  func `What lasts begins once and ends once, not before it began`(story: StoryText) throws {
    let all = try events(text(story, seeds: [1, 2]))
    func key(_ event: Event) -> String { "\(event.process) \(event.category) \(event.local!) \(event.name)" }
    let begins = all.filter { $0.phase == "b" }, ends = all.filter { $0.phase == "e" }
    #expect(begins.count > 3)
    #expect(Set(begins.map(key)).count == begins.count)
    #expect(begins.map(key).sorted() == ends.map(key).sorted())
    let starts = Dictionary(uniqueKeysWithValues: begins.map { (key($0), $0.start) })
    #expect(ends.allSatisfy { starts[key($0)]! <= $0.start })
  }

  @Test func `There is a process for each run and a thread for each node, and no number for two`() throws {
    // 2 cases at 2 seeds, each with 5 services, 2 clients and the resource.
    let names = try events(text(Stories.gcPause, seeds: [1, 2])).filter { $0.phase == "M" }
    func titles(_ name: String) -> [String] {
      names.filter { $0.name == name }.compactMap {
        ($0.members["args"] as? [String: Any])?["name"] as? String
      }
    }
    #expect(
      titles("process_name") == [
        "gc-pause redlock/unfenced seed 1", "gc-pause redlock/compare-and-set seed 1",
        "gc-pause redlock/unfenced seed 2", "gc-pause redlock/compare-and-set seed 2",
      ])
    #expect(titles("thread_name").count == 32)
    #expect(
      titles("thread_name").prefix(8) == [
        "resource", "service-1", "service-2", "service-3", "service-4", "service-5", "client-1", "client-2",
      ])
    #expect(Set(names.filter { $0.name == "thread_name" }.map { $0.thread! }).count == 32)
    #expect(Set(names.map(\.process)) == [1, 2, 3, 4])
  }

  @Test func `Two leases and two beliefs overlap where the story says so`() throws {
    let all = try events(text(Stories.gcPause)).filter { $0.process == 1 }
    #expect(all.contains { $0.phase == "b" && $0.category == "lease" && $0.name == "lease of client-1" })
    let faults = all.filter { $0.phase == "b" && $0.category == "fault" }.map(\.name)
    #expect(faults == ["client-1 stops for 15 s (pause)"])
    let holders = all.filter { $0.phase == "C" && $0.name == "believers of lock-1" }.compactMap {
      ($0.members["args"] as? [String: Any])?["clients"] as? Int
    }
    #expect(holders.max() == 2 && holders.last == 0)
    let violations = all.filter { $0.phase == "i" && $0.category == "violation" }.map(\.name)
    #expect(
      Set(violations) == ["violated: stale-write", "violated: lost-update", "violated: mutual-exclusion"])
  }

  @Test func `A lost message is marked where it would have arrived`() throws {
    let all = try events(text(PerfettoTests.doubled))
    let lost = all.filter { $0.phase == "i" && $0.category == "lost" }
    #expect(!lost.isEmpty)
    #expect(lost.allSatisfy { $0.name.hasSuffix("(loss)") })
    #expect(all.contains { $0.phase == "X" && $0.name.contains("lost: ") })
    #expect(all.contains { $0.phase == "X" && $0.name.contains("a second copy from ") })
  }

  @Test func `No mark stands on a node's track, where it would catch arrows`() throws {
    let marks = try events(text(PerfettoTests.doubled)).filter { $0.phase == "i" }
    #expect(!marks.isEmpty)
    #expect(marks.allSatisfy { $0.members["s"] as? String == "p" })
  }

  @Test func `The same runs give the same bytes`() throws {
    #expect(try text(Stories.many) == text(Stories.many))
  }

  @Test func `Times are exact`() {
    #expect(PerfettoEvent.microseconds(1_500) == "1.5")
    #expect(PerfettoEvent.microseconds(9_007_199_254_740_993_001) == "9007199254740993.001")
    #expect(PerfettoEvent.microseconds(0) == "0")
  }

  @Test func `A full file leaves messages out, says so, and stays whole`() throws {
    let all = try events(text(Stories.gcPause, room: 50))
    #expect(all.count { $0.name == "messages, leases and beliefs are left out from here on" } == 2)
    #expect(all.count { $0.phase == "s" } < 100)
    #expect(all.count { $0.phase == "s" } == all.count { $0.phase == "f" })
    #expect(all.count { $0.phase == "b" } == all.count { $0.phase == "e" })
  }
}
