/// What catalogs must hold: all that is written, under the names of the contract, told by some scenario.
enum CatalogRules {
  /// Names of types in these files that conform to the protocol, in the order of files.
  static func conforming(to name: String, in files: [SourceText]) -> [String] {
    files.flatMap { $0.matches(#"\bstruct\s+(\w+)\s*:[^{]*\b"# + name + #"\b"#).map(\.text) }
  }

  static func missing(_ written: [String], from catalog: [String]) -> [String] {
    written.filter { !catalog.contains($0) }.map { "\($0) is not in its catalog" }
  }

  static func misnamed(_ names: [String], among allowed: [String]) -> [String] {
    var found = names.filter { !allowed.contains($0) }.map { "\($0) is no name of the contract" }
    for (index, name) in names.enumerated() where names[..<index].contains(name) {
      found.append("\(name) stands twice in its catalog")
    }
    let letters = "abcdefghijklmnopqrstuvwxyz0123456789-."
    found += names.filter { name in !name.allSatisfy { letters.contains($0) } || name.hasPrefix("-") }
      .map { "\($0) is not kebab-case" }
    return found
  }

  /// Names that no scenario mentions, quoted, as a key, or with the `?` of a check that may be violated.
  static func untold(_ names: [String], in scenarios: [String]) -> [String] {
    guard !scenarios.isEmpty else { return [] }
    return names.filter { name in
      !scenarios.contains { text in
        text.contains("\"\(name)\"") || text.contains("\"\(name)?\"") || isKey(name, in: text)
      }
    }
  }

  /// Names whose scenarios are still to be written; a name that a scenario tells of must leave this list.
  static let awaited: [String] = []

  private static func isKey(_ name: String, in text: String) -> Bool {
    text.contains(" \(name): ") || text.contains("{\(name): ") || text.contains("\t\(name): ")
  }

  // MARK: the contract's lists

  static let algorithms = words(
    """
    no-lock redis redis-sentinel redlock redlock-wall-clock redlock-unchecked redisson-fenced etcd etcd-3.4.3
    zookeeper chubby consul dynamodb hazelcast kubernetes postgres fdb-task-bucket fdb-version-lease
    fdb-hybrid-lease fdb-clock-lease raft-lock zab-lock paxos-lock viewstamped-lock paired-lock
    """)
  static let guards = words(
    """
    unfenced write-ratchet strict-ratchet read-write-ratchet unique-token compare-and-set paired-token
    optimistic idempotent in-store recover-lease causal-context
    """)
  static let faults = words(
    """
    pause delay drop duplicate reorder partition clog crash disk-stall clock-step clock-drift clock-freeze
    clock-strobe failover leader-change recovery version-rate unavailable unknown-result slow
    """)
  static let checks = words(
    """
    mutual-exclusion early-grant lease-kept token-order wrong-release linearizability serializability
    durability stale-write lost-update token-ratchet false-reject progress reconnect-storm
    """)

  private static func words(_ text: String) -> [String] {
    text.split { $0 == " " || $0 == "\n" }.map(String.init)
  }
}
