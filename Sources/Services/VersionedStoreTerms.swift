import Contract

/// The store's constants, by the names that FoundationDB's knobs have.
struct VersionedStoreTerms: Sendable, BitwiseCopyable {
  let versionsPerSecond: Int64
  /// How many versions a read version stays readable, and the most by which one batch advances.
  let readLife: Int64
  /// How many versions the resolver remembers writes.
  let writeLife: Int64
  /// How far a crash makes versions jump.
  let versionsInFlight: Int64
  /// How long without a commit until an empty batch.
  let idleInterval: Nanos
  /// How long a batch collects.
  let batchInterval: Nanos
  /// How often the backup gets a copy of everything; zero: there is no backup.
  let backupEvery: Nanos
  /// How far above its backup's version a restored database begins; 0: from the beginning, as a new one.
  let restoreAhead: Int64

  /// How many batches may be on their way to the logs.
  ///
  /// The original waits while its commit version is 5e6 ahead; a number of batches bounds memory as well.
  static let pipeline = 16

  /// Keeps an interval of zero from filling a moment with empty batches.
  private static let shortestIdleness = Nanos.microseconds(100)

  init(_ settings: Settings) {
    versionsPerSecond = settings.count("versionsPerSecond") ?? 1_000_000
    readLife = settings.count("maxReadTransactionLifeVersions") ?? 5_000_000
    writeLife = settings.count("maxWriteTransactionLifeVersions") ?? 5_000_000
    versionsInFlight = settings.count("maxVersionsInFlight") ?? 100_000_000
    batchInterval = settings.duration("commitBatchInterval") ?? .microseconds(500)
    // Source: ServerKnobs.cpp: clamped to half of either life window.
    let window = Nanos(min(readLife, writeLife) * 1_000_000 / versionsPerSecond * 1_000 / 2)
    backupEvery = settings.duration("backupEvery") ?? .zero
    restoreAhead = settings.count("restoreAhead") ?? 0
    let given = settings.duration("maxCommitBatchInterval") ?? .seconds(2)
    idleInterval = max(VersionedStoreTerms.shortestIdleness, min(given, window))
  }

  /// What no reader and no resolver needs any more once this version is committed.
  func horizon(at committed: Int64) -> Int64 { committed - max(readLife, writeLife) }
}

extension VersionedStore {
  /// The knobs a scenario may turn. Source: FDB fdbserver/core/ServerKnobs.cpp, defaults and meanings.
  public static let parameters: [ParameterSpec] = [
    ParameterSpec(
      "versionsPerSecond", .count(1_000...10_000_000), .count(1_000_000), "How fast versions advance."),
    ParameterSpec(
      "maxReadTransactionLifeVersions", .count(10_000...1_000_000_000), .count(5_000_000),
      "How old a read version may be, and the most by which one batch advances."),
    ParameterSpec(
      "maxWriteTransactionLifeVersions", .count(10_000...1_000_000_000), .count(5_000_000),
      "How old the snapshot of a commit may be."),
    ParameterSpec(
      "maxVersionsInFlight", .count(0...600_000_000_000), .count(100_000_000),
      "By how many versions a crash of the store jumps."),
    ParameterSpec(
      "maxCommitBatchInterval", .duration, .duration(.seconds(2)),
      "How long without commits until an empty batch moves the version, give or take a tenth."),
    ParameterSpec(
      "commitBatchInterval", .duration, .duration(.microseconds(500)),
      "How long a batch collects commits, from the first."),
    ParameterSpec(
      "backupEvery", .duration, .duration(.zero),
      "How often service-2 gets a copy of everything, to restore from; 0: no backup and no such node."),
    ParameterSpec(
      "restoreAhead", .count(0...1_000_000_000_000_000), .count(0),
      "How far above its backup's version a restored database begins; 0: at 1, as a new cluster does."),
  ]

  /// The nodes that these settings ask for: the store, and its backup where one is made.
  public static func services(_ settings: Settings) -> Int {
    VersionedStoreTerms(settings).backupEvery > .zero ? 2 : 1
  }

  /// The machine of a service node: the store is the first.
  public static func machine(_ settings: Settings, _ seat: Seat) -> any ErasedMachine {
    seat.number == 1
      ? VersionedStore(settings, backup: seat.topology.node(.service, 2)) as any ErasedMachine : StoreBackup()
  }
}
