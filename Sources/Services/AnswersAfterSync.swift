import Contract

/// Answers of a durable server that wait, in order, until all that was written before them is on the disk.
///
/// Nothing the server says can be taken back by a power failure: not even a read of what is not synced yet.
/// One sync runs at a time; the next covers all that came meanwhile.
/// Source: group commit: DeWitt et al. 1984, "Implementation techniques for main memory database systems".
struct AnswersAfterSync: Sendable {
  struct Held: Sendable, BitwiseCopyable {
    let envelope: Envelope
    let node: NodeID
    /// Becomes true with the answer.
    let facts: (Record?, Record?)
  }

  /// Oldest first.
  private var held: [Held] = []
  /// How many of `held`, from the front, need no more than the sync under way.
  private var covered = 0
  private var ticket: UInt64 = 0
  private var isSyncing = false
  /// Whether anything was written since the sync under way was asked for.
  private var isBehind = false

  /// Something was written to the disk that no sync covers yet.
  mutating func wrote(_ turn: inout Turn) {
    if isSyncing { isBehind = true } else { sync(&turn) }
  }

  private mutating func sync(_ turn: inout Turn) {
    ticket += 1
    isSyncing = true
    isBehind = false
    covered = held.count
    turn.sync(ticket)
  }

  /// Sends the answer, and states its facts, once all that was written so far is safe.
  mutating func send(
    _ message: some Payload, to node: NodeID, facts: (Record?, Record?) = (nil, nil), _ turn: inout Turn
  ) {
    let answer = Held(envelope: Envelope(message), node: node, facts: facts)
    guard isSyncing else { return release(answer, &turn) }
    held.append(answer)
    if !isBehind { covered += 1 }
  }

  mutating func synced(_ number: UInt64, _ turn: inout Turn) {
    guard isSyncing, number == ticket else { return }
    for position in 0..<covered { release(held[position], &turn) }
    held.removeFirst(covered)
    covered = 0
    isSyncing = false
    if isBehind { sync(&turn) }
  }

  private func release(_ answer: Held, _ turn: inout Turn) {
    if let fact = answer.facts.0 { turn.record(fact) }
    if let fact = answer.facts.1 { turn.record(fact) }
    turn.send(answer.envelope, to: answer.node)
  }
}
