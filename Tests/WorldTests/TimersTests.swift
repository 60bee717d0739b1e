import Contract
import Testing

@testable import World

@Suite("A node's running timers")
struct TimersTests {
  private func timer(_ name: UInt8, _ key: UInt64, _ setting: Int64) -> Timers.Timer {
    Timers.Timer(
      owner: name % 2 == 0 ? .server : .program, name: name, key: key, due: LocalTime(nanos: 0),
      setting: setting, token: nil)
  }

  /// 20,000 steps over 4 names and 40 keys: from none to over a hundred timers and back, many times.
  @Test("are found, replaced and removed as in a plain list, whether few or many")
  func likeAList() {
    var timers = Timers(), list: [Timers.Timer] = []
    var chance = Chance(salt: 5)
    for step in 1...20_000 {
      let name = UInt8(chance.below(4)), key = UInt64(chance.below(40)) &* 0x1_0000_0001
      let place = list.firstIndex { $0.name == name && $0.key == key }
      let owner = timer(name, key, 0).owner
      let found = timers.index(owner, name, key).map { timers[$0].setting }
      #expect(found == place.map { list[$0].setting })
      // Phases of 2,500 steps in which timers gather, then vanish.
      if place == nil, step / 2_500 % 2 == 0 || chance.below(4) == 0 {
        timers.add(timer(name, key, Int64(step)))
        list.append(timer(name, key, Int64(step)))
      } else if let place, step / 2_500 % 2 == 1 || chance.below(4) == 0 {
        let isExpired = timers.expire(owner, name, key, setting: -1), taken = timers.take(owner, name, key)
        #expect(!isExpired && taken?.setting == list[place].setting)
        list.remove(at: place)
      }
      #expect(timers.count == list.count)
    }
    timers.removeAll()
    #expect(timers.index(.server, 0, 0) == nil && timers.isEmpty)
  }
}
