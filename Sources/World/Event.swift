import Contract

/// One entry of the event queue: plain data of at most 128 bytes, beyond which copying gets slow.
struct Event: Sendable, BitwiseCopyable {
  enum Kind: UInt8, BitwiseCopyable { case start, message, timer, synced, restart, boot, disturbed }

  var envelope: Envelope
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
  /// A timer's setting, the disk mark of a sync, a disturbance's second number.
  var mark: Int64 = 0

  init(_ kind: Kind, at node: NodeID, incarnation: Int32, envelope: Envelope = Envelope()) {
    self.kind = kind
    self.node = node
    self.incarnation = incarnation
    self.envelope = envelope
  }

  /// A message, by its number among all that were sent.
  init(_ envelope: Envelope, from: Int, to: Int, incarnation: Int32, number: Int64) {
    kind = .message
    node = NodeID(Int32(truncatingIfNeeded: to))
    self.from = NodeID(Int32(truncatingIfNeeded: from))
    self.incarnation = incarnation
    self.envelope = envelope
    key = UInt64(bitPattern: number)
  }
}

/// Which machine of a node: a client has two, which share its pauses and clocks.
enum Owner: UInt8, Sendable, BitwiseCopyable { case program, lockClient, server, resource }
