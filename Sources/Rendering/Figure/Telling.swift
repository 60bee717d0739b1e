import Contract
import Lab

/// What records of clients and of the service say in a figure.
extension Narrator {
  mutating func tell(_ record: Record) {
    switch record.kind {
    case .crashed, .restarted, .itemRestored, .leaderElected, .recovered: toldOfNode(record)
    case .leverBegan, .leverEnded: lever(record)
    case .waiting where record.ordinal == chapter.ordinals.lowerBound:
      add(record.at, record.ordinal, "\(name(record.client)) begins to wait", weight: 0)
    default:
      guard record.lock == chapter.lock || record.lock == .none else { return }
      if record.isAccess { accessed(record) } else { tellOfLock(record) }
    }
  }

  private mutating func tellOfLock(_ record: Record) {
    switch record.kind {
    case .granted: granted(record)
    case .acquired: acquired(record)
    case .leaseExpired: expired(record)
    case .removed, .extended: touched(record)
    default: if hasLane(record.client) { tellOfClient(record) }
    }
  }

  private mutating func tellOfClient(_ record: Record) {
    let who = name(record.client)
    switch record.kind {
    case .writeSent: sent(record)
    case .siblingKept: sibling = record
    case .releaseSent: released(record)
    case .sectionEnded where record.a == SectionEnd.timedOut.rawValue: timedOut(record)
    case .leaseLost:
      let how = record.a == 0 ? "is told that its lease is gone" : "sees that its own deadline is past"
      add(record.at, record.ordinal, "\(who) \(how)", weight: 1)
    case .refreshFailed: add(record.at, record.ordinal, "\(who): a refresh gets no answer", weight: 2)
    default: break
    }
  }

  // MARK: grants

  private mutating func granted(_ record: Record) {
    let isOwn = topology.kind(of: record.node) == .client
    let what = if isOwn {
      "\(name(record.client)) goes ahead, granted by nobody"
    } else if quorum > 1 {
      "\(quorum) of \(topology.services) grant it to \(name(record.client))"
    } else {
      "granted to \(name(record.client))"
    }
    expect(.grant(record.grant), record)
    add(
      record.at, record.ordinal, what, weight: isInvolved(record) ? 0 : 2,
      sign: isOwn ? nil : SpaceTime.Sign(mark: .grant, token: label(record.token)))
  }

  /// The client learns of its grant: in the grant's own row where nothing came between.
  private mutating func acquired(_ record: Record) {
    let grant = take(.grant(record.grant), of: record.client)
    let arrow = hasLane(record.client) ? arrow(from: .service, to: .client(record.client)) : nil
    if let grant, isFresh(grant, at: record.at) {
      figure.rows[grant.row].arrow = arrow
      figure.rows[grant.row].ordinal = record.ordinal
    } else {
      let text = "\(name(record.client)) learns that it was granted"
      add(record.at, record.ordinal, text, weight: isInvolved(record) ? 0 : 2, arrow: arrow)
    }
    if book.beliefs.count > 1 { figure.rows[figure.rows.count - 1].ink = .bad }
    guard book.beliefs.count > mostHolders else { return }
    mostHolders = book.beliefs.count
    figure.rows[figure.rows.count - 1].weight = 0
    figure.rows[figure.rows.count - 1].text += mostHolders == 2 ? ": TWO HOLDERS" : ": \(mostHolders) HOLDERS"
  }

  private mutating func released(_ record: Record) {
    expect(.release, record)
    add(
      record.at, record.ordinal, "\(name(record.client)) releases", weight: 3,
      arrow: arrow(from: .client(record.client), to: .service))
    figure.rows[figure.rows.count - 1].isQuiet = true
  }

  private mutating func timedOut(_ record: Record) {
    guard let release = take(.release, of: record.client) else { return }
    figure.rows[release.row].text = "\(name(record.client)) gives up waiting for an answer, releases"
    figure.rows[release.row].weight = 1
    figure.rows[release.row].isQuiet = false
  }

  /// One row for all nodes at which a lease expires.
  private mutating func expired(_ record: Record) {
    let match = expiries.firstIndex { $0.client == record.client && $0.unique == record.token.unique }
    if let match {
      expiries[match].nodes += 1
      figure.rows[expiries[match].row].text = expiry(record, nodes: expiries[match].nodes)
      return
    }
    expiries.append((figure.rows.count, record.client, record.token.unique, 1))
    add(
      record.at, record.ordinal, expiry(record, nodes: 1), weight: hasLane(record.client) ? 1 : 3,
      sign: SpaceTime.Sign(mark: .expiry))
  }

  private func expiry(_ record: Record, nodes: Int) -> String {
    let place = quorum > 1 ? " at \(nodes) of \(topology.services)" : ""
    return "\(name(record.client))'s lease has expired\(place)"
  }

  private mutating func touched(_ record: Record) {
    guard record.a >= 0, record.a != Int64(record.client.index) else { return }
    let owner = name(NodeID(Int32(truncatingIfNeeded: record.a)))
    let deed = (record.kind == .removed ? "release REMOVES " : "refresh PROLONGS ") + "\(owner)'s lock"
    add(
      record.at, record.ordinal, "\(name(record.client))'s \(deed)", ink: .bad, weight: 0,
      arrow: arrow(from: .client(record.client), to: .service), sign: SpaceTime.Sign(mark: .harm))
  }
}
