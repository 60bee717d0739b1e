import Testing

@testable import Contract

@Suite("Times")
struct TimeTests {
  @Test("scale by a rate without overflow for a hundred years, rounded toward zero")
  func scaled() {
    // 100 years of 3,155,760,000 s at 50 ppm: 157,788 s.
    let century = Nanos.seconds(3_155_760_000)
    #expect(century.scaled(partsPerBillion: 50_000) == .seconds(157_788))
    #expect(century.scaled(partsPerBillion: -50_000) == .seconds(-157_788))
    #expect(Nanos(19).scaled(partsPerBillion: 100_000_000) == Nanos(1))
    #expect(Nanos(19).scaled(partsPerBillion: -100_000_000) == Nanos(-1))
    #expect(Nanos(9).scaled(partsPerBillion: 100_000_000) == .zero)
  }

  @Test("of day are rounded down to milliseconds and seconds, also before the epoch")
  func wholeUnits() {
    #expect(LocalTime(nanos: 1_999_999).milliseconds == 1)
    #expect(LocalTime(nanos: -1).milliseconds == -1)
    #expect(LocalTime(nanos: -1_000_000).milliseconds == -1)
    #expect(LocalTime(nanos: 1_999_999_999).seconds == 1)
    #expect(LocalTime(nanos: -1).seconds == -1)
  }
}

@Suite("Votes")
struct VotesTests {
  @Test("of N nodes have a majority at N/2 + 1 and are hopeless when that is out of reach", arguments: 1...9)
  func outcomes(count: Int) {
    let quorum = count / 2 + 1
    for yes in 0...count {
      for no in 0...(count - yes) {
        var votes = Votes(of: count)
        _ = votes.next()
        for index in 0..<yes { votes.add(true, from: index) }
        for index in yes..<(yes + no) { votes.add(false, from: index) }
        let isHopeless = count - no < quorum
        #expect(votes.outcome == (yes >= quorum ? .majority : isHopeless ? .hopeless : .open))
        #expect(votes.isComplete == (yes + no == count))
      }
    }
  }

  @Test("count each node once, and start anew with each question")
  func once() {
    var votes = Votes(of: 3)
    let first = votes.next()
    votes.add(true, from: 0)
    votes.add(true, from: 0)
    votes.add(false, from: 0)
    #expect(votes.outcome == .open)
    votes.add(true, from: 2)
    #expect(votes.outcome == .majority)
    let second = votes.next()
    #expect(votes.outcome == .open)
    #expect(first == 1 && second == 2)
  }
}

@Suite("Nodes")
struct TopologyTests {
  static let topology = Topology(services: 3, layers: 2, clients: 4)

  @Test("have names and numbers that lead back to them")
  func names() {
    for index in 0..<Self.topology.count {
      let node = NodeID(index), name = Self.topology.name(of: node)
      #expect(Self.topology.node(named: name) == node)
      #expect(Self.topology.node(Self.topology.kind(of: node), Self.topology.number(of: node)) == node)
    }
    #expect(Self.topology.name(of: NodeID(0)) == "resource")
    #expect(Self.topology.name(of: NodeID(3)) == "service-3")
    #expect(Self.topology.name(of: NodeID(4)) == "layer-1")
    #expect(Self.topology.name(of: NodeID(9)) == "client-4")
    for wrong in ["client-5", "client-0", "client-01", "resource-1", "server-1", "client", "client-", ""] {
      #expect(Self.topology.node(named: wrong) == nil, "\(wrong)")
    }
  }

  @Test("are found by role when a fault fires, each once")
  func roles() {
    var scene = Scene(
      topology: Self.topology, holder: NodeID(7), previousHolder: .none, leader: NodeID(2),
      chance: Chance(seed: 1, "fault", 0))
    func indices(_ selectors: [NodeSelector]) -> [Int32] { scene.nodes(selectors).map(\.index) }
    let named = indices([.holder, .named(.client, number: 2), .leader]), nobody = indices([.previousHolder])
    let services = indices([.allServices]), layers = indices([.allLayers]), clients = indices([.allClients])
    #expect(named == [7, 2])
    #expect(nobody == [])
    #expect(services == [1, 2, 3])
    #expect(layers == [4, 5])
    #expect(clients == [6, 7, 8, 9])
    let drawn = (0..<200).map { _ in scene.nodes([.anyClient])[0] }
    #expect(Set(drawn) == Set((6...9).map { NodeID($0) }))
    #expect(scene.others(than: [NodeID(0), NodeID(9)]).count == 8)
  }
}

@Suite("An envelope")
struct EnvelopeTests {
  @Test("opens as what was put in, for its own protocol only")
  func roundTrip() {
    let access = Access(
      lock: LockID(3), writes: true, id: 9, token: Token(order: 4), stamp: 2, base: 5, value: 6)
    let envelope = Envelope(AccessMessage(.write, access))
    let opened = AccessMessage(opening: envelope)
    #expect(opened?.access.token == Token(order: 4))
    #expect(opened?.access.base == 5)
    #expect(opened?.kind == .write)
    #expect(NoMessage(opening: envelope) == nil)
    #expect(AccessMessage.words.indices.contains(Int(envelope.word)))
  }

  @Test("has a print of every field that machines act on, and of none that they do not")
  func prints() {
    var access = Access(
      lock: LockID(3), writes: true, id: 9, token: Token(order: 4), stamp: 2, base: 5, value: 6)
    let before = Envelope(AccessMessage(.write, access)).print
    #expect(Envelope(AccessMessage(.effect, access)).print != before)
    access.stamp = 3
    #expect(Envelope(AccessMessage(.write, access)).print == before)
    access.value = 7
    #expect(Envelope(AccessMessage(.write, access)).print != before)
  }

  @Test("carries its parcel by slot, and slots are used again")
  func parcels() {
    var slab = ParcelSlab()
    let first = slab.put([1, 2]), second = slab.put([3])
    let taken = slab.take(first), third = slab.put([4])
    #expect(taken == [1, 2])
    #expect(third == first)
    #expect(slab.words(in: second) == [3])
    #expect(slab.slots.count == 2)
  }

  @Test("of a turn that sends parcels differs by their words")
  func parcelPrints() {
    func print(_ words: [Int64]) -> UInt64? {
      var turn = Turn()
      turn.send(NoMessage(), to: NodeID(1), parcel: words)
      guard case .send(let envelope, _)? = turn.effects.first else { return nil }
      return envelope.print
    }
    #expect(print([1, 2]) == print([1, 2]))
    #expect(print([1, 2]) != print([2, 1]))
    #expect(print([]) != print([0]))
  }
}
