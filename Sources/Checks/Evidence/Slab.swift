/// Values in one array, each at a numbered place that is used again once its value is gone.
///
/// For what comes and goes by the hundred thousand: a small array for each lock or client would cost an
/// allocation each, and a miss of the cache whenever it is looked at.
struct Slab<Value: Sendable & BitwiseCopyable>: Sendable {
  private var values: [Value] = []
  private var free: [Int32] = []
  private let expected: Int

  /// - Parameter count: how many places are probably needed: so many are reserved with the first.
  init(expecting count: Int = 0) { expected = count }

  /// Stands for "no place".
  static var none: Int32 { -1 }

  /// Keeps a value; returns its place.
  mutating func put(_ value: Value) -> Int32 {
    guard let place = free.popLast() else {
      if values.isEmpty { values.reserveCapacity(expected) }
      values.append(value)
      return Int32(values.count - 1)
    }
    values[Int(place)] = value
    return place
  }

  mutating func remove(_ place: Int32) { free.append(place) }

  subscript(_ place: Int32) -> Value {
    get { values[Int(place)] }
    _modify { yield &values[Int(place)] }
  }
}
