import Contract

/// The commands and answers between lock clients and Redis nodes.
public struct RedisMessage: Payload {
  public enum Operation: UInt8, Sendable, BitwiseCopyable {
    /// `SET key value NX PX ttl`.
    case setIfAbsent
    /// The script that deletes the key if it holds this value.
    case deleteIfEqual
    /// `DEL key`, whoever holds it.
    case delete
    /// The script that sets a new TTL if the key holds this value.
    case extendIfEqual
    /// `PEXPIRE key ttl`, whoever holds it.
    case extend
    case answer
    /// The script that sets the key if it is absent or holds this value already, with a new TTL.
    case setIfAbsentOrEqual
    /// The script of Redisson's fenced lock: takes or re-enters the lock and increments its token key.
    case takeWithToken
    /// `WAIT n`: answered when n replicas have acknowledged the client's last write.
    case waitForReplicas
    /// The error in place of an answer: `READONLY` of a replica, `NOREPLICAS` of a master with too few.
    case refusal
  }

  public static var tag: ProtocolTag { ProtocolTag("resp") }
  public static let words = [
    "SET NX PX", "DEL if equal", "DEL", "PEXPIRE if equal", "PEXPIRE", "answer", "SET if absent or equal",
    "take and INCR", "WAIT", "refusal",
  ]

  public var operation: Operation
  /// On answers: whether the command changed anything.
  public var isYes = false
  public var lock: LockID
  /// The random value of the key; of `WAIT` the number of replicas; on answers to `takeWithToken` the token.
  public var value: UInt64
  /// Of `takeWithToken`, whose value is the same in all attempts of a client: the attempt's own.
  public var attempt: UInt64 = 0
  public var ttl: Nanos
  /// Chosen by the client, returned with the answer.
  public var question: Int64

  public init(
    _ operation: Operation, _ lock: LockID, value: UInt64 = 0, ttl: Nanos = .zero, question: Int64 = 0
  ) {
    self.operation = operation
    self.lock = lock
    self.value = value
    self.ttl = ttl
    self.question = question
  }

  func reply(_ isYes: Bool, value: UInt64 = 0) -> RedisMessage {
    var answer = RedisMessage(.answer, lock, value: value, question: question)
    answer.isYes = isYes
    return answer
  }

  var refused: RedisMessage { RedisMessage(.refusal, lock, question: question) }

  /// The TTL as the command carries it.
  var milliseconds: Int64 { ttl.count / 1_000_000 }

  public var word: UInt8 { operation.rawValue }

  public func fold(into print: inout Fingerprint) {
    print.add(isYes)
    print.add(lock)
    print.add(value)
    if attempt != 0 { print.add(attempt) }
    print.add(ttl)
    print.add(question)
  }
}
