import Contract

/// A `granted` or `acquired` record in two thirds of the space, for checks that keep hundreds of thousands.
///
/// Such records leave `item` and `a` to `d` empty: what they say is in the others.
struct ShortRecord: Sendable, BitwiseCopyable {
  let token: Token
  let grant: Int64
  let at: Instant
  let ordinal: Int64
  let node: NodeID
  let client: NodeID
  let lock: LockID
  let kind: Record.Kind

  init(_ record: Record) {
    token = record.token
    grant = record.grant
    at = record.at
    ordinal = record.ordinal
    node = record.node
    client = record.client
    lock = record.lock
    kind = record.kind
  }

  /// The record as it was.
  var whole: Record {
    var record = Record(kind, lock: lock, client: client, grant: grant, token: token)
    record.node = node
    record.at = at
    record.ordinal = ordinal
    return record
  }
}
