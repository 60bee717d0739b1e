import Contract
import Faults
import Testing

@Suite("Faults on the service as a whole")
struct ServiceFaultTests {
  typealias Bench = FaultBench

  func disturb(_ what: Disturbance, _ first: Int64 = 0, _ second: Int64 = 0, lasts: Nanos? = nil) -> [Lever] {
    [Lever(.disturb(what, first, second), nodes: Bench.services, lasts: lasts)]
  }

  @Test("a recovery is an outage and a jump of 100 million versions, or what is given")
  func recovery() throws {
    #expect(
      try Bench.levers("recovery", [("down", Bench.seconds(2))])
        == disturb(.recovery, 2_000_000_000, 100_000_000))
    #expect(
      try Bench.levers("recovery", [("down", .duration(.zero)), ("versions", .count(600_000_000_000))])
        == disturb(.recovery, 0, 600_000_000_000))
    #expect(
      try Bench.levers("recovery", [("down", Bench.seconds(1)), ("versions", .count(0))])
        == disturb(.recovery, 1_000_000_000, 0))
  }

  @Test("versions advance at thousandths of a million a second, for a time")
  func versionRate() throws {
    #expect(
      try Bench.levers("version-rate", [("rate", .factor(500)), ("for", Bench.seconds(30))])
        == disturb(.versionRate, 500, lasts: .seconds(30)))
  }

  @Test("an outage begins with (1, 0) and lasts its time")
  func unavailable() throws {
    #expect(
      try Bench.levers("unavailable", [("for", Bench.seconds(12))])
        == disturb(.unavailable, 1, lasts: .seconds(12)))
    #expect(try Bench.levers("unavailable", []) == disturb(.unavailable, 1))
  }

  @Test("unknown results carry their salt in the disturbance")
  func unknownResult() throws {
    #expect(
      try Bench.levers("unknown-result", [("commits", .count(2))])
        == disturb(.unknownResult, 2, Int64(bitPattern: Bench.firstSalt())))
  }

  @Test("a failover loses a span of writes, and a leader change needs nothing")
  func failoverAndLeader() throws {
    #expect(
      try Bench.levers("failover", [("lose", .duration(.milliseconds(100)))])
        == disturb(.failover, 100_000_000))
    #expect(try Bench.levers("failover", [("lose", .duration(.zero))]) == disturb(.failover, 0))
    #expect(try Bench.levers("leader-change", []) == disturb(.leaderChange))
  }

  @Test("what is missing or does nothing is refused, by its field")
  func refused() {
    let zero = SettingValue.duration(.zero)
    #expect(Bench.refusedField("recovery", []) == "down")
    #expect(Bench.refusedField("recovery", [("down", zero), ("versions", .count(0))]) == "versions")
    #expect(Bench.refusedField("version-rate", [("rate", .factor(0))]) == "rate")
    #expect(Bench.refusedField("version-rate", []) == "rate")
    #expect(Bench.refusedField("version-rate", [("rate", .factor(1)), ("for", zero)]) == "for")
    #expect(Bench.refusedField("unavailable", [("for", zero)]) == "for")
    #expect(Bench.refusedField("unknown-result", []) == "commits")
    #expect(Bench.refusedField("failover", []) == "lose")
  }
}
