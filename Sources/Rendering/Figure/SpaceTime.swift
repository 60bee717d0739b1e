import Contract

/// A space-time figure without its drawing: a lane for each part, a row for each thing that happened.
struct SpaceTime: Sendable {
  /// In the order in which they are drawn: clients, the service, the resource.
  var lanes: [Lane]
  /// In time order.
  var rows: [Row]

  struct Lane: Sendable, Equatable {
    enum Part: Sendable, Equatable {
      case client(NodeID)
      case service
      case resource
    }

    let part: Part
    let title: String
  }

  /// How a client stands after a row.
  struct Standing: Sendable, Equatable {
    /// The service honours its lease.
    var hasLease = false
    /// Its program counts on the lock.
    var believes = false
    /// Another client believes so too.
    var isContested = false
    var isPaused = false
    var isDown = false
  }

  enum Mark: Sendable, Equatable {
    case grant, expiry, fault, access, refusal, harm
  }

  /// What stands in a lane beside its lifeline: a sign, and the token that goes with it.
  struct Sign: Sendable, Equatable {
    let mark: Mark
    var token = ""
  }

  struct Arrow: Sendable, Equatable {
    enum End: Sendable, Equatable { case arrives, refused, underWay }

    let from: Int
    let to: Int
    var end: End
  }

  struct Row: Sendable {
    enum Kind: Sendable, Equatable {
      case event
      /// Nothing worth a row happened for this long.
      case pause(Nanos)
    }

    var kind = Kind.event
    var at: Instant
    /// The record that the row ends with.
    var ordinal: Int64
    var text: String
    var ink = Ink.plain
    /// Rows of the greatest weight are left out first where there are too many; 0: never.
    var weight = 0
    /// Whether nobody misses the row where it is left out.
    var isQuiet = false
    var arrow: Arrow?
    /// Indexed by lane.
    var signs: [Sign?]
    /// Indexed by lane.
    var standings: [Standing]
  }

  func lane(of part: Lane.Part) -> Int? { lanes.firstIndex { $0.part == part } }

  /// Whether another figure shows the same story, at other times and with other tokens.
  func hasShape(of other: SpaceTime) -> Bool {
    let ours = rows.filter { $0.kind == .event }, theirs = other.rows.filter { $0.kind == .event }
    return lanes.map(\.title) == other.lanes.map(\.title) && ours.count == theirs.count
      && zip(ours, theirs).allSatisfy { $0.hasShape(of: $1) }
  }
}

extension SpaceTime.Row {
  /// Who did what to whom, with which outcome. Quorums have words of their own, which are not compared.
  fileprivate func hasShape(of other: SpaceTime.Row) -> Bool {
    let marks = signs.map { $0?.mark }
    guard marks == other.signs.map({ $0?.mark }), arrow == other.arrow, standings == other.standings else {
      return false
    }
    let isOfService = marks.contains { $0 == .grant || $0 == .expiry }
    return isOfService || text.filter { !$0.isNumber } == other.text.filter { !$0.isNumber }
  }
}
