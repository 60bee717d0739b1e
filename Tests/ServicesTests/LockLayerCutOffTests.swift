import Contract
import Testing

@testable import Services

@Suite("a lock layer that cannot reach the store")
struct LockLayerCutOffTests {
  static let closes: [(name: String, value: SettingValue)] = [("onUnavailable", .choice("close"))]

  /// A layer whose store has been silent for more than a second, since it asked something at 0 s.
  private func cutOff(_ expiry: LeaseExpiry, asking: (inout LayerBench) -> Void) -> LayerBench {
    var bench = LayerBench(expiry, LockLayerCutOffTests.closes)
    bench.isCutOff = true
    asking(&bench)
    bench.pass(.milliseconds(1_100))
    bench.handle(.timer(.silence, key: 0))
    return bench
  }

  @Test("closes the connections of those who wait, and of those who ask from then on")
  func closes() {
    var bench = cutOff(.versions) { $0.ask(.createLease) }
    #expect(bench.answers.map(\.kind) == [.closed])
    #expect(bench.ask(.createLease)?.kind == .closed)
  }

  @Test("finds out by a sample, too")
  func sampleFindsOut() {
    var bench = cutOff(.hybrid) { $0.sample() }
    #expect(bench.ask(.createLease)?.kind == .closed)
  }

  @Test("goes on asking, and serves again once the store is back")
  func comesBack() {
    var bench = cutOff(.versions) { $0.ask(.createLease) }
    bench.isCutOff = false
    bench.pass(.seconds(2))
    guard let asked = bench.storeTimers.last else {
      Issue.record("nothing is asked of the store")
      return
    }
    bench.handle(.timer(.store, key: asked))
    #expect(bench.ask(.createLease)?.kind == .leaseCreated)
  }
}
