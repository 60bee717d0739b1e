import Lab
import Testing

@testable import Rendering

@Suite struct CheckMarkdownTests {
  @Test("a story that speaks against its source is told apart from those that bear it out")
  func disagreement() throws {
    let cases = try Stories.checked(Stories.gcPause)
    let sentence = "The source holds the opposite."
    var against = cases[0]
    against.scenario = "against"
    against.path = "Scenarios/deep/against.json5"
    against.disagrees = sentence
    let heading = "## Where the runs speak against the source"
    #expect(!CheckMarkdown.report(cases).contains(heading))
    let page = CheckMarkdown.report(cases + [against])
    #expect(page.contains("\(heading)\n\n- [against](deep/against.json5) (\(against.source)): \(sentence)\n"))
    #expect(page.split(separator: sentence).count == 2)
  }
}
