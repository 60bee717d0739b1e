import Contract

// @inlinable stands in this file alone of this room: the queue is generic over its payload, and a generic
// body which another module cannot see is not specialised there. The rest is in `Wheel`, compiled once.

/// Names one pending event of one queue and of its copies, so that it can be cancelled.
public struct EventToken: Hashable, Sendable, BitwiseCopyable {
  @usableFromInline let slot: Int32
  /// How often the slot was used before: a token goes stale with its event. Wraps after 2^32.
  @usableFromInline let generation: UInt32

  @inlinable init(slot: Int, generation: UInt32) {
    self.slot = Int32(truncatingIfNeeded: slot)
    self.generation = generation
  }
}

/// The events to come, earliest first and in order of insertion within one instant.
///
/// A value: a copy goes on independently and identically. Time moves only when an event is popped.
public struct EventQueue<Payload: BitwiseCopyable & Sendable>: Sendable {
  @usableFromInline struct Cell: Sendable, BitwiseCopyable {
    @usableFromInline var payload: Payload
    @usableFromInline var generation: UInt32

    @inlinable init(payload: Payload, generation: UInt32) {
      self.payload = payload
      self.generation = generation
    }
  }

  @usableFromInline var wheel = Wheel()
  /// The wheel's rings: first the heads of its lists, then one link for each cell.
  @usableFromInline var links = Wheel.emptyLists
  /// Indexed by slot; apart from the links, because an event that moves never touches its payload.
  @usableFromInline var cells: [Cell] = []

  @inlinable public init() {}

  @inlinable public var count: Int { wheel.pending }
  @inlinable public var isEmpty: Bool { wheel.pending == 0 }

  /// The time of the earliest event.
  ///
  /// - Complexity: O(n) for the n events of one list: for looking, not for the loop.
  public var nextTime: Instant? { wheel.earliestTime(in: links).map(Instant.init(nanos:)) }

  /// Adds an event behind all others of its instant.
  ///
  /// - Precondition: `time` is not before that of the last pop.
  /// - Complexity: O(1), amortised over the growth of the storage.
  @inlinable @discardableResult
  public mutating func push(_ payload: Payload, at time: Instant) -> EventToken {
    let slot = wheel.push(time.nanos, in: &links)
    if slot == cells.count {
      cells.append(Cell(payload: payload, generation: 0))
      return EventToken(slot: slot, generation: 0)
    }
    let generation = cells[slot].generation &+ 1
    cells[slot] = Cell(payload: payload, generation: generation)
    return EventToken(slot: slot, generation: generation)
  }

  /// Removes the earliest event, unless it is after `limit`; then nothing moves, time included.
  ///
  /// - Complexity: O(1) amortised, as an event descends at most 10 levels in its life and is searched for
  ///   among few; O(n) for the n events of one list where `limit` lies within the span of that list.
  @inlinable public mutating func pop(until limit: Instant) -> (time: Instant, payload: Payload)? {
    let (slot, time) = wheel.pop(until: limit.nanos, in: &links)
    return slot < 0 ? nil : (Instant(nanos: time), cells[slot].payload)
  }

  /// Removes an event; false where it is gone already.
  ///
  /// - Complexity: O(1).
  @inlinable @discardableResult public mutating func cancel(_ token: EventToken) -> Bool {
    let slot = Int(token.slot)
    guard slot < cells.count, cells[slot].generation == token.generation else { return false }
    return wheel.remove(slot, in: &links)
  }
}

/// A hierarchical timing wheel: 11 levels of 64 lists, exact to the nanosecond.
///
/// An event stands at the level of the highest base-64 digit in which its time differs from `base`, in the
/// list of its digit there. So all events of an instant share a list, the first occupied list of the lowest
/// occupied level holds the earliest event, and a list which is spread over the levels below, empty by then,
/// keeps its order: no sequence number is needed. A list of few events is not spread but searched, while
/// `base` stays behind: most events leave from two levels above the lowest.
///
/// The lists are rings through a head, all in one array: no branch asks whether a neighbour exists. Links are
/// read and written without a bounds check, which takes 15 % off the wheel's instructions: every number in
/// them is that of a head or of a link, since they come from `emptyLists` and `grow` alone.
/// Source: Varghese, Lauck 1987, "Hashed and hierarchical timing wheels".
@usableFromInline struct Wheel: Sendable {
  /// A head, or an event, or a free slot: then `previous` is `none`.
  @usableFromInline struct Link: Sendable, BitwiseCopyable {
    var time: Int64 = 0
    var next: UInt32
    var previous: UInt32
  }

  typealias Links = MutableSpan<Link>

  @inline(__always) static var heads: Int { 11 * 64 }
  @inline(__always) static var none: UInt32 { .max }
  /// From here on a link that was left alone for long is far away, so that lists have trails.
  @inline(__always) static var crowd: Int { 1 << 18 }
  /// How many events a list may hold to be searched: up to here that takes less than to move each once.
  @inline(__always) static var few: Int { 8 }

  /// Stored, so that a run begins with a copy of it: short runs begin often.
  @usableFromInline static let emptyLists = (0..<UInt32(heads)).map { Link(next: $0, previous: $0) }

  /// The time of the last pop, in nanoseconds.
  var now: Int64 = 0
  /// What the places of all events are counted from: `now`, or before it and as far back as is of use.
  var base: Int64 = 0
  @usableFromInline var pending = 0
  /// The first of the free slots, which are chained by `next`.
  var free = none
  /// Bit l is set where level l holds an event.
  var levels: UInt64 = 0
  /// Indexed by level; bit d is set where the list of digit d holds an event.
  var digits: [11 of UInt64] = .init(repeating: 0)
  /// Indexed by head; empty while there is no crowd.
  var trails: [Trail] = []
  /// Where the scouts got to: kept so that their walks are not for nothing to the compiler.
  var scouted: UInt32 = 0
  /// Whether somebody wants to know which events come soon.
  var isAnnouncing = false
  /// The slots of the events of the latest long list that was spread; whoever wants to know empties it.
  var announced: [UInt32] = []
  /// Whether there are any; beside the list, since it is asked at each event.
  var hasAnnounced = false

  @usableFromInline init() {}

  /// Returns the slot where the event's payload belongs.
  @inline(__always) @usableFromInline mutating func push(_ time: Int64, in links: inout [Link]) -> Int {
    precondition(time >= now, "an event was pushed into the past")
    if free == Wheel.none { grow(&links) }
    var links = links.mutableSpan
    let link = free
    free = links[unchecked: Int(link)].next
    pending &+= 1
    append(link, at: time, in: &links)
    if pending > Wheel.crowd { trace(link, in: links.span) }
    return Int(link) &- Wheel.heads
  }

  /// Returns the slot of the earliest event, and its time; a negative slot where it is after `limit`.
  @usableFromInline
  mutating func pop(until limit: Int64, in links: inout [Link]) -> (slot: Int, time: Int64) {
    var links = links.mutableSpan
    while levels != 0 {
      let level = levels.trailingZeroBitCount
      let digit = digits[unchecked: level].trailingZeroBitCount
      let head = links[unchecked: level &* 64 &+ digit]
      var first = head.next
      if level != 0 && head.next != head.previous {
        first = earliestOfFew(level &* 64 &+ digit, in: links.span)
        if first == Wheel.none {
          guard spread(level, digit, until: limit, in: &links) else { break }
          continue
        }
      }
      let link = links[unchecked: Int(first)]
      guard link.time <= limit else { break }
      unlink(first, link, in: &links)
      let isEmpty = link.next == link.previous
      mark(level, digit, empty: isEmpty)
      now = link.time
      if isEmpty { base = link.time }
      return (Int(first) &- Wheel.heads, link.time)
    }
    return (-1, 0)
  }

  /// False where the slot is free.
  @usableFromInline mutating func remove(_ slot: Int, in links: inout [Link]) -> Bool {
    var links = links.mutableSpan
    let index = slot &+ Wheel.heads
    let link = links[unchecked: index]
    guard link.previous != Wheel.none else { return false }
    unlink(UInt32(truncatingIfNeeded: index), link, in: &links)
    if link.next == link.previous { mark(Int(link.next) / 64, Int(link.next) % 64, empty: true) }
    return true
  }

  /// The time of the earliest event, by a walk along its list.
  func earliestTime(in links: [Link]) -> Int64? {
    if levels == 0 { return nil }
    let level = levels.trailingZeroBitCount
    return Wheel.earliestTime(level &* 64 &+ digits[unchecked: level].trailingZeroBitCount, in: links.span)
  }
}

extension Wheel {
  @inline(never) mutating func grow(_ links: inout [Link]) {
    precondition(links.count < Int(Int32.max), "more events are pending than a token can name")
    free = UInt32(truncatingIfNeeded: links.count)
    links.append(Link(next: Wheel.none, previous: Wheel.none))
  }

  /// The level and the digit of the list where this time belongs.
  @inline(__always) func place(of time: Int64) -> (level: Int, digit: Int) {
    // A sixth of a bit number below 64, without a division.
    let level = ((63 &- ((time ^ base) | 1).leadingZeroBitCount) &* 43) &>> 8
    return (level, Int(truncatingIfNeeded: (time &>> Int64(level &* 6)) & 63))
  }

  /// Puts a link at the end of the list where this time belongs.
  @inline(__always) mutating func append(_ link: UInt32, at time: Int64, in links: inout Links) {
    let (level, digit) = place(of: time)
    let head = level &* 64 &+ digit
    digits[unchecked: level] |= 1 &<< UInt64(digit)
    levels |= 1 &<< UInt64(level)
    let last = links[unchecked: head].previous
    links[unchecked: Int(last)].next = link
    links[unchecked: head].previous = link
    links[unchecked: Int(link)] = Link(time: time, next: UInt32(truncatingIfNeeded: head), previous: last)
  }

  /// Takes a link out of its ring and frees it.
  @inline(__always) mutating func unlink(_ index: UInt32, _ link: Link, in links: inout Links) {
    links[unchecked: Int(link.previous)].next = link.next
    links[unchecked: Int(link.next)].previous = link.previous
    links[unchecked: Int(index)].next = free
    links[unchecked: Int(index)].previous = Wheel.none
    free = index
    pending &-= 1
  }

  /// Notes, without a branch, that a list which held events is now empty, or is not.
  @inline(__always) mutating func mark(_ level: Int, _ digit: Int, empty: Bool) {
    digits[unchecked: level] ^= (empty ? 1 : 0) &<< UInt64(digit)
    levels ^= (digits[unchecked: level] == 0 ? 1 : 0) &<< UInt64(level)
  }

  /// Moves the base towards the earliest event of a list, and the list's events to the levels below.
  ///
  /// False, and nothing is moved, where that event is after `limit`.
  @inline(never)
  mutating func spread(_ level: Int, _ digit: Int, until limit: Int64, in links: inout Links) -> Bool {
    let head = level &* 64 &+ digit
    guard let time = approach(level, digit, until: limit, in: &links) else { return false }
    base = time
    var slot = links[unchecked: head].next
    links[unchecked: head].next = UInt32(truncatingIfNeeded: head)
    links[unchecked: head].previous = UInt32(truncatingIfNeeded: head)
    mark(level, digit, empty: true)
    if isAnnouncing, level >= Wheel.announcedLevel { announce(slot, head, in: links.span) }
    if !trails.isEmpty { slot = scatterCrowd(slot, head, in: &links) }
    while slot != head {
      let link = links[unchecked: Int(slot)]
      append(slot, at: link.time, in: &links)
      slot = link.next
    }
    return true
  }

  /// How far the base may move before the events of a list must have; nil where they are all after `limit`.
  ///
  /// Never past the next event: where the whole list will be popped, to its first instant.
  @inline(__always) func approach(
    _ level: Int, _ digit: Int, until limit: Int64, in links: inout Links
  ) -> Int64? {
    let head = level &* 64 &+ digit
    let shift = level &* 6
    let start = ((base >> (shift + 6)) << (shift + 6)) | Int64(digit) << shift
    if limit < start | ((1 << shift) - 1) {
      let earliest = Wheel.earliestTime(head, in: links.span)
      return earliest <= limit ? earliest : nil
    }
    return start
  }

  /// The first of the earliest events of a list, which holds one; `none` where it holds more than a few.
  @inline(__always) func earliestOfFew(_ head: Int, in links: Span<Link>) -> UInt32 {
    var earliest = links[unchecked: head].next
    var time = links[unchecked: Int(earliest)].time
    var next = links[unchecked: Int(earliest)].next
    for _ in 1..<Wheel.few {
      if next == head { return earliest }
      let link = links[unchecked: Int(next)]
      if link.time < time { earliest = next }
      time = min(time, link.time)
      next = link.next
    }
    return next == head ? earliest : Wheel.none
  }

  @inline(never) static func earliestTime(_ head: Int, in links: Span<Link>) -> Int64 {
    var earliest = Int64.max
    var slot = links[unchecked: head].next
    while slot != head {
      earliest = min(earliest, links[unchecked: Int(slot)].time)
      slot = links[unchecked: Int(slot)].next
    }
    return earliest
  }
}
