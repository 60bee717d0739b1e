import Contract
import Lab
import Testing

@testable import Rendering

@Suite struct SpaceTimeTests {
  /// The gc-pause of the article, made by hand: tokens 33 and 34, a pause of 15 s, a lease of 10 s.
  private static let article: SpaceTime = {
    typealias Standing = SpaceTime.Standing
    let topology = Topology(services: 1, layers: 0, clients: 2)
    let lanes = [
      SpaceTime.Lane(part: .client(topology.node(.client, 1)!), title: "client-1"),
      SpaceTime.Lane(part: .client(topology.node(.client, 2)!), title: "client-2"),
      SpaceTime.Lane(part: .service, title: "service"), SpaceTime.Lane(part: .resource, title: "resource"),
    ]
    let holds = Standing(hasLease: true, believes: true), idle = Standing()
    let stopped = Standing(hasLease: true, believes: true, isPaused: true)
    let late = Standing(believes: true, isContested: true, isPaused: true)
    let contested = Standing(hasLease: true, believes: true, isContested: true)
    let awake = Standing(believes: true, isContested: true)
    func row(
      _ seconds: Int64, _ text: String, _ first: Standing, _ second: Standing, arrow: SpaceTime.Arrow? = nil,
      service: SpaceTime.Sign? = nil, resource: SpaceTime.Sign? = nil
    ) -> SpaceTime.Row {
      SpaceTime.Row(
        at: Instant.start + .seconds(seconds), ordinal: seconds, text: text, arrow: arrow,
        signs: [nil, nil, service, resource], standings: [first, second, idle, idle])
    }
    var gap = row(1, "client-2 tries 45 times in vain", stopped, idle)
    gap.kind = .pause(.milliseconds(9_449))
    return SpaceTime(
      lanes: lanes,
      rows: [
        row(
          0, "granted to client-1", holds, idle, arrow: .init(from: 2, to: 0, end: .arrives),
          service: .init(mark: .grant, token: "33")),
        row(1, "client-1 stops for 15 s (pause)", stopped, idle), gap,
        row(
          11, "granted to client-2: TWO HOLDERS", late, contested,
          arrow: .init(from: 2, to: 1, end: .arrives),
          service: .init(mark: .grant, token: "34")),
        row(
          12, "client-2 writes version 1", late, contested, arrow: .init(from: 1, to: 3, end: .arrives),
          resource: .init(mark: .access, token: "34")),
        row(16, "client-1 goes on", awake, contested),
        row(
          16, "STALE: client-1 writes version 2 on top of 1, having read 0", awake, contested,
          arrow: .init(from: 0, to: 3, end: .arrives), resource: .init(mark: .harm, token: "33")),
        row(
          17, "client-1's write is REFUSED for its token", awake, contested,
          arrow: .init(from: 0, to: 3, end: .refused), resource: .init(mark: .refusal, token: "33")),
        row(
          18, "client-1 sends its write", awake, contested, arrow: .init(from: 0, to: 3, end: .underWay)),
      ])
  }()

  @Test("the article's figure, character by character")
  func golden() {
    #expect(SpaceTimeText(SpaceTimeTests.article, indent: 2, Style(color: false)).text() == """
          true time  client-1  client-2  service  resource
            0.000 s  │┃◀──────────────────● 33     ┊         granted to client-1
            1.000 s  │┃░░░░░    ┊         ┊        ┊         client-1 stops for 15 s (pause)
        ~~ 9.4 s ~~  │┃░░░░░    ┊         ┊        ┊         client-2 tries 45 times in vain
           11.000 s   █░░░░░   │█◀────────● 34     ┊         granted to client-2: TWO HOLDERS
           12.000 s   █░░░░░   │█──────────────────▶ 34      client-2 writes version 1
           16.000 s   █        │█         ┊        ┊         client-1 goes on
           16.000 s   █────────│█──────────────────▶ 33      STALE: client-1 writes version 2 on top of 1,
                      █        │█         ┊        ┊         having read 0
           17.000 s   █────────│█──────────────────✗ 33      client-1's write is REFUSED for its token
           18.000 s   █────────│█──────────────▷   ┊         client-1 sends its write
                     │ lease   ┃ believes it holds   █ believes it, as another does   ░ stopped
                     ● 33 grant, token

      """)
  }

  @Test("every row of a figure has its lanes in the header's columns", arguments: Stories.all)
  func alignment(story: StoryText) throws {
    let page = try Stories.report(story)
    let lines = page.split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
    for (number, header) in lines.enumerated() where String(header).contains("true time") {
      let spines = columns(of: ["client-", "service", "resource"], in: header).map { $0 + 1 }
      #expect(spines.count >= 2)
      let rows = lines[(number + 1)...].prefix { !String($0).contains(" believes it") && !$0.isEmpty }
      for row in rows {
        for spine in spines where !"┊┃█●○!▶◀✗─ ".contains(row[spine]) {
          Issue.record("column \(spine) of \(String(row))")
        }
        #expect(spines.contains { "┊┃█●○!▶✗".contains(row[$0]) })
      }
    }
  }

  private func columns(of words: [String], in line: [Character]) -> [Int] {
    line.indices.filter { start in words.contains { line[start...].starts(with: $0) } }
  }

  @Test("a figure begins with the first grant involved and ends with what came of it")
  func chapter() throws {
    let figure = try figure(Stories.gcPause, "unfenced")
    let first = try #require(figure.rows.first), last = try #require(figure.rows.last)
    #expect(first.text == "3 of 5 grant it to client-1")
    #expect(figure.rows.contains { $0.text.hasPrefix("STALE: client-1 writes") })
    #expect(last.standings.allSatisfy { !$0.isPaused })
    #expect(figure.rows.count <= 30)
  }

  @Test("whoever believes as the story begins has a lane, so that it does not begin in the middle")
  func threeHolders() throws {
    let figure = try figure(Stories.twoPaused, "unfenced")
    #expect(figure.lanes.map(\.title).prefix(3) == ["client-1", "client-2", "client-3"])
    #expect(figure.rows.contains { $0.text.hasSuffix("3 HOLDERS") })
  }

  @Test("a lease that its node forgot in a crash ends with the crash")
  func powerLoss() throws {
    let figure = try figure(Stories.powerLoss, "unfenced")
    let crash = try #require(figure.rows.first { $0.text.contains("loses power") })
    #expect(crash.standings[0].believes)
    #expect(!crash.standings[0].hasLease)
  }

  @Test("a write that is long under way has a row where it is sent and one where it lands")
  func delayed() throws {
    let figure = try figure(Stories.delay, "unfenced")
    let sent = try #require(figure.rows.firstIndex { $0.text == "client-1 sends its write" })
    let landed = try #require(figure.rows.firstIndex { $0.text.contains(", sent at ") })
    #expect(sent < landed)
    #expect(figure.rows.contains { $0.text == "client-1 gives up waiting for an answer, releases" })
  }

  @Test("faults in force before the story begins are told, at their own time")
  func inForce() throws {
    let figure = try figure(Stories.clockJump, "unfenced")
    #expect(figure.rows.prefix(2).allSatisfy { $0.text.hasPrefix("links cut for 20 s: ") })
  }

  private func figure(_ story: StoryText, _ guardName: String) throws -> SpaceTime {
    let rows = Stories.rows(try Stories.scenario(story))
    let row = try #require(rows.first { $0.runner.subject.guardName == guardName })
    return try #require(Narrator.figure(row.runner.story(seed: row.result.seed), rows: 16))
  }
}
