import Lab

/// Why a saved explanation cannot be read: where, and what stands there.
public struct ExplanationProblem: Error, Equatable, Sendable {
  public let path: String
  public let sentence: String
}

extension Explanation {
  /// The explanation as JSON; reading it gives the same value again.
  public var json: JSONValue {
    .object([
      ("scenario", .text(scenario)), ("about", .text(about)), ("algorithm", .text(algorithm)),
      ("guard", .text(guardName)), ("seed", .text(String(seed))), ("digest", .text(digest)),
      ("violations", .list(violations.map { one in
        .object([
          ("check", .text(one.check)), ("question", .text(one.question)), ("sentence", .text(one.sentence)),
        ])
      })),
      ("diagram", diagram?.json),
      ("steps", .list(steps.map { step in
        .object([("at", .integer(step.at)), ("text", .text(step.text)), ("wrong", .flag(step.isWrong))])
      })),
      ("harmed", .flag(isHarmed)),
      ("guards", .list(guards.map { trial in
        .object([("guard", .text(trial.guardName)), ("harms", .list(trial.harms.map { .text($0) }))])
      })),
      ("withoutToken", .text(withoutToken)),
      ("ablations", .list(ablations.map { one in
        .object([("fault", .text(one.fault)), ("violated", .list(one.violated.map { .text($0) }))])
      })),
      ("neighbour", .object([
        ("tried", .integer(neighbour.tried)), ("seed", neighbour.seed.map { .text(String($0)) }),
      ])),
      ("difference", difference.map { .object([("here", .text($0.here)), ("there", .text($0.there))]) }),
      ("replay", .text(replay)),
    ])
  }

  /// - Throws: `ExplanationProblem` where something is missing or is of another kind.
  public init(_ json: JSONValue) throws(ExplanationProblem) {
    let part = JSONPart(json)
    scenario = try part.text("scenario")
    about = try part.text("about")
    algorithm = try part.text("algorithm")
    guardName = try part.text("guard")
    seed = try part.unsigned("seed")
    digest = try part.text("digest")
    violations = try part.list("violations") { one throws(ExplanationProblem) in
      try Violation(check: one.text("check"), question: one.text("question"), sentence: one.text("sentence"))
    }
    diagram = try part.optional("diagram") { one throws(ExplanationProblem) in try Diagram(one) }
    steps = try part.list("steps") { one throws(ExplanationProblem) in
      try Step(at: one.integer("at"), text: one.text("text"), isWrong: one.flag("wrong"))
    }
    isHarmed = try part.flag("harmed")
    guards = try part.list("guards") { one throws(ExplanationProblem) in
      try GuardTrial(guardName: one.text("guard"), harms: one.texts("harms"))
    }
    withoutToken = try part.text("withoutToken")
    ablations = try part.list("ablations") { one throws(ExplanationProblem) in
      try Ablation(fault: one.text("fault"), violated: one.texts("violated"))
    }
    let near = try part.part("neighbour")
    neighbour = Neighbour(
      tried: Int(try near.integer("tried")), seed: near.has("seed") ? try near.unsigned("seed") : nil)
    difference = try part.optional("difference") { one throws(ExplanationProblem) in
      try FirstDifference(here: one.text("here"), there: one.text("there"))
    }
    replay = try part.text("replay")
  }
}

extension Diagram {
  /// Times are whole nanoseconds, lanes indices from 0.
  var json: JSONValue {
    .object([
      ("lanes", .list(lanes.map { lane in
        .object([
          ("kind", .text(lane.kind.rawValue)), ("title", .text(lane.title)), ("note", .text(lane.note)),
        ])
      })),
      ("spans", .list(spans.map { span in
        .object([
          ("lane", .integer(span.lane)), ("kind", .text(span.kind.rawValue)), ("from", .integer(span.from)),
          ("to", .integer(span.to)), ("text", .text(span.text)),
        ])
      })),
      ("overlaps", .list(overlaps.map { overlap in
        .object([
          ("lanes", .list(overlap.lanes.map { .integer($0) })), ("from", .integer(overlap.from)),
          ("to", .integer(overlap.to)),
        ])
      })),
      ("arrows", .list(arrows.map { arrow in
        .object([
          ("from", .integer(arrow.from)), ("to", .integer(arrow.to)), ("sent", .integer(arrow.sent)),
          ("ended", .integer(arrow.ended)), ("end", .text(arrow.end.rawValue)),
        ])
      })),
      ("marks", .list(marks.map { mark in
        .object([
          ("lane", .integer(mark.lane)), ("at", .integer(mark.at)), ("kind", .text(mark.kind.rawValue)),
          ("text", .text(mark.text)), ("step", .integer(mark.step)), ("told", .flag(mark.isTold)),
        ])
      })),
      ("from", .integer(from)), ("to", .integer(to)), ("note", .text(note)),
    ])
  }

  init(_ part: JSONPart) throws(ExplanationProblem) {
    lanes = try part.list("lanes") { one throws(ExplanationProblem) in
      try Lane(kind: one.word("kind"), title: one.text("title"), note: one.text("note"))
    }
    let count = lanes.count
    spans = try part.list("spans") { one throws(ExplanationProblem) in
      try Span(
        lane: one.index("lane", below: count), kind: one.word("kind"), from: one.integer("from"),
        to: one.integer("to"), text: one.text("text"))
    }
    overlaps = try part.list("overlaps") { one throws(ExplanationProblem) in
      try Overlap(
        lanes: one.indices("lanes", below: count), from: one.integer("from"), to: one.integer("to"))
    }
    arrows = try part.list("arrows") { one throws(ExplanationProblem) in
      try Arrow(
        from: one.index("from", below: count), to: one.index("to", below: count), sent: one.integer("sent"),
        ended: one.integer("ended"), end: one.word("end"))
    }
    marks = try part.list("marks") { one throws(ExplanationProblem) in
      try Mark(
        lane: one.index("lane", below: count), at: one.integer("at"), kind: one.word("kind"),
        text: one.text("text"), step: Int(one.integer("step")), isTold: one.flag("told"))
    }
    from = try part.integer("from")
    to = try part.integer("to")
    note = try part.text("note")
  }
}
