import Contract

/// What the clients of a run do: how many, with how many locks, in which rhythm.
public struct Load: Sendable, Equatable {
  public enum Pattern: String, Sendable, CaseIterable {
    /// Read a counter, add one, write it back.
    case increment
    /// Read a list, add an entry of one's own, write it back.
    case append
    /// Write without reading.
    case blindWrite = "blind-write"
    /// Send an e-mail for the next job: no guard can take it back, duplicates are counted.
    case effect
    /// Hold the lock and touch nothing.
    case holdOnly = "hold-only"
  }

  public enum Check: String, Sendable, CaseIterable {
    case never
    /// Compare the own deadline just before writing.
    case beforeWrite = "before-write"
    /// As `beforeWrite`, and a timer at the deadline.
    case deadline
  }

  public enum Release: String, Sendable, CaseIterable {
    case afterReply = "after-reply"
    case withoutWaiting = "without-waiting"
  }

  public enum Choice: String, Sendable, CaseIterable {
    /// Client k always works on lock ((k-1) mod locks)+1, and clients of one lock on its items in turn.
    case fixed
    /// As `fixed`, but client k takes the `locksHeld` locks after those of client k-1.
    case disjoint
    /// Lock and items are drawn for each section.
    case uniform
  }

  public var clients: Int
  public var locks = 1
  /// How many items each lock protects.
  public var items = 1
  /// How many of them a section reads; it writes the first.
  public var itemsRead = 1
  public var pattern = Pattern.increment
  public var hold = Nanos.milliseconds(500)
  public var think = Nanos.milliseconds(200)
  /// Per client; nil: until the run ends.
  public var sections: Int64? = nil
  public var check = Check.never
  public var release = Release.afterReply
  /// Of a read or write at the resource; nil: never.
  public var timeout: Nanos? = .seconds(5)
  public var locksHeld = 1
  public var startEvery = Nanos.milliseconds(10)
  public var choice = Choice.fixed

  public init(clients: Int) { self.clients = clients }

  /// A session's refresh moves deadlines only: who never compares them need not hear of it.
  public var heedsSessionRefresh: Bool { check != .never }
}
