import Contract

// A client's TCP user timeout: what became of the article's aside on packets that come too late.
//
// Only the kernel that *sent* data gives up, when that data stayed unacknowledged for too long. It forgets
// the connection and tells nobody: what is on its way to the other end arrives, and is taken. But what the
// other end sends on that connection finds nobody: a reply that was held up in the network is dropped,
// because the acknowledgement of its request was held up with it. A process that stands still does not
// matter, since its kernel acknowledges. The time is measured on the client's own monotonic clock.
//
// One connection for each client and peer, opened anew with the next message. A message that is lost for good
// counts as repaired when a later one is acknowledged. The other end answers on the connection on which it
// heard the client last. The process is not told that a connection is gone; its own timeouts go on.
// Source: RFC 5482; RFC 9293, section 3.10.8, USER TIMEOUT; Linux tcp(7), TCP_USER_TIMEOUT.

/// What a client's kernel keeps of its connection with one peer.
struct Conversation: Sendable {
  let peer: NodeID
  /// Counts the connections.
  private(set) var connection: Int32 = 0
  /// The connection on which the peer heard this client last.
  var heard: Int32 = 0
  /// Messages sent on this connection, oldest first: their numbers, and when.
  private var unacknowledged: [(message: Int64, sent: LocalTime)] = []

  init(peer: NodeID) { self.peer = peer }

  mutating func sent(_ message: Int64, at moment: LocalTime) { unacknowledged.append((message, moment)) }

  mutating func acknowledged(upTo message: Int64) { unacknowledged.removeAll { $0.message <= message } }

  /// Gives the connection up if its oldest message has waited for longer than the limit.
  mutating func look(_ now: LocalTime, limit: Nanos) {
    if let oldest = unacknowledged.first, now - oldest.sent > limit { giveUp() }
  }

  mutating func giveUp() {
    connection += 1
    unacknowledged = []
  }
}

extension World {
  /// The number of the connection on which a message leaves; a client's own then waits to be acknowledged.
  mutating func connection(of event: Event) -> Int32 {
    let from = Int(event.from.index), to = Int(event.node.index)
    if kind(from) == .client {
      let place = lookedAt(from, with: event.node)
      hosts[from].conversations[place].sent(Int64(bitPattern: event.key), at: monotonic(from))
      return hosts[from].conversations[place].connection
    }
    guard kind(to) == .client else { return 0 }
    let place = lookedAt(to, with: event.from)
    return hosts[to].conversations[place].heard
  }

  /// Whether a message arrives on a connection that its client has given up, or is an acknowledgement.
  mutating func transportTakes(_ event: Event) -> Bool {
    let from = Int(event.from.index), to = Int(event.node.index)
    if kind(from) == .client { acknowledge(event) }
    guard kind(to) == .client else { return false }
    let place = lookedAt(to, with: event.from)
    guard hosts[to].conversations[place].connection == event.connection else {
      lose(event, 5)
      return true
    }
    guard turn.effects.envelopes.tag(event.slot) == ConnectionMessage.tag else { return false }
    let message = envelope(of: event).read(as: ConnectionMessage.self)
    guard message.kind == .acknowledgement else { return false }
    hosts[to].conversations[place].acknowledged(upTo: Int64(bitPattern: message.connection))
    inFlight -= 1
    if setup.isTraced { trace(.messageArrived, event) }
    turn.effects.envelopes.drop(event.slot)
    return true
  }

  /// The kernel answers as long as the machine runs, whether or not a process does.
  private mutating func acknowledge(_ event: Event) {
    let from = Int(event.from.index), to = Int(event.node.index)
    if hosts[to].kernel.isOff || hosts[to].suspensions > 0 { return }
    let place = lookedAt(from, with: event.node)
    hosts[from].conversations[place].heard = event.connection
    send(Envelope(ConnectionMessage(.acknowledgement, event.key)), from: to, to: from)
  }

  /// The place of a client's conversation with a peer, given up by now if it must be.
  private mutating func lookedAt(_ client: Int, with peer: NodeID) -> Int {
    let known = hosts[client].conversations.firstIndex { $0.peer == peer }
    if known == nil { hosts[client].conversations.append(Conversation(peer: peer)) }
    let place = known ?? hosts[client].conversations.count - 1
    if let limit = setup.network.userTimeout {
      hosts[client].conversations[place].look(monotonic(client), limit: limit)
    }
    return place
  }

  private func monotonic(_ index: Int) -> LocalTime { hosts[index].clock.read(now).monotonic }
}
