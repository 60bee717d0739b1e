import Contract
import Lab

/// One message from its sending to its handling or its loss.
struct Flight: Sendable {
  let number: Int64
  let from: NodeID
  let to: NodeID
  let sent: Instant
  /// nil while it is on its way.
  var ended: Instant?
  var isLost = false
  /// Lost to chance or to a receiver that is down, not to a fault on the line.
  var isOrdinaryLoss = false

  var span: Nanos { (ended ?? sent) - sent }
}

/// The messages of a run, and which of them a record answers to.
struct Flights: Sendable {
  private(set) var all: [Flight] = []
  /// Indexed by place among the records: the flight that ends there, or -1.
  private var endings: [Int] = []
  private let records: [Record]
  /// Indexed by ordinal: the record's place, or -1 where it was not kept.
  private var places: [Int]

  init(_ records: [Record]) {
    self.records = records
    places = Array(repeating: -1, count: Int(records.map(\.ordinal).max() ?? 0) + 1)
    endings = Array(repeating: -1, count: records.count)
    var open: [Int64: Int] = [:]
    for (place, record) in records.enumerated() {
      switch record.kind {
      case .messageSent:
        let receiver = NodeID(Int32(truncatingIfNeeded: record.b))
        open[record.a] = all.count
        all.append(Flight(number: record.a, from: record.node, to: receiver, sent: record.at))
      case .messageArrived, .messageLost:
        if let flight = open[record.a] { end(flight, at: place, record) }
      default: places[Int(record.ordinal)] = place
      }
    }
  }

  /// A message that arrives twice is two flights.
  private mutating func end(_ flight: Int, at place: Int, _ record: Record) {
    var flight = flight
    if all[flight].ended != nil {
      all.append(all[flight])
      flight = all.count - 1
    }
    all[flight].ended = record.at
    all[flight].isLost = record.kind == .messageLost
    all[flight].isOrdinaryLoss = record.d == 0 || record.d == 2
    endings[place] = flight
  }

  /// The last message that a node handled before a record of its own; nil where it handled none.
  ///
  /// - Parameter sender: only messages of this node; nil: of any.
  func cause(of record: Record, from sender: NodeID? = nil) -> Flight? {
    guard record.ordinal > 0, places[Int(record.ordinal)] >= 0 else { return nil }
    for place in (0..<places[Int(record.ordinal)]).reversed() where records[place].kind == .messageArrived {
      guard records[place].node == record.node, endings[place] >= 0 else { continue }
      let flight = all[endings[place]]
      if sender == nil || flight.from == sender { return flight }
    }
    return nil
  }

  /// The first message from one node to another that is sent at or after a record.
  func next(after record: Record, from: NodeID, to: NodeID) -> Flight? {
    all.first { $0.from == from && $0.to == to && $0.sent >= record.at }
  }

  /// The last message from one node that another had handled at a moment.
  func last(from sender: NodeID, to node: NodeID, before moment: Instant) -> Flight? {
    var last: Flight?
    for flight in all where flight.to == node && flight.from == sender && !flight.isLost {
      guard let ended = flight.ended, ended <= moment else { continue }
      if let other = last?.ended, other > ended { continue }
      last = flight
    }
    return last
  }

  /// The messages that a client sends to others at a moment.
  func sent(by client: NodeID, at moment: Instant) -> [Flight] {
    all.filter { $0.from == client && $0.sent == moment }
  }
}
