import Contract

/// A fact that the store states when, and only when, the commit that carries it is applied.
///
/// Marks are for the simulator's ledger alone: the store decides nothing by them.
public struct StoreMark: Sendable, BitwiseCopyable, Equatable {
  public var kind: Record.Kind
  public var client: NodeID
  public var lock: LockID
  /// The minor order does not travel.
  public var token: Token
  /// Whether the token's order is the commit version, which only the store knows.
  public var orderIsCommitVersion: Bool
  /// The simulator's number of the grant.
  public var stamp: Int64
  public var a, b, c: Int64

  public init(
    _ kind: Record.Kind, client: NodeID, lock: LockID = .none, token: Token = .none,
    orderIsCommitVersion: Bool = false, stamp: Int64 = 0, a: Int64 = 0, b: Int64 = 0, c: Int64 = 0
  ) {
    self.kind = kind
    self.client = client
    self.lock = lock
    self.token = token
    self.orderIsCommitVersion = orderIsCommitVersion
    self.stamp = stamp
    self.a = a
    self.b = b
    self.c = c
  }

  /// The record; accesses say that no guard keeps a highest token.
  var record: Record {
    let isAccess = kind == .readApplied || kind == .writeApplied
    return Record(
      kind, lock: lock, client: client, grant: stamp, token: token, a: a, b: b, c: c, d: isAccess ? -1 : 0)
  }
}

/// One thing that a commit asks for.
enum StoreItem: Sendable, BitwiseCopyable {
  case readConflict(StoreKey)
  /// `versionWord`: the word, from 0, in whose place the commit version is put; -1: none.
  case set(StoreKey, DiskValue, versionWord: Int8)
  case clear(StoreKey)
  case writeConflict(StoreKey)
  case mark(StoreMark)
}

/// The parcel of a commit: read conflict keys, writes and marks, each a short run of words.
///
/// A run starts with its operation in the lowest 8 bits. Runs keep the order in which they were added.
public struct StoreCommit: Sendable {
  enum Operation {
    static let read: Int64 = 1
    static let set: Int64 = 2
    static let clear: Int64 = 3
    static let conflict: Int64 = 4
    static let mark: Int64 = 5
  }

  public private(set) var words: [Int64] = []
  /// Whether the commit changes and marks nothing; such a one is never sent.
  private(set) var isReadOnly = true

  public init() {}

  public mutating func addReadConflict(_ key: StoreKey) { add(Operation.read, key) }
  public mutating func addWriteConflict(_ key: StoreKey) { add(Operation.conflict, key) }
  public mutating func clear(_ key: StoreKey) { add(Operation.clear, key) }

  /// - Precondition: `versionWord` is in 0...3, or -1 for none.
  public mutating func set(_ key: StoreKey, _ value: DiskValue, versionWord: Int8 = -1) {
    precondition((-1...3).contains(versionWord), "a value has words 0 to 3")
    add(Operation.set | Int64(versionWord + 1) << 8, key)
    append(value)
  }

  public mutating func add(_ mark: StoreMark) {
    reserve()
    isReadOnly = false
    let (first, second) = StoreCommit.diskForm(of: mark, number: 0)
    append(first)
    append(second)
  }

  private mutating func add(_ operation: Int64, _ key: StoreKey) {
    reserve()
    if operation != Operation.read { isReadOnly = false }
    words.append(operation)
    words.append(key.packed)
  }

  private mutating func append(_ value: DiskValue) {
    words.append(value.a)
    words.append(value.b)
    words.append(value.c)
    words.append(value.d)
  }

  private mutating func reserve() {
    if words.capacity == 0 { words.reserveCapacity(24) }
  }

  /// A key that is both read and written, by which two deliveries of the commit conflict; nil where none is.
  /// - Complexity: O(reads x writes).
  var selfConflictKey: StoreKey? {
    var position = 0
    while let key = StoreCommit.nextRead(in: words, at: &position, end: words.count) {
      if writes(key) { return key }
    }
    return nil
  }

  private func writes(_ key: StoreKey) -> Bool {
    var position = 0
    while let length = StoreCommit.length(in: words, at: position, end: words.count) {
      let operation = words[position] & 0xff
      let isWrite = operation != Operation.read && operation != Operation.mark
      if isWrite, words[position + 1] == key.packed { return true }
      position += length
    }
    return false
  }
}

extension StoreCommit {
  /// How many words the run at a position has; nil at the end or at words that mean nothing.
  private static func length(in words: [Int64], at position: Int, end: Int) -> Int? {
    guard position + 1 < end else { return nil }
    let length: Int
    switch words[position] & 0xff {
    case Operation.read, Operation.clear, Operation.conflict: return 2
    case Operation.set: length = 6
    case Operation.mark: length = 8
    default: return nil
    }
    return position + length <= end ? length : nil
  }

  /// The next read conflict key from a position on, which moves behind it; nil where no more follows.
  static func nextRead(in words: [Int64], at position: inout Int, end: Int) -> StoreKey? {
    while let length = length(in: words, at: position, end: end) {
      let start = position
      position += length
      if words[start] & 0xff == Operation.read { return StoreKey(packed: words[start + 1]) }
    }
    return nil
  }

  /// The item at a position, which moves on to the next; nil at the end or at words that mean nothing.
  static func item(in words: [Int64], at position: inout Int, end: Int) -> StoreItem? {
    guard position + 1 < end else { return nil }
    let head = words[position], key = StoreKey(packed: words[position + 1])
    switch head & 0xff {
    case Operation.read: return taking(2, .readConflict(key), &position)
    case Operation.clear: return taking(2, .clear(key), &position)
    case Operation.conflict: return taking(2, .writeConflict(key), &position)
    case Operation.set where position + 6 <= end:
      let word = Int8(truncatingIfNeeded: (head >> 8) & 0xff) - 1
      return taking(6, .set(key, value(in: words, at: position + 2), versionWord: word), &position)
    case Operation.mark where position + 8 <= end:
      let first = value(in: words, at: position), second = value(in: words, at: position + 4)
      guard let mark = mark(first, second)?.mark else { return nil }
      return taking(8, .mark(mark), &position)
    default: return nil
    }
  }

  private static func taking(_ count: Int, _ item: StoreItem, _ position: inout Int) -> StoreItem {
    position += count
    return item
  }

  private static func value(in words: [Int64], at position: Int) -> DiskValue {
    DiskValue(words[position], words[position + 1], words[position + 2], words[position + 3])
  }

  /// A mark in the eight words that parcels and disks hold; the number is free for the disk's use.
  static func diskForm(of mark: StoreMark, number: Int64) -> (DiskValue, DiskValue) {
    let kind = Int64(mark.kind.rawValue) << 8, flag: Int64 = mark.orderIsCommitVersion ? 1 << 16 : 0
    let head = Operation.mark | kind | flag | Int64(mark.client.index) << 32
    let lock = Int64(mark.lock.index) << 32 | number & 0xffff_ffff
    let unique = Int64(bitPattern: mark.token.unique)
    return (DiskValue(head, lock, mark.token.order, unique), DiskValue(mark.stamp, mark.a, mark.b, mark.c))
  }

  /// The mark in eight words, and the number that was put there; nil where they hold none.
  static func mark(_ first: DiskValue, _ second: DiskValue) -> (mark: StoreMark, number: Int64)? {
    guard first.a & 0xff == Operation.mark else { return nil }
    guard let kind = Record.Kind(rawValue: UInt8(truncatingIfNeeded: first.a >> 8)) else { return nil }
    let mark = StoreMark(
      kind, client: NodeID(Int32(truncatingIfNeeded: first.a >> 32)),
      lock: LockID(Int32(truncatingIfNeeded: first.b >> 32)),
      token: Token(order: first.c, unique: UInt64(bitPattern: first.d)),
      orderIsCommitVersion: first.a & 1 << 16 != 0,
      stamp: second.a, a: second.b, b: second.c, c: second.d)
    return (mark, first.b & 0xffff_ffff)
  }
}
