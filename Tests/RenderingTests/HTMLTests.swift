import Contract
import Lab
import Testing

@testable import Rendering

@Suite("Pages")
struct HTMLTests {
  private func page(_ story: StoryText) throws -> String {
    let scenario = try Stories.scenario(story)
    return RunHTML.report(scenario, Stories.rows(scenario), .standard, command: "sim", neighbours: 2)
  }

  /// The values of an attribute, in order.
  private func values(of attribute: String, in page: String) -> [String] {
    page.components(" \(attribute)=\"").dropFirst()
      .compactMap { $0.split(separator: "\"").first.map(String.init) }
  }

  @Test("every link leads somewhere, no id is there twice, violated cells have links", arguments: Stories.all)
  func links(story: StoryText) throws {
    let page = try page(story)
    let ids = values(of: "id", in: page)
    #expect(Set(ids).count == ids.count)
    for target in values(of: "href", in: page) {
      #expect(target.hasPrefix("#") && ids.contains(String(target.dropFirst())), "\(target)")
    }
    let cells = page.components("<td class=\"bad\">").dropFirst()
    #expect(cells.allSatisfy { $0.hasPrefix("<a href=\"#c") })
    let scenario = try Stories.scenario(story)
    #expect(cells.count == Stories.rows(scenario).reduce(0) { $0 + $1.result.violated.count })
  }

  @Test("a page needs no script and no other file", arguments: Stories.all)
  func selfContained(story: StoryText) throws {
    let page = try page(story)
    for word in ["<script", "src=", "<link", "http:", "https:", "@import", "url(h"] {
      #expect(!page.contains(word), "\(word)")
    }
    #expect(page.contains("prefers-color-scheme:dark") && page.contains("@media print"))
    #expect(page.components("<main>").count == 2 && page.hasSuffix("</html>\n"))
  }

  @Test("tags are closed in the order in which they were opened", arguments: Stories.all)
  func tags(story: StoryText) throws {
    var open: [Substring] = []
    let single: [Substring] = ["meta", "!DOCTYPE"]
    for piece in try page(story).split(separator: "<").dropFirst() {
      let name = piece.prefix { !" >/".contains($0) }
      if piece.hasPrefix("/") {
        let closed = piece.dropFirst().prefix { $0 != ">" }
        #expect(open.popLast() == closed)
      } else if !single.contains(name), !(piece.split(separator: ">").first ?? "").hasSuffix("/") {
        open.append(name)
      }
    }
    #expect(open.isEmpty)
  }

  @Test("the first violated case comes first, then the verdicts, then the others")
  func order() throws {
    let page = try page(Stories.gcPause)
    let parts = ["id=\"c1\"", "class=\"legend\"", "id=\"verdicts\"", "id=\"c2\""]
    let places = parts.map { page.components($0)[0].count }
    #expect(places == places.sorted() && page.components("class=\"legend\"").count == 2)
    #expect(page.contains("2 of 2 cases violated"))
    #expect(try self.page(Stories.calm).contains("✓ held"))
  }

  @Test("what a user names cannot become markup")
  func escaped() throws {
    #expect(HTMLText.escaped("<a & \"b\">\u{1}") == "&lt;a &amp; &quot;b&quot;&gt;\u{fffd}")
    let story = StoryText(
      name: "odd", text: Stories.gcPause.text.replacing("A story that", with: "<b onclick=x>&amp; that"))
    let page = try page(story)
    #expect(!page.contains("<b onclick") && page.contains("&lt;b onclick=x&gt;&amp;amp; that"))
  }

  /// 240 runs, of which 120 are violated harmfully and 120 keep to themselves that two believed.
  @Test("a page of hundreds of runs stays below two million bytes, with every cell's link in place")
  func bounded() throws {
    let scenario = try Stories.scenario(Stories.gcPause)
    let one = Stories.rows(scenario)
    let rows = (0..<120).flatMap { _ in one }
    let page = RunHTML.report(scenario, rows, .standard, command: "sim", neighbours: 2)
    #expect(page.utf8.count < HTMLPage.mostBytes)
    let ids = Set(values(of: "id", in: page))
    for target in values(of: "href", in: page) { #expect(ids.contains(String(target.dropFirst()))) }
    #expect(page.components("class=\"chain\"").count - 1 == RunHTML.mostExplained)
  }
}

extension String {
  fileprivate func components(_ separator: String) -> [Substring] {
    split(separator: separator, omittingEmptySubsequences: false)
  }
}
