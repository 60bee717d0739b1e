import Contract
import Testing

@testable import Rendering

@Suite struct QuantityTests {
  @Test(
    "spans are told in the greatest unit that they reach",
    arguments: [
      (Nanos.seconds(15), "15 s"), (.milliseconds(9_499), "9.499 s"), (.milliseconds(250), "250 ms"),
      (.microseconds(1_500), "1.5 ms"), (Nanos(999), "999 ns"), (.seconds(-12), "-12 s"), (.zero, "0 ns"),
    ])
  func spans(span: Nanos, text: String) { #expect(span.spoken == text) }

  @Test("numbers of more than three digits are grouped")
  func groups() {
    #expect(Quantity.grouped(999) == "999")
    #expect(Quantity.grouped(1_000) == "1,000")
    #expect(Quantity.grouped(100_000_000) == "100,000,000")
  }

  @Test("a number and its unit stay on one line, a long word is cut")
  func paragraphs() {
    #expect(Paragraph.lines("until 10.004 s, then", width: 13) == ["until", "10.004 s,", "then"])
    #expect(Paragraph.lines("abcdefgh", width: 3) == ["abc", "def", "gh"])
  }

  /// Known values: 0 of 10 has the upper bound z²/(n+z²) = 3.8415/13.8415 = 0.2775; 81 of 263 as in Newcombe
  /// 1998, "Two-sided confidence intervals for the single proportion", table I: 0.2553 to 0.3662.
  @Test("Wilson's interval has the known values")
  func wilson() {
    let some = Proportion(count: 81, tries: 263).interval
    #expect(abs(some.low - 0.2553) < 0.00005 && abs(some.high - 0.3662) < 0.00005)
    let none = Proportion(count: 0, tries: 10).interval
    #expect(none.low == 0 && abs(none.high - 0.2775) < 0.0001)
    let half = Proportion(count: 5, tries: 10).interval
    #expect(abs(half.low - 0.2366) < 0.0001 && abs(half.high - 0.7634) < 0.0001)
    #expect(Proportion(count: 10, tries: 10).interval.high == 1)
  }

  @Test("no violation in n runs bounds the rate by 3/n")
  func ruleOfThree() {
    #expect(Proportion.percent(Proportion(count: 0, tries: 1_000).ruleOfThree) == "0.30 %")
    #expect(Proportion.percent(Proportion(count: 0, tries: 2).ruleOfThree) == "100 %")
  }

  @Test("rates are told with the digits that count")
  func percent() {
    #expect(Proportion.percent(0.3124) == "31.2 %")
    #expect(Proportion.percent(0.0512) == "5.12 %")
    #expect(Proportion.percent(0.00003) == "0.0030 %")
    #expect(Proportion.percent(1) == "100 %")
    #expect(Proportion.percent(0) == "0 %")
  }

  @Test("faults are told in words")
  func levers() {
    let topology = Topology(services: 5, layers: 0, clients: 2)
    let words = LeverWords(topology: topology)
    let services = topology.indices(.service).map { NodeID($0) }, client = topology.node(.client, 1)!
    let pause = Lever(.pause(frozen: false), nodes: [client], lasts: .seconds(15))
    #expect(words.began(pause) == "client-1 stops for 15 s (pause)")
    let step = Lever(.clockStep(by: .seconds(12)), nodes: [services[2]])
    #expect(words.began(step) == "service-3: the clock jumps +12 s")
    #expect(
      words.began(Lever(.clockDrift(50_000), nodes: [client])) == "client-1: the clock runs 50 ppm fast")
    let there = LinkSet(from: [client], to: Array(services[0...2]))
    let back = LinkSet(from: there.to, to: there.from)
    #expect(
      words.began(Lever(.cut, links: [there, back], lasts: .seconds(20)))
        == "links cut for 20 s: client-1 <-> service-1 to 3")
    #expect(words.began(Lever(.cut, links: [there])) == "links cut: client-1 -> service-1 to 3")
  }
}
