import Contract
import World

/// What happened in each whole second of a run: transactions at the store, and connections opened.
struct Pace: Sendable {
  private static let second: Int64 = 1_000_000_000

  private var openSecond: Int64 = 0
  private var connections: Int64 = 0
  private var mostConnections: Int64 = 0
  /// What World had counted when the open second began.
  private var transactionsBefore: Int64 = 0
  private var mostTransactions: Int64 = 0
  /// How many seconds had each number of transactions.
  private var secondsWith: [Int64] = []
  private var faultBegan: Instant?
  private var lastChange: Instant?

  /// - Parameter transactions: World's count as the records were drained, 64 of them or so at a time.
  mutating func saw(_ record: Record, transactions: Int64) {
    if record.at.nanos / Pace.second > openSecond { advance(to: record.at, transactions) }
    switch record.kind {
    case .connected: connections += 1
    case .leverBegan: faultBegan = faultBegan ?? record.at
    case .leaseLost, .acquired: if faultBegan != nil { lastChange = record.at }
    default: break
    }
  }

  private mutating func advance(to now: Instant, _ transactions: Int64) {
    let count = transactions - transactionsBefore
    note(count, seconds: 1)
    note(0, seconds: now.nanos / Pace.second - openSecond - 1)
    mostTransactions = max(mostTransactions, count)
    mostConnections = max(mostConnections, connections)
    (openSecond, connections, transactionsBefore) = (now.nanos / Pace.second, 0, transactions)
  }

  private mutating func note(_ count: Int64, seconds: Int64) {
    while secondsWith.count <= Int(count) { secondsWith.append(0) }
    secondsWith[Int(count)] += seconds
  }

  private var usualTransactions: Int64 {
    var rest = secondsWith.reduce(0, +) / 2
    for (count, seconds) in secondsWith.enumerated() {
      rest -= seconds
      if rest < 0 { return Int64(count) }
    }
    return 0
  }

  /// Enters what the run came to; the second in which it ended counts as no whole one.
  func enter(_ reached: inout Reached, transactions: Int64) {
    reached.transactions = transactions
    reached.usualTransactions = usualTransactions
    reached.mostTransactions = mostTransactions
    reached.mostConnections = max(mostConnections, connections)
    if let faultBegan, let lastChange { reached.settledAfter = lastChange - faultBegan }
  }
}
