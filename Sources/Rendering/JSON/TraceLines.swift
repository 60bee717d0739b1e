import Contract
import Lab

/// A trace as JSON Lines: one object for each record or message, in order, with names instead of numbers.
public enum TraceLines {
  /// One line, without a line feed; `at` is true time in nanoseconds.
  ///
  /// - Parameter protocols: those that the run's machines speak; the resource's own is known.
  public static func line(
    _ record: Record, _ topology: Topology, protocols: [any Payload.Type]
  ) -> String {
    var members: [(key: String, value: JSONValue?)] = [
      ("at", .integer(record.at.nanos)), ("kind", .text(word(record.kind))),
    ]
    if isMessage(record.kind) {
      members += message(record, topology, protocols)
    } else {
      members += fact(record, topology)
    }
    return JSONText.compact(.object(members))
  }

  /// "write-applied": the record's name in kebab-case, which is the word of triggers where there is one.
  static func word(_ kind: Record.Kind) -> String { words[Int(kind.rawValue)] }

  /// Indexed by the number of the kind.
  private static let words: [String] = Record.Kind.allCases.map { kind in
    kind == .leverBegan ? "fault-began" : EventWords.word(kind) ?? kebab("\(kind)")
  }

  private static func kebab(_ name: String) -> String {
    name.reduce("") { $0 + ($1.isUppercase ? "-" + $1.lowercased() : String($1)) }
  }

  private static func node(_ node: NodeID, _ topology: Topology) -> JSONValue? {
    node == .none ? nil : .text(topology.name(of: node))
  }

  // MARK: facts

  private static func fact(_ record: Record, _ topology: Topology) -> [(key: String, value: JSONValue?)] {
    var members: [(key: String, value: JSONValue?)] = [
      ("ordinal", .integer(record.ordinal)), ("node", node(record.node, topology)),
      ("client", node(record.client, topology)),
      ("lock", record.lock == .none ? nil : .integer(record.lock.index + 1)),
      ("grant", record.grant == 0 ? nil : .integer(record.grant)), ("token", token(record.token)),
    ]
    let numbers = [record.a, record.b, record.c, record.d]
    for (field, number) in zip(fields(record.kind), numbers) {
      if let field { members.append((field.name, field.value(number, topology))) }
    }
    return members
  }

  /// Random values as hexadecimal strings, since they take 64 bits.
  private static func token(_ token: Token) -> JSONValue? {
    guard token != .none else { return nil }
    return .object([
      ("order", token.order == 0 ? nil : .integer(token.order)),
      ("minor", token.minor == 0 ? nil : .integer(token.minor)),
      ("unique", token.unique == 0 ? nil : .text("0x" + Quantity.hexadecimal(token.unique, digits: 16))),
    ])
  }

  /// What one of a record's four numbers is called, and what it means.
  private struct Field {
    let name: String
    var isNode = false
    /// Where the number is one of a few: their words, from 0.
    var words: [String] = []

    func value(_ number: Int64, _ topology: Topology) -> JSONValue? {
      if isNode { return TraceLines.node(NodeID(Int32(truncatingIfNeeded: number)), topology) }
      return words.indices.contains(Int(number)) ? .text(words[Int(number)]) : .integer(number)
    }
  }

  /// What a record's numbers a to d are, as its kind says; nil: nothing.
  private static func fields(_ kind: Record.Kind) -> [Field?] {
    func plain(_ names: String?...) -> [Field?] { names.map { $0.map { Field(name: $0) } } }
    switch kind {
    case .waiting: return plain("section")
    case .read: return plain("access", "version", "content")
    case .writeSent: return plain("access", "base")
    case .refreshSent, .refreshed, .refreshFailed, .leaseSent, .leaseCreated: return plain("number")
    case .leaseLost: return [Field(name: "reason", words: ["refused", "deadline"])]
    case .sectionEnded:
      return [Field(name: "end", words: SectionEnd.allCases.map { kebab("\($0)") }), Field(name: "section")]
    case .connected: return [Field(name: "to", isNode: true)]
    case .removed, .extended: return [Field(name: "owner", isNode: true)]
    case .recovered: return plain("version")
    case .readApplied: return plain("access", "version", "content", "highest")
    case .writeApplied: return plain("access", "base", "version", "highest")
    case .siblingKept: return plain("access", "read", "version")
    case .writeAcknowledged: return plain("access", nil, "version")
    case .readRejected, .writeRejected:
      let words = ["done", "refused-token", "refused-version"]
      return [Field(name: "access"), Field(name: "outcome", words: words)]
    case .effectApplied: return plain("access", "job", "again")
    case .itemRestored: return plain(nil, "content", "version", "highest")
    case .crashed: return [Field(name: "lost", words: ["memory", "unsynced", "disk"])]
    case .leverBegan, .leverEnded: return plain("lever")
    default: return []
    }
  }

  // MARK: messages

  private static func isMessage(_ kind: Record.Kind) -> Bool {
    kind == .messageSent || kind == .messageArrived || kind == .messageLost
  }

  private static func message(
    _ record: Record, _ topology: Topology, _ protocols: [any Payload.Type]
  ) -> [(key: String, value: JSONValue?)] {
    let tag = UInt32(truncatingIfNeeded: record.c)
    let word = TraceLines.word(ofMessage: record, protocols)
    let receiver = NodeID(Int32(truncatingIfNeeded: record.b))
    let isLost = record.kind == .messageLost
    return [
      ("message", .integer(record.a)), ("protocol", .text(letters(tag))),
      ("from", node(record.client, topology)), ("to", node(receiver, topology)),
      ("word", isLost ? nil : word.map { .text($0) }),
      ("reason", isLost ? .text(reason(record.d)) : nil),
    ]
  }

  /// What kind of message a sent or arrived one is; nil where no protocol knows it.
  static func word(ofMessage record: Record, _ protocols: [any Payload.Type]) -> String? {
    let tag = UInt32(truncatingIfNeeded: record.c)
    let spoken = ([AccessMessage.self] + protocols).first { $0.tag.code == tag }
    return spoken.flatMap { $0.words.indices.contains(Int(record.d)) ? $0.words[Int(record.d)] : nil }
  }

  static func letters(_ tag: UInt32) -> String {
    let bytes = [tag >> 24, tag >> 16, tag >> 8, tag].map { UInt8(truncatingIfNeeded: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Why a message was lost.
  static func reason(_ code: Int64) -> String {
    switch code {
    case 0: "loss"
    case 1: "link-cut"
    case 2: "receiver-down"
    case 3: "service-unavailable"
    case 5: "connection-given-up"
    default: "dropped"
    }
  }
}
