/// Links along a list of the wheel, so that it need not be walked one link after the other.
///
/// A link that has left the cache takes a hundred nanoseconds, and only its neighbour knows where it is.
/// Sixteen scouts that go ahead of a walk wait for sixteen links at the same time: a hold among a million
/// events takes 0.4 of the time. They only look: a mark whose event has left the list since sends a scout
/// elsewhere, and does no harm.
struct Trail: Sendable {
  /// One in every `stride` links that were appended, in their order.
  var marks: [UInt32] = []
  /// How many links were appended since the list was empty.
  var length = 0
  /// How many of the marks scouts have set out from.
  var used = 0
  /// The link at which the next scouts set out; `none`: there are no more marks.
  var border = Wheel.none
  /// After how many links they do at the latest, since that link may have left the list.
  var left = 0

  @inline(__always) static var stride: Int { 32 }
  @inline(__always) static var scouts: Int { 16 }
  /// What lies behind the last mark of so long a list is walked without scouts.
  static var most: Int { 1 << 15 }
}

extension Wheel {
  /// Notes that a link was appended; lists of the two lowest levels are too short to need it.
  @inline(never) mutating func trace(_ link: UInt32, in links: Span<Link>) {
    let (time, previous) = (links[unchecked: Int(link)].time, links[unchecked: Int(link)].previous)
    let (level, digit) = place(of: time)
    if level < 2 { return }
    let head = level * 64 + digit
    if trails.isEmpty { trails = [Trail](repeating: Trail(), count: Wheel.heads) }
    if previous == head { trails[head].forget() }
    if trails[head].length % Trail.stride == 0, trails[head].marks.count < Trail.most {
      trails[head].marks.append(link)
    }
    trails[head].length += 1
  }

  /// Moves the events of a list, from this one on, to the levels below, as far as its trail goes.
  ///
  /// - Returns: the first that it did not move; the head where it moved them all.
  @inline(never) mutating func scatterCrowd(_ first: UInt32, _ head: Int, in links: inout Links) -> UInt32 {
    var trail = Trail(), slot = first
    swap(&trail, &trails[head])
    trail.border = trail.marks.first ?? Wheel.none
    while slot != head, trail.used < trail.marks.count || trail.left > 0 {
      if slot == trail.border || trail.left == 0 { scout(&trail, in: links.span) }
      trail.left -= 1
      let link = links[unchecked: Int(slot)]
      append(slot, at: link.time, in: &links)
      trace(slot, in: links.span)
      slot = link.next
    }
    trail.forget()
    swap(&trail, &trails[head])
    return slot
  }

  /// Walks ahead from the next marks, all at once, as far as the marks behind them.
  @inline(never) mutating func scout(_ trail: inout Trail, in links: Span<Link>) {
    var places: [16 of UInt32] = .init(repeating: 0)
    let count = min(Trail.scouts, trail.marks.count - trail.used)
    for scout in 0..<count { places[scout] = trail.marks[trail.used + scout] }
    for _ in 0..<Trail.stride {
      for scout in 0..<Trail.scouts {
        let next = links[unchecked: Int(places[unchecked: scout])].next
        // The last free link has no neighbour; from there a scout goes to the first head.
        places[unchecked: scout] = next == Wheel.none ? 0 : next
      }
    }
    for scout in 0..<Trail.scouts { scouted ^= places[scout] }
    trail.used += count
    trail.border = trail.used < trail.marks.count ? trail.marks[trail.used] : Wheel.none
    trail.left = Trail.scouts * Trail.stride
  }
}

extension Trail {
  fileprivate mutating func forget() {
    marks.removeAll(keepingCapacity: true)
    length = 0
    used = 0
    border = Wheel.none
    left = 0
  }
}
