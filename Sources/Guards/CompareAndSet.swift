import Contract

/// A write goes through only if nobody wrote since its section read.
///
/// - Promises: no update is lost on one item, with any lock or none, whatever pauses, delays and clocks do.
/// - Assumes: that the section read the item first; a blind write names no version and is always refused.
/// - Breaks when: many clients contend, for the slow ones starve; it cannot fence off e-mails, nor join two
///   items. A write delivered twice is refused the second time, though the first was applied.
/// - Source: Mullaney in the comments on Kleppmann 2016, "How to do distributed locking".
///
/// Mullaney's token has two parts, the one that was read and a new unique one, which then is current; here
/// the item's version stands for both, as the write's number is the next one. The two rule alike wherever no
/// version is given twice, and the resource gives none twice that a client has seen, since it answers nothing
/// before it is on the disk. They part where the resource goes back to an older state, as after the loss of
/// its disk: then a version comes again, and a unique token does not. Riak's causal context, to which
/// Kleppmann compares it, differs in what it does with the loser: it keeps both writes as siblings for the
/// application to merge.
public struct CompareAndSet: Guard {
  public static let name = "compare-and-set"
  public static let summary = "accepts a write whose expected version is the item's; needs no lock"
  public static let source = "Mullaney, comments on Kleppmann 2016, How to do distributed locking"

  public init() {}
  public init(restored memory: GuardMemory) {}

  public mutating func admitsWrite(_ access: Access, to item: Item) -> Ruling {
    access.base == item.version ? .accept : .refuseVersion
  }

  public var memory: GuardMemory { GuardMemory() }
}
