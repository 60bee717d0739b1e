import Contract

/// Whether the service is out: unavailable, in a recovery, or with a node of it crashed or paused.
struct Outages: Sendable {
  static let reads: RecordKinds = [.crashed, .restarted]

  private let topology: Topology
  /// Levers that now make the service unavailable or pause nodes of it.
  private var levers = 0
  private var recoveryEnds = Instant.start
  private var isDown = Rows<Bool>(false)
  private var down = 0

  init(_ topology: Topology) { self.topology = topology }

  func isOut(at now: Instant) -> Bool { levers > 0 || down > 0 || now < recoveryEnds }

  mutating func saw(_ record: Record) {
    guard record.kind == .crashed || record.kind == .restarted, isServer(record.node) else { return }
    let falls = record.kind == .crashed
    guard isDown[record.node] != falls else { return }
    isDown[record.node] = falls
    down += falls ? 1 : -1
  }

  mutating func saw(_ lever: Lever, began: Bool, at now: Instant) {
    switch lever.action {
    case .pause where lever.nodes.contains(where: isServer): levers += began ? 1 : -1
    case .disturb(.unavailable, _, _): levers += began ? 1 : -1
    case .disturb(.recovery, let lasts, _) where began: recoveryEnds = max(recoveryEnds, now + Nanos(lasts))
    default: break
    }
  }

  private func isServer(_ node: NodeID) -> Bool { [.service, .layer].contains(topology.kind(of: node)) }
}
