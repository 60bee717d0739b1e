import Contract

/// Faults in words, as the rows of a figure name them.
struct LeverWords: Sendable {
  let topology: Topology

  /// What begins; nil where another record says it better.
  func began(_ lever: Lever) -> String? {
    let who = names(lever.nodes), span = lever.lasts.map { " for \($0.spoken)" } ?? ""
    switch lever.action {
    case .pause(false): return "\(who) stops\(span) (pause)"
    case .pause(true): return "\(who) and its clocks stop\(span) (suspend)"
    case .crash, .nothing: return nil
    case .cut: return "links cut\(span): \(links(lever.links))"
    case .delay(let by): return "held back \(by.spoken): \(traffic(lever))"
    case .drop: return "dropped\(span): \(traffic(lever))"
    case .duplicate: return "sent twice\(span): \(traffic(lever))"
    case .reorder: return "overtaking\(span): \(traffic(lever))"
    case .clog: return "clogged\(span): \(links(lever.links))"
    case .diskStall: return "\(who): the disk stalls\(span)"
    case .clockStep(let by): return "\(who): the clock jumps \(by.count < 0 ? "" : "+")\(by.spoken)"
    case .clockDrift(let rate): return "\(who): the clock runs \(drift(rate))\(span)"
    case .clockFreeze: return "\(who): the clock stands still\(span)"
    case .clockStrobe(let by, let every):
      return "\(who): the clock jumps to and fro by \(by.spoken) every \(every.spoken)\(span)"
    case .slow(let factor):
      return "\(who) takes \(Quantity.decimal(UInt64(max(0, factor)), places: 3)) times as long\(span)"
    case .disturb(let what, let first, let second): return disturbance(what, first, second, lever)
    }
  }

  /// What ends; nil where that is not worth a row.
  func ended(_ lever: Lever) -> String? {
    guard lever.lasts != nil else { return nil }
    let who = names(lever.nodes)
    switch lever.action {
    case .pause: return "\(who) goes on"
    case .cut: return "links whole again: \(links(lever.links))"
    case .clog: return "clog released: \(links(lever.links))"
    case .clockFreeze: return "\(who): the clock goes on"
    case .diskStall: return "\(who): the disk works again"
    case .disturb(.unavailable, _, _): return "the service answers again"
    default: return nil
    }
  }

  func crashed(_ record: Record) -> String {
    let who = topology.name(of: record.node)
    switch record.a {
    case 0: return "\(who) crashes: its memory is gone"
    case 1: return "\(who) loses power: unsynced writes are gone"
    default: return "\(who) is replaced: its disk is gone"
    }
  }

  /// A lever on a node in few words, where its lane already says which.
  func short(_ lever: Lever) -> String {
    if lever.action == .pause(frozen: true) {
      return "is suspended\(lever.lasts.map { " for \($0.spoken)" } ?? ""), its clocks too"
    }
    return withoutNames(began(lever) ?? "", lever)
  }

  /// The end of a lever, likewise.
  func shortEnd(_ lever: Lever) -> String { withoutNames(ended(lever) ?? "", lever) }

  private func withoutNames(_ text: String, _ lever: Lever) -> String {
    let who = names(lever.nodes)
    guard text.hasPrefix(who) else { return text }
    return String(text.dropFirst(who.count).drop { $0 == ":" || $0 == " " })
  }

  /// What a crash takes with it, in few words.
  func loss(_ record: Record) -> String {
    switch record.a {
    case 0: "crashes"
    case 1: "loses power"
    default: "loses its disk"
    }
  }

  private func disturbance(_ what: Disturbance, _ first: Int64, _ second: Int64, _ lever: Lever) -> String {
    switch what {
    case .recovery:
      return "the store recovers for \(Nanos(first).spoken), versions jump \(Quantity.grouped(second))"
    case .versionRate:
      return "versions advance \(Quantity.decimal(UInt64(max(0, first)), places: 3)) times as fast"
    case .unavailable: return "the service answers nobody" + (lever.lasts.map { " for \($0.spoken)" } ?? "")
    case .unknownResult: return "the next \(Quantity.counted(first, "commit")) end in an unknown result"
    case .failover: return "failover: the last \(Nanos(first).spoken) of writes are gone"
    case .leaderChange: return "the leader is deposed"
    }
  }

  /// "1 message client-1 -> resource", "client-1 -> resource".
  private func traffic(_ lever: Lever) -> String {
    let count = lever.messages.map { Quantity.counted($0, "message") + " " } ?? ""
    return count + links(lever.links)
  }

  private func drift(_ rate: Int64) -> String {
    let size = UInt64(rate.magnitude)
    let text = size >= 10_000_000
      ? Quantity.decimal(size / 10_000, places: 3) + " %" : Quantity.decimal(size, places: 3) + " ppm"
    return text + (rate < 0 ? " slow" : " fast")
  }

  /// Both directions of a link at once where both are struck.
  private func links(_ links: [LinkSet]) -> String {
    var left = links
    var parts: [String] = []
    while !left.isEmpty {
      let link = left.removeFirst()
      var arrow = "->"
      if let place = left.firstIndex(where: { $0.from == link.to && $0.to == link.from }) {
        left.remove(at: place)
        arrow = "<->"
      }
      parts.append("\(names(link.from)) \(arrow) \(names(link.to))")
    }
    return parts.joined(separator: ", ")
  }

  /// "client-1", "service-1, service-4", "service-1 to 3", "4 nodes".
  func names(_ nodes: [NodeID]) -> String {
    var runs: [ClosedRange<NodeID>] = []
    for node in nodes.sorted() {
      let isNext = runs.last.map {
        $0.upperBound.index + 1 == node.index && topology.kind(of: $0.upperBound) == topology.kind(of: node)
      }
      if isNext == true {
        runs[runs.count - 1] = runs[runs.count - 1].lowerBound...node
      } else {
        runs.append(node...node)
      }
    }
    return runs.count > 4 ? "\(nodes.count) nodes" : runs.map(name).joined(separator: ", ")
  }

  private func name(_ run: ClosedRange<NodeID>) -> String {
    let first = topology.name(of: run.lowerBound)
    switch run.upperBound.index - run.lowerBound.index {
    case 0: return first
    case 1: return "\(first), \(topology.name(of: run.upperBound))"
    default: return "\(first) to \(topology.number(of: run.upperBound))"
    }
  }
}
