import Contract
import Lab

/// One run as trace events, written while it runs.
public struct PerfettoRun {
  /// From which lock on there is no counter of believers: nobody looks at a hundred of them.
  private static let mostCounters = 16

  /// What is written and not yet taken.
  public private(set) var text = ""
  private let process: Int
  /// The number of the thread of the first node, less one.
  private let threads: Int
  private let topology: Topology
  private let quorum: Int
  private let protocols: [any Payload.Type]
  private let words: LeverWords
  private var lastID: Int
  private var isEmpty: Bool
  private var isCut = false
  /// Indexed by node.
  private var slices: [PerfettoSlices]
  private var spans: PerfettoSpans
  /// Messages under way, by number: how many a run has sent grows, so the list stays in order.
  private var underWay: [UnderWay] = []

  private struct UnderWay {
    let message: Int64
    let arrow: Int
    let receiver: NodeID
    let word: String
    let sent: Instant
  }

  public init(_ runner: Runner, seed: UInt64, _ trace: inout PerfettoTrace) {
    trace.runs += 1
    process = trace.runs
    threads = trace.lastThread
    trace.lastThread += runner.topology.count
    topology = runner.topology
    quorum = runner.subject.algorithm.quorum
    protocols = runner.subject.algorithmType.protocols
    words = LeverWords(topology: topology)
    lastID = trace.lastID
    isEmpty = trace.isEmpty
    slices = Array(repeating: PerfettoSlices(), count: topology.count)
    spans = PerfettoSpans(topology)
    nameTracks("\(runner.scenario.name) \(runner.subject.name) seed \(seed)")
  }

  /// Everything written so far, which is forgotten.
  public mutating func take() -> String {
    defer { text = "" }
    return text
  }

  // MARK: writing

  private mutating func write(_ event: PerfettoEvent) { write(event.text) }

  private mutating func write(_ event: String) {
    text += (isEmpty ? "\n" : ",\n") + event
    isEmpty = false
  }

  private mutating func number() -> Int {
    lastID += 1
    return lastID
  }

  private func thread(_ node: NodeID) -> Int { threads + Int(node.index) + 1 }

  private func event(_ phase: String, _ node: NodeID, at: Instant? = nil) -> PerfettoEvent {
    PerfettoEvent(phase, process: process, thread: thread(node), at: at)
  }

  private mutating func nameTracks(_ title: String) {
    let run = PerfettoEvent("M", process: process)
    write(run.with("name", "process_name").with(arguments: [("name", .text(title))]))
    write(run.with("name", "process_sort_index").with(arguments: [("sort_index", .integer(process))]))
    for index in 0..<topology.count {
      let track = event("M", NodeID(index))
      let title = topology.name(of: NodeID(index))
      write(track.with("name", "thread_name").with(arguments: [("name", .text(title))]))
      write(track.with("name", "thread_sort_index").with(arguments: [("sort_index", .integer(index))]))
    }
  }

  /// A mark on the run's own track: on the node's it would be a slice without length, which takes the arrows
  /// of its moment away from the slice that they belong to.
  private mutating func instant(
    _ name: String, _ category: String, _ node: NodeID, _ at: Instant,
    _ arguments: [(key: String, value: JSONValue?)] = []
  ) {
    let instant = event("i", node, at: at).with("cat", category).with("name", name).with("s", "p")
    write(instant.with(arguments: arguments))
  }

  // MARK: records

  /// - Parameter plan: the levers pulled so far.
  /// - Parameter hasRoom: whether all is still written; if not, only faults and what ends or is violated.
  public mutating func saw(_ record: Record, _ plan: [PlanEntry], hasRoom: Bool) {
    if !hasRoom, !isCut {
      isCut = true
      instant("messages, leases and beliefs are left out from here on", "cut", topology.resource, record.at)
    }
    switch record.kind {
    case .messageSent: if !isCut { sent(record) }
    case .messageArrived: arrived(record)
    case .messageLost: lost(record)
    case .leverBegan: began(record, plan[Int(record.a)].lever)
    case .leverEnded: ended(record)
    default:
      tellOfNode(record)
      for lock in spans.locks(of: record) { tell(record, ofLock: lock) }
    }
  }

  private mutating func tellOfNode(_ record: Record) {
    switch record.kind {
    case .crashed:
      instant(words.crashed(record), "fault", record.node, record.at)
      spans.down.append(begin("down", "\(topology.name(of: record.node)) is down", record.node, record.at))
    case .restarted:
      guard let place = spans.down.firstIndex(where: { $0.node == record.node }) else { return }
      end(spans.down.remove(at: place), record.at)
    case .leaseExpired, .leaseLost, .readRejected, .writeRejected, .refreshRefused, .leaderElected,
      .recovered:
      if isCut { return }
      let lock = record.lock == .none ? nil : JSONValue.integer(record.lock.index + 1)
      let client = record.client == .none ? nil : JSONValue.text(topology.name(of: record.client))
      instant(
        "\(topology.name(of: record.node)): \(TraceLines.word(record.kind))", "event", record.node, record.at,
        [("client", client), ("lock", lock)])
    default: break
    }
  }

  // MARK: what lasts

  private mutating func begin(
    _ category: String, _ name: String, _ node: NodeID, _ at: Instant,
    _ arguments: [(key: String, value: JSONValue?)] = []
  ) -> PerfettoSpans.Span {
    let span = PerfettoSpans.Span(category: category, name: name, number: number(), node: node)
    write(half("b", span, at).with(arguments: arguments))
    return span
  }

  private mutating func end(_ span: PerfettoSpans.Span, _ at: Instant) { write(half("e", span, at)) }

  private func half(_ phase: String, _ span: PerfettoSpans.Span, _ at: Instant) -> PerfettoEvent {
    event(phase, span.node, at: at).with("cat", span.category).with(localID: span.number)
      .with("name", span.name)
  }

  private mutating func tell(_ record: Record, ofLock lock: Int) {
    var hold = spans.open(lock, quorum: quorum)
    let believers = hold.beliefs.count
    hold.book.saw(record)
    tellLease(record, lock, &hold)
    tellBeliefs(record, lock, &hold)
    if hold.beliefs.count != believers, !isCut, lock < PerfettoRun.mostCounters {
      let counter = PerfettoEvent("C", process: process, at: record.at)
        .with("name", "believers of lock-\(lock + 1)")
      write(counter.with(arguments: [("clients", .integer(hold.beliefs.count))]))
    }
    spans.close(lock, hold)
  }

  /// A lease ends when the service drops it, or gives the lock anew.
  private mutating func tellLease(_ record: Record, _ lock: Int, _ hold: inout PerfettoSpans.Hold) {
    let holder = hold.book.leaseholder
    if let lease = hold.lease, lease.node != holder || record.kind == .granted {
      end(lease, record.at)
      hold.lease = nil
    }
    guard hold.lease == nil, !isCut, let holder else { return }
    hold.lease = begin(
      "lease", "lease of \(topology.name(of: holder))", holder, record.at, arguments(record, lock))
  }

  private mutating func tellBeliefs(_ record: Record, _ lock: Int, _ hold: inout PerfettoSpans.Hold) {
    let now = hold.book.beliefs
    let isOver = hold.beliefs.map { belief in
      !now.contains { $0.grant == belief.grant && $0.client == belief.span.node }
    }
    for (belief, isOver) in zip(hold.beliefs, isOver) where isOver { end(belief.span, record.at) }
    hold.beliefs = zip(hold.beliefs, isOver).filter { !$0.1 }.map(\.0)
    for belief in now where !isCut && !hold.beliefs.contains(where: { $0.grant == belief.grant }) {
      let name = "\(topology.name(of: belief.client)) believes it holds lock-\(lock + 1)"
      let span = begin("belief", name, belief.client, record.at, arguments(record, lock))
      hold.beliefs.append((belief.grant, span))
    }
  }

  private func arguments(_ record: Record, _ lock: Int) -> [(key: String, value: JSONValue?)] {
    let unique = Quantity.hexadecimal(record.token.unique, digits: 16)
    return [
      ("lock", .integer(lock + 1)), ("grant", record.grant == 0 ? nil : .integer(record.grant)),
      ("token", record.token.order == 0 ? nil : .text(String(record.token.order))),
      ("unique", record.token.unique == 0 ? nil : .text("0x" + unique)),
    ]
  }

  /// A crash is told by the record of each node that it strikes.
  private mutating func began(_ record: Record, _ lever: Lever) {
    guard let name = words.began(lever) else { return }
    instant(name, "fault", record.node, record.at)
    spans.levers.append((record.a, begin("fault", name, record.node, record.at)))
  }

  private mutating func ended(_ record: Record) {
    guard let place = spans.levers.firstIndex(where: { $0.number == record.a }) else { return }
    end(spans.levers.remove(at: place).span, record.at)
  }

  // MARK: messages

  private mutating func sent(_ record: Record) {
    let receiver = NodeID(Int32(truncatingIfNeeded: record.b))
    let word = TraceLines.word(ofMessage: record, protocols)
      ?? TraceLines.letters(UInt32(truncatingIfNeeded: record.c))
    let arrow = number()
    underWay.append(
      UnderWay(message: record.a, arrow: arrow, receiver: receiver, word: word, sent: record.at))
    let end = PerfettoSlices.End(what: "\(word) to", peer: topology.name(of: receiver), message: record.a)
    add(end, record.node, record.at, (half("s", arrow, record.node, record.at), record.at))
  }

  private func half(_ phase: String, _ arrow: Int, _ node: NodeID, _ at: Instant) -> PerfettoEvent {
    event(phase, node, at: at).with("cat", "message").with("id", arrow).with("name", "message")
  }

  private func frame(_ node: NodeID) -> PerfettoEvent { event("X", node).with("cat", "message") }

  private mutating func add(
    _ end: PerfettoSlices.End, _ node: NodeID, _ at: Instant,
    _ arrow: (event: PerfettoEvent, at: Instant)?
  ) {
    let settled = slices[Int(node.index)].add(end, at: at, arrow: arrow, frame(node))
    for event in settled { write(event) }
  }

  /// The message under way of this number; nil for the copy of one that has arrived, or one not written.
  private func place(of message: Int64) -> Int? {
    var low = 0, high = underWay.count
    while low < high {
      let middle = (low + high) / 2
      if underWay[middle].message < message { low = middle + 1 } else { high = middle }
    }
    return low < underWay.count && underWay[low].message == message ? low : nil
  }

  private mutating func arrived(_ record: Record) {
    let sender = topology.name(of: record.client)
    guard let place = place(of: record.a) else {
      if isCut { return }
      let end = PerfettoSlices.End(what: "a second copy from", peer: sender, message: record.a)
      return add(end, record.node, record.at, nil)
    }
    let sent = underWay.remove(at: place)
    let end = PerfettoSlices.End(what: "\(sent.word) from", peer: sender, message: record.a)
    land(sent, end, record.node, record.at)
  }

  private mutating func lost(_ record: Record) {
    guard let place = place(of: record.a) else { return }
    let sent = underWay.remove(at: place)
    let sender = topology.name(of: record.client)
    let why = TraceLines.reason(record.d)
    let receiver = topology.name(of: record.node)
    instant("lost: \(sent.word) from \(sender) to \(receiver) (\(why))", "lost", record.node, record.at)
    let end = PerfettoSlices.End(what: "lost: \(sent.word) from", peer: sender, message: record.a)
    land(sent, end, record.node, record.at)
  }

  /// Ends an arrow, a microsecond after its start at least: of two ends at one time Perfetto may see the
  /// second first, and drop the arrow.
  private mutating func land(_ sent: UnderWay, _ end: PerfettoSlices.End, _ node: NodeID, _ at: Instant) {
    let arrowAt = max(at, sent.sent + PerfettoSlices.width)
    add(end, node, at, (half("f", sent.arrow, node, arrowAt).with("bp", "e"), arrowAt))
  }

  // MARK: the end

  /// Ends all that is open, marks the violations, and hands the numbers on to the next run.
  public mutating func finish(_ result: RunResult, _ trace: inout PerfettoTrace) {
    for message in underWay {
      let what = "still under way: \(message.word) to"
      let peer = topology.name(of: message.receiver)
      let end = PerfettoSlices.End(what: what, peer: peer, message: message.message)
      land(message, end, message.receiver, result.endedAt)
    }
    underWay = []
    for index in slices.indices {
      for event in slices[index].take(frame(NodeID(index))) { write(event) }
    }
    for span in spans.all { end(span, result.endedAt) }
    for verdict in result.verdicts {
      guard case .violated(let witness) = verdict.verdict else { continue }
      let sentence = verdict.explanation.map { JSONValue.text($0) }
      let node = witness.second.node == .none ? topology.resource : witness.second.node
      instant("violated: \(verdict.name)", "violation", node, witness.second.at, [("what", sentence)])
    }
    trace.lastID = lastID
    trace.isEmpty = isEmpty
  }
}
