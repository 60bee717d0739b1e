import Foundation

/// Two processes of one job each beside one: what the machine itself gives to two, and no program can exceed.
///
/// Two jobs can be no faster than that. On a virtual machine, whose processors share caches or a core, the
/// ratio is well above one half.
struct GCPauseProcesses: Benchmark {
  let name = "gc-pause-redlock-2-processes"
  let unit = "ns/event"
  let peer: String? = "one process"

  /// The word of the command line that makes this program a worker.
  static let worker = "--gc-pause-worker"
  private static let seeds = 20_000

  /// Runs the seeds of a worker.
  static func work() { _ = GCPauseStory.run(seeds: seeds, jobs: 1) }

  func prepare(_ workshop: Workshop) throws -> () throws -> Sample {
    guard let program = Bundle.main.executablePath else {
      throw Missing(sentence: "this program does not know where it lies, so that it cannot run itself")
    }
    let one = GCPauseStory.run(seeds: 1, jobs: 1).events * Double(GCPauseProcesses.seeds)
    return {
      let two = try GCPauseProcesses.time(program, workers: 2)
      let alone = try GCPauseProcesses.time(program, workers: 1)
      return Sample(ours: two / (2 * one), peer: alone / one)
    }
  }

  /// The nanoseconds until that many workers, begun together, are done.
  private static func time(_ program: String, workers: Int) throws -> Double {
    let clock = ContinuousClock(), begin = clock.now
    let processes = try (0..<workers).map { _ in
      let process = Process()
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = [worker]
      try process.run()
      return process
    }
    for process in processes { process.waitUntilExit() }
    return (clock.now - begin) / .nanoseconds(1)
  }
}
