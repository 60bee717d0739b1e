import Contract
import World

extension Runner {
  /// How much of a run calibrates: all of a small one, a few milliseconds of a large one.
  static let calibrationEvents: Int64 = 20_000

  /// What this program makes of the first events of one run: every event, and how the checks judge them.
  ///
  /// Two programs whose locks, faults or checks behave differently there have different ones, although they
  /// bear the same version. It is no proof that all other runs are equal, but it costs next to nothing.
  public func calibration(seed: UInt64) -> Digest {
    var world = world(seed: seed)
    var jury = jury
    var isOver = false
    while !isOver, world.counts.events < Runner.calibrationEvents {
      isOver = !world.step()
      jury.saw(world.records, world.plan)
      world.records.removeAll(keepingCapacity: true)
    }
    if isOver { jury.finish(at: world.now, world.ended!) }
    var digest = world.digest
    for verdict in jury.verdicts(topology) { digest.fold(verdict) }
    return digest
  }
}

extension Digest {
  fileprivate mutating func fold(_ verdict: CheckVerdict) {
    fold(text: verdict.name)
    fold(text: VerdictWord(verdict.verdict).rawValue)
    guard case .violated(let witness) = verdict.verdict else { return }
    fold(UInt64(truncatingIfNeeded: witness.first.ordinal))
    fold(UInt64(truncatingIfNeeded: witness.second.ordinal))
    fold(UInt64(truncatingIfNeeded: witness.count))
    fold(UInt64(bitPattern: witness.measure))
  }
}
