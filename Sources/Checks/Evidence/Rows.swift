import Contract

/// One value for each lock, item or client, by number; a row appears when it is first written.
struct Rows<Value: Sendable>: Sendable {
  /// In number order.
  private(set) var all: [Value] = []
  private let blank: Value

  private let expected: Int

  /// - Parameter count: how many rows are probably needed: so many are reserved with the first.
  init(_ blank: Value, expecting count: Int = 0) {
    self.blank = blank
    expected = count
  }

  subscript(_ lock: LockID) -> Value {
    get { row(lock.index) }
    _modify {
      let index = reach(lock.index)
      yield &all[index]
    }
  }

  subscript(_ node: NodeID) -> Value {
    get { row(node.index) }
    _modify {
      let index = reach(node.index)
      yield &all[index]
    }
  }

  subscript(_ item: ItemNumber) -> Value {
    get { row(item.index) }
    _modify {
      let index = reach(item.index)
      yield &all[index]
    }
  }

  private func row(_ index: Int32) -> Value {
    index >= 0 && Int(index) < all.count ? all[Int(index)] : blank
  }

  private mutating func reach(_ index: Int32) -> Int {
    precondition(index >= 0, "a record that changes a check names its lock and its client")
    if all.isEmpty { all.reserveCapacity(expected) }
    while all.count <= Int(index) { all.append(blank) }
    return Int(index)
  }
}

/// An item, counted over the items of all locks, the first lock's first.
struct ItemNumber: Hashable, Sendable {
  let index: Int32

  /// - Parameter perLock: how many items each lock protects.
  init(_ record: Record, perLock: Int) {
    index = record.lock == .none ? -1 : record.lock.index * Int32(perLock) + Int32(record.item)
  }

  init(_ index: Int) { self.index = Int32(index) }
}

/// A client and a lock: the key of what is kept for both together.
struct Holding: Hashable, Sendable {
  let client: NodeID
  let lock: LockID

  init(_ record: Record) {
    client = record.client
    lock = record.lock
  }
}
