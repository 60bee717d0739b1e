/// What a machine can send: plain data of at most 72 bytes.
///
/// The hash is folded here, in typed code, when the message is sent; padding never enters a digest.
public protocol Payload: Inbox, BitwiseCopyable {
  /// Four letters that tell this protocol from all others in a run.
  ///
  /// Better computed than stored: a stored one is looked up under a guard at each message.
  static var tag: ProtocolTag { get }
  /// Names of the kinds of message, indexed by `word`, for traces and figures.
  static var words: [String] { get }
  /// Which kind of message this is.
  var word: UInt8 { get }
  func fold(into print: inout Fingerprint)
}

/// What a machine can receive: one protocol, or several told apart by their tags.
public protocol Inbox: Sendable {
  /// The message in the envelope; nil where it is of a protocol that this inbox does not speak.
  init?(opening envelope: Envelope)
}

extension Payload {
  @inlinable public init?(opening envelope: Envelope) {
    guard envelope.tag == Self.tag else { return nil }
    self = envelope.read(as: Self.self)
  }
}

/// One kind of message of one protocol.
public struct MessageKind: Hashable, Sendable, BitwiseCopyable {
  public let tag: ProtocolTag
  public let word: UInt8

  public init(_ tag: ProtocolTag, _ word: UInt8) {
    self.tag = tag
    self.word = word
  }
}

/// The name of a protocol, four letters packed into a word.
public struct ProtocolTag: Hashable, Sendable, BitwiseCopyable {
  public let code: UInt32

  @usableFromInline init(code: UInt32) { self.code = code }

  /// Written letter by letter, so that a computed tag is a number in the program and costs nothing to ask.
  ///
  /// - Precondition: the name has exactly four ASCII letters.
  @inlinable @inline(__always) public init(_ name: StaticString) {
    precondition(name.utf8CodeUnitCount == 4, "a protocol tag has four letters")
    let letters = name.utf8Start
    code = UInt32(letters[0]) << 24 | UInt32(letters[1]) << 16 | UInt32(letters[2]) << 8 | UInt32(letters[3])
  }
}

/// A message in flight, with its type erased: plain words, so that copying it is cheap.
public struct Envelope: Sendable, BitwiseCopyable {
  @usableFromInline var words:
    (
      UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64
    ) = (0, 0, 0, 0, 0, 0, 0, 0, 0)
  @usableFromInline package var print: UInt64
  @usableFromInline var protocolTag: ProtocolTag
  /// The slot in World's slab of the words that came along; -1 where none did.
  @usableFromInline package var parcel: Int32 = -1
  @usableFromInline var kind: UInt8

  @inlinable public var tag: ProtocolTag { protocolTag }
  /// Which kind of message of its protocol it is.
  @inlinable public var word: UInt8 { kind }

  /// - Precondition: the payload takes at most 72 bytes.
  @inlinable public init<Message: Payload>(_ message: Message) {
    self.init()
    seal(message, Envelope.print(of: message))
  }

  @inlinable @inline(__always) static func print<Message: Payload>(of message: Message) -> UInt64 {
    var folded = Fingerprint()
    folded.add(UInt64(message.word))
    message.fold(into: &folded)
    return folded.value
  }

  /// Puts a message in the place of what was here before.
  @inlinable @inline(__always) mutating func seal<Message: Payload>(_ message: Message, _ print: UInt64) {
    precondition(
      MemoryLayout<Message>.size <= 72, "a payload takes at most 72 bytes; put the rest in a parcel")
    words = (0, 0, 0, 0, 0, 0, 0, 0, 0)
    withUnsafeMutableBytes(of: &words) { $0.storeBytes(of: message, as: Message.self) }
    self.print = print
    protocolTag = Message.tag
    parcel = -1
    kind = message.word
  }

  /// No message: what an event carries that is none.
  @inlinable package init() {
    print = 0
    protocolTag = ProtocolTag(code: 0)
    kind = 0
  }

  @inlinable public func read<Message: Payload>(as type: Message.Type) -> Message {
    withUnsafeBytes(of: words) { $0.load(as: Message.self) }
  }
}

/// The protocol of a machine that sends and receives nothing.
public struct NoMessage: Payload {
  public init() {}
  @inlinable public static var tag: ProtocolTag { ProtocolTag("none") }
  public static let words: [String] = []
  public var word: UInt8 { 0 }
  public func fold(into print: inout Fingerprint) {}
}
