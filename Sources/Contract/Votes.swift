/// The answers of N nodes to one question, each counted once.
///
/// Shared by every lock that asks for a majority. N is at most 64.
public struct Votes: Sendable, BitwiseCopyable {
  public enum Outcome: Sendable { case open, majority, hopeless }

  let count: Int
  var yes: UInt64 = 0
  var no: UInt64 = 0
  /// The number of the question now open; answers to earlier ones do not count.
  public private(set) var question: Int64 = 0

  public init(of count: Int) {
    precondition((1...64).contains(count), "votes are counted for 1 to 64 nodes")
    self.count = count
  }

  public var quorum: Int { count / 2 + 1 }

  /// Opens the next question and returns its number.
  public mutating func next() -> Int64 {
    question += 1
    yes = 0
    no = 0
    return question
  }

  /// Counts the answer of voter `index`, from 0; a second answer of the same voter does not count.
  public mutating func add(_ answer: Bool, from index: Int) {
    let bit: UInt64 = 1 << UInt64(index)
    guard (yes | no) & bit == 0 else { return }
    if answer { yes |= bit } else { no |= bit }
  }

  public var outcome: Outcome {
    if yes.nonzeroBitCount >= quorum { return .majority }
    return no.nonzeroBitCount > count - quorum ? .hopeless : .open
  }

  /// Whether every voter has answered.
  public var isComplete: Bool { (yes | no).nonzeroBitCount == count }
}
