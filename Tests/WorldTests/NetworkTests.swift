import Contract
import Testing

@testable import World

@Suite("A message")
struct TravelTests {
  static func messages(_ count: Int64) -> Stage { .sending(at: Array(0..<count)) }

  /// When each of the messages sent one per millisecond arrived after its sending, in order of arrival.
  static func delays(_ setup: Setup) -> [(number: Int64, delay: Nanos)] {
    Played(setup).records.filter { $0.kind == .connected }.map {
      ($0.a, $0.at - Instant(nanos: $0.a * 1_000_000))
    }
  }

  @Test("takes at least the latency and less than latency and jitter, spread evenly between")
  func bounds() {
    // 2000 delays uniform in [1, 1.8) ms, one each millisecond: none overtakes, mean 1.4 +- 0.02 ms (4
    // sigma).
    var setup = Self.messages(2000).setup()
    setup.network.jitter = .microseconds(800)
    let delays = Self.delays(setup).map(\.delay)
    #expect(delays.count == 2000)
    #expect(delays.allSatisfy { $0 >= .milliseconds(1) && $0 < .microseconds(1800) })
    let mean = delays.reduce(0) { $0 + $1.count } / 2000
    #expect((1_379_000...1_421_000).contains(mean))
    #expect(delays.min()! < .microseconds(1010))
    #expect(delays.max()! > .microseconds(1790))
  }

  @Test("never overtakes another on its link, unless links reorder")
  func order() {
    var setup = Self.messages(500).setup()
    setup.network.jitter = .milliseconds(20)
    let inOrder = Self.delays(setup).map(\.number)
    #expect(inOrder == Array(0..<500))
    setup.network.reorder = true
    let mixed = Self.delays(setup)
    #expect(mixed.map(\.number) != Array(0..<500))
    #expect(mixed.map(\.number).sorted() == Array(0..<500))
    #expect(mixed.allSatisfy { $0.delay >= .milliseconds(1) && $0.delay < .milliseconds(21) })
  }

  @Test("is lost and doubled as often as its network says")
  func rates() {
    // 4000 messages, 20 % lost: 3200 arrive, sigma 25. 10 % doubled: 4400 arrive, sigma 19.
    var lossy = Self.messages(4000).setup()
    lossy.network.loss = Probability(perBillion: 200_000_000)
    #expect((3090...3310).contains(Self.delays(lossy).count))
    var doubling = Self.messages(4000).setup()
    doubling.network.duplicate = Probability(perBillion: 100_000_000)
    let arrived = Self.delays(doubling)
    #expect((4320...4480).contains(arrived.count))
    #expect(Set(arrived.map(\.number)).count == 4000)
  }

  @Test("on its way is counted until it arrives or is lost, so that runs can end early")
  func inFlight() {
    var setup = Self.messages(300).setup()
    setup.network.loss = Probability(perBillion: 200_000_000)
    setup.network.duplicate = Probability(perBillion: 200_000_000)
    setup.plan = [.at(50, .crash(2, restart: 50)), .at(150, .link(.cut, 20)), .at(200, .link(.clog, 20))]
    #expect(Played(setup).world.inFlight == 0)
  }
}

@Suite("A lever on a link")
struct LinkLeverTests {
  /// One message a millisecond from 0 to 9, each a millisecond on its way, unless the network is slower.
  static func play(latency: Int64 = 1, sending: [Int64] = Array(0...9), _ plan: [PlanEntry]) -> [String] {
    var setup = Stage.sending(at: sending).setup(plan)
    setup.network.latency = .milliseconds(latency)
    return Played(setup).notes
  }

  @Test("that cuts it loses what is sent then, and what would arrive then, and nothing else")
  func cut() {
    // 10 ms on the way. Cut 25...35: sent at 16...25 would arrive then; sent at 26...35 is lost as it is
    // sent.
    let moments: [Int64] = [14, 20, 24, 26, 30, 34, 36]
    let notes = Self.play(latency: 10, sending: moments, [.at(25, .link(.cut, 10))])
    #expect(notes == ["14 at 24", "36 at 46"])
    // Cut 25...28 falls between the sending and the arrival of 20, which does not notice.
    #expect(Self.play(latency: 10, sending: [20, 26], [.at(25, .link(.cut, 3))]) == ["20 at 30"])
  }

  @Test("adds up with others, and leaves the other direction alone")
  func overlappingCuts() {
    // Cut 5...20 and 10...40.
    let cuts: [PlanEntry] = [.at(5, .link(.cut, 15)), .at(10, .link(.cut, 30))]
    #expect(Self.play(sending: [4, 30, 41], cuts) == ["41 at 42"])
    #expect(Self.play(sending: [3, 30, 41], cuts) == ["3 at 4", "41 at 42"])
    let back = Lever(.cut, links: [LinkSet(from: [NodeID(2)], to: [NodeID(1)])])
    #expect(Self.play(sending: [30], [.at(5, back)]) == ["30 at 31"])
  }

  @Test("that cuts it takes the second copy of a doubled message too")
  func cutTakesCopies() {
    // Everything doubled, 10 ms on the way; cut 0...5 and whole again long before anything would arrive.
    var setup = Stage.sending(at: [2, 7]).setup([.at(0, .link(.cut, 5))])
    setup.network.latency = .milliseconds(10)
    setup.network.duplicate = .always
    #expect(Played(setup).notes == ["7 at 17", "7 at 17"])
    setup.plan = [.at(0, .link(.duplicate(.always))), .at(0, .link(.cut, 5))]
    setup.network.duplicate = .never
    #expect(Played(setup).notes.first == "7 at 17")
    #expect(Played(setup).notes.count == 2)
  }

  @Test("that delays takes the next messages it is told to, and holds up none behind them")
  func delay() {
    let notes = Self.play(sending: [1, 2, 3, 4], [.at(2, .link(.delay(by: .milliseconds(90)), messages: 2))])
    #expect(notes == ["1 at 2", "4 at 5", "2 at 93", "3 at 94"])
    let once = Self.play(sending: [1, 2, 3], [.at(1, .link(.delay(by: .seconds(90)), messages: 1))])
    #expect(once == ["2 at 3", "3 at 4"])
  }

  @Test("that delays for a while delays what is sent in that while")
  func delayForAWhile() {
    let notes = Self.play(sending: [1, 2, 3, 4], [.at(2, .link(.delay(by: .milliseconds(10)), 2))])
    #expect(notes == ["1 at 2", "4 at 5", "2 at 13", "3 at 14"])
  }

  @Test("that clogs keeps what was on its way and what is sent, and releases it at once in order")
  func clog() {
    // 3 ms on the way; clogged 5...20: 3 and 4 are on their way, 6 and 16 are sent, 19 would arrive after.
    let notes = Self.play(latency: 3, sending: [1, 3, 4, 6, 16, 19], [.at(5, .link(.clog, 15))])
    #expect(notes == ["1 at 4", "3 at 20", "4 at 20", "6 at 20", "16 at 20", "19 at 22"])
  }

  @Test("that clogs behind another hands over to it")
  func twoClogs() {
    let plan: [PlanEntry] = [.at(5, .link(.clog, 10)), .at(6, .link(.clog, 20))]
    #expect(Self.play(sending: [5, 7, 16], plan) == ["5 at 26", "7 at 26", "16 at 26"])
  }

  @Test("that drops, drops as many as it is told and then is over")
  func drop() {
    let played = Stage.sending(at: [1, 2, 3, 4]).play([.at(2, .link(.drop(.always), messages: 2))])
    #expect(played.notes == ["1 at 2", "4 at 5"])
    #expect(played.first(.leverEnded)!.at == Instant(nanos: 3_000_000))
  }

  @Test("that drops half, drops half, by its own salt")
  func dropHalf() {
    // 400 messages, half dropped: 200 +- 40 (4 sigma).
    func arrived(salt: UInt64) -> [String] {
      let lever = Lever.link(.drop(Probability(perBillion: 500_000_000)), salt: salt)
      return Self.play(sending: Array(0..<400), [.at(0, lever)])
    }
    #expect((160...240).contains(arrived(salt: 1).count))
    #expect(arrived(salt: 1) == arrived(salt: 1))
    #expect(arrived(salt: 1) != arrived(salt: 2))
  }

  @Test("that doubles sends each twice; one that reorders lets some overtake, but loses none")
  func duplicateAndReorder() {
    let doubled = Self.play(sending: [1, 2, 3], [.at(2, .link(.duplicate(.always), messages: 1, salt: 5))])
    #expect(doubled.count == 4)
    #expect(doubled.filter { $0.hasPrefix("2 ") }.count == 2)
    let mixed = Self.play(sending: Array(0..<50), [.at(0, .link(.reorder(.always), salt: 5))])
    let numbers = mixed.map { Int($0.split(separator: " ")[0])! }
    #expect(numbers.sorted() == Array(0..<50))
    #expect(numbers != Array(0..<50))
  }

  @Test("strikes no node's messages to itself")
  func noLinkToItself() {
    var stage = Stage()
    stage.server = { seat, input, turn in
      switch input {
      case .start where seat.node == NodeID(2): turn.send(Note(1), to: seat.node)
      case .message: turn.saw(1)
      default: break
      }
    }
    let all = (0..<4).map { NodeID($0) }
    let cut = Lever(.cut, links: [LinkSet(from: all, to: all)])
    #expect(stage.play([.at(0, cut)]).notes == ["1 at 1"])
  }

  @Test("that slows a node stretches its messages both ways and its syncs, and then no more")
  func slow() {
    #expect(
      Self.play(sending: [1, 2, 12], [.at(2, .node(.slow(5000), 2, 10))]) == ["1 at 2", "2 at 7", "12 at 13"])
    #expect(
      Self.play(sending: [1, 2, 12], [.at(2, .node(.slow(2000), 1, 10))]) == ["1 at 2", "2 at 4", "12 at 13"])
    var stage = Stage()
    stage.server = { seat, input, turn in
      if case .start = input, seat.node == NodeID(1) { turn.sync(1) }
      if case .synced = input { turn.saw(1) }
    }
    #expect(stage.play([.at(0, .node(.slow(4000), 1))]).notes == ["1 at 4"])
  }
}

@Suite("Streams of chance")
struct StreamTests {
  /// When the resource heard from client-1 and client-2, each of whom sends it ten messages.
  static func arrivals(services: Int, seed: UInt64 = 3) -> [[Int64]] {
    var stage = Stage()
    stage.clientLock = { _, input, turn in
      switch input {
      case .start:
        for step in 1...10 as ClosedRange<UInt64> {
          turn.set(Probe.Timer.first, key: step, after: .milliseconds(Int64(step)))
        }
      case .timer: turn.send(Note(1), to: NodeID(0))
      default: break
      }
    }
    stage.server = { seat, input, turn in
      if case .message(_, let from) = input { turn.record(Record(.connected, a: Int64(from.index))) }
    }
    var setup = stage.setup(services: services, clients: 2, seed: seed)
    setup.network.jitter = .microseconds(900)
    setup.clocks.drift = 1_000_000
    setup.clocks.offset = .seconds(1)
    let records = Played(setup).records.filter { $0.kind == .connected }
    return (1...2).map { client in records.filter { Int($0.a) == services + client }.map(\.at.nanos) }
  }

  @Test("belong to a client's number, so that another algorithm's nodes shift neither delays nor clocks")
  func sameForOtherTopologies() {
    #expect(Self.arrivals(services: 1) == Self.arrivals(services: 5))
    #expect(Self.arrivals(services: 1)[0] != Self.arrivals(services: 1)[1])
    #expect(Self.arrivals(services: 1) != Self.arrivals(services: 1, seed: 4))
  }
}
