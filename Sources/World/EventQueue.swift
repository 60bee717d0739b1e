import Contract

// @inlinable is used in this file alone of this room: the queue is generic over its payload, and a generic
// body which another module cannot see is not specialised there. All that is not generic is in `Wheel`.

/// Names one pending event of one queue and of its copies, so that it can be cancelled.
public struct EventToken: Hashable, Sendable, BitwiseCopyable {
  @usableFromInline let slot: Int32
  /// How often the slot was freed before: a token goes stale with its event. Wraps after 2^32.
  @usableFromInline let generation: UInt32

  @inlinable init(slot: Int32, generation: UInt32) {
    self.slot = slot
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
  /// The heads of the wheel's lists; behind them the slots.
  @usableFromInline var links = Wheel.emptyLists
  /// Indexed by slot; apart from the wheel's links, because an event that moves never touches its payload.
  @usableFromInline var cells: [Cell] = []

  @inlinable public init() {}

  @inlinable public var count: Int { wheel.pending }
  @inlinable public var isEmpty: Bool { wheel.pending == 0 }

  /// The time of the earliest event.
  ///
  /// - Complexity: O(n) for the n events of one list; meant for looking, not for the loop.
  public var nextTime: Instant? { wheel.nextTime(in: links).map(Instant.init(nanos:)) }

  /// Adds an event behind all others of its instant.
  ///
  /// - Precondition: `time` is not before that of the last pop.
  /// - Complexity: O(1), amortised over the growth of the storage.
  @inlinable @discardableResult
  public mutating func push(_ payload: Payload, at time: Instant) -> EventToken {
    let slot = wheel.push(time.nanos, in: &links)
    if slot == cells.count {
      cells.append(Cell(payload: payload, generation: 0))
    } else {
      cells[slot].payload = payload
    }
    return EventToken(slot: Int32(truncatingIfNeeded: slot), generation: cells[slot].generation)
  }

  /// Removes the earliest event, unless it is after `limit`; then nothing moves, time included.
  ///
  /// - Complexity: O(1) amortised, as an event descends at most 10 levels in its life; where the answer is nil,
  ///   O(n) for the n events of one list.
  @inlinable public mutating func pop(until limit: Instant) -> (time: Instant, payload: Payload)? {
    let slot = wheel.pop(until: limit.nanos, in: &links)
    guard slot >= 0 else { return nil }
    cells[slot].generation &+= 1
    return (Instant(nanos: wheel.now), cells[slot].payload)
  }

  /// Removes an event; false where it is gone already.
  ///
  /// - Complexity: O(1).
  @inlinable @discardableResult public mutating func cancel(_ token: EventToken) -> Bool {
    let slot = Int(token.slot)
    guard slot < cells.count, cells[slot].generation == token.generation else { return false }
    cells[slot].generation &+= 1
    wheel.remove(slot, in: &links)
    return true
  }
}

/// A hierarchical timing wheel: 11 levels of 64 lists of slots, exact to the nanosecond.
///
/// An event stands at the level of the highest base-64 digit in which its time differs from `now`, in the list
/// of its digit there. So all events of an instant share a list, the lowest occupied list of the lowest
/// occupied level holds the earliest event, and a list that is spread over the levels below, which are then
/// empty, keeps its order: no sequence number is needed.
/// Source: Varghese, Lauck 1987, "Hashed and hierarchical timing wheels".
@usableFromInline struct Wheel: Sendable {
  /// A knot of a ring: the slot of an event, or the head of a list, which stands before its first slot.
  @usableFromInline struct Link: Sendable, BitwiseCopyable {
    var time: Int64 = 0
    var next: Int32
    var previous: Int32
  }

  static let heads = 704

  /// The time of the last pop, in nanoseconds.
  @usableFromInline var now: Int64 = 0
  @usableFromInline var pending = 0
  /// The first of the free slots, which are chained by `next`; 0 where there is none.
  var free: Int32 = 0
  /// Bit l is set where level l holds an event.
  var levels: UInt64 = 0
  /// Indexed by level; bit d is set where the list of digit d holds an event.
  var digits: [11 of UInt64] = .init(repeating: 0)
  @usableFromInline static var emptyLists: [Link] { (0..<704).map { Link(next: $0, previous: $0) } }

  @usableFromInline init() {}

  @usableFromInline mutating func push(_ time: Int64, in links: inout [Link]) -> Int {
    precondition(time >= now, "an event was pushed into the past")
    if free == 0 {
      precondition(links.count < Int(Int32.max), "more events are pending than a token can name")
      free = Int32(truncatingIfNeeded: links.count)
      links.append(Link(next: 0, previous: 0))
    }
    var links = links.mutableSpan
    let slot = free
    free = links[Int(slot)].next
    pending &+= 1
    put(slot, time, in: &links)
    return Int(slot) &- 704
  }

  @usableFromInline mutating func pop(until limit: Int64, in links: inout [Link]) -> Int {
    var links = links.mutableSpan
    while levels != 0 {
      let level = levels.trailingZeroBitCount
      let digit = digits[level].trailingZeroBitCount
      let head = links[level &* 64 &+ digit]
      if level != 0 && head.next != head.previous {
        guard spread(level, digit, until: limit, in: &links) else { return -1 }
        continue
      }
      let time = links[Int(head.next)].time
      guard time <= limit else { return -1 }
      take(head.next, in: &links)
      now = time
      return Int(head.next) &- 704
    }
    return -1
  }

  @usableFromInline mutating func remove(_ slot: Int, in links: inout [Link]) {
    var links = links.mutableSpan
    take(Int32(truncatingIfNeeded: slot &+ 704), in: &links)
  }
}

extension Wheel {
  /// Puts a slot at the end of the list where this time belongs.
  @inline(__always)
  mutating func put(_ slot: Int32, _ time: Int64, in links: inout MutableSpan<Link>) {
    let level = ((63 &- ((time ^ now) | 1).leadingZeroBitCount) &* 43) &>> 8
    let digit = Int(truncatingIfNeeded: (time &>> Int64(level &* 6)) & 63)
    let head = level &* 64 &+ digit
    digits[level] |= 1 &<< UInt64(digit)
    levels |= 1 &<< UInt64(level)
    let last = links[head].previous
    links[Int(last)].next = slot
    links[head].previous = slot
    links[Int(slot)] = Link(time: time, next: Int32(truncatingIfNeeded: head), previous: last)
  }

  @inline(__always) mutating func take(_ slot: Int32, in links: inout MutableSpan<Link>) {
    let link = links[Int(slot)]
    links[Int(link.previous)].next = link.next
    links[Int(link.next)].previous = link.previous
    links[Int(slot)].next = free
    if link.next == link.previous { clear(Int(link.next)) }
    free = slot
    pending &-= 1
  }

  /// Marks a list as empty.
  @inline(__always) mutating func clear(_ head: Int) {
    let level = head &>> 6
    digits[level] &= ~(1 &<< UInt64(head & 63))
    if digits[level] == 0 { levels &= ~(1 &<< UInt64(level)) }
  }

  /// Moves time towards the earliest event of a list, and the list's events to the levels below.
  ///
  /// False, and nothing is moved, where that event is after `limit`.
  @inline(never) mutating func spread(_ level: Int, _ digit: Int, until limit: Int64, in links: inout MutableSpan<Link>) -> Bool {
    let head = level &* 64 &+ digit
    let shift = UInt64(level &* 6)
    let start = ((now >> (shift + 6)) << (shift + 6)) | Int64(digit) << shift
    let end = start | ((1 &<< shift) - 1)
    let first = links[head].next
    var slot = first
    var earliest = Int64.max
    var budget = end <= limit ? (level == 1 ? 0 : 0) : Int.max
    while slot != head && budget != 0 {
      let link = links[Int(slot)]
      if link.time < earliest { earliest = link.time }
      slot = link.next
      budget &-= 1
    }
    if slot != head { earliest = start }
    guard earliest <= limit else { return false }
    now = earliest
    slot = first
    var ahead = links[head].previous
    links[head] = Link(next: Int32(truncatingIfNeeded: head), previous: Int32(truncatingIfNeeded: head))
    clear(head)
    while slot != head {
      let link = links[Int(slot)]
      if ahead != slot && ahead != link.next { ahead = links[Int(ahead)].previous }
      put(slot, link.time, in: &links)
      slot = link.next
    }
    return true
  }

  func nextTime(in links: [Link]) -> Int64? {
    if levels == 0 { return nil }
    let level = levels.trailingZeroBitCount
    let head = level &* 64 &+ digits[level].trailingZeroBitCount
    var slot = links[head].next
    var earliest = Int64.max
    while slot != head {
      earliest = min(earliest, links[Int(slot)].time)
      slot = links[Int(slot)].next
    }
    return earliest
  }
}
