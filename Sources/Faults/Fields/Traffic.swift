import Contract

/// The messages that a fault on links takes: on which links, and how many or for how long.
struct Traffic: Sendable, Equatable {
  static let specs = Links.specs + [
    ParameterSpec(
      "messages", .count(1...1_000_000_000), nil, "how many messages it takes; not beside \"for\""),
    ParameterSpec(
      "for", .duration, nil, "how long it lasts; with neither this nor \"messages\": until the run ends"),
  ]
  static let probability = ParameterSpec(
    "probability", .probability, .probability(.always), "the chance of each message to be struck")

  let links: Links
  let messages: Int64?
  let lasts: Nanos?

  init(_ fields: Settings) throws(FieldProblem) {
    links = try Links(fields)
    messages = fields.count("messages")
    lasts = try fields.length()
    guard messages == nil || lasts == nil else {
      throw FieldProblem("messages", "\"messages\" and \"for\" both end the fault; give one of them")
    }
  }

  /// One lever on the links; none where they are between nobody now.
  func levers(_ action: Lever.Action, in scene: inout Scene) -> [Lever] {
    guard let links = links.found(in: &scene) else { return [] }
    return [Lever(action, links: [links], lasts: lasts, messages: messages)]
  }

  /// The same, with a number from which the lever draws whom it strikes, and when.
  func saltedLevers(_ action: Lever.Action, in scene: inout Scene) -> [Lever] {
    levers(action, in: &scene).map {
      var lever = $0
      lever.salt = scene.salt()
      return lever
    }
  }
}

extension Settings {
  /// The chance of each message; certain where it is not given.
  func chance() throws(FieldProblem) -> Probability {
    let chance = probability("probability") ?? .always
    guard chance != .never else {
      throw FieldProblem("probability", "with a probability of 0 nothing is ever struck; give more")
    }
    return chance
  }
}
