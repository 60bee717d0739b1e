import Contract

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Many runs on several threads, handed over in order, so that the output does not depend on the threads.
public struct Sweep: Sendable {
  public let runners: [Runner]
  public let seeds: SeedList
  /// Positions in `seeds` to run.
  public let positions: Range<Int>
  public let jobs: Int
  /// How many of the first runs are left out, as they were done before.
  public var skipped = 0

  public init(_ runners: [Runner], seeds: SeedList, positions: Range<Int>? = nil, jobs: Int) {
    self.runners = runners
    self.seeds = seeds
    self.positions = positions ?? 0..<seeds.count
    self.jobs = max(1, jobs)
  }

  /// How many runs there are to do: every case at every seed, but for those done before.
  public var count: Int { runners.count * positions.count - skipped }

  /// Runs all cases of each seed, seed after seed; `deliver` gets (case index, result) in that order.
  ///
  /// Memory is bounded by a window of results, whatever the number of seeds.
  /// - Parameter isStopped: asked between runs; once true, no new run begins and what is done is delivered.
  /// - Returns: how many runs were delivered.
  @discardableResult
  public func run(
    isStopped: @escaping @Sendable () -> Bool = { false }, deliver: (Int, RunResult) -> Void
  ) -> Int {
    if jobs == 1 { return runAlone(isStopped, deliver) }
    let board = Board(window: jobs * 256, limit: count, batch: min(32, max(1, count / (jobs * 64))))
    let threads = (0..<jobs).map { _ in start { work(board, isStopped) } }
    var delivered = 0
    while delivered < count, let (subject, result) = board.take() {
      deliver(subject, result)
      delivered += 1
    }
    board.close()
    for thread in threads { pthread_join(thread, nil) }
    return delivered
  }

  private func runAlone(_ isStopped: () -> Bool, _ deliver: (Int, RunResult) -> Void) -> Int {
    for number in 0..<count {
      if isStopped() { return number }
      let (subject, result) = one(number)
      deliver(subject, result)
    }
    return count
  }

  private func one(_ number: Int) -> (Int, RunResult) {
    let number = number + skipped
    let subject = number % runners.count
    let seed = seeds[positions.lowerBound + number / runners.count]
    return (subject, runners[subject].run(seed: seed))
  }

  private func work(_ board: Board, _ isStopped: () -> Bool) {
    while let number = board.next(isStopped: isStopped()) {
      let (subject, result) = one(number)
      board.put(number, subject, result)
    }
  }

  private func start(_ body: @escaping @Sendable () -> Void) -> pthread_t {
    final class Body: Sendable {
      let run: @Sendable () -> Void
      init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, 8 << 20)
    #if canImport(Glibc)
      var thread = pthread_t()
      pthread_create(
        &thread, &attributes,
        { context in
          Unmanaged<Body>.fromOpaque(context!).takeRetainedValue().run()
          return nil
        }, Unmanaged.passRetained(Body(body)).toOpaque())
      return thread
    #else
      var thread: pthread_t?
      pthread_create(
        &thread, &attributes,
        { context in
          Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
          return nil
        }, Unmanaged.passRetained(Body(body)).toOpaque())
      return thread!
    #endif
  }
}

/// Where threads take run numbers and put results, and the one reader takes them in order.
///
/// A thread that is a window ahead of the reader waits; so memory stays bounded.
private final class Board: @unchecked Sendable {
  private var mutex = pthread_mutex_t()
  private var moved = pthread_cond_t()
  private var results: [(subject: Int, result: RunResult)?]
  private var issued = 0
  private var taken = 0
  private var stopAt = Int.max
  private let limit: Int
  /// How many results the reader is woken for, since waking it for each would cost a thread's time.
  private let batch: Int
  private var finished = 0
  private var waitingThreads = 0

  init(window: Int, limit: Int, batch: Int) {
    self.limit = limit
    self.batch = batch
    results = Array(repeating: nil, count: window)
    pthread_mutex_init(&mutex, nil)
    pthread_cond_init(&moved, nil)
  }

  /// The next run to do; nil when there is none left. Waits while the window is full.
  func next(isStopped: Bool) -> Int? {
    pthread_mutex_lock(&mutex)
    defer { pthread_mutex_unlock(&mutex) }
    if isStopped, stopAt == .max {
      stopAt = issued
      pthread_cond_broadcast(&moved)
    }
    waitingThreads += 1
    while issued < min(limit, stopAt), issued - taken >= results.count { pthread_cond_wait(&moved, &mutex) }
    waitingThreads -= 1
    guard issued < min(limit, stopAt) else { return nil }
    issued += 1
    return issued - 1
  }

  func put(_ number: Int, _ subject: Int, _ result: RunResult) {
    pthread_mutex_lock(&mutex)
    results[number % results.count] = (subject, result)
    finished += 1
    if finished - taken >= batch || finished == limit || stopAt != .max { pthread_cond_broadcast(&moved) }
    pthread_mutex_unlock(&mutex)
  }

  /// The next result in order; nil once the sweep was stopped and all that was begun is taken.
  func take() -> (Int, RunResult)? {
    pthread_mutex_lock(&mutex)
    defer { pthread_mutex_unlock(&mutex) }
    let place = taken % results.count
    while results[place] == nil, taken < stopAt { pthread_cond_wait(&moved, &mutex) }
    guard let (subject, result) = results[place] else { return nil }
    results[place] = nil
    taken += 1
    if waitingThreads > 0 { pthread_cond_broadcast(&moved) }
    return (subject, result)
  }

  func close() {
    pthread_mutex_lock(&mutex)
    stopAt = min(stopAt, issued)
    pthread_cond_broadcast(&moved)
    pthread_mutex_unlock(&mutex)
  }
}
