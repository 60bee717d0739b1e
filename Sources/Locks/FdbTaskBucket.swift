import Contract
import Services

/// How FoundationDB's own backup and DR share out tasks: a claim is a database version at which it times out.
public struct FdbTaskBucket: LockAlgorithm {
  public static let name = "fdb-task-bucket"
  public static let summary = "backup's task bucket on FoundationDB; claims time out at a database version"
  public static let source = "FoundationDB fdbclient/TaskBucket.cpp; forum thread: we just accept it"
  public static let parameters =
    [
      ParameterSpec("pollInterval", .duration, .duration(.milliseconds(100)), "rest after a task was taken"),
      ParameterSpec(
        "requestTimeout", .duration, .duration(.seconds(5)), "how long a worker waits for the store"),
      DriftAllowance.parameter,
    ] + VersionedStore.parameters
  public static let token = TokenKind.ordered
  public static let heeds = VersionedStore.heeds
  public static let transaction: MessageKind? = VersionedStore.transaction
  public static let protocols: [any Payload.Type] = [StoreMessage.self]

  let terms: TaskBucketTerms
  let settings: Settings

  public init(_ settings: Settings) {
    self.settings = settings
    terms = TaskBucketTerms(settings)
  }

  public var services: Int { VersionedStore.services(settings) }
  public func client(_ seat: Seat) -> any ErasedMachine { TaskBucketWorker(terms, seat) }
  public func server(_ seat: Seat) -> any ErasedMachine { VersionedStore.machine(settings, seat) }
}

struct TaskBucketTerms: Sendable {
  let pollInterval: Nanos
  let requestTimeout: Nanos
  let drift: DriftAllowance

  init(_ settings: Settings) {
    pollInterval = settings.duration("pollInterval") ?? .milliseconds(100)
    requestTimeout = settings.duration("requestTimeout") ?? .seconds(5)
    drift = DriftAllowance(settings)
  }
}

/// A backup agent: it takes tasks, extends them while it works, and clears them when they are finished.
///
/// Promises: one transaction moves a task, so that two workers never take it at one version. A worker whose
/// task was taken from it learns so at its next extension.
/// Assumes: that versions advance by a million a second; that tasks may be done twice.
/// Breaks when: `task-bucket-recovery`: every task times out at every recovery, by design.
/// Source: FoundationDB fdbclient/TaskBucket.cpp `getOne`, `extendTimeout`, `requeueTimedOutTasks`.
struct TaskBucketWorker: Machine {
  typealias Message = StoreMessage
  enum Timer: UInt8, TimerName {
    /// The store client's own, keyed by transaction.
    case store = 1
    /// Keyed by job.
    case again
    /// Keyed by task.
    case poll, timeout
  }
  enum Phase: Sendable, BitwiseCopyable { case idle, asking, resting, holding, releasing }

  /// What the worker knows of one task.
  struct Claim: Sendable, BitwiseCopyable {
    let task: LockID
    var phase = Phase.idle
    /// The value of the current attempt.
    var attempt: UInt64 = 0
    var asked = LocalTime(nanos: 0)
    var refresh: Int64 = 0
    /// The job that extends the claim; -1: none.
    var extending: Int32 = -1
  }

  /// Work on one task, over as many transactions as it takes.
  struct Job: Sendable, BitwiseCopyable {
    enum Kind: Sendable, BitwiseCopyable { case take, extend, finish }
    let kind: Kind
    let claim: Int
    let attempt: UInt64
    var isOpen = true
    var transaction = TransactionID(number: 0)
    var backoff = StoreBackoff()
    var readVersion: Int64 = 0
    /// Whether what was asked for is so once the transaction has committed.
    var succeeds = false
    /// The claim's version where an earlier transaction of this job had taken the task after all.
    var knownVersion: Int64 = 0
  }

  let terms: TaskBucketTerms
  let ttl: Nanos
  let storeNode: NodeID
  var store: StoreClient
  /// One per task ever asked for, in that order.
  var claims: [Claim] = []
  /// A job's number is its index.
  var jobs: [Job] = []
  var free: [Int32] = []
  /// Indexed by transaction slot: the job that it works for.
  var owners: [Int32] = []

  init(_ terms: TaskBucketTerms, _ seat: Seat) {
    self.terms = terms
    ttl = seat.lease.ttl
    storeNode = seat.topology.node(.service, 1)!
    store = StoreClient(store: storeNode, incarnation: 0, timer: Timer.store)
  }

  mutating func handle(_ input: Input<StoreMessage, Timer>, _ turn: inout Turn) {
    switch input {
    case .restarted: store = StoreClient(store: storeNode, incarnation: turn.restarts, timer: Timer.store)
    case .call(.acquire(let task)): ask(claim(task), &turn)
    case .call(.refresh(let task, let number)): extend(claim(task), number, &turn)
    case .call(.release(let task)): finish(claim(task), &turn)
    case .message(let message, _): if let event = store.handle(message, &turn) { happen(event, &turn) }
    case .timer(.store, let key): if let event = store.timedOut(key, &turn) { happen(event, &turn) }
    case .timer(.again, let key): run(Int(key), &turn)
    case .timer(.poll, let key): ask(claim(LockID(Int32(truncatingIfNeeded: key))), &turn)
    case .timer(.timeout, let key): timedOut(claim(LockID(Int32(truncatingIfNeeded: key))), &turn)
    case .call, .start, .answer, .synced, .disturbed: break
    }
  }

  mutating func claim(_ task: LockID) -> Int {
    if let index = claims.firstIndex(where: { $0.task == task }) { return index }
    claims.append(Claim(task: task))
    return claims.count - 1
  }

  /// Where a task that is taken lies: a timeout version, b the claim's commit version, c attempt, d node
  /// index of the worker. A task without a value is available.
  static func key(_ task: LockID) -> StoreKey {
    StoreKey(space: 4, id: UInt64(UInt32(bitPattern: task.index)))
  }

  /// A million versions to the second.
  var life: Int64 { ttl.count / 1_000 }
}

// MARK: what the program asks for

extension TaskBucketWorker {
  mutating func ask(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .asking
    claims[index].attempt = turn.randomToken()
    claims[index].asked = turn.now.monotonic
    claims[index].extending = -1
    begin(.take, index, &turn)
    let token = Token(unique: claims[index].attempt)
    turn.record(Record(.acquireSent, lock: claims[index].task, token: token))
  }

  mutating func extend(_ index: Int, _ number: Int64, _ turn: inout Turn) {
    guard claims[index].phase == .holding, claims[index].extending < 0 else { return }
    claims[index].refresh = number
    claims[index].asked = turn.now.monotonic
    claims[index].extending = Int32(begin(.extend, index, &turn))
    turn.set(Timer.timeout, key: UInt64(claims[index].task.index), after: terms.requestTimeout)
  }

  mutating func finish(_ index: Int, _ turn: inout Turn) {
    let task = claims[index].task
    if claims[index].phase == .asking { turn.record(Record(.attemptEnded, lock: task)) }
    turn.cancel(Timer.poll, key: UInt64(task.index))
    stopExtending(index, &turn)
    claims[index].phase = .releasing
    begin(.finish, index, &turn)
    turn.set(Timer.timeout, key: UInt64(task.index), after: terms.requestTimeout)
  }

  mutating func timedOut(_ index: Int, _ turn: inout Turn) {
    switch claims[index].phase {
    case .holding where claims[index].extending >= 0:
      stopExtending(index, &turn)
      turn.answer(.refreshTimedOut(claims[index].task, number: claims[index].refresh))
    case .releasing: finished(index, &turn)
    case .idle, .asking, .resting, .holding: break
    }
  }

  mutating func stopExtending(_ index: Int, _ turn: inout Turn) {
    let number = Int(claims[index].extending)
    guard number >= 0 else { return }
    claims[index].extending = -1
    store.abandon(jobs[number].transaction, &turn)
    close(number, &turn)
  }

  mutating func rest(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .resting
    turn.record(Record(.attemptEnded, lock: claims[index].task))
    turn.set(Timer.poll, key: UInt64(claims[index].task.index), after: terms.pollInterval)
  }

  mutating func finished(_ index: Int, _ turn: inout Turn) {
    claims[index].phase = .idle
    turn.cancel(Timer.timeout, key: UInt64(claims[index].task.index))
    turn.answer(.released(claims[index].task))
  }
}

// MARK: jobs and their transactions

extension TaskBucketWorker {
  @discardableResult
  mutating func begin(_ kind: Job.Kind, _ index: Int, attempt: UInt64? = nil, _ turn: inout Turn) -> Int {
    let job = Job(kind: kind, claim: index, attempt: attempt ?? claims[index].attempt)
    var number = jobs.count
    if let slot = free.popLast() {
      number = Int(slot)
      jobs[number] = job
    } else {
      jobs.append(job)
    }
    run(number, &turn)
    return number
  }

  mutating func run(_ number: Int, _ turn: inout Turn) {
    guard jobs[number].isOpen else { return }
    jobs[number].knownVersion = 0
    jobs[number].succeeds = false
    let id = store.begin(&turn)
    jobs[number].transaction = id
    while owners.count <= id.slot { owners.append(-1) }
    owners[id.slot] = Int32(number)
  }

  mutating func close(_ number: Int, _ turn: inout Turn) {
    jobs[number].isOpen = false
    free.append(Int32(number))
    turn.cancel(Timer.again, key: UInt64(number))
  }

  mutating func happen(_ event: StoreEvent, _ turn: inout Turn) {
    switch event {
    case .readVersion(let id, let version):
      let number = Int(owners[id.slot])
      jobs[number].readVersion = version
      store.read(TaskBucketWorker.key(claims[jobs[number].claim].task), in: id, &turn)
    case .value(let id, _, let value):
      let number = Int(owners[id.slot])
      decide(number, value, id, &turn)
      if let end = store.commit(id, &turn) { happen(end, &turn) }
    case .ended(let id, let outcome):
      let number = Int(owners[id.slot])
      if jobs[number].isOpen, jobs[number].transaction == id { conclude(number, outcome, &turn) }
    case .values: break
    }
  }
}

// MARK: decisions

extension TaskBucketWorker {
  mutating func decide(_ number: Int, _ value: DiskValue?, _ id: TransactionID, _ turn: inout Turn) {
    let mine = value.flatMap { UInt64(bitPattern: $0.c) == jobs[number].attempt ? $0 : nil }
    switch jobs[number].kind {
    case .take: decideTake(number, value, id, &turn)
    case .extend: if let mine { extendTimeout(number, mine, id, &turn) }
    case .finish: if let mine { clear(number, mine, id, &turn) }
    }
  }

  /// Takes a task that is available, or whose claim has timed out; without any grace.
  mutating func decideTake(_ number: Int, _ value: DiskValue?, _ id: TransactionID, _ turn: inout Turn) {
    let job = jobs[number], claim = claims[job.claim]
    if let value, UInt64(bitPattern: value.c) == job.attempt {
      jobs[number].succeeds = true
      jobs[number].knownVersion = value.b
      return
    }
    guard isWanted(job), turn.now.monotonic - claim.asked <= terms.requestTimeout else { return }
    if let value {
      guard value.a < job.readVersion else { return }
      let loser = NodeID(Int32(truncatingIfNeeded: value.d))
      store.mark(StoreMark(.leaseExpired, client: loser, lock: claim.task), in: id)
    }
    jobs[number].succeeds = true
    let taken = DiskValue(
      job.readVersion + life + turn.random(below: life * 2 / 9), 0, Int64(bitPattern: job.attempt),
      Int64(turn.me.index))
    store.set(TaskBucketWorker.key(claim.task), to: taken, versionWord: 1, in: id)
    store.mark(
      StoreMark(
        .voted, client: turn.me, lock: claim.task, token: Token(unique: job.attempt),
        orderIsCommitVersion: true), in: id)
  }

  /// Moves the timeout on, at least by one. Source: `extendTimeout`; its timeout is 10/9 of the least life.
  mutating func extendTimeout(_ number: Int, _ mine: DiskValue, _ id: TransactionID, _ turn: inout Turn) {
    jobs[number].succeeds = true
    var moved = mine
    moved.a = max(jobs[number].readVersion + life * 10 / 9, mine.a + 1)
    let task = claims[jobs[number].claim].task
    store.set(TaskBucketWorker.key(task), to: moved, in: id)
    store.mark(StoreMark(.extended, client: turn.me, lock: task, a: mine.d), in: id)
  }

  mutating func clear(_ number: Int, _ mine: DiskValue, _ id: TransactionID, _ turn: inout Turn) {
    let task = claims[jobs[number].claim].task
    store.clear(TaskBucketWorker.key(task), in: id)
    store.mark(StoreMark(.removed, client: turn.me, lock: task, a: mine.d), in: id)
  }

  /// Whether the worker still waits for this attempt.
  func isWanted(_ job: Job) -> Bool {
    claims[job.claim].phase == .asking && claims[job.claim].attempt == job.attempt
  }

  // MARK: outcomes

  mutating func conclude(_ number: Int, _ outcome: StoreOutcome, _ turn: inout Turn) {
    let job = jobs[number]
    if case .committed(let version, _) = outcome {
      close(number, &turn)
      return done(job, version, &turn)
    }
    if job.kind == .take, outcome != .unknown {
      close(number, &turn)
      if isWanted(job) { rest(job.claim, &turn) }
      return
    }
    let delay = jobs[number].backoff.delay(after: outcome, &turn)
    turn.set(Timer.again, key: UInt64(number), after: delay)
  }

  mutating func done(_ job: Job, _ version: Int64, _ turn: inout Turn) {
    switch job.kind {
    case .take where isWanted(job):
      if job.succeeds { granted(job, version, &turn) } else { rest(job.claim, &turn) }
    // Given up meanwhile: what the attempt got goes back.
    case .take: if job.succeeds { begin(.finish, job.claim, attempt: job.attempt, &turn) }
    case .extend: extended(job, &turn)
    case .finish:
      let claim = claims[job.claim]
      if claim.phase == .releasing, claim.attempt == job.attempt { finished(job.claim, &turn) }
    }
  }

  mutating func granted(_ job: Job, _ version: Int64, _ turn: inout Turn) {
    claims[job.claim].phase = .holding
    let claim = claims[job.claim]
    let token = Token(order: job.knownVersion == 0 ? version : job.knownVersion, unique: claim.attempt)
    let deadline = terms.drift.deadline(asked: claim.asked, ttl: ttl)
    turn.answer(.acquired(claim.task, Grant(token: token, asked: claim.asked, deadline: deadline)))
  }

  mutating func extended(_ job: Job, _ turn: inout Turn) {
    claims[job.claim].extending = -1
    let claim = claims[job.claim]
    turn.cancel(Timer.timeout, key: UInt64(claim.task.index))
    guard job.succeeds else { return turn.answer(.lost(claim.task)) }
    let deadline = terms.drift.deadline(asked: claim.asked, ttl: ttl)
    turn.answer(.refreshed(claim.task, number: claim.refresh, deadline: deadline))
  }
}
