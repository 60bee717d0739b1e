import Contract
import Testing

@testable import Services

/// One layer process on a bench: a store that answers at once, with versions and clocks that the test sets.
struct LayerBench {
  static let topology = Topology(services: 1, layers: 2, clients: 2)
  static let store = topology.node(.service, 1)!
  static let client1 = topology.node(.client, 1)!
  static let client2 = topology.node(.client, 2)!
  static let ttl = Nanos.seconds(10)

  var layer: LockLayerServer
  /// The store's latest version, which is also the next read version; a commit adds one.
  var version: Int64 = 1_000_000
  var wall = LocalTime(nanos: 1_000_000_000_000)
  var monotonic = LocalTime(nanos: 0)
  /// What the store holds, by key; a bench has few.
  var values: [(key: StoreKey, value: DiskValue)] = []
  var marks: [StoreMark] = []
  /// Answers to clients, oldest first.
  var answers: [LockLayerMessage] = []
  /// How many of the next commits are applied without being told, and how many end in a conflict.
  var untold = 0
  var conflicts = 0
  /// Whether what the layer sends to the store is lost.
  var isCutOff = false
  /// Keys of the store client's timers, in the order in which they were set.
  var storeTimers: [UInt64] = []
  private var again: [UInt64] = []
  private var requests: Int64 = 0
  private var chance = Chance(salt: 7)

  init(_ expiry: LeaseExpiry = .versions, _ given: [(name: String, value: SettingValue)] = []) {
    let terms = LockLayerTerms(Settings(LockLayerTerms.parameters, given: given), expiry: expiry)
    let node = LayerBench.topology.node(.layer, 1)!
    let lease = LeaseTerms(ttl: LayerBench.ttl, refresh: .seconds(3))
    layer = LockLayerServer(terms, Seat(node: node, topology: LayerBench.topology, lease: lease))
    handle(.start)
  }

  // MARK: what a client asks

  /// A new lease, and its identifier.
  mutating func lease(for client: NodeID = client1) -> UInt64 {
    ask(.createLease, for: client)?.lease ?? 0
  }

  /// One request and its answer; nil where none came.
  @discardableResult
  mutating func ask(
    _ kind: LockLayerMessage.Kind, lease: UInt64 = 0, attempt: UInt64 = 0, request: Int64? = nil,
    for client: NodeID = client1
  ) -> LockLayerMessage? {
    requests += 1
    let before = answers.count
    let message = LockLayerMessage(
      kind, lock: LockID(0), lease: lease, attempt: attempt, request: request ?? requests)
    handle(.message(.client(message), from: client))
    while !again.isEmpty { handle(.timer(.again, key: again.removeFirst())) }
    return answers.count > before ? answers.last : nil
  }

  /// Lets so much time pass on all clocks, and as many versions as belong to it.
  mutating func pass(_ span: Nanos) {
    version += span.count / 1_000
    monotonic = monotonic + span
    wall = wall + span
  }

  mutating func sample() { handle(.timer(.sample, key: 0)) }

  func value(_ key: StoreKey) -> DiskValue? { values.first { $0.key == key }?.value }

  // MARK: the store

  mutating func handle(_ input: Input<LockLayerInbox, LockLayerServer.Timer>, _ parcel: [Int64] = []) {
    var turn = Turn()
    turn.parcel = parcel
    turn.now = LocalClocks(wall: wall, monotonic: monotonic)
    turn.me = LayerBench.topology.node(.layer, 1)!
    turn.chance = chance
    layer.handle(input, &turn)
    chance = turn.chance
    var inbox: [(message: StoreMessage, words: [Int64])] = []
    for effect in turn.effects {
      switch effect {
      case .send(let envelope, let node) where node == LayerBench.store:
        let words = envelope.parcel >= 0 ? turn.parcels.take(envelope.parcel) : []
        inbox.append((envelope.read(as: StoreMessage.self), words))
      case .send(let envelope, _): answers.append(envelope.read(as: LockLayerMessage.self))
      case .setTimer(LockLayerServer.Timer.again.rawValue, let key, _): again.append(key)
      case .setTimer(LockLayerServer.Timer.store.rawValue, let key, _): storeTimers.append(key)
      default: break
      }
    }
    if isCutOff { return }
    for one in inbox {
      var values: [Int64] = []
      let answer = reply(to: one.message, one.words, &values)
      handle(.message(.store(answer), from: LayerBench.store), values)
    }
  }

  /// The store's answer; to a read of many keys it brings a parcel.
  private mutating func reply(
    to message: StoreMessage, _ words: [Int64], _ values: inout [Int64]
  ) -> StoreMessage {
    switch message.kind {
    case .readMany:
      for word in words {
        let value = self.values.first { $0.key.packed == word }?.value
        let held = value ?? DiskValue()
        values += [word, value == nil ? 0 : 1, held.a, held.b, held.c, held.d]
      }
      return message.reply(.values, version: message.version)
    case .getReadVersion: return message.reply(.readVersion, version: version)
    case .read:
      var reply = message.reply(.value, version: message.version)
      if let value = value(message.key) {
        reply.hasValue = true
        reply.value = value
      }
      return reply
    case .commit where conflicts > 0:
      conflicts -= 1
      return message.reply(.conflict)
    case .commit:
      apply(words)
      if untold == 0 { return message.reply(.committed, version: version) }
      untold -= 1
      return message.reply(.unknown)
    default:
      version += 1
      return message.reply(.committed, version: version)
    }
  }

  private mutating func apply(_ words: [Int64]) {
    version += 1
    var position = 0
    while let item = StoreCommit.item(in: words, at: &position, end: words.count) {
      switch item {
      case .set(let key, var value, let word):
        if word == 0 { value.a = version }
        if word == 1 { value.b = version }
        values.removeAll { $0.key == key }
        values.append((key, value))
      case .clear(let key): values.removeAll { $0.key == key }
      case .mark(let mark): marks.append(mark)
      case .readConflict, .writeConflict: break
      }
    }
  }
}
