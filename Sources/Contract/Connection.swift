/// What the kernels at the two ends of a connection tell each other.
///
/// A process opens a connection with `Turn.open`; from then on its kernel answers probes for it, even while
/// the process is paused. It stops with the machine: a power failure, or a suspended virtual machine.
/// When the process closes the connection or crashes, the kernel sends `reset` to the other end, once.
/// Source: RFC 9293, sections 3.5.2 and 3.8.4 (resets, keep-alives).
public struct ConnectionMessage: Payload {
  public enum Kind: UInt8, Sendable, BitwiseCopyable {
    /// Sent by a process that has heard nothing for long; the other kernel takes it, not its process.
    case probe
    /// The probed connection is open.
    case alive
    /// The connection is closed, or was never known.
    case reset
    /// The kernel has everything up to the message of this number, whatever its process does.
    case acknowledgement
  }

  @inlinable public static var tag: ProtocolTag { ProtocolTag("conn") }
  public static let words = ["probe", "alive", "reset", "ACK"]

  public var kind: Kind
  /// Names the connection between these two nodes; chosen by the one that opened it. On acknowledgements:
  /// the message.
  public var connection: UInt64

  public init(_ kind: Kind, _ connection: UInt64) {
    self.kind = kind
    self.connection = connection
  }

  public var word: UInt8 { kind.rawValue }

  public func fold(into print: inout Fingerprint) { print.add(connection) }
}
