import Contract

/// When one end of a connection stops believing in the other: after silence, and probes that nobody answers.
///
/// It is the kernel that probes and counts; here the machine does it for its kernel, so a paused machine
/// makes up for it when it goes on. The other end's kernel answers, whether or not its process is paused.
/// Source: tcp(7): tcp_keepalive_time 7200 s, tcp_keepalive_intvl 75 s, tcp_keepalive_probes 9.
public struct Keepalive: Sendable, BitwiseCopyable {
  public enum Step: Sendable, Equatable {
    /// Look again after this long.
    case wait(Nanos)
    /// Send a probe, then look again after this long.
    case probe(Nanos)
    case dead
  }

  let terms: KeepaliveTerms
  var heard: LocalTime
  var unanswered: Int64 = 0

  public init(_ terms: KeepaliveTerms, now: LocalTime) {
    self.terms = terms
    heard = now
  }

  /// Anything at all came from the other end.
  public mutating func hear(at now: LocalTime) {
    heard = now
    unanswered = 0
  }

  public mutating func look(at now: LocalTime) -> Step {
    let silence = now - heard
    if silence < terms.idle { return .wait(terms.idle - silence) }
    if unanswered >= terms.count { return .dead }
    unanswered += 1
    return .probe(terms.interval)
  }
}

public struct KeepaliveTerms: Sendable, BitwiseCopyable {
  public let idle: Nanos
  public let interval: Nanos
  public let count: Int64

  public init(_ settings: Settings) {
    idle = settings.duration("keepaliveIdle") ?? .seconds(7_200)
    interval = settings.duration("keepaliveInterval") ?? .seconds(75)
    count = settings.count("keepaliveCount") ?? 9
  }

  public static let parameters: [ParameterSpec] = [
    ParameterSpec(
      "keepaliveIdle", .duration, .duration(.seconds(7_200)), "silence before a connection is probed"),
    ParameterSpec("keepaliveInterval", .duration, .duration(.seconds(75)), "rest between two probes"),
    ParameterSpec("keepaliveCount", .count(1...1_000), .count(9), "unanswered probes that end a connection"),
  ]
}
