/// A space-time figure as a value: lanes, what lasts on them, messages between them, marks; no drawing yet.
///
/// Times are true times in nanoseconds. Lanes are named by their index, from the top.
public struct Diagram: Sendable, Equatable {
  public struct Lane: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable { case faults, client, service, resource }

    public var kind: Kind
    public var title: String
    /// What the lane stands for where its title does not say, such as "5 nodes".
    public var note: String
  }

  /// Something that lasts.
  public struct Span: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
      /// The service honours the client's grant.
      case lease
      /// The client's program counts on the lock.
      case belief
      case waiting
      /// Nothing executes.
      case paused
      /// The process is gone.
      case down
      /// A fault that strikes links, or the service as a whole, is in force.
      case fault
    }

    public var lane: Int
    public var kind: Kind
    public var from: Int64
    public var to: Int64
    public var text: String
  }

  /// A time in which more than one client believes to hold the lock.
  public struct Overlap: Sendable, Equatable {
    public var lanes: [Int]
    public var from: Int64
    public var to: Int64
  }

  /// A message, from its sending to its handling.
  public struct Arrow: Sendable, Equatable {
    public enum End: String, Sendable, CaseIterable { case arrives, lost, refused, harms }

    public var from: Int
    public var to: Int
    public var sent: Int64
    public var ended: Int64
    public var end: End
  }

  /// Something that happens at a moment.
  public struct Mark: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
      case grant, expiry, crash, restart, read, write, refused, harm, clock, other
    }

    public var lane: Int
    public var at: Int64
    public var kind: Kind
    public var text: String
    /// The step of the causal chain that it is, from 1; 0: none.
    public var step: Int
    /// Whether its moment has a place of its own on the axis; where not, it stands for one of many.
    public var isTold: Bool
  }

  public var lanes: [Lane] = []
  public var spans: [Span] = []
  public var overlaps: [Overlap] = []
  public var arrows: [Arrow] = []
  public var marks: [Mark] = []
  public var from: Int64 = 0
  public var to: Int64 = 0
  /// What the figure leaves out, one sentence; empty where it shows all that matters.
  public var note = ""
}
