import Contract

/// Storage that knows nothing of locks.
///
/// - Promises: nothing.
/// - Assumes: that the lock alone keeps clients apart, whatever pauses, delays and clocks do.
/// - Breaks when: a holder outlives its lease and still writes (`gc-pause`).
/// - Source: Kleppmann 2016, "How to do distributed locking", the code before fencing.
public struct Unfenced: Guard {
  public static let name = "unfenced"
  public static let summary = "accepts everything"
  public static let source = "Kleppmann 2016, How to do distributed locking"

  public init() {}
  public init(restored memory: GuardMemory) {}

  public mutating func admitsWrite(_ access: Access, to item: Item) -> Ruling { .accept }

  public var memory: GuardMemory { GuardMemory() }
}
