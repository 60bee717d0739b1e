import Contract

/// Which update each content of the items was made by, and from which content.
///
/// Every update has one parent: the content that its section read. So an item's content is the chain of
/// updates from the one applied last to the empty item, and whatever is not on that chain is not in the item.
/// A second application of an update brings back the content of the first.
struct Lineage: Sendable {
  /// The content of an item that was never written.
  static let empty: Int32 = -1

  private struct Update: Sendable {
    let parent: Int32
    let base: Int64
    var isAcknowledged = false
  }

  private struct Write: Hashable, Sendable {
    let client: NodeID
    let id: Int64
  }

  private struct Version: Hashable, Sendable {
    let item: ItemNumber
    let number: Int64
  }

  private struct Reading: Hashable, Sendable {
    let client: NodeID
    let item: ItemNumber
  }

  private let items: Int
  /// In the order of their first application, over all items.
  private var updates: [Update] = []
  private var updateOf: [Write: Int32] = [:]
  private var contentAt: [Version: Int32] = [:]
  /// What each client read last of each item: after a crash the resource gives version numbers a second time.
  private var lastRead: [Reading: (version: Int64, content: Int32)] = [:]
  /// For each item, the update that its content ends with.
  private(set) var current = Rows<Int32>(Lineage.empty)

  /// - Parameter items: how many items each lock protects.
  init(items: Int) { self.items = items }

  private func item(of record: Record) -> ItemNumber { ItemNumber(record, perLock: items) }

  mutating func read(_ record: Record) {
    let item = item(of: record)
    lastRead[Reading(client: record.client, item: item)] = (record.b, content(item, record.b))
  }

  /// Returns the content that this application threw away; nil where it built on all there was.
  mutating func applied(_ record: Record) -> Int32? {
    let write = Write(client: record.client, id: record.a)
    var update = updateOf[write] ?? Lineage.empty
    if update == Lineage.empty || updates[Int(update)].base != record.b {
      update = Int32(updates.count)
      updates.append(Update(parent: base(of: record), base: record.b))
      updateOf[write] = update
    }
    let item = item(of: record)
    contentAt[Version(item: item, number: record.c)] = update
    let before = current[item]
    current[item] = update
    let buildsOnAll = before == Lineage.empty || before == update || before == updates[Int(update)].parent
    return buildsOnAll ? nil : before
  }

  /// Returns the content that the restart threw away; nil where the item is as it was.
  mutating func restored(_ record: Record) -> Int32? {
    let item = item(of: record)
    let before = current[item]
    current[item] = content(item, record.c)
    return before == Lineage.empty || before == current[item] ? nil : before
  }

  /// The item is as if never written; returns what it held, nil where that was nothing.
  mutating func emptied(_ item: ItemNumber) -> Int32? {
    let before = current[item]
    current[item] = Lineage.empty
    return before == Lineage.empty ? nil : before
  }

  mutating func acknowledged(_ record: Record) {
    if let update = updateOf[Write(client: record.client, id: record.a)] {
      updates[Int(update)].isAcknowledged = true
    }
  }

  /// For each update, whether it was acknowledged and is not in any item now.
  func missing() -> [Bool] {
    var missing = updates.map(\.isAcknowledged)
    for content in current.all {
      var update = content
      while update != Lineage.empty {
        missing[Int(update)] = false
        update = updates[Int(update)].parent
      }
    }
    return missing
  }

  private func base(of record: Record) -> Int32 {
    let item = item(of: record)
    let reading = Reading(client: record.client, item: item)
    if let read = lastRead[reading], read.version == record.b { return read.content }
    return content(item, record.b)
  }

  private func content(_ item: ItemNumber, _ version: Int64) -> Int32 {
    if version <= 0 { return Lineage.empty }
    return contentAt[Version(item: item, number: version)] ?? current[item]
  }
}
