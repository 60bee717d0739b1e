import Foundation

/// Five rounds through all benchmarks, each turn of ours beside one of the peer's.
///
/// Interleaved, because a machine's speed drifts: each round has its ratio, and the median of five is told.
enum Contest {
  static let rounds = 5

  static func rows(of benchmarks: [any Benchmark]) throws -> [Row] {
    let workshop = try Workshop()
    defer { workshop.close() }
    let ready = try benchmarks.compactMap { benchmark in
      try prepared(benchmark, workshop).map { (benchmark: benchmark, round: $0) }
    }
    var samples = ready.map { _ in [Sample]() }
    for round in 1...rounds {
      for (index, entry) in ready.enumerated() {
        say("round \(round) of \(rounds): \(entry.benchmark.name)")
        samples[index].append(try entry.round())
      }
    }
    return zip(ready, samples).map { row(of: $0.benchmark, $1) }
  }

  /// The benchmark's round; nil, and a line on stderr, where this machine lacks what the peer needs.
  private static func prepared(
    _ benchmark: any Benchmark, _ workshop: Workshop
  ) throws -> (() throws -> Sample)? {
    do {
      return try benchmark.prepare(workshop)
    } catch let missing as Missing {
      say("\(benchmark.name) is skipped: \(missing.sentence)")
      return nil
    }
  }

  /// - Precondition: there is at least one sample.
  static func row(of benchmark: any Benchmark, _ samples: [Sample]) -> Row {
    let ratios = samples.compactMap { sample in sample.peer.map { sample.ours / $0 } }
    return Row(
      name: benchmark.name, value: rounded(median(samples.map(\.ours)), to: 10), unit: benchmark.unit,
      peer: benchmark.peer, ratio: ratios.isEmpty ? nil : rounded(median(ratios), to: 1_000))
  }

  static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

  static func rounded(_ value: Double, to parts: Double) -> Double { (value * parts).rounded() / parts }
}
