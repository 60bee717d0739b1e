/// Effects in the order in which they were emitted.
///
/// Messages, most effects by far, lie in a slab, where they stay until they are delivered: one is written
/// once and read once, and what moves through the world is the number of its slot. The list is cut to a
/// length by one store; with `removeLast` of an array each effect costs 25 instructions more.
@usableFromInline package struct EffectList: Sendable {
  /// A message and where it goes; or, without a slot, an effect that stands at the same place in `others`.
  @usableFromInline package struct Entry: Sendable, BitwiseCopyable {
    @usableFromInline package let node: NodeID
    @usableFromInline package let slot: Int32

    @inlinable init(node: NodeID, slot: Int32) {
      self.node = node
      self.slot = slot
    }
  }

  /// These hold whatever was there before, from `count` on.
  @usableFromInline var entries: [Entry] = []
  @usableFromInline var others: [Effect] = []
  @usableFromInline package var count = 0
  @usableFromInline package var envelopes = EnvelopeSlab()

  @inlinable package init() {}

  @inlinable @inline(__always) package mutating func send(_ envelope: Envelope, to node: NodeID) {
    enter(Entry(node: node, slot: envelopes.put(envelope)))
  }

  /// Seals the message where it will lie.
  @inlinable @inline(__always) package mutating func post<Message: Payload>(
    _ message: Message, to node: NodeID
  ) {
    enter(Entry(node: node, slot: envelopes.put(sealing: message)))
  }

  @inlinable @inline(__always) package mutating func append(_ effect: Effect) {
    if case .send(let envelope, let node) = effect { return send(envelope, to: node) }
    if others.count > count { others[count] = effect } else { lengthen(effect) }
    enter(Entry(node: .none, slot: -1))
  }

  @usableFromInline @inline(never) mutating func lengthen(_ effect: Effect) {
    while others.count <= count { others.append(effect) }
  }

  @inlinable @inline(__always) mutating func enter(_ entry: Entry) {
    if count == entries.count { entries.append(entry) } else { entries[count] = entry }
    count &+= 1
  }

  @inlinable package func entry(at position: Int) -> Entry { entries[position] }
  /// The effect of an entry without a slot.
  @inlinable package func other(at position: Int) -> Effect { others[position] }

  /// Drops all entries from this position on; their messages stay in the slab.
  ///
  /// - Precondition: `length` is not above `count`.
  @inlinable package mutating func cut(to length: Int) { count = length }
}

/// As whole effects, for those to whom it matters little what that costs.
extension EffectList: RandomAccessCollection, RangeReplaceableCollection {
  @inlinable package var startIndex: Int { 0 }
  @inlinable package var endIndex: Int { count }

  @inlinable package subscript(position: Int) -> Effect {
    let entry = entries[position]
    return entry.slot < 0 ? others[position] : .send(envelopes[entry.slot], to: entry.node)
  }

  @usableFromInline package mutating func replaceSubrange(
    _ range: Range<Int>, with effects: some Collection<Effect>
  ) {
    var all = Array(self)
    for entry in entries[..<count] where entry.slot >= 0 { envelopes.drop(entry.slot) }
    cut(to: 0)
    all.replaceSubrange(range, with: effects)
    for effect in all { append(effect) }
  }
}

/// Messages from when they are sent until they are delivered or lost, by slot.
@usableFromInline package struct EnvelopeSlab: Sendable {
  @usableFromInline package var slots: [Envelope] = []
  /// The first free slot; each names the next one in the place of its parcel, the last one -1.
  @usableFromInline var free: Int32 = -1

  @inlinable init() {}

  @inlinable package subscript(slot: Int32) -> Envelope { slots[Int(slot)] }

  // One by one, so that nobody copies an envelope for the sake of a word.
  @inlinable package func print(_ slot: Int32) -> UInt64 { slots[Int(slot)].print }
  @inlinable package func tag(_ slot: Int32) -> ProtocolTag { slots[Int(slot)].tag }
  @inlinable package func parcel(_ slot: Int32) -> Int32 { slots[Int(slot)].parcel }

  @inlinable @inline(__always) package mutating func put(_ envelope: Envelope) -> Int32 {
    let slot = free
    guard slot >= 0 else { return add(envelope) }
    free = slots[Int(slot)].parcel
    slots[Int(slot)] = envelope
    return slot
  }

  @inlinable @inline(__always)
  package mutating func put<Message: Payload>(sealing message: Message) -> Int32 {
    let slot = free
    guard slot >= 0 else { return add(Envelope(message)) }
    let print = Envelope.print(of: message)
    free = slots[Int(slot)].parcel
    slots[Int(slot)].seal(message, print)
    return slot
  }

  /// Apart, as it is needed only until the slab has grown to what is ever in flight.
  @usableFromInline @inline(never) mutating func add(_ envelope: Envelope) -> Int32 {
    slots.append(envelope)
    return Int32(slots.count - 1)
  }

  /// Frees a slot; the parcel that came along, if any, is the caller's.
  @inlinable @inline(__always) package mutating func drop(_ slot: Int32) {
    slots[Int(slot)].parcel = free
    free = slot
  }

  /// How many messages it holds.
  package var count: Int {
    var count = slots.count
    var next = free
    while next >= 0 {
      count -= 1
      next = slots[Int(next)].parcel
    }
    return count
  }
}
