/// A rectangle in units of the figure.
struct Box: Sendable, Equatable {
  var x: Int
  var y: Int
  var width: Int
  var height: Int

  var right: Int { x + width }
  var bottom: Int { y + height }

  /// Whether the two share any room, or come closer sideways than this.
  func collides(with other: Box, gap: Int = 0) -> Bool {
    x < other.right + gap && other.x < right + gap && y < other.bottom && other.y < bottom
  }
}

/// A diagram with a place for everything: no label overlaps another, none is cut off.
struct Sheet: Sendable {
  /// A text with its box; `step` has a numbered badge before it.
  struct Label: Sendable {
    enum Kind: Sendable, Equatable { case note, wrong, time, title, faint, inLease, inBelief, inOverlap }

    var text: String
    var step = 0
    var kind: Kind
    var box: Box
    /// What it belongs to, where a thin line leads there.
    var anchor: (x: Int, y: Int)?
  }

  static let width = 1100
  /// Where lanes begin; their names stand before it.
  static let left = 116
  static let right = 1088
  static let textSize = 11
  static let timeSize = 10
  static let rowHeight = 18
  static let axisHeight = 40

  let diagram: Diagram
  let axis: TimeAxis
  /// Indexed by lane: the top, the height of which the band takes, and the y of the lifeline.
  private(set) var tops: [Int] = []
  private(set) var lines: [Int] = []
  private(set) var labels: [Label] = []
  /// Indexed by span: for a fault, the y of its bar.
  private(set) var faultBars: [Int: Int] = [:]
  private(set) var height = 0
  /// Faults for which there was no room.
  private(set) var hiddenFaults = 0

  init(_ diagram: Diagram) {
    self.diagram = diagram
    axis = TimeAxis(Sheet.moments(diagram), from: Sheet.left + 12, to: Sheet.right - 12)
    var y = Sheet.axisHeight
    for lane in diagram.lanes.indices { y = add(lane, at: y) }
    height = y + 4
    addAxis()
    addBarLabels()
  }

  /// The moments that get a place of their own.
  private static func moments(_ diagram: Diagram) -> [Int64] {
    var moments = [diagram.from, diagram.to]
    moments += diagram.arrows.flatMap { [$0.sent, $0.ended] }
    moments += diagram.marks.filter(\.isTold).map(\.at)
    let ends = diagram.spans.flatMap { [$0.from, $0.to] } + diagram.overlaps.flatMap { [$0.from, $0.to] }
    if ends.count <= 80 { moments += ends }
    return moments.map { min(max($0, diagram.from), diagram.to) }
  }

  func x(_ moment: Int64) -> Int { axis.x(moment) }

  // MARK: lanes

  private mutating func add(_ lane: Int, at top: Int) -> Int {
    tops.append(top)
    let kind = diagram.lanes[lane].kind
    if kind == .faults { return addFaults(lane, at: top) }
    let isBelow = kind == .resource
    // The strip of words is laid out as if it began at zero, downward from the lifeline.
    var strip = Strip(notes(lane), left: Sheet.left, right: Sheet.right)
    strip.place(rows: kind == .client ? 3 : 4)
    let words = strip.rows * Sheet.rowHeight
    let body = kind == .client ? 40 : 24
    let line = isBelow ? top + 12 : top + words + (kind == .client ? 24 : 10)
    lines.append(line)
    for note in strip.placed {
      var note = note
      let row = note.box.y
      note.box.height = Sheet.rowHeight - 2
      note.box.y = isBelow ? line + 12 + row * Sheet.rowHeight
        : top + words - (row + 1) * Sheet.rowHeight + 1
      note.anchor?.y = line
      labels.append(note)
    }
    let bottom = top + words + body
    addTitle(lane, at: kind == .client ? line - 4 : line + 4)
    return bottom + (isBelow ? 4 : 6)
  }

  private mutating func addTitle(_ lane: Int, at y: Int) {
    let lane = diagram.lanes[lane]
    let title = GlyphWidths.fitted(lane.title, size: 13, into: Sheet.left - 12)
    let width = GlyphWidths.width(title, size: 13, isBold: true)
    labels.append(Label(text: title, kind: .title, box: Box(x: 4, y: y - 12, width: width, height: 16)))
    guard !lane.note.isEmpty else { return }
    let note = GlyphWidths.fitted(lane.note, size: Sheet.timeSize, into: Sheet.left - 12)
    let noteWidth = GlyphWidths.width(note, size: Sheet.timeSize)
    labels.append(Label(text: note, kind: .faint, box: Box(x: 4, y: y + 4, width: noteWidth, height: 13)))
  }

  /// What a lane has to say, the most important first.
  private func notes(_ lane: Int) -> [Label] {
    var notes: [Label] = diagram.marks.filter { $0.lane == lane && ($0.step > 0 || !$0.text.isEmpty) }
      .map { mark in
        Label(
          text: mark.text, step: mark.step, kind: mark.kind == .harm ? .wrong : .note,
          box: Box(x: 0, y: 0, width: 0, height: Sheet.rowHeight - 2), anchor: (x(mark.at), 0))
      }
    for overlap in diagram.overlaps where overlap.lanes.last == lane {
      let span = spoken(overlap.to - overlap.from)
      let who = overlap.lanes.count == 2 ? "BOTH BELIEVE IT" : "\(overlap.lanes.count) BELIEVE IT"
      notes.append(
        Label(
          text: "\(who): \(span)", kind: .wrong, box: Box(x: 0, y: 0, width: 0, height: Sheet.rowHeight - 2),
          anchor: ((x(overlap.from) + x(overlap.to)) / 2, 0)))
    }
    func rank(_ note: Label) -> Int { note.step > 0 ? 0 : note.kind == .wrong ? 1 : 2 }
    let order = notes.indices.sorted { (rank(notes[$0]), $0) < (rank(notes[$1]), $1) }
    return order.map { notes[$0] }
  }

  /// "503.7 ms", "5.5 s": three digits are enough in a figure.
  func spoken(_ span: Int64) -> String {
    let unit: Int64 = span >= 1_000_000_000 ? 100_000_000 : span >= 1_000_000 ? 100_000 : 100
    let tenths = UInt64((span + unit / 2) / unit)
    return Quantity.decimal(tenths, places: 1) + (unit == 100 ? " us" : unit == 100_000 ? " ms" : " s")
  }

  // MARK: faults

  private static let mostFaults = 5

  private mutating func addFaults(_ lane: Int, at top: Int) -> Int {
    lines.append(top + 10)
    var steps = diagram.marks.filter { $0.lane == lane }
    var y = top + 2
    let spans = diagram.spans.indices.filter { diagram.spans[$0].lane == lane }
    for index in spans {
      let span = diagram.spans[index]
      let place = steps.firstIndex { $0.at == span.from && $0.step > 0 }
      guard place != nil || faultBars.count < Sheet.mostFaults else {
        hiddenFaults += 1
        continue
      }
      let step = place.map { steps.remove(at: $0).step } ?? 0
      addFault(span, step, at: y)
      faultBars[index] = y + Sheet.rowHeight
      y += Sheet.rowHeight + 9
    }
    for mark in steps where mark.step > 0 {
      addFault(
        Diagram.Span(lane: lane, kind: .fault, from: mark.at, to: mark.at, text: mark.text), mark.step, at: y)
      y += Sheet.rowHeight + 4
    }
    addTitle(lane, at: top + 14)
    return max(y, top + 24) + 4
  }

  private mutating func addFault(_ span: Diagram.Span, _ step: Int, at y: Int) {
    let room = Sheet.right - Sheet.left - 24
    let text = GlyphWidths.fitted(span.text, size: Sheet.textSize, into: room)
    let width = Strip.width(text, step, .note)
    let x = max(Sheet.left, min(x(span.from) - 8, Sheet.right - width))
    labels.append(
      Label(text: text, step: step, kind: .note, box: Box(x: x, y: y, width: width, height: 16)))
  }

  // MARK: words on the axis and in bars

  private mutating func addAxis() {
    var taken: [Box] = []
    func take(_ text: String, at x: Int, y: Int, _ labels: inout [Label], kind: Label.Kind) {
      if kind == .time, labels.contains(where: { $0.kind == .time && $0.text == text }) { return }
      let width = GlyphWidths.width(text, size: Sheet.timeSize)
      let left = min(max(x - width / 2, Sheet.left - 30), Sheet.width - width - 2)
      let box = Box(x: left, y: y, width: width, height: 13)
      guard !taken.contains(where: { $0.collides(with: box, gap: 6) }) else { return }
      taken.append(box)
      labels.append(Label(text: text, kind: kind, box: box, anchor: (x, 0)))
    }
    let steps = diagram.marks.filter { $0.step > 0 }.sorted { $0.at < $1.at }.map(\.at)
    let others = [diagram.from, diagram.to] + diagram.marks.filter(\.isTold).map(\.at) + axis.moments
    let last = steps.max() ?? diagram.to
    for moment in [last] + steps + others {
      take(time(moment), at: x(moment), y: 2, &labels, kind: .time)
    }
    for stretch in axis.breaks.sorted(by: { ($0.span, $1.x) > ($1.span, $0.x) }) {
      take(spoken(stretch.span), at: stretch.x, y: 20, &labels, kind: .faint)
    }
  }

  private func time(_ nanos: Int64) -> String {
    Quantity.fixed(UInt64(max(0, nanos)) / 1_000_000, places: 3) + " s"
  }

  /// Words inside bars that have room for them.
  private mutating func addBarLabels() {
    for span in diagram.spans {
      let words: [String]
      switch span.kind {
      case .lease: words = ["lease", ""]
      case .belief: words = ["believes it holds the lock", "believes it holds it", "believes"]
      case .waiting: words = ["waits for the lock", "waits"]
      case .down: words = ["down"]
      case .paused, .fault: continue
      }
      let room = x(span.to) - x(span.from) - (span.kind == .down ? 18 : 10)
      let size = Sheet.timeSize
      guard let text = words.first(where: { GlyphWidths.width($0, size: size) <= room }), !text.isEmpty else {
        continue
      }
      let y = lines[span.lane] + (span.kind == .lease ? -22 : -6)
      let width = GlyphWidths.width(text, size: size)
      let box = Box(x: x(span.from) + (span.kind == .down ? 12 : 5), y: y, width: width, height: 12)
      guard !labels.contains(where: { $0.box.collides(with: box, gap: 2) }) else { continue }
      labels.append(Label(text: text, kind: kind(span, box), box: box))
    }
  }

  /// What a bar's words stand on.
  private func kind(_ span: Diagram.Span, _ box: Box) -> Label.Kind {
    if span.kind == .lease { return .inLease }
    guard span.kind == .belief else { return .faint }
    let isContested = diagram.overlaps.contains { overlap in
      overlap.lanes.contains(span.lane) && x(overlap.from) < box.right && box.x < x(overlap.to)
    }
    return isContested ? .inOverlap : .inBelief
  }
}

/// The words of one lane in rows, each beside what it belongs to; what finds no place is left out.
struct Strip: Sendable {
  private let notes: [Sheet.Label]
  private let left: Int
  private let right: Int
  /// With the row, from 0 at the lifeline, for a y.
  private(set) var placed: [Sheet.Label] = []
  private(set) var rows = 0

  /// - Parameter notes: the most important first, each anchored at its x.
  init(_ notes: [Sheet.Label], left: Int, right: Int) {
    self.notes = notes
    self.left = left
    self.right = right
  }

  /// The width of words with their number; numbered ones and those of harm are bold.
  static func width(_ text: String, _ step: Int, _ kind: Sheet.Label.Kind) -> Int {
    let isBold = step > 0 || kind == .wrong
    let words = text.isEmpty ? 0 : GlyphWidths.width(text, size: Sheet.textSize, isBold: isBold) + 3
    return (step > 0 ? 18 : 0) + words
  }

  /// Numbered steps always find a place, if need be without their words.
  mutating func place(rows most: Int) {
    for note in notes {
      if place(note, rows: most) || note.step == 0 { continue }
      var bare = note
      bare.text = ""
      if !place(bare, rows: most) { _ = place(bare, rows: .max) }
    }
    rows = (placed.map(\.box.y).max() ?? -1) + 1
  }

  private mutating func place(_ note: Sheet.Label, rows most: Int) -> Bool {
    var note = note
    let width = Strip.width(note.text, note.step, note.kind), anchor = note.anchor?.x ?? 0
    note.box.width = width
    guard width <= right - left else { return false }
    let beside = [anchor - 9, anchor + 9 - width, anchor - width / 2, anchor - 3, anchor + 3 - width]
    // A number stands above its own mark rather than its words' end, even where that takes another row.
    let middle = note.step == 0 && note.kind == .wrong ? [[beside[2]]] : []
    let tries = note.step > 0 ? [[beside[0]], beside] : middle + [beside]
    for places in tries {
      var row = 0
      while row < min(most, placed.count + 1) {
        for x in places where take(&note, max(left, min(x, right - width)), row, anchor) { return true }
        row += 1
      }
    }
    return false
  }

  /// Puts a note into a row at an x, unless another is there.
  private mutating func take(_ note: inout Sheet.Label, _ x: Int, _ row: Int, _ anchor: Int) -> Bool {
    // One unit per row: boxes of one row share it, those of others do not.
    let box = Box(x: x, y: row, width: note.box.width, height: 1)
    guard !placed.contains(where: { $0.box.collides(with: box, gap: 5) }) else { return false }
    note.box = box
    note.anchor = (anchor, 0)
    placed.append(note)
    return true
  }
}
