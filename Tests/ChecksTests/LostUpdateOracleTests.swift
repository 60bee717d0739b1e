import Checks
import Contract
import Testing

/// An unguarded store that keeps the updates themselves, with clients that work on it as they like.
struct UnguardedStore {
  struct Update: Equatable {
    let client: Int
    let id: Int64
    let base: Int64
    /// What the section read, and its own update after it.
    let content: [Int]
  }

  var story = History()
  private var chance: Chance
  private var content: [Int] = []
  private var version: Int64 = 0
  /// Contents by version, for crashes.
  private var saved: [[Int]] = [[]]
  private var durable: Int64 = 0
  private var reads: [(base: Int64, content: [Int])?] = [nil, nil, nil]
  private var sent: [Update] = []
  private var unanswered: [(update: Update, version: Int64)] = []
  private var acknowledged: [Int] = []

  init(seed: UInt64) { chance = Chance(seed: seed, "store") }

  /// Acknowledged updates that are missing from the content at the end.
  var missing: Int { acknowledged.count { !content.contains($0) } }

  mutating func run() {
    for step in 0..<(5 + chance.below(40)) {
      story.at(step)
      switch chance.below(16) {
      case 0..<5: read(Int(chance.below(3)))
      case 5..<10: write(Int(chance.below(3)))
      case 10: if !sent.isEmpty { apply(sent[Int(chance.below(Int64(sent.count)))]) }
      case 11..<15: synchronise()
      default: crash()
      }
    }
  }

  private mutating func read(_ client: Int) {
    reads[client] = (version, content)
    story.add(.readApplied, client + 1, b: version)
  }

  private mutating func write(_ client: Int) {
    guard let read = reads[client] else { return }
    reads[client] = nil
    let number = sent.count
    let update = Update(client: client, id: Int64(number), base: read.base, content: read.content + [number])
    sent.append(update)
    apply(update)
  }

  private mutating func apply(_ update: Update) {
    version += 1
    content = update.content
    saved.append(content)
    unanswered.append((update, version))
    story.write(update.client + 1, id: update.id, base: update.base, to: version)
  }

  private mutating func synchronise() {
    durable = version
    for (update, version) in unanswered {
      story.acknowledge(update.client + 1, id: update.id, version: version)
      if !acknowledged.contains(Int(update.id)) { acknowledged.append(Int(update.id)) }
    }
    unanswered = []
  }

  /// Keeps what is durable; a disk that lies, once in a while, keeps less.
  private mutating func crash() {
    version = chance.below(4) == 0 ? chance.below(durable + 1) : durable
    durable = version
    saved.removeSubrange(Int(version + 1)...)
    content = saved[Int(version)]
    unanswered = []
    story.add(.itemRestored, node: story.topology.resource, lock: 1, c: version)
  }
}

@Suite("lost-update against a store that keeps the updates themselves")
struct LostUpdateOracleTests {
  @Test("it counts what the store misses at the end, over duplicates, stale writes and crashes")
  func oracle() {
    var losing = 0
    for seed in 0..<4_000 as Range<UInt64> {
      var store = UnguardedStore(seed: seed)
      store.run()
      let missing = store.missing
      losing += missing > 0 ? 1 : 0
      let found: Int
      switch store.story.judge(LostUpdate.self, .made()) {
      case .held: found = 0
      case .violated(_, _, let count, _): found = count
      default: found = -1
      }
      #expect(found == missing, "seed \(seed)")
    }
    #expect((1_000...3_000).contains(losing), "\(losing) of 4000 runs lose something")
  }
}
