import Contract
import Foundation
import Lab
import Testing

@testable import Rendering

@Suite("Figures of all scenarios")
struct DiagramTests {
  /// One test for all that is asked of them, since the runs take most of the time.
  @Test("words lie apart, chains end with the violation, times go from left to right",
    arguments: PackageScenarios.paths)
  func figures(path: String) throws {
    for told in try PackageScenarios.told(path) {
      let sheet = Sheet(told.diagram)
      checkLayout(told, sheet)
      try checkChain(told)
      checkTimes(told, sheet.axis)
      checkPlaces(told)
    }
  }

  /// No label overlaps another or is cut off, and every step has its number in the figure.
  private func checkLayout(_ told: Told, _ sheet: Sheet) {
    for (place, label) in sheet.labels.enumerated() {
      let box = label.box
      let isInside = box.x >= 0 && box.right <= Sheet.width && box.y >= 0 && box.bottom <= sheet.height
      #expect(isInside, "\(told.name): \(label)")
      for other in sheet.labels[(place + 1)...] where box.collides(with: other.box) {
        Issue.record("\(told.name): \(label) and \(other)")
      }
    }
    let numbers = sheet.labels.map(\.step).filter { $0 > 0 }.sorted()
    #expect(numbers == Array(1...told.chain.rows.count), "\(told.name)")
  }

  /// At most ten steps, in order, the last of which is the violation.
  private func checkChain(_ told: Told) throws {
    let rows = told.chain.rows
    #expect(rows.count <= CausalChain.mostSteps)
    let last = try #require(rows.last)
    #expect(last.ordinal == told.chapter.climax || last.ordinal == CausalChain.end, "\(told.name)")
    #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.at <= $1.at }, "\(told.name)")
  }

  /// A step that stands on a client's lane is that client's own, and one without a lane is named.
  private func checkPlaces(_ told: Told) {
    for (number, row) in told.chain.rows.enumerated() {
      let record = told.story.records.first { $0.ordinal == row.ordinal && $0.ordinal > 0 }
      guard let record, record.client != .none, record.kind != .leverBegan, record.kind != .leverEnded,
        let mark = told.diagram.marks.first(where: { $0.step == number + 1 })
      else { continue }
      let lane = told.diagram.lanes[mark.lane], name = told.story.topology.name(of: record.client)
      #expect(lane.kind != .client || lane.title == name, "\(told.name): \(mark)")
    }
  }

  private func checkTimes(_ told: Told, _ axis: TimeAxis) {
    let diagram = told.diagram
    #expect(zip(axis.xs, axis.xs.dropFirst()).allSatisfy { $0 <= $1 }, "\(told.name)")
    #expect(diagram.from < diagram.to)
    for arrow in diagram.arrows {
      let isInOrder = arrow.sent <= arrow.ended && arrow.from != arrow.to
      #expect(isInOrder && arrow.sent >= diagram.from && arrow.ended <= diagram.to, "\(told.name): \(arrow)")
    }
    #expect(diagram.spans.allSatisfy { $0.from <= $0.to }, "\(told.name)")
    #expect(diagram.arrows.count <= Draughtsman.mostArrows && diagram.lanes.count <= 10)
  }
}

@Suite("What a figure is made of")
struct DiagramPartTests {
  private func diagram(_ story: StoryText, _ guardName: String = "unfenced") throws -> Diagram {
    try #require(try Stories.explained(story, guardName)?.diagram)
  }

  private func lane(_ title: String, _ diagram: Diagram) throws -> Int {
    try #require(diagram.lanes.firstIndex { $0.title == title })
  }

  @Test("the gc-pause has two bars per client, a pause, an overlap, and a harmful write at its end")
  func gcPause() throws {
    let diagram = try diagram(Stories.gcPause)
    #expect(diagram.lanes.map(\.title) == ["client-1", "client-2", "lock service", "resource"])
    #expect(diagram.lanes[2].note == "5 nodes")
    for client in [0, 1] {
      #expect(diagram.spans.contains { $0.lane == client && $0.kind == .lease })
      #expect(diagram.spans.contains { $0.lane == client && $0.kind == .belief })
    }
    let pause = try #require(diagram.spans.first { $0.kind == .paused })
    #expect(pause.lane == 0 && pause.to - pause.from == 15_000_000_000)
    #expect(diagram.overlaps.first?.lanes == [0, 1])
    let harm = try #require(diagram.marks.first { $0.kind == .harm })
    #expect(harm.lane == 3 && harm.text.hasPrefix("STALE: writes v") && harm.step > 0)
    #expect(diagram.arrows.contains { $0.end == .harms && $0.from == 0 && $0.to == 3 && $0.ended == harm.at })
  }

  @Test("the lease of a stopped client ends before the next one's begins, its belief does not")
  func bars() throws {
    let diagram = try diagram(Stories.gcPause)
    func span(_ lane: Int, _ kind: Diagram.Span.Kind) throws -> Diagram.Span {
      try #require(diagram.spans.first { $0.lane == lane && $0.kind == kind })
    }
    #expect(try span(0, .lease).to <= span(1, .lease).from)
    #expect(try span(0, .belief).to > span(1, .belief).from)
  }

  @Test("a refused write has a sign of its own")
  func refused() throws {
    let diagram = try diagram(Stories.gcPause, "compare-and-set")
    #expect(diagram.marks.contains { $0.kind == .refused && $0.text.hasPrefix("write REFUSED") })
    #expect(diagram.arrows.contains { $0.end == .refused })
    #expect(!diagram.marks.contains { $0.kind == .harm && $0.lane == diagram.lanes.count - 1 })
  }

  @Test("struck nodes have lanes of their own, lost messages end in a cross, a bent clock is read")
  func clockJump() throws {
    let diagram = try diagram(Stories.clockJump)
    #expect(diagram.lanes.map(\.title) == [
      "faults", "client-1", "client-2", "service-1", "service-2", "service-3", "service-4", "service-5",
      "resource",
    ])
    #expect(diagram.spans.count { $0.kind == .fault } == 2)
    #expect(diagram.arrows.contains { $0.end == .lost })
    let clocks = diagram.marks.filter { $0.kind == .clock && $0.lane == 5 }
    #expect(clocks.contains { $0.text.hasPrefix("own clock 12.0") })
  }

  @Test("a fault in force before the story begins is drawn on the lane of the node that it strikes")
  func inForce() throws {
    let text = Stories.gcPause.text.replacing(
      "faults: [", with: "faults: [{ fault: 'clock-drift', node: 'client-2', rate: '100ppm', at: '0s' }, ")
    let diagram = try diagram(StoryText(name: "in-force", text: text))
    let drift = try #require(diagram.marks.first { $0.text.contains("the clock runs 100 ppm fast") })
    #expect(diagram.lanes[drift.lane].title == "client-2")
  }

  @Test("a message that is held back is one long arrow")
  func delay() throws {
    let diagram = try diagram(Stories.delay)
    let write = try #require(diagram.arrows.first { $0.end == .harms })
    #expect(write.ended - write.sent > 89_000_000_000)
  }

  @Test("a node that crashes is down for as long as it is")
  func powerLoss() throws {
    let diagram = try diagram(Stories.powerLoss)
    let lane = try lane("service-1", diagram)
    let down = try #require(diagram.spans.first { $0.kind == .down })
    #expect(down.lane == lane && down.to - down.from == 100_000_000)
    #expect(diagram.marks.contains { $0.kind == .crash && $0.lane == lane && $0.text == "loses power" })
  }

  @Test("a run with hundreds of clients has a figure of bounded size")
  func crowd() throws {
    let text = Stories.twoPaused.text.replacing("clients: 3, sections: 2", with: "clients: 300, sections: 1")
    let scenario = try Stories.scenario(StoryText(name: "crowd", text: text))
    let told = try #require(Told(Runner(scenario, scenario.cases(.standard)[0], .standard), seed: 1))
    #expect(told.diagram.lanes.count <= 9 && told.diagram.arrows.count <= Draughtsman.mostArrows)
    let figure = DiagramSVG(told.diagram, id: "c1").text(title: "crowd", description: "")
    #expect(figure.utf8.count > 3_000 && figure.utf8.count < 40_000)
  }
}

@Suite("The time axis of a figure")
struct TimeAxisTests {
  @Test("a millisecond and a minute both show, and a squeezed stretch says how long it is")
  func gaps() {
    let axis = TimeAxis([0, 1_000_000, 60_001_000_000, 60_002_000_000], from: 100, to: 1_000)
    #expect(axis.xs.first == 100 && axis.xs.last == 1_000)
    #expect(zip(axis.xs, axis.xs.dropFirst()).allSatisfy { $1 - $0 >= 50 })
    #expect(axis.breaks.map(\.span) == [60_000_000_000])
    #expect(axis.x(30_000_000_000) > axis.xs[1] && axis.x(30_000_000_000) < axis.xs[2])
    #expect(axis.x(-5) == 100 && axis.x(.max) == 1_000)
  }

  @Test("moments in any order, with doubles, or hardly any, are placed all the same")
  func degenerate() {
    #expect(TimeAxis([5, 1, 5, 3], from: 0, to: 10).moments == [1, 3, 5])
    #expect(TimeAxis([7], from: 4, to: 9).x(7) == 4)
    #expect(TimeAxis([], from: 4, to: 9).x(7) == 0)
  }
}

@Suite("Widths of words")
struct GlyphWidthTests {
  @Test("wider words are wider, bold ones too, and what has no room is cut with dots")
  func widths() {
    #expect(GlyphWidths.width("ii", size: 10) < GlyphWidths.width("mm", size: 10))
    #expect(GlyphWidths.width("lease", size: 10) < GlyphWidths.width("lease", size: 10, isBold: true))
    #expect(GlyphWidths.width("0000000000", size: 10) >= 64)
    let cut = GlyphWidths.fitted("a sentence without an end", size: 10, into: 60)
    #expect(cut.hasSuffix("...") && GlyphWidths.width(cut, size: 10) <= 60)
    #expect(GlyphWidths.fitted("short", size: 10, into: 60) == "short")
  }

  @Test("labels in a crowd: none overlaps, every number finds a place, the first words stay")
  func strip() {
    let notes = (1...40).map { number in
      Sheet.Label(
        text: "words that take room", step: number <= 10 ? number : 0, kind: .note,
        box: Box(x: 0, y: 0, width: 0, height: 16), anchor: (300 + number % 3, 0))
    }
    var strip = Strip(notes, left: 100, right: 600)
    strip.place(rows: 3)
    for (place, one) in strip.placed.enumerated() {
      #expect(!strip.placed[(place + 1)...].contains { $0.box.collides(with: one.box) })
      #expect(one.box.x >= 100 && one.box.right <= 600)
    }
    #expect(strip.placed.filter { $0.step > 0 }.count == 10)
    #expect(strip.placed[0].text == "words that take room")
  }
}
