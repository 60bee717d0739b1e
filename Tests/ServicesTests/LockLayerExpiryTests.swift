import Contract
import Testing

@testable import Services

@Suite("when a lease of a lock layer has expired")
struct LockLayerExpiryTests {
  static let second = Int64(1_000_000)

  /// A lease stamped at version 5 000 000 and, by a wall clock, at 100 s.
  let lease = DiskValue(5 * second, LayerBench.ttl.count, 0, 100_000_000_000)

  func clocks(wall: Int64 = 0, monotonic: Int64 = 0) -> LocalClocks {
    LocalClocks(wall: LocalTime(nanos: wall), monotonic: LocalTime(nanos: monotonic))
  }

  @Test("by versions: not at ten million more, at one more than that")
  func byVersions() {
    let layer = LayerBench(.versions).layer
    #expect(!layer.isExpired(lease, at: 15 * Self.second, clocks()))
    #expect(layer.isExpired(lease, at: 15 * Self.second + 1, clocks()))
  }

  @Test("by wall clock: not at ten seconds more, at a nanosecond more than that; versions do not matter")
  func byWallClock() {
    let layer = LayerBench(.clock).layer
    #expect(!layer.isExpired(lease, at: 500 * Self.second, clocks(wall: 110_000_000_000)))
    #expect(layer.isExpired(lease, at: 5 * Self.second, clocks(wall: 110_000_000_001)))
  }

  @Test("by wall clock: a clock set back lets no lease expire")
  func wallClockSetBack() {
    let layer = LayerBench(.clock).layer
    #expect(!layer.isExpired(lease, at: 500 * Self.second, clocks(wall: 0)))
  }

  @Test("hybrid: ten seconds after the first sample with a greater version, whatever versions do")
  func hybrid() {
    var bench = LayerBench(.hybrid)
    bench.version = 6 * Self.second
    bench.monotonic = LocalTime(nanos: 7_000_000_000)
    bench.sample()
    let due: Int64 = 17_000_000_000
    #expect(!bench.layer.isExpired(lease, at: 900 * Self.second, clocks(monotonic: due)))
    #expect(bench.layer.isExpired(lease, at: 6 * Self.second, clocks(monotonic: due + 1)))
  }

  @Test("hybrid: a layer without a later sample takes no lease for expired")
  func hybridWithoutSamples() {
    let layer = LayerBench(.hybrid).layer
    #expect(!layer.isExpired(lease, at: 900 * Self.second, clocks(monotonic: .max / 2)))
  }

  // MARK: samples

  @Test("a version is dated by the first sample with a greater one, not by one that equals it")
  func dates() {
    var samples = VersionSamples()
    for (version, seconds) in [(10, 1), (20, 2), (30, 3)] as [(Int64, Int64)] {
      samples.add(version, at: LocalTime(nanos: seconds), keeping: .seconds(20))
    }
    #expect(samples.date(of: 9) == LocalTime(nanos: 1))
    #expect(samples.date(of: 10) == LocalTime(nanos: 2))
    #expect(samples.date(of: 29) == LocalTime(nanos: 3))
    #expect(samples.date(of: 30) == nil)
  }

  @Test("a version that stands still keeps the date at which it was first seen")
  func standstill() {
    var samples = VersionSamples()
    for nanos in [1, 2, 3] as [Int64] { samples.add(10, at: LocalTime(nanos: nanos), keeping: .seconds(20)) }
    #expect(samples.date(of: 9) == LocalTime(nanos: 1))
  }

  @Test("an answer that was overtaken changes nothing; versions of another database start the samples anew")
  func setback() {
    var samples = VersionSamples()
    samples.add(100 * Self.second, at: LocalTime(nanos: 1), keeping: .seconds(20))
    samples.add(96 * Self.second, at: LocalTime(nanos: 2), keeping: .seconds(20))
    #expect(samples.date(of: 99 * Self.second) == LocalTime(nanos: 1))
    samples.add(Self.second, at: LocalTime(nanos: 3), keeping: .seconds(20))
    #expect(samples.date(of: 0) == LocalTime(nanos: 3))
    #expect(samples.date(of: 99 * Self.second) == nil)
  }
}
