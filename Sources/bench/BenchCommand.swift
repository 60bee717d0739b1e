import Foundation

/// `bench [--format text|json] [NAME...]`: measures the catalog, or what is named of it.
enum BenchCommand {
  static let usage = "usage: bench [--format text|json] [NAME...]"

  /// What is wrong with the command line, in one sentence.
  struct Misuse: Error { let sentence: String }

  struct Options {
    var json = false
    var help = false
    var benchmarks: [any Benchmark] = []
  }

  /// Returns the exit status: 0, 64 for a wrong command line, 70 where a benchmark failed.
  static func run(_ arguments: [String]) -> Int32 {
    do {
      let options = try parse(arguments)
      if options.help {
        print(([usage, "benchmarks:"] + catalog.map { "  \($0.name)" }).joined(separator: "\n"))
        return 0
      }
      warnOfDebugBuild()
      let rows = try Contest.rows(of: options.benchmarks)
      print(options.json ? try Report.json(rows) : Report.text(rows))
      return 0
    } catch let misuse as Misuse {
      say("\(misuse.sentence); \(usage)")
      return 64
    } catch {
      say("\(error)")
      return 70
    }
  }

  static func parse(_ arguments: [String]) throws -> Options {
    var options = Options()
    var names: [String] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      switch argument {
      case "--help", "-h": options.help = true
      case "--format": options.json = try isJSON(rest.popFirst() ?? "")
      case _ where argument.hasPrefix("--format="):
        options.json = try isJSON(String(argument.dropFirst("--format=".count)))
      case _ where argument.hasPrefix("-"): throw Misuse(sentence: "there is no option \(argument)")
      default: names.append(argument)
      }
    }
    for name in names where !catalog.contains(where: { $0.answers(to: name) }) {
      let known = catalog.map(\.name).joined(separator: ", ")
      throw Misuse(sentence: "there is no benchmark \(name), but there are \(known)")
    }
    options.benchmarks = catalog.filter { entry in
      names.isEmpty || names.contains { entry.answers(to: $0) }
    }
    return options
  }

  private static func isJSON(_ format: String) throws -> Bool {
    guard ["text", "json"].contains(format) else {
      throw Misuse(sentence: "--format is text or json, not '\(format)'")
    }
    return format == "json"
  }

  private static func warnOfDebugBuild() {
    #if DEBUG
      say("this is a debug build, and its numbers mean nothing: swift run -c release bench")
    #endif
  }
}

extension Benchmark {
  /// Whether a name on the command line means this one: its own, or the first words of it.
  func answers(to name: String) -> Bool { self.name == name || self.name.hasPrefix(name + "-") }
}

/// One line on stderr.
func say(_ line: String) { FileHandle.standardError.write(Data("bench: \(line)\n".utf8)) }
