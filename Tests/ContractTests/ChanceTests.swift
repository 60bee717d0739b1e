import Testing

@testable import Contract

@Suite("Chance")
struct ChanceTests {
  @Test("is a pure function of seed, component and numbers, and every one of them matters")
  func addresses() {
    func first(_ seed: UInt64, _ component: StaticString, _ a: Int = 0, _ b: Int = 0) -> UInt64 {
      var chance = Chance(seed: seed, component, a, b)
      return chance.next()
    }
    #expect(first(1, "link", 2, 3) == first(1, "link", 2, 3))
    let others = [
      first(1, "link", 2, 3), first(2, "link", 2, 3), first(1, "clock", 2, 3), first(1, "link", 3, 3),
      first(1, "link", 2, 4), first(1, "link", 3, 2),
    ]
    #expect(Set(others).count == others.count)
  }

  @Test("gives the same numbers on every machine and in every build: golden values")
  func golden() {
    var chance = Chance(seed: 42, "client", 1)
    let drawn = (0..<3).map { _ in chance.next() }
    // SplitMix64 over a key folded by FNV-1a, computed by another program: digests rest on them.
    #expect(drawn == ChanceTests.goldenNumbers)
  }

  static let goldenNumbers: [UInt64] = [
    15310703593487895615, 14554268737115189393, 4121289112293851424,
  ]

  @Test("stays below its bound, and reaches all of it evenly")
  func bounds() {
    // 6000 draws below 6: 1000 each, sigma 29.
    var chance = Chance(seed: 7, "test")
    var counts = [Int](repeating: 0, count: 6)
    for _ in 0..<6000 { counts[Int(chance.below(6))] += 1 }
    #expect(counts.allSatisfy { (880...1120).contains($0) })
    let one = chance.below(1), none = chance.below(0)
    #expect(one == 0 && none == 0)
  }

  @Test("takes no draw for what is certain or impossible, or a span of nothing")
  func freeDraws() {
    var chance = Chance(seed: 7, "test"), untouched = Chance(seed: 7, "test")
    let isCertain = chance.happens(.always), isPossible = chance.happens(.never)
    let span = chance.span(below: .zero), next = chance.next(), first = untouched.next()
    #expect(isCertain && !isPossible)
    #expect(span == .zero)
    #expect(next == first)
  }

  @Test("lets a probability of 30 % happen in 30 % of draws")
  func probability() {
    // 5000 draws, 1500 expected, sigma 32.
    var chance = Chance(seed: 9, "test")
    let count = (0..<5000).filter { _ in chance.happens(Probability(perBillion: 300_000_000)) }.count
    #expect((1370...1630).contains(count))
  }
}

@Suite("A digest")
struct DigestTests {
  @Test("depends on every word and on their order, in both halves, and prints 32 digits")
  func words() {
    func digest(_ words: [UInt64]) -> Digest {
      var digest = Digest()
      for word in words { digest.fold(word) }
      return digest
    }
    let all = [
      digest([]), digest([0]), digest([0, 0]), digest([1, 2]), digest([2, 1]), digest([1 << 63, 2]),
    ]
    #expect(Set(all.map(\.low)).count == all.count)
    #expect(Set(all.map(\.high)).count == all.count)
    #expect(all.allSatisfy { $0.text.count == 32 })
    #expect(digest([5, 6]) == digest([5, 6]))
    #expect(Digest.hex(255) == "00000000000000ff")
  }

  /// 200 pairs of runs for each of 128 bits: 100 changes of each output bit expected, sigma 7, none beyond 7.
  @Test("changes half of its bits, each as often as any other, when one bit of one of two words changes")
  func avalanche() {
    var chance = Chance(seed: 1, "avalanche")
    for bit in 0..<128 {
      var changes = [Int](repeating: 0, count: 128)
      for _ in 0..<200 {
        let words = (chance.next(), chance.next())
        let mask = 1 << UInt64(bit % 64) as UInt64
        let flipped = bit < 64 ? (words.0 ^ mask, words.1) : (words.0, words.1 ^ mask)
        var left = Digest(), right = Digest()
        for warming in 0..<(bit % 3) {
          left.fold(UInt64(warming), 7)
          right.fold(UInt64(warming), 7)
        }
        left.fold(words.0, words.1)
        right.fold(flipped.0, flipped.1)
        for word in 0...1 as ClosedRange<UInt64> {
          left.fold(word)
          right.fold(word)
        }
        let change = (left.low ^ right.low, left.high ^ right.high)
        for place in 0..<128 {
          changes[place] += Int((place < 64 ? change.0 >> UInt64(place) : change.1 >> UInt64(place - 64)) & 1)
        }
      }
      #expect(changes.allSatisfy { (50...150).contains($0) }, "bit \(bit)")
    }
  }

  @Test("tells the two words of a pair apart, and their order")
  func pairs() {
    var seen: Set<Digest> = []
    for first in 0..<100 as Range<UInt64> {
      for second in 0..<100 as Range<UInt64> {
        var digest = Digest()
        digest.fold(first, second)
        seen.insert(digest)
      }
    }
    #expect(seen.count == 10_000)
  }

  @Test("of 100,000 numbers that differ in one bit has no two alike")
  func collisions() {
    var seen: Set<UInt64> = []
    for number in 0..<100_000 as Range<UInt64> {
      var print = Fingerprint()
      print.add(number)
      print.add(1 as UInt64)
      seen.insert(print.value)
    }
    #expect(seen.count == 100_000)
  }
}
