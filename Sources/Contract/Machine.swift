/// What happens to a machine. `Message` is its own inbox, `Timer` the names of its timers.
public enum Input<Message, Timer> {
  /// The node boots for the first time.
  case start
  /// The process runs again after a crash; `turn.disk` holds what survived, `turn.sectionsDone` what was
  /// done.
  case restarted
  case message(Message, from: NodeID)
  /// A timer came due; the key is the one it was set with.
  case timer(Timer, key: UInt64)
  /// The program asks its lock client.
  case call(Call)
  /// The lock client answers its program.
  case answer(Answer)
  /// All that was written before `sync` with this ticket is on the disk.
  case synced(UInt64)
  /// The world does something to a service that it does not understand.
  case disturbed(Disturbance, Int64, Int64)
}

/// The names of a machine's timers; numbers from 1 to 31.
public protocol TimerName: RawRepresentable<UInt8>, Sendable {}

/// The timers of a machine that sets none.
public enum NoTimer: UInt8, TimerName { case none = 0 }

/// A state machine on a node: it turns one input into effects and sees nothing but its own clocks.
///
/// Conforming types are concrete structs: a generic one costs twice the time per event.
public protocol Machine<Message>: ErasedMachine {
  associatedtype Message: Inbox
  associatedtype Timer: TimerName = NoTimer
  mutating func handle(_ input: Input<Message, Timer>, _ turn: inout Turn)
}

/// A machine with its message type erased, which is how World keeps it.
public protocol ErasedMachine: Sendable {
  mutating func handleErased(_ input: Input<Envelope, UInt8>, _ turn: inout Turn)
  /// The same for a message, most inputs by far, without a copy of its envelope.
  mutating func receive(_ arrival: Arrival, _ turn: inout Turn)
  /// Looks at what its next input will need, and changes nothing; mutating so that it is not copied for it.
  mutating func lookAhead(_ foresight: inout Foresight)
}

extension ErasedMachine {
  /// Specialised in the module that declares the machine.
  @inlinable public mutating func lookAhead(_ foresight: inout Foresight) { foresight.look(at: &self) }

  public mutating func receive(_ arrival: Arrival, _ turn: inout Turn) {
    handleErased(.message(turn.effects.envelopes[arrival.slot], from: arrival.from), &turn)
  }
}

/// A message that has arrived: where it lies, and who sent it.
public struct Arrival: Sendable, BitwiseCopyable {
  @usableFromInline let slot: Int32
  @usableFromInline let from: NodeID

  @inlinable package init(slot: Int32, from: NodeID) {
    self.slot = slot
    self.from = from
  }
}

extension Machine {
  /// Opens the envelope; specialised in the module that declares the machine.
  @inlinable public mutating func receive(_ arrival: Arrival, _ turn: inout Turn) {
    guard let message = Message(opening: turn.effects.envelopes[arrival.slot]) else { return }
    handle(.message(message, from: arrival.from), &turn)
  }

  /// Names the timer; specialised in the module that declares the machine.
  @inlinable public mutating func handleErased(_ input: Input<Envelope, UInt8>, _ turn: inout Turn) {
    switch input {
    case .message(let envelope, let from):
      if let message = Message(opening: envelope) { handle(.message(message, from: from), &turn) }
    case .timer(let name, let key):
      if let timer = Timer(rawValue: name) { handle(.timer(timer, key: key), &turn) }
    case .start: handle(.start, &turn)
    case .restarted: handle(.restarted, &turn)
    case .call(let call): handle(.call(call), &turn)
    case .answer(let answer): handle(.answer(answer), &turn)
    case .synced(let ticket): handle(.synced(ticket), &turn)
    case .disturbed(let what, let first, let second): handle(.disturbed(what, first, second), &turn)
    }
  }
}

/// What the world can do to a service without knowing how it works; the two numbers are given with each.
public enum Disturbance: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// The service goes down for (nanoseconds), then its versions jump by (versions).
  case recovery
  /// Versions advance at (thousandths of a million a second); 0 ends the disturbance.
  case versionRate
  /// The service answers nobody: (1) it begins, (0) it ends.
  case unavailable
  /// The next (count) commits end in an unknown result; whether each landed is drawn from (salt).
  case unknownResult
  /// A replica that misses the last (nanoseconds) of writes is promoted.
  case failover
  /// The leader is deposed.
  case leaderChange

  /// Whether it means anything to a service of so many nodes that heeds these.
  ///
  /// A service that does not know what being unavailable means is cut off from all messages instead.
  public func strikes(heeding heeds: [Disturbance], services: Int) -> Bool {
    services > 0 && (self == .unavailable || heeds.contains(self))
  }
}
