import Foundation
import Lab
import Testing

/// `sim run --format html`: one file that explains every violation.
@Suite struct RunPageTests {
  let folder = Folder()

  @Test func `The page is the same on any number of threads, printed or written with --out`() throws {
    let path = folder.gcPause()
    let pages = ["1", "2"].map { jobs in
      var console = MemoryConsole()
      #expect(console.sim("--scenario", path, "--format", "html", "--jobs", jobs) == 0)
      return console.results
    }
    #expect(pages[0] == pages[1])
    #expect(pages[0].hasPrefix("<!DOCTYPE html>") && pages[0].contains("<b>stale-write:</b>"))
    let file = folder.file("page.html", "")
    var console = MemoryConsole()
    #expect(console.sim("--scenario", path, "--format", "html", "--quiet", "--out", file) == 0)
    #expect(console.results == "")
    #expect(try String(contentsOfFile: file, encoding: .utf8) == pages[0])
  }

  @Test func `Other commands have no page yet, and say which forms they have`() {
    var console = MemoryConsole()
    #expect(console.sim("sweep", "--scenario", folder.gcPause(), "--format", "html") == 64)
    #expect(console.notes.contains("`sim sweep` has the formats text, json, markdown, junit and github"))
  }
}
