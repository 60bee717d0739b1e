import Contract
import Testing

@testable import Locks
@testable import Services

/// Backup agents on a bench with one store that answers at once, and versions that the test sets.
private struct BucketBench {
  static let topology = Topology(services: 1, layers: 0, clients: 2)
  static let task = LockID(0)
  /// Ten seconds of versions.
  static let life: Int64 = 10_000_000

  var workers: [TaskBucketWorker] = []
  var version: Int64 = 1_000_000
  /// The task's record in the store; nil: available.
  var task: DiskValue?
  var answers: [Answer] = []
  var untold = 0
  private var chance = Chance(salt: 3)
  private var again: [UInt64] = []

  init() {
    let terms = TaskBucketTerms(Settings(FdbTaskBucket.parameters))
    let lease = LeaseTerms(ttl: .seconds(10), refresh: .seconds(3))
    for number in 1...2 {
      let node = BucketBench.topology.node(.client, number)!
      workers.append(TaskBucketWorker(terms, Seat(node: node, topology: BucketBench.topology, lease: lease)))
    }
  }

  /// One call of one worker's program, and what it was told.
  @discardableResult
  mutating func call(_ call: Call, of worker: Int) -> Answer? {
    let before = answers.count
    handle(.call(call), of: worker)
    while !again.isEmpty { handle(.timer(.again, key: again.removeFirst()), of: worker) }
    return answers.count > before ? answers.last : nil
  }

  private mutating func handle(_ input: Input<StoreMessage, TaskBucketWorker.Timer>, of worker: Int) {
    var turn = Turn()
    turn.me = BucketBench.topology.node(.client, worker)!
    turn.chance = chance
    workers[worker - 1].handle(input, &turn)
    chance = turn.chance
    var inbox: [StoreMessage] = []
    for effect in turn.effects {
      switch effect {
      case .send(let envelope, _):
        let words = envelope.parcel >= 0 ? turn.parcels.take(envelope.parcel) : []
        inbox.append(reply(to: envelope.read(as: StoreMessage.self), words))
      case .answer(let answer): answers.append(answer)
      case .setTimer(TaskBucketWorker.Timer.again.rawValue, let key, _): again.append(key)
      default: break
      }
    }
    let store = BucketBench.topology.node(.service, 1)!
    for message in inbox { handle(.message(message, from: store), of: worker) }
  }

  private mutating func reply(to message: StoreMessage, _ words: [Int64]) -> StoreMessage {
    switch message.kind {
    case .getReadVersion: return message.reply(.readVersion, version: version)
    case .read:
      var reply = message.reply(.value, version: message.version)
      reply.hasValue = task != nil
      reply.value = task ?? DiskValue()
      return reply
    default: return commit(message, words)
    }
  }

  private mutating func commit(_ message: StoreMessage, _ words: [Int64]) -> StoreMessage {
    version += 1
    var position = 0
    while let item = StoreCommit.item(in: words, at: &position, end: words.count) {
      switch item {
      case .set(_, var value, let word):
        if word == 1 { value.b = version }
        task = value
      case .clear: task = nil
      default: break
      }
    }
    guard untold > 0, message.kind == .commit else { return message.reply(.committed, version: version) }
    untold -= 1
    return message.reply(.unknown)
  }
}

@Suite("backup's task bucket, message by message")
struct FdbTaskBucketTests {
  @Test("a claim times out after its time to live and at most two ninths more; its version is the token")
  func claim() {
    for _ in 0..<50 {
      var bench = BucketBench()
      let began = bench.version
      guard case .acquired(_, let grant) = bench.call(.acquire(BucketBench.task), of: 1) else {
        Issue.record("an available task was not given")
        return
      }
      let life = bench.task!.a - began
      #expect(life >= BucketBench.life && life < BucketBench.life * 11 / 9)
      #expect(grant.token.order == bench.version)
    }
  }

  @Test("a task that is taken is nobody else's until its version is past, and then anybody's")
  func timeout() {
    var bench = BucketBench()
    bench.call(.acquire(BucketBench.task), of: 1)
    bench.version = bench.task!.a
    #expect(bench.call(.acquire(BucketBench.task), of: 2) == nil)
    bench.version += 1
    var other = bench
    guard case .acquired = other.call(.acquire(BucketBench.task), of: 2) else {
      Issue.record("a task that has timed out was not given")
      return
    }
  }

  @Test("an extension moves the timeout on; one whose task was taken over learns that it is lost")
  func extending() {
    var bench = BucketBench()
    bench.call(.acquire(BucketBench.task), of: 1)
    let first = bench.task!.a
    bench.version += 3_000_000
    guard case .refreshed = bench.call(.refresh(BucketBench.task, number: 1), of: 1) else {
      Issue.record("the extension was not answered")
      return
    }
    #expect(bench.task!.a > first)
    bench.version += 100_000_000
    bench.call(.acquire(BucketBench.task), of: 2)
    let taken = bench.task
    guard case .lost = bench.call(.refresh(BucketBench.task, number: 2), of: 1) else {
      Issue.record("the loss was not told")
      return
    }
    #expect(bench.task == taken)
  }

  @Test("only the attempt that holds a task finishes it")
  func finish() {
    var bench = BucketBench()
    bench.call(.acquire(BucketBench.task), of: 1)
    bench.version += 100_000_000
    bench.call(.acquire(BucketBench.task), of: 2)
    bench.call(.release(BucketBench.task), of: 1)
    #expect(bench.task != nil)
    bench.call(.release(BucketBench.task), of: 2)
    #expect(bench.task == nil)
  }

  @Test("after an unknown result a worker finds its own claim, with the version it was made at")
  func unknownResult() {
    var bench = BucketBench()
    bench.untold = 1
    guard case .acquired(_, let grant) = bench.call(.acquire(BucketBench.task), of: 1) else {
      Issue.record("the claim was not found again")
      return
    }
    #expect(grant.token.order == bench.task?.b)
  }
}
