import Contract

/// What a node's kernel does for its process: keeps connections, answers probes, says when they are gone.
///
/// It works on while the process is paused or has crashed, and stops with the machine.
struct Kernel: Sendable {
  struct Connection: Sendable, Equatable {
    let peer: NodeID
    let number: UInt64
  }

  /// In the order in which they were opened.
  private(set) var connections: [Connection] = []
  /// The power has failed, or the machine is being replaced.
  var isOff = false

  mutating func open(_ connection: Connection) {
    if !connections.contains(connection) { connections.append(connection) }
  }

  /// Whether there was such a connection.
  mutating func close(_ connection: Connection) -> Bool {
    guard let place = connections.firstIndex(of: connection) else { return false }
    connections.remove(at: place)
    return true
  }

  mutating func closeAll() -> [Connection] {
    let all = connections
    connections = []
    return all
  }
}

extension World {
  mutating func open(_ number: UInt64, _ index: Int, with peer: NodeID) {
    hosts[index].kernel.open(Kernel.Connection(peer: peer, number: number))
  }

  mutating func close(_ number: UInt64, _ index: Int, with peer: NodeID) {
    guard hosts[index].kernel.close(Kernel.Connection(peer: peer, number: number)) else { return }
    send(Envelope(ConnectionMessage(.reset, number)), from: index, to: Int(peer.index))
  }

  /// The process is gone. Where its machine runs on, the kernel resets what it had open.
  mutating func closeConnections(_ index: Int, _ loss: Lever.Loss) {
    hosts[index].kernel.isOff = loss != .memory
    for connection in hosts[index].kernel.closeAll() where loss == .memory {
      let reset = ConnectionMessage(.reset, connection.number)
      send(Envelope(reset), from: index, to: Int(connection.peer.index))
    }
  }

  /// Whether the kernel takes an arriving message for itself; a reset it notes and passes on to the process.
  ///
  /// - Precondition: it is about a connection.
  mutating func kernelTakes(_ event: Event) -> Bool {
    let index = Int(event.node.index)
    let message = envelope(of: event).read(as: ConnectionMessage.self)
    let connection = Kernel.Connection(peer: event.from, number: message.connection)
    switch message.kind {
    case .alive, .acknowledgement: return false
    case .reset:
      _ = hosts[index].kernel.close(connection)
      return false
    case .probe where hosts[index].kernel.isOff || hosts[index].suspensions > 0: lose(event, 2)
    case .probe:
      inFlight -= 1
      trace(.messageArrived, event)
      turn.effects.envelopes.drop(event.slot)
      let isOpen = hosts[index].kernel.connections.contains(connection)
      let answer = ConnectionMessage(isOpen ? .alive : .reset, message.connection)
      send(Envelope(answer), from: index, to: Int(event.from.index))
    }
    return true
  }
}
