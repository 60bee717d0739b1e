import Foundation
import Lab
import Testing

/// What continuous integration reads: the forms change no status, and each thing goes where it belongs.
@Suite struct CITests {
  let folder = Folder()

  @Test(arguments: ["run", "sweep", "check"], ["text", "json", "markdown", "junit", "github"])
  func `The form changes no exit status`(command: String, format: String) throws {
    for (expect, status) in [(Folder.right, Int32(0)), (Folder.wrong, 1)] {
      let path = folder.gcPause(expect: expect)
      var console = MemoryConsole()
      let words = [command] + (command == "check" ? [path] : ["--scenario", path]) + ["--format", format]
      #expect(console.sim(words) == status)
      #expect(console.notes == "")
      #expect(console.results != "")
    }
  }

  @Test func `A file that is wrong is an error in each form, and 65`() throws {
    let path = folder.file("torn.json5", "{\n  name: \"torn\",\n  about }")
    for (format, part) in [
      ("junit", "<error type=\"error\" message=\"error: \(path):3:9: "),
      ("github", "::error file=\(path),line=3,title=torn is not as expected::error: \(path):3:9: "),
    ] {
      var console = MemoryConsole()
      #expect(console.sim("check", path, "--format", format) == 65)
      #expect(console.results.contains(part), "\(console.results)")
    }
  }

  @Test func `Vacuous and expecting nothing are errors in JUnit, and 2`() throws {
    let text = try String(contentsOfFile: folder.gcPause(expect: Folder.wrong), encoding: .utf8)
    let vacuous = folder.file(
      "gc-pause.json5", text.replacing("\"before-write\"", with: "\"leader-elected\""))
    let nothing = folder.gcPause(expect: "", name: "nothing")
    var console = MemoryConsole()
    #expect(console.sim("check", vacuous, nothing, "--format", "junit") == 2)
    #expect(
      console.results.contains(
        "<error type=\"vacuous\" message=\"vacuous: faults[0] (pause) never fired.\">"))
    #expect(console.results.contains("<error type=\"inconclusive\""))
    #expect(
      console.results.contains("<testsuites name=\"lockstep\" tests=\"2\" failures=\"0\" errors=\"2\">"))
  }

  @Test func `GitHub's page goes behind what is in its file, and errors to the output`() throws {
    let summary = folder.file("summary.md", "before\n")
    var console = MemoryConsole()
    console.variables["GITHUB_STEP_SUMMARY"] = summary
    let path = folder.gcPause(expect: Folder.wrong)
    for _ in 1...2 { #expect(console.sim("check", path, "--format", "github") == 1) }
    #expect(console.results.split(separator: "\n").count == 2)
    #expect(
      console.results.hasPrefix(
        "::error file=\(path),line=5,title=gc-pause is not as expected::redlock/unfenced: "))
    let page = try #require(folder.text("summary.md"))
    #expect(page.hasPrefix("before\n### Lockstep: 1 case of 1 scenario: 1 unmet\n"))
    #expect(page.split(separator: "### Lockstep:").count == 3)
  }

  @Test func `GitHub's page goes to the file of --out where one is named, and else to the output`() throws {
    let path = folder.gcPause(expect: Folder.wrong)
    var console = MemoryConsole()
    #expect(console.sim("check", path, "--format", "github", "--out", folder.path + "/page.md") == 1)
    #expect(console.results.split(separator: "\n").count == 1)
    #expect(folder.text("page.md")?.hasPrefix("### Lockstep: ") == true)
    console = MemoryConsole()
    #expect(console.sim("sweep", "--scenario", path, "--format", "github") == 1)
    let lines = console.results.split(separator: "\n")
    #expect(lines[0].hasPrefix("::error ") && lines[1].hasPrefix("### Lockstep: "))
  }

  @Test func `GitHub's file stays below its limit whatever is in it already`() throws {
    let path = folder.gcPause(expect: Folder.wrong)
    for size in [899_500, 899_990, 900_100] {
      var console = MemoryConsole()
      console.variables["GITHUB_STEP_SUMMARY"] = folder.file("full.md", String(repeating: "x", count: size))
      #expect(console.sim("check", path, "--format", "github") == 1)
      #expect(try #require(folder.text("full.md")).utf8.count <= max(size, 900_000))
    }
  }

  @Test func `GitHub's file that cannot be written is told before anything runs`() {
    var console = MemoryConsole()
    console.variables["GITHUB_STEP_SUMMARY"] = folder.path + "/no/file"
    #expect(console.sim("check", folder.gcPause(), "--format", "github") == 64)
    #expect(
      console.notes
        == "sim: \(folder.path)/no/file: the file cannot be written: No such file or directory\n")
    #expect(console.results == "")
  }

  @Test(arguments: ["markdown", "junit", "github"], ["run", "sweep"])
  func `The number of threads changes no byte of a form`(format: String, command: String) {
    let path = folder.gcPause(expect: Folder.wrong)
    let outputs = ["1", "3"].map { jobs in
      var console = MemoryConsole()
      let words = [command, "--scenario", path, "--seeds", "1..9", "--jobs", jobs, "--format", format]
      #expect(console.sim(words) == 1)
      return console.results
    }
    #expect(outputs[0] == outputs[1])
  }

  @Test func `An interrupted sweep passes no case that it did not run`() {
    var console = MemoryConsole()
    console.stopsAt = 2
    let path = folder.gcPause()
    let status = console.sim("sweep", "--scenario", path, "--jobs", "1", "--format", "junit")
    #expect(status == 130)
    #expect(console.results.contains("<skipped message=\"not run\"/>"))
  }

  @Test func `An interrupted check names what it did not run`() throws {
    _ = folder.gcPause()
    _ = folder.gcPause(name: "later")
    var console = MemoryConsole()
    console.stopsAt = 11
    #expect(console.sim("check", folder.path, "--jobs", "1", "--format", "junit") == 130)
    let suites = console.results.split(separator: "<testsuite ").dropFirst()
    #expect(suites.map { $0.split(separator: "<skipped").count - 1 } == [0, 2])
  }

  @Test(arguments: [("sweep", "markdown"), ("sweep", "github"), ("check", "github")])
  func `A page of a command that was stopped says that it is not whole`(
    command: String, format: String
  ) throws {
    let target = command == "sweep" ? ["--scenario", folder.gcPause()] : [folder.path]
    _ = folder.gcPause()
    let pages = [Int.max, 3].map { stop in
      var console = MemoryConsole()
      console.stopsAt = stop
      let status = console.sim([command] + target + ["--jobs", "1", "--format", format])
      #expect((status == 130) == (stop == 3))
      return console.results
    }
    let warning = "Interrupted: this tells only of the runs that were done; scenarios may be missing,"
    #expect(pages.map { $0.contains(warning) } == [false, true])
  }

  // MARK: Perfetto

  private func processes(_ file: String) throws -> [String] {
    let text = try #require(folder.text(file))
    let events = try #require(json(text)["traceEvents"]?.list)
    return events.filter { $0["name"]?.text == "process_name" }.compactMap { $0["args"]?["name"]?.text }
  }

  @Test func `Perfetto sees every run of run and sweep`() throws {
    let path = folder.gcPause()
    for command in ["run", "sweep"] {
      var console = MemoryConsole()
      let words = [command, "--scenario", path, "--seeds", "1..2", "--perfetto", folder.path + "/trace.json"]
      #expect(console.sim(words) == 0)
      #expect(
        try processes("trace.json") == [1, 2].flatMap { seed in
          ["redlock", "redis"].map { "gc-pause \($0)/unfenced seed \(seed)" }
        })
      #expect(console.notes == "")
    }
  }

  @Test func `Perfetto sees of a check the runs that are not as expected`() throws {
    var console = MemoryConsole()
    let trace = folder.path + "/trace.json"
    #expect(console.sim("check", folder.gcPause(), "--perfetto", trace) == 0)
    #expect(try processes("trace.json") == [])
    #expect(console.sim("check", folder.gcPause(expect: Folder.wrong), "--perfetto", trace) == 1)
    #expect(try processes("trace.json") == (1...4).map { "gc-pause redlock/unfenced seed \($0)" })
  }
}
