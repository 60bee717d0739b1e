import Contract
import Lab

extension Catalog {
  /// Of all that `sim list` says of locks, guards, faults and checks: names, parameters, defaults, meanings.
  var digest: Digest {
    var digest = Digest()
    let entries =
      algorithms.map { ListEntry(algorithm: $0) } + guards.map { ListEntry(guard: $0) }
      + faults.map { ListEntry(fault: $0) } + checks.map { ListEntry(check: $0) }
    for entry in entries { digest.fold(text: JSONText.compact(entry.json)) }
    return digest
  }
}
