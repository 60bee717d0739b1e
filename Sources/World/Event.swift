import Contract

/// One entry of the event queue: plain data, small because it is copied several times.
struct Event: Sendable, BitwiseCopyable {
  enum Kind: UInt8, BitwiseCopyable { case start, message, timer, synced, restart, boot, disturbed }

  let kind: Kind
  /// Whose timer it is: `Owner`.
  var owner = Owner.server
  /// A timer's name; a disturbance.
  var name: UInt8 = 0
  /// The node it happens at.
  let node: NodeID
  var from = NodeID.none
  /// The receiving process; a message or timer of one that has crashed since is gone.
  let incarnation: Int32
  /// A timer's key, a sync's ticket, a message's number, a disturbance's first number.
  var key: UInt64 = 0
  /// A timer's setting, the disk mark of a sync, a disturbance's second number, where a message lies
  /// and, above it, on which connection.
  var mark: Int64 = 0

  init(_ kind: Kind, at node: NodeID, incarnation: Int32) {
    self.kind = kind
    self.node = node
    self.incarnation = incarnation
  }

  /// A message in this slot, by its number among all that were sent.
  init(messageIn slot: Int32, from: Int, to: Int, incarnation: Int32, number: Int64) {
    kind = .message
    node = NodeID(Int32(truncatingIfNeeded: to))
    self.from = NodeID(Int32(truncatingIfNeeded: from))
    self.incarnation = incarnation
    key = UInt64(bitPattern: number)
    mark = Int64(slot)
  }

  /// Where a message lies.
  var slot: Int32 {
    get { Int32(truncatingIfNeeded: mark) }
    set { mark = (mark >> 32) << 32 | Int64(UInt32(bitPattern: newValue)) }
  }

  /// The number of the connection on which a message travels; 0 where nobody counts them.
  var connection: Int32 {
    get { Int32(truncatingIfNeeded: mark >> 32) }
    set { mark = Int64(newValue) << 32 | Int64(UInt32(bitPattern: slot)) }
  }
}

/// Which machine of a node: a client has two, which share its pauses and clocks.
enum Owner: UInt8, Sendable, BitwiseCopyable { case program, lockClient, server, resource }
