import Command
import Foundation
import Lab
import Testing

/// The exit statuses, and what is said with those above 3.
@Suite struct StatusTests {
  let folder = Folder()

  @Test(arguments: ["run", "sweep", "check"])
  func `Met expectations are 0, unmet ones 1`(command: String) {
    for (expect, status) in [(Folder.right, Int32(0)), (Folder.wrong, 1)] {
      let path = folder.gcPause(expect: expect)
      var console = MemoryConsole()
      #expect(console.sim([command] + (command == "check" ? [path] : ["--scenario", path])) == status)
      #expect(console.notes == "")
      #expect(console.results != "")
    }
  }

  @Test func `A missing violation fails only when all seeds of the file were run`() {
    let path = folder.gcPause(expect: Folder.missing)
    for (words, status) in [
      (["run", "--scenario", path], Int32(0)), (["sweep", "--scenario", path, "--seeds", "1..3"], 0),
      (["sweep", "--scenario", path, "--shard", "1/2"], 0), (["sweep", "--scenario", path], 1),
      (["sweep", "--scenario", path, "--seeds", "0..9"], 1), (["check", path], 1),
    ] {
      var console = MemoryConsole()
      #expect(console.sim(words) == status, "\(words)")
    }
  }

  @Test func `Without expectations a violated safety check is 1`() {
    let path = folder.gcPause(expect: "")
    var console = MemoryConsole()
    #expect(console.sim("--scenario", path, "--algorithm", "redlock") == 1)
    #expect(console.sim("--scenario", path, "--algorithm", "no-lock", "--guard", "compare-and-set") == 1)
  }

  @Test func `A fault that never fires makes a run vacuous, which is 2`() {
    let text = try! String(contentsOfFile: folder.gcPause(expect: Folder.wrong), encoding: .utf8)
    let path = folder.file("gc-pause.json5", text.replacing("\"before-write\"", with: "\"leader-elected\""))
    var console = MemoryConsole()
    #expect(console.sim("check", path) == 2)
    #expect(console.sim("run", "--scenario", path) == 2)
  }

  @Test func `A file that expects nothing cannot pass a check`() {
    let path = folder.gcPause(expect: "")
    var console = MemoryConsole()
    #expect(console.sim("check", path) == 2)
  }

  @Test func `No case at all is a usage error`() {
    let path = folder.gcPause(expect: "")
    var console = MemoryConsole()
    #expect(console.sim("--scenario", path) == 64)
    #expect(
      console.notes
        == "sim: the scenario \"gc-pause\" expects nothing, which leaves no case;"
        + " name one with --algorithm and --guard\n")
  }

  @Test func `A guard that the lock cannot serve is a usage error`() {
    let path = folder.gcPause()
    var console = MemoryConsole()
    #expect(console.sim("--scenario", path, "--algorithm", "redlock", "--guard", "write-ratchet") == 64)
    #expect(
      console.notes
        == "sim: \"redlock\" hands out unique tokens, and the guard \"write-ratchet\" needs ordered tokens\n")
    console.notes = ""
    #expect(console.sim("--scenario", path, "--guard", "in-store") == 64)
    #expect(
      console.notes.hasPrefix("sim: the guard \"in-store\" needs a lock whose own store holds the data"))
  }

  @Test func `A fault that the case cannot suffer rejects the scenario`() {
    let path = folder.gcPause(expect: "").replacing("gc-pause", with: "gc-pause")
    let text = folder.text("gc-pause.json5")!.replacing("\"holder\"", with: "\"layer-1\"")
    _ = folder.file("gc-pause.json5", text)
    var console = MemoryConsole()
    #expect(console.sim("--scenario", path, "--algorithm", "redis") == 65)
    #expect(console.notes.contains("gc-pause.json5:4:"))
    #expect(console.notes.split(separator: "\n").count == 1)
  }

  @Test func `A scenario that is wrong or not there is 65`() {
    var console = MemoryConsole()
    #expect(console.sim("--scenario", folder.path + "/none.json5") == 65)
    #expect(console.notes == "sim: \(folder.path)/none.json5: there is no such file\n")
    console.notes = ""
    let path = folder.file("bad.json5", "{ name: \"bad\", wat: 1 }")
    #expect(console.sim("sweep", "--scenario", path) == 65)
    #expect(console.notes.hasPrefix("sim: \(path):1:16: "))
    #expect(console.sim("check", folder.path + "/nowhere") == 65)
  }

  @Test func `A wrong file does not keep a check from the others`() throws {
    _ = folder.file("bad.json5", "{")
    _ = folder.gcPause()
    var console = MemoryConsole()
    #expect(console.sim("check", folder.path, "--format", "json") == 65)
    let cases = try #require(json(console.results)["cases"]?.list)
    #expect(cases.map { $0["status"]?.text } == ["error", "met", "met"])
    #expect(console.notes.hasPrefix("sim: \(folder.path)/bad.json5:1:"))
  }

  @Test func `A check takes other seeds than the file's, and fewer of them need not show every violation`() {
    let path = folder.gcPause(expect: Folder.missing)
    var console = MemoryConsole()
    #expect(console.sim("check", path) == 1)
    #expect(console.sim("check", path, "--seeds", "1..3") == 0)
    #expect(console.results.contains("3 runs"))
    #expect(console.results.contains("--seeds 1..3"))
    #expect(console.sim("check", folder.gcPause(expect: Folder.wrong), "--seed", "2") == 1)
  }

  @Test func `Sentences name the program as the user does`() {
    var console = MemoryConsole()
    _ = LockstepCommand.run(
      arguments: ["--scenario", "zzz"], catalog: .standard, program: "mysim", console: &console)
    #expect(console.notes.contains("`mysim list scenarios` names them all"))
    #expect(!console.notes.contains("`sim "))
  }

  @Test func `A check can be narrowed, but not to nothing`() throws {
    _ = folder.gcPause()
    var console = MemoryConsole()
    #expect(console.sim("check", folder.path, "--algorithm", "redis", "--format", "json") == 0)
    #expect(try json(console.results)["cases"]?.list?.count == 1)
    #expect(console.sim("check", folder.path, "--algorithm", "no-lock") == 64)
  }

  @Test func `What no scenario meets can be listed without running`() throws {
    _ = folder.gcPause()
    var console = MemoryConsole()
    #expect(console.sim("check", folder.path, "--coverage", "--format", "json", "--algorithm", "redis") == 0)
    let tree = try json(console.results)
    #expect(tree["met"]?.number?.integer == 1)
    let unfenced = try #require(tree["missing"]?.list?.first { $0["guard"]?.text == "unfenced" })
    let faults = try #require(unfenced["faults"]?.list).map { $0.text ?? "" }
    #expect(!faults.contains("pause") && faults.contains("crash") && !faults.contains("recovery"))
  }
}
