import Contract

/// What sentinels say to Redis nodes, to each other and to clients.
public struct SentinelMessage: Payload {
  public enum Kind: UInt8, Sendable, BitwiseCopyable {
    /// `PING` and `INFO` in one, from a sentinel to a Redis node, once a second.
    case ping
    /// The node's role, whom it follows, and how far its data is.
    case pong
    /// `REPLICAOF NO ONE`.
    case promote
    /// `REPLICAOF` the node named.
    case follow
    /// `SENTINEL is-master-down-by-addr`: is the master down; and a vote for the sender if it is a candidate.
    case askDown
    case sayDown
    /// A sentinel's idea of who is master, with the epoch of that configuration.
    case hello
    /// `SENTINEL get-master-addr-by-name`, from a client.
    case askMaster
    case sayMaster
    /// `SENTINEL FAILOVER`, from a person at the master's machine to a sentinel.
    case failover
    /// `FAILOVER TO` the node named, from a sentinel to the master.
    case handOver
  }

  public static var tag: ProtocolTag { ProtocolTag("sntl") }
  public static let words = [
    "PING", "PONG", "REPLICAOF NO ONE", "REPLICAOF", "is master down?", "is master down", "hello",
    "who is master?", "master", "SENTINEL FAILOVER", "FAILOVER TO",
  ]

  public var kind: Kind
  /// On `pong`: it is a master. On `sayDown`: the master is down.
  public var isSo = false
  /// On `pong` whom it follows, on `askDown` the candidate or none, on `sayDown` whom it voted for; else the
  /// master.
  public var node: NodeID
  /// On `sayDown` the epoch of the vote, on `hello` that of the configuration; else the one it is in.
  public var epoch: Int64
  /// On `hello`: the epoch that the sender is in. On `pong`: how far the node's data is.
  public var number: Int64

  public init(_ kind: Kind, _ node: NodeID = .none, epoch: Int64 = 0, number: Int64 = 0, isSo: Bool = false) {
    self.kind = kind
    self.node = node
    self.epoch = epoch
    self.number = number
    self.isSo = isSo
  }

  public var word: UInt8 { kind.rawValue }

  public func fold(into print: inout Fingerprint) {
    print.add(isSo)
    print.add(node)
    print.add(epoch)
    print.add(number)
  }
}
