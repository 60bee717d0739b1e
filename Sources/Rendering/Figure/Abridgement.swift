import Contract

/// Leaves out what a figure has no room for, and says so: idle time, waiting, other clients' sections.
struct Abridgement: Sendable {
  /// Attempts that were given up, and refreshes that succeeded: told by number, not one by one.
  private let attempts: [Record]
  private let refreshes: [Record]
  private let topology: Topology

  init(_ records: [Record], _ chapter: Chapter, _ topology: Topology) {
    self.topology = topology
    let told = records.filter {
      chapter.ordinals.contains($0.ordinal) && ($0.lock == chapter.lock || $0.lock == .none)
    }
    attempts = told.filter { $0.kind == .attemptEnded }
    refreshes = told.filter { $0.kind == .refreshed && chapter.clients.contains($0.client) }
  }

  func abridged(_ figure: SpaceTime, to limit: Int) -> SpaceTime {
    var figure = figure
    let heaviest = heaviest(figure.rows, limit)
    let rows = figure.rows
    figure.rows = []
    var leftOut: [SpaceTime.Row] = []
    for row in rows {
      guard row.weight <= heaviest else {
        leftOut.append(row)
        continue
      }
      if let last = figure.rows.last, let pause = pause(last, row, leftOut) { figure.rows.append(pause) }
      leftOut = []
      figure.rows.append(row)
    }
    return figure
  }

  /// The greatest weight whose rows find room, so that rows of one kind stay or go together.
  private func heaviest(_ rows: [SpaceTime.Row], _ limit: Int) -> Int {
    var weight = rows.map(\.weight).max() ?? 0
    while weight > 0, rows.count(where: { $0.weight <= weight }) > limit { weight -= 1 }
    return weight
  }

  /// The row that stands for what is between two rows; nil where nothing is.
  private func pause(
    _ last: SpaceTime.Row, _ next: SpaceTime.Row, _ leftOut: [SpaceTime.Row]
  ) -> SpaceTime.Row? {
    let span = next.at - last.at
    let missed = missed(leftOut)
    guard missed != nil || span >= .seconds(1) else { return nil }
    let parts = [missed, waiting(last.ordinal, next.ordinal), refreshing(last.ordinal, next.ordinal)]
    return SpaceTime.Row(
      kind: .pause(span), at: last.at, ordinal: last.ordinal,
      text: parts.compactMap { $0 }.joined(separator: "; "), ink: .faint,
      signs: last.signs.map { _ in nil }, standings: (leftOut.last ?? last).standings)
  }

  /// "3 more grants and 6 accesses", "2 events"; nil where nothing is missed.
  private func missed(_ rows: [SpaceTime.Row]) -> String? {
    let rows = rows.filter { !$0.isQuiet }
    guard !rows.isEmpty else { return nil }
    let grants = rows.count { $0.signs.contains { $0?.mark == .grant } }
    let accesses = rows.count { $0.signs.contains { $0?.mark == .access || $0?.mark == .harm } }
    let others = rows.count - grants - accesses
    var parts: [String] = []
    if grants > 0 { parts.append(Quantity.counted(grants, "more grant")) }
    if accesses > 0 { parts.append(accesses == 1 ? "1 access" : "\(Quantity.grouped(accesses)) accesses") }
    if others > 0 { parts.append(Quantity.counted(others, "other event")) }
    return Quantity.listed(parts)
  }

  /// "client-2 tries 45 times in vain", "9 clients try 312 times in vain".
  private func waiting(_ first: Int64, _ last: Int64) -> String? {
    var clients: [NodeID] = []
    var count = 0
    for attempt in attempts where attempt.ordinal > first && attempt.ordinal < last {
      if !clients.contains(attempt.client) { clients.append(attempt.client) }
      count += 1
    }
    guard count > 0 else { return nil }
    let times = Abridgement.times(count)
    return clients.count == 1
      ? "\(topology.name(of: clients[0])) tries \(times) in vain"
      : "\(clients.count) clients try \(times) in vain"
  }

  /// "client-2 refreshes 3 times".
  private func refreshing(_ first: Int64, _ last: Int64) -> String? {
    let told = refreshes.filter { $0.ordinal > first && $0.ordinal < last }
    var clients: [NodeID] = []
    for refresh in told where !clients.contains(refresh.client) { clients.append(refresh.client) }
    guard !clients.isEmpty else { return nil }
    let names = Quantity.listed(clients.sorted().map(topology.name))
    let verb = clients.count == 1 ? "refreshes" : "refresh"
    return "\(names) \(verb) \(Abridgement.times(told.count))"
  }

  private static func times(_ count: Int) -> String {
    count == 1 ? "once" : count == 2 ? "twice" : "\(Quantity.grouped(count)) times"
  }
}
