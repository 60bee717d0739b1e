import Contract

/// The parcel that answers a read of many keys: for each key itself, whether it has a value, and its words.
///
/// Source: FoundationDB keeps single reads in flight instead; one message stands for that pipeline.
public struct StoreValues: Sendable {
  static let stride = 6
  private let words: [Int64]

  public init(_ words: [Int64]) { self.words = words }

  public var count: Int { words.count / StoreValues.stride }

  func key(_ place: Int) -> StoreKey { StoreKey(packed: words[place * StoreValues.stride]) }

  /// The value of the key asked for at this place, from 0; nil where it was absent.
  public subscript(_ place: Int) -> DiskValue? {
    let start = place * StoreValues.stride
    guard words[start + 1] != 0 else { return nil }
    return DiskValue(words[start + 2], words[start + 3], words[start + 4], words[start + 5])
  }

  /// Whether these are the values of just these keys, in this order.
  func answer(_ keys: [StoreKey]) -> Bool {
    count == keys.count && keys.indices.allSatisfy { words[$0 * StoreValues.stride] == keys[$0].packed }
  }

  static func append(_ key: StoreKey, _ value: DiskValue?, to words: inout [Int64]) {
    let held = value ?? DiskValue()
    words.append(key.packed)
    words.append(value == nil ? 0 : 1)
    words.append(held.a)
    words.append(held.b)
    words.append(held.c)
    words.append(held.d)
  }
}

extension VersionedStore {
  /// The values of many keys, all at one version, as long as that version is in the window.
  func answer(
    toReadMany message: StoreMessage, _ keys: [Int64], to client: NodeID, _ turn: inout Turn
  ) {
    guard isReadable(message.version) else { return turn.send(message.reply(.readTooOld), to: client) }
    var words: [Int64] = []
    words.reserveCapacity(keys.count * 6)
    for packed in keys {
      let key = StoreKey(packed: packed)
      StoreValues.append(key, history.value(of: key, at: message.version), to: &words)
    }
    turn.send(message.reply(.values, version: message.version), to: client, parcel: words)
  }
}
