import Contract
import Lab

/// What accesses, faults and nodes say in a figure.
extension Narrator {
  /// A write on its way; its row is that of the arrival too where nothing comes between.
  mutating func sent(_ record: Record) {
    expect(.write(record.a), record)
    add(
      record.at, record.ordinal, "\(name(record.client)) sends its write", weight: isInvolved(record) ? 0 : 3,
      arrow: arrow(from: .client(record.client), to: .resource, .underWay))
  }

  mutating func accessed(_ record: Record) {
    let isStale = record.changes && record.grant > 0 && record.grant < latestAccess
    let isRefused = !record.isAccepted
    var text = (isStale ? "STALE: " : "") + sentence(record)
    if let sending = take(.write(record.a), of: record.client) {
      if isFresh(sending, at: record.at) {
        figure.rows.removeLast()
      } else if record.at - sending.at > Narrator.sameMoment {
        text += ", sent at \(sending.at.spoken)"
      }
    }
    let weight = isInvolved(record) ? (record.kind == .readApplied ? 1 : 0) : 2
    let mark: SpaceTime.Mark = isStale ? .harm : isRefused ? .refusal : .access
    add(
      record.at, record.ordinal, text, ink: isStale ? .bad : isRefused ? .good : .plain,
      weight: hasLane(record.client) ? weight : 3,
      arrow: arrow(from: .client(record.client), to: .resource, isRefused ? .refused : .arrives),
      sign: SpaceTime.Sign(mark: mark, token: label(record.token)), in: .resource)
    if record.ordinal == chapter.climax { figure.rows[figure.rows.count - 1].ink = .bad }
  }

  private func sentence(_ record: Record) -> String {
    let who = name(record.client)
    switch record.kind {
    case .readApplied: return "\(who) reads version \(record.b)"
    case .readRejected: return "\(who)'s read is REFUSED\(why(record))"
    case .writeRejected: return "\(who)'s write is REFUSED\(why(record))"
    case .effectApplied: return "\(who)'s effect for job \(record.b)" + (record.c == 1 ? " AGAIN" : "")
    default:
      if let sibling, sibling.client == record.client, sibling.a == record.a {
        return "\(who) writes version \(record.c) beside \(record.c - 1), having read \(max(0, sibling.b))"
      }
      let isOver = record.b >= 0 && record.b != record.c - 1
      return "\(who) writes version \(record.c)"
        + (isOver ? " on top of \(record.c - 1), having read \(record.b)" : "")
    }
  }

  private func why(_ record: Record) -> String {
    let isVersion = record.b == Int64(AccessReply.Outcome.refusedVersion.rawValue)
    return isVersion ? ": the version it read is old" : " for its token"
  }

  // MARK: nodes and levers

  mutating func toldOfNode(_ record: Record) {
    let kind = topology.kind(of: record.node)
    guard kind != .client || hasLane(record.node) else { return }
    switch record.kind {
    case .crashed:
      add(
        record.at, record.ordinal, words.crashed(record), ink: .warning, weight: 0,
        sign: SpaceTime.Sign(mark: .fault), in: part(of: record.node))
    case .restarted: add(record.at, record.ordinal, "\(name(record.node)) is back", weight: 1)
    case .itemRestored where record.lock == chapter.lock:
      add(record.at, record.ordinal, "the resource comes back with version \(record.c)", weight: 0)
    case .leaderElected: add(record.at, record.ordinal, "\(name(record.node)) is the leader", weight: 2)
    case .recovered: add(record.at, record.ordinal, "the store is back", weight: 1)
    default: break
    }
  }

  private func part(of node: NodeID) -> SpaceTime.Lane.Part {
    switch topology.kind(of: node) {
    case .client: .client(node)
    case .resource: .resource
    case .service, .layer: .service
    }
  }

  mutating func lever(_ record: Record) {
    let lever = plan[Int(record.a)].lever
    let isBegin = record.kind == .leverBegan
    guard let text = isBegin ? words.began(lever) : words.ended(lever) else { return }
    let isOfOthers = !lever.nodes.isEmpty && lever.nodes.allSatisfy {
      topology.kind(of: $0) == .client && !hasLane($0)
    }
    let isPause = if case .pause = lever.action { true } else { false }
    let isHatched = isPause && lever.nodes.contains { hasLane($0) }
    add(
      record.at, record.ordinal, text, ink: .warning,
      weight: isOfOthers ? 3 : isBegin || isHatched ? 0 : 2,
      sign: isBegin && !isHatched && !lever.nodes.isEmpty ? SpaceTime.Sign(mark: .fault) : nil,
      in: lever.nodes.first.map(part) ?? .service)
  }
}

extension Record {
  /// Whether an access changed something.
  var changes: Bool { kind == .writeApplied || kind == .effectApplied }
  /// Whether an access was let through.
  var isAccepted: Bool { changes || kind == .readApplied }
}
