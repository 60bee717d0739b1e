import Contract
import Testing

@testable import Services

@Suite("A failover that a person asks for")
struct ManualFailoverTests {
  static let coordinated: [(name: String, value: SettingValue)] = [
    ("manualFailover", .choice("coordinated"))
  ]

  @Test("is asked for at the master only, of the first sentinel")
  func asking() {
    var bench = ReplicationBench()
    for index in 0..<3 { bench.run(index, .disturbed(.leaderChange, 0, 0)) }
    bench.deliver()
    #expect(bench.sentinelMail.filter { $0.kind == .failover }.map(\.node) == [NodeID(1)])
    #expect(bench.masters == [1])
  }

  @Test("forced, promotes the best replica at once, and leaves the master a master for 8 s")
  func forced() {
    var bench = SentinelBench()
    bench.run(to: 5000)
    bench.tell(SentinelMessage(.failover, NodeID(1)), to: 0, from: 1)
    bench.deliver()
    #expect(bench.promotions.map { [$0.at, Int64($0.to)] } == [[5000, 3]])
    bench.run(to: 11_000)
    #expect(bench.nodes.map(\.isMaster) == [true, false, true])
    #expect(bench.orders.filter { $0.to == 2 }.first?.message.node == NodeID(3))
    bench.run(to: 20_000)
    #expect(bench.nodes.map(\.isMaster) == [false, false, true])
    let told = bench.orders.first { $0.to == 1 }!
    #expect(told.message.kind == .follow && told.at > 13_000 && told.at < 16_000)
  }

  @Test("is refused while one is under way, of a node that is no master, and without a replica")
  func refused() {
    var bench = SentinelBench()
    bench.run(to: 5000)
    bench.tell(SentinelMessage(.failover, NodeID(2)), to: 0, from: 2)
    #expect(bench.mail.isEmpty)
    for index in 1...2 { bench.nodes[index].isSilent = true }
    bench.run(to: 20_000)
    bench.tell(SentinelMessage(.failover, NodeID(1)), to: 0, from: 1)
    #expect(bench.mail.isEmpty && bench.promotions.isEmpty)
  }

  @Test("coordinated, tells the master to hand over and promotes nobody itself")
  func coordinatedOrder() {
    var bench = SentinelBench(Self.coordinated)
    bench.run(to: 5000)
    bench.tell(SentinelMessage(.failover, NodeID(1)), to: 0, from: 1)
    bench.deliver()
    #expect(bench.promotions.isEmpty)
    let order = bench.orders.first { $0.message.kind == .handOver }
    #expect(order?.to == 1 && order?.message.node == NodeID(3))
  }

  @Test("coordinated, the master steps down when the replica has everything, and only then")
  func handover() {
    var bench = ReplicationBench(Self.coordinated)
    bench.isCut[2] = true
    _ = bench.send(.setIfAbsent, value: 7)
    bench.order(.handOver, 3, to: 1)
    #expect(bench.masters == [1])
    // A command that comes meanwhile is held, and refused when there is another master to ask.
    #expect(bench.send(.setIfAbsent, value: 8, lock: 1, from: ReplicationBench.client2) == nil)
    bench.isCut[2] = false
    for _ in 0..<3 {
      bench.heartbeats()
      #expect(bench.masters.count == 1)
    }
    #expect(bench.masters == [3])
    #expect(bench.value(3) == 7)
    #expect(bench.answers.last?.to == ReplicationBench.client2)
    #expect(bench.answers.last?.message.operation == .refusal)
    #expect(bench.value(1, lock: 1) == nil && bench.value(3, lock: 1) == nil)
  }
}
