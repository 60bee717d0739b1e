import Contract

/// A process that is gone, with its memory or more, and may come back.
///
/// - Stands for: a process crash (`memory`), a power failure (`unsynced` writes go too), a machine replaced
///   by a new one (`disk`).
/// - Pulls: one `crash` for each node. Without `restart` it never comes back.
/// - Source: Pillai et al. 2014, "All file systems are not created equal": what a crash leaves of unsynced
///   writes.
public struct Crash: Fault {
  public static let name = "crash"
  public static let standsFor = "a process crash, a power failure, or a machine replaced by a new one"
  public static let source = "Pillai et al. 2014, All file systems are not created equal"
  public static let fields = [
    NodeField.spec,
    ParameterSpec(
      "restart", .durationOrNever, .never,
      "how long until it starts again; a service adds its own restartDelay"),
    ParameterSpec(
      "lose", .choice(["memory", "unsynced", "disk"]), .choice("memory"),
      "what goes: the memory, unsynced writes too, or the whole disk"),
  ]

  let node: NodeField
  /// nil: never.
  let restart: Nanos?
  let loss: Lever.Loss

  public init(_ fields: Settings) throws(FieldProblem) {
    node = try NodeField(fields)
    restart = fields.duration("restart")
    loss = Crash.loss(fields.choice("lose"))
  }

  public static func drawn(
    _ chance: inout Chance, _ terms: ChaosTerms
  ) -> [(name: String, value: SettingValue)]? {
    let loss = SettingValue.choice(chance.one(of: ["memory", "unsynced"]))
    return [("node", chance.victim(terms)), ("restart", chance.length(terms)), ("lose", loss)]
  }

  public func levers(_ scene: inout Scene) -> [Lever] {
    node.levers(.crash(restart: restart, lose: loss), in: &scene)
  }

  static func loss(_ word: String?) -> Lever.Loss {
    switch word {
    case "disk": .disk
    case "unsynced": .unsynced
    default: .memory
    }
  }
}
