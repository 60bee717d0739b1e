import Contract
import Testing

@testable import Lab

/// Node 0 is the resource, 1 the service, 2 the layer, 3 to 6 are the clients.
@Suite("Outages, herds and fairness")
struct OutageMeasuresTests {
  /// A record at so many milliseconds, at a node, about lock 0 or another.
  struct Fact {
    let kind: Record.Kind
    let node: Int
    let at: Int64
    let lock: Int

    init(_ kind: Record.Kind, _ node: Int, at: Int64, lock: Int = 0) {
      self.kind = kind
      self.node = node
      self.at = at
      self.lock = lock
    }
  }

  func measured(_ facts: [Fact], end: Int64 = 10_000) -> RunMeasures {
    var measures = RunMeasures(Topology(services: 1, layers: 1, clients: 4), locksHeld: 1)
    for fact in facts {
      var record = Record(fact.kind, lock: LockID(fact.lock), client: NodeID(fact.node))
      record.node = NodeID(fact.node)
      record.at = .start + .milliseconds(fact.at)
      measures.saw(record)
    }
    measures.finish(at: .start + .milliseconds(end))
    return measures
  }

  /// A section from its wait to its end; it holds for ten milliseconds.
  func section(_ client: Int, waits: Int64, acquires: Int64, lock: Int = 0) -> [Fact] {
    [
      Fact(.waiting, client, at: waits, lock: lock), Fact(.acquireSent, client, at: waits, lock: lock),
      Fact(.acquired, client, at: acquires, lock: lock),
      Fact(.releaseSent, client, at: acquires + 10, lock: lock),
      Fact(.sectionEnded, client, at: acquires + 10, lock: lock),
    ]
  }

  // MARK: service

  /// Client 3 waits from 0, the service crashes at 100, the layer at 150, client 3 acquires at 400: 300.
  @Test("an outage of the service lasts from its first crash to the next acquisition")
  func serviceOutage() {
    let measures = measured([
      Fact(.waiting, 3, at: 0), Fact(.crashed, 1, at: 100), Fact(.crashed, 2, at: 150),
      Fact(.acquired, 3, at: 400), Fact(.sectionEnded, 3, at: 500),
    ])
    #expect(measures.serviceOutages.total == 1)
    #expect(measures.serviceOutages.longest == .milliseconds(300))
    #expect(measures.holderOutages.total == 0)
  }

  /// A crash at 100 while nobody waits; client 3 waits from 700 and acquires at 750: 50 ms, not 650.
  @Test("time in which nobody waits is no outage")
  func quietOutage() {
    let measures = measured([Fact(.crashed, 1, at: 100)] + section(3, waits: 700, acquires: 750))
    #expect(measures.serviceOutages.total == 1)
    #expect(measures.serviceOutages.longest == .milliseconds(50))
  }

  /// A crash at 100, client 3 waits from 300, the run ends at 1000: 700 ms.
  @Test("an outage that the end of the run cuts off counts up to there, if somebody waits")
  func endlessOutage() {
    let waiting = measured([Fact(.crashed, 1, at: 100), Fact(.waiting, 3, at: 300)], end: 1000)
    #expect(waiting.serviceOutages.longest == .milliseconds(700))
    #expect(measured([Fact(.crashed, 1, at: 100)], end: 1000).serviceOutages.total == 0)
  }

  // MARK: holder

  /// Client 3 holds from 10 and crashes at 100, client 4 wants the lock from 40 and has it at 5100: 5000 ms.
  @Test("an outage of a holder lasts from its crash until anybody has its lock")
  func holderOutage() {
    let measures = measured([
      Fact(.waiting, 3, at: 0), Fact(.acquireSent, 3, at: 0), Fact(.acquired, 3, at: 10),
      Fact(.waiting, 4, at: 40), Fact(.acquireSent, 4, at: 40), Fact(.crashed, 3, at: 100),
      Fact(.acquireSent, 4, at: 300), Fact(.acquired, 4, at: 5100),
    ])
    #expect(measures.holderOutages.total == 1)
    #expect(measures.holderOutages.longest == .milliseconds(5000))
    #expect(measures.serviceOutages.total == 0)
  }

  /// Client 3 dies with lock 0; client 5 has lock 1 at 200, which ends nothing; client 4 has lock 0 at 900.
  @Test("the acquisition of another lock ends no outage of a holder, a crash after the release begins none")
  func otherLock() {
    let held = [
      Fact(.waiting, 3, at: 0), Fact(.acquireSent, 3, at: 0), Fact(.acquired, 3, at: 10),
      Fact(.waiting, 4, at: 50), Fact(.acquireSent, 4, at: 50), Fact(.crashed, 3, at: 100),
    ]
    let measures = measured(
      held + section(5, waits: 150, acquires: 200, lock: 1) + [Fact(.acquired, 4, at: 900)])
    #expect(measures.holderOutages.total == 1)
    #expect(measures.holderOutages.longest == .milliseconds(800))
    let released = measured(
      section(3, waits: 0, acquires: 10) + [Fact(.crashed, 3, at: 100)]
        + section(4, waits: 200, acquires: 300))
    #expect(released.holderOutages.total == 0)
  }

  // MARK: herd

  /// Clients 4 and 5 queue behind 3 with one request each. 5's request and 4's acquisition are crowded:
  /// 1 request for 1 acquisition. Then 5 is alone.
  @Test("where waiters queue, the herd factor is 1")
  func queue() throws {
    let measures = measured([
      Fact(.waiting, 3, at: 0), Fact(.acquireSent, 3, at: 0), Fact(.acquired, 3, at: 1),
      Fact(.waiting, 4, at: 2), Fact(.acquireSent, 4, at: 2), Fact(.waiting, 5, at: 3),
      Fact(.acquireSent, 5, at: 3), Fact(.releaseSent, 3, at: 10), Fact(.sectionEnded, 3, at: 10),
      Fact(.acquired, 4, at: 11), Fact(.sectionEnded, 4, at: 20), Fact(.acquired, 5, at: 21),
    ])
    #expect(measures.requests == 3)
    #expect(measures.crowdedRequests == 1 && measures.crowdedAcquisitions == 1)
    var all = CaseMeasures()
    all.add(measures)
    #expect(CaseCosts(all, Reached(), hasStore: false).herd == 100)
  }

  /// Clients 3 to 6 want the lock; before each of three crowded acquisitions every waiter asks anew: 4 + 3
  /// + 2 requests, of which the very first came before there was a crowd; the fourth acquires alone.
  @Test("where all waiters ask whenever the lock is free, the herd factor grows with their number")
  func herd() {
    var facts = (3...6).map { Fact(.waiting, $0, at: 0) }
    for round in 3...6 {
      facts += (round...6).map { Fact(.acquireSent, $0, at: Int64(round) * 100) }
      facts.append(Fact(.acquired, round, at: Int64(round) * 100 + 1))
      facts.append(Fact(.sectionEnded, round, at: Int64(round) * 100 + 2))
    }
    let measures = measured(facts)
    #expect(measures.requests == 10)
    #expect(measures.crowdedRequests == 8 && measures.crowdedAcquisitions == 3)
    var all = CaseMeasures()
    all.add(measures)
    let costs = CaseCosts(all, Reached(), hasStore: false)
    #expect(costs.herd == 267)
    #expect(costs.requestsPerAcquisition == 250)
  }

  // MARK: fairness

  /// Two, one, one and no acquisitions of four clients: 4 x 4 / (4 x (4 + 1 + 1)) = 0.667.
  @Test("fairness is Jain's index of the acquisitions of each client")
  func fairness() {
    let sections = [3, 3, 4, 5].enumerated().flatMap {
      section($1, waits: Int64($0) * 100, acquires: Int64($0) * 100 + 5)
    }
    #expect(measured(sections).fairness == 667)
    let even = (3...6).flatMap { section($0, waits: Int64($0) * 100, acquires: Int64($0) * 100 + 5) }
    #expect(measured(even).fairness == 1000)
    #expect(measured(section(3, waits: 0, acquires: 1)).fairness == 250)
    #expect(measured([]).fairness == nil)
  }

  /// 667 and 250: the mean is 458.5, rounded up; runs without an acquisition have no say.
  @Test("a case keeps the mean of its runs' fairness, and the least")
  func fairnessOfCases() {
    let sections = [3, 3, 4, 5].enumerated().flatMap {
      section($1, waits: Int64($0) * 100, acquires: Int64($0) * 100 + 5)
    }
    var all = CaseMeasures()
    for facts in [sections, section(3, waits: 0, acquires: 1), []] { all.add(measured(facts)) }
    let costs = CaseCosts(all, Reached(), hasStore: false)
    #expect(costs.fairness == 459 && costs.fairnessLeast == 250)
  }

  /// 90 sections in 2 minutes are 45 a minute; 7 transactions in 4 acquisitions are 1.75.
  @Test("throughput is by simulated minute, and transactions by acquisition, none without a store")
  func ratios() {
    var costs = CaseCosts()
    costs.sectionsDone = 90
    costs.milliseconds = 120_000
    costs.acquisitions = 4
    #expect(costs.sectionsPerMinute == 4500)
    #expect(costs.transactionsPerAcquisition == nil)
    costs.transactions = 7
    #expect(costs.transactionsPerAcquisition == 175)
    #expect(CaseCosts().messagesPerAcquisition == nil && CaseCosts().herd == nil)
  }
}
