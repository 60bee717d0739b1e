import Contract

/// Kung and Robinson's serial validation: a section may write if nobody wrote what it has read.
///
/// - Promises: accepted sections of a lock are serializable in the order of their writes, with any lock or
/// none,
///   whatever pauses, delays and clocks do; sections on different items let each other through.
/// - Assumes: that validation and write are one step of the resource, and that a write brings its read set.
/// - Breaks when: many sections conflict, for the long ones starve (the paper lets such a one keep the
/// critical
///   section). It cannot fence off e-mails. A write delivered twice is refused the second time.
/// - Source: Kung and Robinson 1981, "On optimistic methods for concurrency control", section 3, named by
/// Jeff
///   in the comments on Kleppmann 2016.
///
/// The paper keeps a counter of transactions, and refuses whoever has read an item that was written by a
/// transaction numbered after its own start. An item's version counts its writes, so that "written since I
/// read it" is "its version is no longer the one I read": the same rule, less the refusals for what was
/// written between the section's start and its read, and seen by it. The write phase is one message and the
/// resource applies one at a time, so the parallel variant has nothing to add.
///
/// With a read set of one item, the written one, this is `compare-and-set`. With more, it refuses two
/// sections that each read what the other writes, which `compare-and-set` lets through, since no item has two
/// writers.
public struct Optimistic: Guard {
  public static let name = "optimistic"
  public static let summary = "accepts a write if nothing that its section read was written since"
  public static let source =
    "Kung and Robinson 1981, On optimistic methods for concurrency control (Jeff, comments on Kleppmann 2016)"

  public init() {}
  public init(restored memory: GuardMemory) {}

  public func validates(_ reads: [ReadItem]) -> Bool { reads.allSatisfy { $0.version == $0.current } }

  /// A blind write has read nothing and conflicts with nobody.
  public mutating func admitsWrite(_ access: Access, to item: Item) -> Ruling {
    access.base < 0 || access.base == item.version ? .accept : .refuseVersion
  }

  public var memory: GuardMemory { GuardMemory() }
}
