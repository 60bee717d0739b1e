import Contract

// The data that lives beside the locks: rows, read and written in transactions that look at the lock first.
//
// Source: PostgreSQL documentation 53.13 "pg_locks": a transaction can see what its own session holds.
extension PostgresServer {
  mutating func serve(_ kind: AccessMessage.Kind, _ access: Access, _ client: NodeID, _ turn: inout Turn) {
    while items.count <= reach(access.lock) { items.append(Item()) }
    switch kind {
    case .read: read(access, client, &turn)
    case .write, .effect: write(access, client, &turn)
    case .readReply, .writeReply: break
    }
  }

  /// Whether the lock is held by the very grant that the access belongs to.
  func holds(_ access: Access, _ client: NodeID) -> Bool {
    let index = reach(access.lock)
    guard index < locks.count, let holder = locks[index].holder else { return false }
    return holder.client == client && holder.message.attempt == access.token.unique
  }

  mutating func read(_ access: Access, _ client: NodeID, _ turn: inout Turn) {
    let item = items[reach(access.lock)]
    guard holds(access, client) else { return refuse(access, client, .readRejected, &turn) }
    turn.record(access.fact(.readApplied, client, b: item.version, c: item.content))
    answers.send(reply(access, .done), to: client, &turn)
  }

  mutating func write(_ access: Access, _ client: NodeID, _ turn: inout Turn) {
    let index = reach(access.lock)
    let isRepeated = items[index].write == access.id && items[index].writer == Int64(client.index)
    if !isRepeated {
      guard holds(access, client) else { return refuse(access, client, .writeRejected, &turn) }
      items[index] = Item(
        version: items[index].version + 1, content: access.value, write: access.id,
        writer: Int64(client.index))
      let item = items[index]
      turn.persist(Int64(index), DiskValue(item.version, item.content, item.write, item.writer))
      answers.wrote(&turn)
      turn.record(access.fact(.writeApplied, client, b: access.base, c: item.version))
    }
    let committed = access.fact(.writeAcknowledged, client, c: items[index].version)
    answers.send(reply(access, .done), to: client, facts: (committed, nil), &turn)
  }

  mutating func refuse(_ access: Access, _ client: NodeID, _ fact: Record.Kind, _ turn: inout Turn) {
    turn.record(access.fact(fact, client, b: Int64(AccessReply.Outcome.refusedToken.rawValue), d: 0))
    answers.send(reply(access, .refusedToken), to: client, &turn)
  }

  func reply(_ access: Access, _ outcome: AccessReply.Outcome) -> AccessMessage {
    let item = items[reach(access.lock)]
    let reply = AccessReply(
      lock: access.lock, id: access.id, outcome: outcome, version: item.version, value: item.content)
    return AccessMessage(reply: reply, to: access, isWrite: access.writes)
  }

  /// Crash recovery: rows come back from the disk, locks and sessions do not.
  mutating func load(_ turn: inout Turn) {
    for entry in turn.disk {
      while items.count <= Int(entry.slot) { items.append(Item()) }
      let value = entry.value
      items[Int(entry.slot)] = Item(version: value.a, content: value.b, write: value.c, writer: value.d)
      turn.record(Record(.itemRestored, lock: LockID(Int(entry.slot)), b: value.b, c: value.a, d: -1))
    }
    answers.wrote(&turn)
  }
}

extension Access {
  fileprivate func fact(
    _ kind: Record.Kind, _ client: NodeID, b: Int64 = 0, c: Int64 = 0, d: Int64 = -1
  ) -> Record {
    Record(kind, lock: lock, client: client, grant: stamp, token: token, a: id, b: b, c: c, d: d)
  }
}

/// The parameters of the server, of its clients, and of the connections between them.
public struct PostgresTerms: Sendable {
  public let keepalive: KeepaliveTerms
  public let requestTimeout: Nanos
  public let resend: Nanos

  public init(_ settings: Settings) {
    keepalive = KeepaliveTerms(settings)
    requestTimeout = settings.duration("requestTimeout") ?? .seconds(5)
    resend = settings.duration("resend") ?? .seconds(1)
  }

  public static let parameters: [ParameterSpec] = KeepaliveTerms.parameters + [
    ParameterSpec(
      "requestTimeout", .duration, .duration(.seconds(5)),
      "how long a client waits for the answer to an unlock or a ping"),
    ParameterSpec(
      "resend", .duration, .duration(.seconds(1)), "rest before what got no answer is sent again, as by TCP"),
  ]
}
