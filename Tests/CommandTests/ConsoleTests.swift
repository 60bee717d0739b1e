import Lab
import Testing

/// What goes to which output: results, progress, colours.
@Suite struct ConsoleTests {
  let folder = Folder()

  @Test func `Progress is a line every ten seconds in a pipe, one updating line on a terminal, or nothing`() {
    let words = ["sweep", "--scenario", folder.gcPause(), "--jobs", "1"]
    var quiet = MemoryConsole()
    #expect(quiet.sim(words) == 0)
    // 8 runs, a look at the clock at the start and after each run, 4 s apart: shown after runs 3 and 6.
    var pipe = MemoryConsole()
    pipe.pace = 4
    #expect(pipe.sim(words) == 0)
    #expect(
      pipe.notes == """
        3/8 runs, 0/s, 3 with violations, 20 s left
        6/8 runs, 0/s, 6 with violations, 8 s left

        """)
    var terminal = MemoryConsole()
    terminal.pace = 4
    terminal.notesGoToTerminal = true
    #expect(terminal.sim(words) == 0)
    #expect(terminal.notes.hasPrefix("\r1/8 runs"))
    #expect(terminal.notes.hasSuffix("\r\u{1b}[K"))
    for flags in [["--progress", "none"], ["--quiet"]] {
      var silent = MemoryConsole()
      silent.pace = 4
      #expect(silent.sim(words + flags) == 0)
      #expect(silent.notes == "")
    }
    #expect(pipe.results == quiet.results && terminal.results == quiet.results)
  }

  @Test func `Colours are for terminals, unless the user or the environment says otherwise`() {
    let words = ["--scenario", folder.gcPause()]
    func isColoured(_ flags: [String], terminal: Bool, _ variables: [String: String] = [:]) -> Bool {
      var console = MemoryConsole()
      console.resultsGoToTerminal = terminal
      console.variables = variables
      _ = console.sim(words + flags)
      return console.results.contains("\u{1b}")
    }
    #expect(isColoured([], terminal: true))
    #expect(!isColoured([], terminal: false))
    #expect(!isColoured([], terminal: true, ["NO_COLOR": "1"]))
    #expect(isColoured([], terminal: true, ["NO_COLOR": ""]))
    #expect(!isColoured(["--color", "never"], terminal: true))
    #expect(isColoured(["--color", "always"], terminal: false, ["NO_COLOR": "1"]))
  }

  @Test func `Quiet says only what is not as expected`() {
    var console = MemoryConsole()
    for command in ["run", "sweep"] {
      #expect(console.sim(command, "--scenario", folder.gcPause(), "--quiet") == 0)
      #expect(console.results == "")
    }
    #expect(console.sim("sweep", "--scenario", folder.gcPause(expect: Folder.wrong), "--quiet") == 1)
    #expect(console.results.contains("redlock"))
  }

  @Test func `Every run tells how to replay it`() {
    let path = folder.gcPause()
    var console = MemoryConsole()
    #expect(console.sim("--scenario", path, "--algorithm", "redis", "--seed", "0x10") == 0)
    #expect(console.results.contains("sim --scenario"))
    #expect(console.results.contains("--seed 16"))
  }

  @Test func `Verbose says what the runs reached`() {
    var console = MemoryConsole()
    #expect(console.sim("sweep", "--scenario", folder.gcPause(), "--verbose") == 0)
    #expect(console.notes.hasPrefix("sim: gc-pause, redlock/unfenced: 4 runs, "))
    #expect(console.notes.contains("24 sections of which 0 abandoned"))
  }

  @Test(arguments: ["algorithms", "guards", "faults", "checks"])
  func `A list is the catalog, one line each, or JSON`(shelf: String) throws {
    let names: [String] =
      switch shelf {
      case "algorithms": Catalog.standard.algorithms.map { $0.name }
      case "guards": Catalog.standard.guards.map { $0.name }
      case "faults": Catalog.standard.faults.map { $0.name }
      default: Catalog.standard.checks.map { $0.name }
      }
    var console = MemoryConsole()
    #expect(console.sim("list", shelf) == 0)
    let lines = console.results.split(separator: "\n")
    #expect(lines.map { String($0.prefix { $0 != " " }) } == names)
    console.results = ""
    #expect(console.sim("list", shelf, "--format", "json") == 0)
    #expect(try json(console.results)[shelf]?.list?.map { $0["name"]?.text } == names)
  }

  @Test func `A verbose list shows parameters with range, default and meaning`() {
    var console = MemoryConsole()
    #expect(console.sim("list", "algorithms", "--verbose") == 0)
    #expect(
      console.results.contains(
        "\n    nodes (a whole number from 1 to 63; default 5): independent Redis nodes;"
      ))
  }

  @Test func `The schema is JSON`() throws {
    var console = MemoryConsole()
    #expect(console.sim("schema") == 0)
    #expect(try json(console.results)["$schema"] != nil)
  }
}
