import Contract

/// A write goes through only if nobody wrote since its section read.
///
/// - Promises: no update is lost on one item, with any lock or none, whatever pauses, delays and clocks do.
/// - Assumes: that the section read the item first; a blind write names no version and is always refused.
/// - Breaks when: many clients contend, for the slow ones starve; it cannot fence off e-mails, nor join two
///   items. A write delivered twice is refused the second time, though the first was applied.
/// - Source: Mullaney in the comments on Kleppmann 2016, "How to do distributed locking".
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
