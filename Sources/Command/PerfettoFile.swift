import Lab
import Rendering

/// The file of `--perfetto`: runs as Perfetto's viewer reads them.
///
/// A run is done once more for it and written as it goes, so memory does not grow with the run.
struct PerfettoFile {
  private let path: String
  private let file: ResultFile
  private let onlySurprises: Bool
  private var writer = PerfettoTrace()
  private var bytes = 0
  /// Runs that were to be written, and those that were.
  private var asked = 0
  private var written = 0
  private let room: Int

  /// - Parameter room: after how many bytes no run begins, and of the open one only faults are written.
  init(_ path: String, onlySurprises: Bool, room: Int = PerfettoTrace.mostBytes) throws(Failure) {
    self.path = path
    self.onlySurprises = onlySurprises
    self.room = room
    file = try ResultFile(path)
    try write(PerfettoTrace.header)
  }

  private mutating func write(_ text: String) throws(Failure) {
    bytes += text.utf8.count
    try file.write(text)
  }

  /// Runs the seed once more and writes what happens, unless the file is full or the run is as expected.
  mutating func add(_ runner: Runner, _ result: RunResult, _ catalog: Catalog) throws(Failure) {
    if onlySurprises, !PerfettoFile.isSurprise(runner, result, catalog) { return }
    asked += 1
    if bytes >= room { return }
    written += 1
    var failure: Failure?
    var run = PerfettoRun(runner, seed: result.seed, &writer)
    var bytes = bytes
    let (file, room) = (file, room)
    let told = runner.run(seed: result.seed, traced: true) { record, world in
      run.saw(record, world.plan, hasRoom: bytes < room)
      guard run.text.utf8.count > 1 << 16, failure == nil else { return }
      let text = run.take()
      bytes += text.utf8.count
      do throws(Failure) { try file.write(text) } catch { failure = error }
    }
    self.bytes = bytes
    if let failure { throw failure }
    run.finish(told, &writer)
    try write(run.take())
  }

  /// Whether the run alone makes its case anything but met.
  private static func isSurprise(_ runner: Runner, _ result: RunResult, _ catalog: Catalog) -> Bool {
    var tally = Tally(catalog)
    tally.add(result)
    let expected = runner.scenario.expectation(of: runner.subject)
    return Outcome(tally, expected: expected, isComplete: false, catalog).status != .met
  }

  /// Gives the file its name.
  ///
  /// - Returns: what was left out, in one sentence; nil where nothing was.
  mutating func finish() throws(Failure) -> String? {
    try write(PerfettoTrace.footer)
    try file.finish()
    guard bytes >= room else { return nil }
    return "\(path): the file is full with \(room / 1_000_000) MB, which is what a viewer bears;"
      + " it holds \(written) of \(asked) runs, the last perhaps without its end"
  }
}
