import Testing

/// What the command says to a wrong command line: status 64 and exactly this sentence.
@Suite struct CommandLineTests {
  static let mistakes: [(words: [String], sentence: String)] = [
    ([], "expected a command, or --scenario with a name or file; `sim help` lists the commands"),
    (["swep"], "unknown command \"swep\"; did you mean \"sweep\"?"),
    (["juggle"], "unknown command \"juggle\"; `sim help` lists the commands"),
    (["verify-frsh"], "unknown command \"verify-frsh\"; `sim help` lists the commands"),
    (["run", "--sede", "1"], "unknown flag \"--sede\"; did you mean \"--seed\"?"),
    (["run", "--xyz"], "unknown flag \"--xyz\"; `sim help run` lists the flags of `sim run`"),
    (["run", "-v"], "unknown flag \"-v\"; `sim help run` lists the flags of `sim run`"),
    (["--timeline", "f"], "unknown flag \"--timeline\"; `sim help run` lists the flags of `sim run`"),
    (["list", "--seed", "1"], "--seed is no flag of `sim list`; `sim help list` lists its flags"),
    (["run", "--seed"], "--seed needs a value; expected --seed N"),
    (["run", "--seed", "1", "--seed=2"], "--seed is given twice; expected it once"),
    (["run", "--quiet=yes"], "--quiet takes no value; found \"yes\""),
    (["run", "--seed", "-1"], "--seed: found \"-1\", expected a seed such as 7 or 0x2a, of at most 64 bits"),
    (
      ["run", "--seed", "18446744073709551616"],
      "--seed: found \"18446744073709551616\", expected a seed such as 7 or 0x2a, of at most 64 bits"
    ),
    (
      ["sweep", "--seeds", "9..1"],
      "--seeds: found \"9..1\", expected a range such as 1..20 whose first seed is not after its last"
    ),
    (
      ["sweep", "--seeds", "0..18446744073709551615"],
      "--seeds: found \"0..18446744073709551615\", expected at most 1000000000 seeds"
    ),
    (["run", "--jobs", "0"], "--jobs: found \"0\", expected a number from 1 to 1024"),
    (["sweep", "--shard", "3/2"], "--shard: found \"3/2\", expected a part such as 1/4, from 1/n to n/n"),
    (["run", "--shard", "1/2"], "--shard is no flag of `sim run`; `sim help run` lists its flags"),
    (["run", "--algorithm", "redlok"], "unknown algorithm \"redlok\"; did you mean \"redlock\"?"),
    (["run", "--algorithm", "redis,x"], "unknown algorithm \"x\"; `sim list algorithms` names them all"),
    (
      ["run", "--algorithm", "redis,redis"],
      "--algorithm: found \"redis,redis\", but \"redis\" is in it twice"
    ),
    (["run", "--guard", "unfence"], "unknown guard \"unfence\"; did you mean \"unfenced\"?"),
    (
      ["verify", "--format", "junit"],
      "--format: found \"junit\", `sim verify` has the formats text and json"
    ),
    (
      ["run", "--format", "jsn"],
      "--format: found \"jsn\", `sim run` has the formats text, json, markdown, junit, github and html;"
        + " did you mean \"json\"?"
    ),
    (
      ["run", "--color", "alway"],
      "--color: found \"alway\", expected auto, always or never; did you mean \"always\"?"
    ),
    (["run", "--progress", "bar"], "--progress: found \"bar\", expected auto, plain or none"),
    (["run", "--out="], "--out: found \"\", expected a name"),
    (
      ["run", "--scenario", "s", "--seed", "1", "--seeds", "1..2"],
      "--seed and --seeds exclude each other; expected one of them"
    ),
    (
      ["run", "--scenario", "s", "--quiet", "--verbose"],
      "--quiet and --verbose exclude each other; expected one of them"
    ),
    (
      ["sweep"],
      "--scenario is missing; expected the name or file of a scenario,"
        + " and `sim list scenarios` names them all"
    ),
    (["run", "gc-pause"], "unexpected \"gc-pause\"; expected `sim run [flags]`"),
    (["list", "algoritms"], "unknown list \"algoritms\"; did you mean \"algorithms\"?"),
    (
      ["list", "x"],
      "unknown list \"x\"; expected algorithms, guards, faults, checks or scenarios"
    ),
    (["completions"], "a shell is missing; expected `sim completions bash|zsh|fish [flags]`"),
    (["completions", "bsah"], "unknown shell \"bsah\"; did you mean \"bash\"?"),
    (["completions", "tcsh"], "unknown shell \"tcsh\"; expected bash, zsh or fish"),
    (["help", "swep"], "unknown command \"swep\"; did you mean \"sweep\"?"),
    (["check", "--out", "f", "--trace", "f"], "--out and --trace name the same file; expected two files"),
    (["merge"], "a path is missing; expected `sim merge FILE... [flags]`"),
    (
      ["merge", "a", "--format", "markdown"],
      "--format: found \"markdown\", `sim merge` has the formats json and text"
    ),
    (
      ["sweep", "--scenario", "s", "--resume", "--out", "f"],
      "--resume goes on with a file of runs; expected --out FILE and --format json with it"
    ),
    (
      ["sweep", "--scenario", "s", "--resume", "--format", "json"],
      "--resume goes on with a file of runs; expected --out FILE and --format json with it"
    ),
    (
      ["sweep", "--scenario", "s", "--resume", "--format", "json", "--out", "f", "--trace", "t"],
      "--resume and --trace exclude each other, as the trace of runs done before is lost"
    ),
    (["check", "--coverage", "--trace", "f"], "--coverage runs nothing; expected it without --trace"),
    (
      ["check", "--trace", "f", "--perfetto", "f"],
      "--trace and --perfetto name the same file; expected two files"
    ),
    (["check", "--coverage", "--perfetto", "f"], "--coverage runs nothing; expected it without --perfetto"),
  ]

  @Test(arguments: mistakes)
  func `A wrong command line is told in one sentence`(words: [String], sentence: String) {
    var console = MemoryConsole()
    #expect(console.sim(words) == 64)
    #expect(console.notes == "sim: \(sentence)\n")
    #expect(console.results == "")
  }

  @Test(arguments: [
    ["--help"], ["help"], ["-h"], ["help", "run"], ["sweep", "--help"], ["--version"], ["list", "--version"],
  ])
  func `Help and version need nothing else`(words: [String]) {
    var console = MemoryConsole()
    #expect(console.sim(words) == 0)
    #expect(console.notes == "")
    #expect(console.results != "")
  }

  static let commands = [
    "run", "list", "check", "sweep", "merge", "compare", "verify", "schema", "completions", "help",
  ]

  @Test func `Every command and no hidden one stands in the help`() {
    var console = MemoryConsole()
    _ = console.sim("help")
    for command in CommandLineTests.commands {
      #expect(console.results.contains("\n  \(command) "))
    }
    #expect(!console.results.contains("verify-fresh"))
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func `Completions know every command, flag and name`(shell: String) {
    var console = MemoryConsole()
    #expect(console.sim("completions", shell) == 0)
    let script = console.results
    for command in CommandLineTests.commands {
      var help = MemoryConsole()
      _ = help.sim("help", command)
      let flags = help.results.split(separator: "\n").filter { $0.hasPrefix("  --") }
      #expect(!flags.isEmpty)
      for flag in flags {
        let word = String(flag.dropFirst(4).prefix { $0 != " " })
        #expect(script.contains(shell == "fish" ? "-l \(word) " : "--\(word)"), "\(command) --\(word)")
      }
      #expect(script.contains(command))
    }
    for name in ["redlock", "unique-token", "scenarios", "json"] { #expect(script.contains(name)) }
  }
}
