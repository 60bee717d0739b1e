/// A diagram as static SVG: time runs to the right. Colours and patterns are those of `FigureStyle`.
public struct DiagramSVG: Sendable {
  let sheet: Sheet
  let id: String

  /// - Parameter id: unique in the page; begins the ids of the figure's parts.
  public init(_ diagram: Diagram, id: String) {
    sheet = Sheet(diagram)
    self.id = id
  }

  private var diagram: Diagram { sheet.diagram }

  /// - Parameter description: what the figure shows, for those who cannot see it.
  public func text(title: String, description: String) -> String {
    "<svg class=\"st\" viewBox=\"0 0 \(Sheet.width) \(sheet.height)\" role=\"group\""
      + " aria-labelledby=\"\(id)-t \(id)-d\">" + named(title, description) + drawing() + "</svg>\n"
  }

  /// The figure as a file of its own.
  ///
  /// - Parameter opening: how its tag begins, up to its attributes.
  /// - Parameter style: what the page would say of colours and patterns.
  func file(title: String, description: String, opening: String, style: String) -> String {
    "\(opening) class=\"st\" viewBox=\"0 0 \(Sheet.width) \(sheet.height)\" role=\"img\""
      + " aria-labelledby=\"\(id)-t \(id)-d\">" + named(title, description) + style
      + "<rect class=\"ground\" width=\"\(Sheet.width)\" height=\"\(sheet.height)\"/>" + drawing()
      + "</svg>\n"
  }

  private func named(_ title: String, _ description: String) -> String {
    "<title id=\"\(id)-t\">\(HTMLText.escaped(title))</title>"
      + "<desc id=\"\(id)-d\">\(HTMLText.escaped(description))</desc>"
  }

  private func drawing() -> String { ground() + bars() + breaks() + arrows() + marks() + words() }

  // MARK: ground

  private func ground() -> String {
    var text = ""
    for lane in diagram.lanes.indices {
      let line = sheet.lines[lane]
      if diagram.lanes[lane].kind != .faults {
        text += "M\(Sheet.left) \(line)H\(Sheet.right)"
      }
    }
    var grid = ""
    for label in sheet.labels where label.kind == .time {
      if let x = label.anchor?.x { grid += "M\(x) 16V\(sheet.height)" }
    }
    let bands = diagram.overlaps.map(band).joined()
    return path("g", grid) + path("l", text) + bands
  }

  /// Two believers at once: from the upper one's bars to the lower one's.
  private func band(_ overlap: Diagram.Overlap) -> String {
    guard let first = overlap.lanes.first, let last = overlap.lanes.last else { return "" }
    let top = sheet.lines[first] - 8, bottom = sheet.lines[last] + 8
    return rect("v", overlap.from, overlap.to, top, bottom - top)
  }

  private func rect(_ name: String, _ from: Int64, _ to: Int64, _ y: Int, _ height: Int) -> String {
    let x = sheet.x(from), width = max(2, sheet.x(to) - x)
    return "<rect class=\"\(name)\" x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\"/>"
  }

  private func path(_ name: String, _ data: String) -> String {
    data.isEmpty ? "" : "<path class=\"\(name)\" d=\"\(data)\"/>"
  }

  // MARK: bars

  private func bars() -> String {
    var text = ""
    for (index, span) in diagram.spans.enumerated() {
      let line = sheet.lines[span.lane]
      switch span.kind {
      case .lease: text += rect("le", span.from, span.to, line - 23, 13)
      case .belief: text += rect("be", span.from, span.to, line - 8, 16)
      case .waiting: text += path("wa", "M\(sheet.x(span.from)) \(line)H\(sheet.x(span.to))")
      case .fault:
        if let y = sheet.faultBars[index] { text += rect("fa", span.from, span.to, y, 6) }
      case .paused, .down: break
      }
    }
    for overlap in diagram.overlaps {
      for lane in overlap.lanes { text += rect("bo", overlap.from, overlap.to, sheet.lines[lane] - 8, 16) }
    }
    for span in diagram.spans where span.kind == .paused || span.kind == .down {
      let isTall = diagram.lanes[span.lane].kind == .client && span.kind == .paused
      let top = sheet.lines[span.lane] - (isTall ? 26 : 8)
      text += rect(span.kind == .paused ? "pa" : "do", span.from, span.to, top, isTall ? 38 : 16)
    }
    return text
  }

  /// A cut through each lane's lines and bars where time is squeezed.
  private func breaks() -> String {
    var gap = "", edges = ""
    for stretch in sheet.axis.breaks {
      var pieces = [(top: 34, bottom: 39)]
      for lane in diagram.lanes.indices where diagram.lanes[lane].kind != .faults {
        let line = sheet.lines[lane]
        pieces.append(diagram.lanes[lane].kind == .client ? (line - 28, line + 12) : (line - 5, line + 5))
      }
      for (top, bottom) in pieces {
        let x = stretch.x
        gap += "M\(x + 2) \(top)L\(x - 2) \(bottom)"
        for side in [-2, 2] { edges += "M\(x + side + 2) \(top)L\(x + side - 2) \(bottom)" }
      }
    }
    return path("bg", gap) + path("bk", edges)
  }

  // MARK: arrows

  private func arrows() -> String {
    var plain = "", crosses = "", text = ""
    for arrow in diagram.arrows {
      let from = (x: sheet.x(arrow.sent), y: edge(arrow.from, toward: arrow.to))
      let to = (x: sheet.x(arrow.ended), y: edge(arrow.to, toward: arrow.from))
      switch arrow.end {
      case .arrives: plain += "<path d=\"M\(from.x) \(from.y)L\(to.x) \(to.y)\"/>"
      case .refused: text += path("ar", "M\(from.x) \(from.y)L\(to.x) \(to.y)")
      case .harms: text += path("ah", "M\(from.x) \(from.y)L\(to.x) \(to.y)")
      case .lost:
        let x = to.x, y = to.y + (to.y > from.y ? -5 : 5)
        text += path("al", "M\(from.x) \(from.y)L\(x) \(y)")
        crosses += "M\(x - 4) \(y - 4)l8 8m0-8l-8 8"
      }
    }
    return (plain.isEmpty ? "" : "<g class=\"aa\">\(plain)</g>") + text + path("x", crosses)
  }

  /// Where a message leaves or reaches a lane: at the side of its bars that faces the other lane.
  private func edge(_ lane: Int, toward other: Int) -> Int {
    let isClient = diagram.lanes[lane].kind == .client
    return sheet.lines[lane] + (other > lane ? (isClient ? 8 : 5) : (isClient ? -8 : -5))
  }

  // MARK: marks

  private func marks() -> String {
    // One path for all signs of a kind, so that a figure with many of them stays small.
    var paths: [(name: String, data: String)] = []
    func add(_ name: String, _ data: String) {
      if let place = paths.firstIndex(where: { $0.name == name }) {
        paths[place].data += data
      } else {
        paths.append((name, data))
      }
    }
    for mark in diagram.marks {
      let x = sheet.x(mark.at), y = sheet.lines[mark.lane]
      guard mark.isTold else {
        add(mark.kind == .grant ? "md" : "mi", DiagramSVG.circle(x, y, 2))
        continue
      }
      add(DiagramSVG.name(mark.kind), DiagramSVG.sign(mark.kind, x, y))
    }
    return paths.map { path($0.name, $0.data) }.joined()
  }

  private static func name(_ kind: Diagram.Mark.Kind) -> String {
    switch kind {
    case .grant, .write: "md"
    case .expiry, .read, .restart, .clock: "mo"
    case .crash: "x"
    case .refused: "mr"
    case .harm: "mh"
    case .other: "mi"
    }
  }

  static func circle(_ x: Int, _ y: Int, _ radius: Int) -> String {
    let half = "a\(radius) \(radius) 0 1 0 "
    return "M\(x - radius) \(y)\(half)\(2 * radius) 0\(half)\(-2 * radius) 0z"
  }

  static func sign(_ kind: Diagram.Mark.Kind, _ x: Int, _ y: Int) -> String {
    switch kind {
    case .grant, .expiry: circle(x, y, 5)
    case .write: "M\(x - 5) \(y - 5)h10v10h-10z"
    case .read: "M\(x - 4) \(y - 4)h8v8h-8z"
    case .crash: "M\(x - 7) \(y - 7)l14 14m0-14l-14 14"
    case .restart: "M\(x - 6) \(y + 5)l6-11l6 11z"
    case .refused: circle(x, y, 7) + "M\(x - 4) \(y - 4)l8 8m0-8l-8 8"
    case .harm: "M\(x - 9) \(y)l9-9l9 9l-9 9z"
    case .clock: circle(x, y, 6) + "M\(x) \(y - 4)v4h3"
    case .other: circle(x, y, 2)
    }
  }

  // MARK: words

  private func words() -> String {
    var leaders = "", texts = ""
    for label in sheet.labels {
      if let anchor = label.anchor, label.kind == .note || label.kind == .wrong {
        let isAbove = label.box.bottom <= anchor.y
        leaders += "M\(anchor.x) \(isAbove ? label.box.bottom : label.box.y)V\(anchor.y + (isAbove ? -5 : 5))"
      }
      texts += text(label)
    }
    return path("ld", leaders) + texts
  }

  private func text(_ label: Sheet.Label) -> String {
    let y = label.box.y + label.box.height - 4
    var x = label.box.x
    var badge = ""
    if label.step > 0 {
      badge = "<a id=\"\(id)-m\(label.step)\" href=\"#\(id)-s\(label.step)\">"
        + "<circle cx=\"\(x + 8)\" cy=\"\(y - 4)\" r=\"8\"/>"
        + "<text class=\"n\" x=\"\(x + 8)\" y=\"\(y)\">\(label.step)</text></a>"
      x += 19
    }
    guard !label.text.isEmpty else { return badge }
    let words = HTMLText.escaped(label.text)
    let name = DiagramSVG.name(label.kind, isStep: label.step > 0)
    let attribute = name.isEmpty ? "" : " class=\"\(name)\""
    return badge + "<text\(attribute) x=\"\(x)\" y=\"\(y)\">\(words)</text>"
  }

  private static func name(_ kind: Sheet.Label.Kind, isStep: Bool) -> String {
    switch kind {
    case .note: isStep ? "s" : ""
    case .wrong: isStep ? "w s" : "w"
    case .time: "t"
    case .inLease: "i"
    case .inBelief: "i ib"
    case .inOverlap: "i io"
    case .faint: "f"
    case .title: "h"
    }
  }
}
