import Foundation
import Lab

/// The command with whatever catalog: another package adds its own lock in one line and gets all of it.
public enum LockstepCommand {
  public static let version = "0.1.0"

  /// Runs the command with the words after the executable's name, and ends the process.
  public static func main(_ catalog: Catalog) -> Never {
    var terminal = Terminal()
    let words = CommandLine.arguments
    let program = words.first?.split(separator: "/").last.map(String.init) ?? "sim"
    let status = run(
      arguments: Array(words.dropFirst()), catalog: catalog, program: program, console: &terminal)
    guard let reason = terminal.lost else { exit(status) }
    // A full disk behind the output is no success, and no interruption either: the results are gone.
    terminal.note("\(program): the standard output: writing failed: \(reason)\n")
    exit(ExitStatus.internalError)
  }

  /// Runs the command and gives its exit status; it touches nothing but the console and files that are named.
  public static func run(
    arguments: [String], catalog: Catalog, program: String = "sim", console: inout some Console
  ) -> Int32 {
    let table = CommandTable(program: program)
    var catalog = catalog
    catalog.program = program
    do {
      let invocation = try Parser(table, program: program, catalog).parse(arguments)
      var session = Session(
        invocation: invocation, catalog: catalog, table: table, program: program, console: console)
      defer { take(session.console, into: &console) }
      if invocation.has(.version) {
        try session.deliver("lockstep \(version)\n")
        return ExitStatus.met
      }
      if invocation.has(.help) {
        try session.deliver(HelpText.help(arguments, session))
        return ExitStatus.met
      }
      return try invocation.command.run(&session)
    } catch {
      console.note("\(program): \(error.sentence)\n")
      return error.status
    }
  }

  private static func take<Kind: Console>(_ changed: any Console, into console: inout Kind) {
    if let changed = changed as? Kind { console = changed }
  }
}
