import Contract

/// A store that refuses nobody: a write that did not see the latest one is kept beside it, as a sibling.
///
/// - Promises: no update is lost, with any lock or none, whatever pauses, delays and clocks do. A write
///   replaces what its section had read and nothing else; the next reader gets all siblings, and its write,
///   which has seen them, takes their place.
/// - Assumes: that siblings can be merged, as sets and lists of one's own entries can by union. Those of a
///   counter cannot: whoever reads two fives does not know whether five or six were counted. One node
///   decides: the item's version stands for a dotted version vector.
/// - Breaks when: the lock was to keep conflicts from happening: a stale write is as welcome as any other,
///   and to merge is the reader's work. A blind write brings no context, so it is a sibling of all there is;
///   one that is delivered twice is a sibling of itself.
/// - Source: Kleppmann in the comments on his article of 2016, on Mullaney's proposal: "similar to the causal
///   context used in Riak"; Preguiça et al. 2010, "Dotted version vectors: logical clocks for optimistic
///   replication".
///
/// It is the twin of `compare-and-set`: both notice by the same comparison that a write did not see the
/// latest one; that one refuses the loser, this one keeps both.
public struct CausalContext: Guard {
  public static let name = "causal-context"
  public static let summary = "refuses nothing; keeps a write that missed the latest beside it, to be merged"
  public static let source = "Kleppmann 2016, How to do distributed locking (comments, Riak's causal context)"
  public static let keepsSiblings = true

  public init() {}
  public init(restored memory: GuardMemory) {}

  public mutating func admitsWrite(_ access: Access, to item: Item) -> Ruling {
    access.base == item.version ? .accept : .keepBoth
  }

  public var memory: GuardMemory { GuardMemory() }
}
