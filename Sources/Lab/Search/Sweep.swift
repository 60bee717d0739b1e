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
  /// The calling thread is one of the jobs and delivers between its runs: a thread that only reads would
  /// take its time from them. Memory is bounded by a window of results, whatever the number of seeds.
  /// - Parameter isStopped: asked between runs; once true, no new run begins and what is done is delivered.
  /// - Returns: how many runs were delivered.
  @discardableResult
  public func run(
    isStopped: @escaping @Sendable () -> Bool = { false }, deliver: (Int, RunResult) -> Void
  ) -> Int {
    let board = Board(window: jobs * 256, limit: count)
    let threads = (1..<jobs).map { _ in start { work(board, isStopped) } }
    var delivered = 0
    var done: Board.Done?
    while delivered < count {
      let (number, results) = board.exchange(done, isStopped: isStopped())
      if number == nil, results.isEmpty { break }
      for result in results {
        deliver(subject(of: delivered), result)
        delivered += 1
      }
      done = number.map { ($0, one($0)) }
    }
    board.close()
    for thread in threads { pthread_join(thread, nil) }
    return delivered
  }

  private func subject(of number: Int) -> Int { (number + skipped) % runners.count }

  private func one(_ number: Int) -> RunResult {
    let seed = seeds[positions.lowerBound + (number + skipped) / runners.count]
    return runners[subject(of: number)].run(seed: seed)
  }

  private func work(_ board: Board, _ isStopped: () -> Bool) {
    var done: Board.Done?
    while let number = board.next(after: done, isStopped: isStopped()) { done = (number, one(number)) }
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
  typealias Done = (number: Int, result: RunResult)

  private var mutex = pthread_mutex_t()
  private var moved = pthread_cond_t()
  /// Indexed by a run's number in the window.
  private var results: [RunResult?]
  private var issued = 0
  private var taken = 0
  private var limit: Int
  private var waitingThreads = 0
  private var isReaderWaiting = false

  init(window: Int, limit: Int) {
    self.limit = limit
    results = Array(repeating: nil, count: window)
    pthread_mutex_init(&mutex, nil)
    pthread_cond_init(&moved, nil)
  }

  deinit {
    pthread_cond_destroy(&moved)
    pthread_mutex_destroy(&mutex)
  }

  /// Puts the result of a run and takes the number of another; nil when there is none left.
  ///
  /// Waits while the window is full.
  func next(after done: Done?, isStopped: Bool) -> Int? {
    pthread_mutex_lock(&mutex)
    defer { pthread_mutex_unlock(&mutex) }
    if isStopped { stop() }
    put(done)
    waitingThreads += 1
    while issued < limit, isFull { pthread_cond_wait(&moved, &mutex) }
    waitingThreads -= 1
    return issue()
  }

  /// The same for the reader, who also takes the results that come next, in order.
  ///
  /// Waits for the first of them where there is no run to do. Without a run and without a result, all that
  /// was begun is taken.
  func exchange(_ done: Done?, isStopped: Bool) -> (number: Int?, results: [RunResult]) {
    pthread_mutex_lock(&mutex)
    defer { pthread_mutex_unlock(&mutex) }
    if isStopped { stop() }
    put(done)
    if issued == limit || isFull {
      isReaderWaiting = true
      while taken < issued, results[taken % results.count] == nil { pthread_cond_wait(&moved, &mutex) }
      isReaderWaiting = false
    }
    var ready: [RunResult] = []
    while let result = results[taken % results.count] {
      results[taken % results.count] = nil
      ready.append(result)
      taken += 1
    }
    if waitingThreads > 0, !ready.isEmpty { pthread_cond_broadcast(&moved) }
    return (issue(), ready)
  }

  func close() {
    pthread_mutex_lock(&mutex)
    stop()
    pthread_mutex_unlock(&mutex)
  }

  private var isFull: Bool { issued - taken == results.count }

  private func put(_ done: Done?) {
    guard let (number, result) = done else { return }
    results[number % results.count] = result
    if isReaderWaiting, number == taken { pthread_cond_broadcast(&moved) }
  }

  private func issue() -> Int? {
    if issued == limit || isFull { return nil }
    issued += 1
    return issued - 1
  }

  /// No run begins after those that have.
  private func stop() {
    if limit == issued { return }
    limit = issued
    pthread_cond_broadcast(&moved)
  }
}
