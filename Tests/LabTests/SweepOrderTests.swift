import Synchronization
import Testing

@testable import Lab

/// What the reader of a sweep gets, however many threads run it.
@Suite struct SweepOrderTests {
  func sweep(seeds: UInt64, jobs: Int) throws -> Sweep {
    // One client and no fault: short, since a window of two threads is 512 runs.
    let text = """
      { name: "short", about: "One section.", source: "made for this test", duration: "10s", seeds: 1,
        lease: { ttl: "10s" }, load: { clients: 1, sections: 1 }, expect: { "no-lock": { unfenced: [] } } }
      """
    let scenario = try ScenarioReader(.standard).scenario(text)
    let runner = Runner(scenario, scenario.cases(.standard)[0], .standard)
    return Sweep([runner, runner], seeds: SeedList(ranges: [1...seeds]), jobs: jobs)
  }

  @Test(arguments: [1, 2, 5])
  func `Results come in order, seed after seed and case after case, over more than a window`(
    jobs: Int
  ) throws {
    // 2 cases x 700 seeds are 1,400 runs, more than the 256 x 5 of the widest window.
    var seen: [(subject: Int, seed: UInt64)] = []
    let delivered = try sweep(seeds: 700, jobs: jobs).run { seen.append(($0, $1.seed)) }
    #expect(delivered == 1_400)
    let seeds = (1...700).flatMap { [UInt64($0), UInt64($0)] }
    #expect(seen.map(\.seed) == seeds)
    #expect(seen.enumerated().allSatisfy { $0.element.subject == $0.offset % 2 })
  }

  @Test(arguments: [1, 2, 5])
  func `A sweep that is stopped delivers all that was begun, and nothing after it`(jobs: Int) throws {
    let asked = Atomic(0)
    var seen: [UInt64] = []
    let delivered = try sweep(seeds: 700, jobs: jobs).run(
      isStopped: { asked.add(1, ordering: .relaxed).newValue > 100 }, deliver: { seen.append($1.seed) })
    // Asked before each run, a hundred times in vain; then the other threads may be about to begin one.
    #expect((101 - jobs...100).contains(delivered))
    #expect(seen.enumerated().allSatisfy { Int($0.element) == $0.offset / 2 + 1 })
  }
}
