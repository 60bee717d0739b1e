import Foundation
import Testing

@testable import Command

/// Where `--out` may not put a file in place of what is there.
@Suite struct PlaceTests {
  let folder = Folder()

  private func link(_ name: String, to target: String) -> String {
    symlink(target, "\(folder.path)/\(name)")
    return "\(folder.path)/\(name)"
  }

  private func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  // The links stand in a folder of the test, so that a mistake replaces them and not the machine's devices.
  @Test(arguments: [["run"], ["sweep"], ["sweep", "--format", "json"]])
  func `A device stays a device, and one that is full is an error`(words: [String]) {
    let words = words + ["--scenario", folder.gcPause(), "--out"]
    let (null, full) = (link("null", to: "/dev/null"), link("full", to: "/dev/full"))
    var console = MemoryConsole()
    #expect(console.sim(words + [null]) == 0)
    #expect(console.sim(words + [full]) == 70)
    #expect(console.notes.hasSuffix("sim: \(full): writing failed: No space left on device\n"))
    #expect(isLink(null) && isLink(full))
    #expect(folder.names == ["full", "gc-pause.json5", "null"])
  }

  @Test func `A trace into a full device is an error, too`() {
    let full = link("full", to: "/dev/full")
    for flag in ["--trace", "--perfetto"] {
      var console = MemoryConsole()
      #expect(console.sim("run", "--scenario", folder.gcPause(), flag, full) == 70)
      #expect(isLink(full))
    }
  }

  @Test func `Nothing can be resumed from a device`() {
    let null = link("null", to: "/dev/null")
    var console = MemoryConsole()
    let words = ["sweep", "--scenario", folder.gcPause(), "--format", "json", "--resume", "--out", null]
    #expect(console.sim(words) == 64)
    #expect(
      console.notes
        == "sim: \(null): this is no regular file, so no runs are kept there; expected one for --resume\n")
    #expect(isLink(null))
  }

  @Test func `The file that a link leads to is replaced, not the link`() {
    let target = folder.file("target.json", "old")
    let path = link("link.json", to: target)
    var console = MemoryConsole()
    #expect(console.sim("run", "--scenario", folder.gcPause(), "--format", "json", "--out", path) == 0)
    #expect(isLink(path))
    #expect(folder.text("target.json")?.hasPrefix("{\"") == true)
    #expect(folder.names == ["gc-pause.json5", "link.json", "target.json"])
  }

  @Test func `Open files of a process are never replaced`() {
    for path in ["/dev/stdout", "/dev/stderr", "/dev/fd/1", "/proc/self/fd/1", "/dev/null"] {
      #expect(ResultFile.isStream(path))
    }
    #expect(!ResultFile.isStream(folder.path) && !ResultFile.isStream(folder.gcPause()))
    #expect(!ResultFile.isStream("\(folder.path)/not-there"))
  }
}
