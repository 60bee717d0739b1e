/// Effects in the order in which they were emitted.
///
/// An array, but cutting it to a length is one store: with `removeLast` an effect costs 25 instructions more,
/// and with `removeLast(_:)` 100.
@usableFromInline package struct EffectList: Sendable {
  /// Holds whatever was there before, from `count` on.
  @usableFromInline var storage: [Effect] = []
  @usableFromInline package private(set) var count = 0

  @inlinable package init() {}

  @inlinable package mutating func append(_ effect: Effect) {
    if count == storage.count { storage.append(effect) } else { storage[count] = effect }
    count &+= 1
  }

  /// Drops all effects from this position on.
  ///
  /// - Precondition: `length` is not above `count`.
  @inlinable package mutating func cut(to length: Int) { count = length }
}

extension EffectList: RandomAccessCollection, RangeReplaceableCollection {
  @inlinable package var startIndex: Int { 0 }
  @inlinable package var endIndex: Int { count }

  @inlinable package subscript(position: Int) -> Effect { storage[position] }

  @usableFromInline package mutating func replaceSubrange(_ range: Range<Int>, with effects: some Collection<Effect>) {
    storage.removeSubrange(count...)
    storage.replaceSubrange(range, with: effects)
    count = storage.count
  }
}
