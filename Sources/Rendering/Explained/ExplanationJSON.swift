import Lab

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

  /// - Throws: `ScenarioProblem` at the first place that is not as explanations are.
  init(_ part: ResultTree) throws(ScenarioProblem) {
    scenario = try part.text("scenario")
    about = try part.text("about")
    algorithm = try part.text("algorithm")
    guardName = try part.text("guard")
    seed = try part.seed("seed")
    digest = try part.text("digest")
    violations = try part.map("violations") { one throws(ScenarioProblem) in
      try Violation(check: one.text("check"), question: one.text("question"), sentence: one.text("sentence"))
    }
    diagram = try part.optional("diagram") { one throws(ScenarioProblem) in try Diagram(one) }
    steps = try part.map("steps") { one throws(ScenarioProblem) in
      try Step(at: one.nanos("at"), text: one.text("text"), isWrong: one.flag("wrong"))
    }
    isHarmed = try part.flag("harmed")
    guards = try part.map("guards") { one throws(ScenarioProblem) in
      try GuardTrial(guardName: one.text("guard"), harms: one.texts("harms"))
    }
    withoutToken = try part.text("withoutToken")
    ablations = try part.map("ablations") { one throws(ScenarioProblem) in
      try Ablation(fault: one.text("fault"), violated: one.texts("violated"))
    }
    let near = try part.member("neighbour")
    neighbour = Neighbour(
      tried: Int(try near.count("tried")),
      seed: try near.optional("seed") { one throws(ScenarioProblem) in try one.seed() })
    difference = try part.optional("difference") { one throws(ScenarioProblem) in
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

  init(_ part: ResultTree) throws(ScenarioProblem) {
    lanes = try part.map("lanes") { one throws(ScenarioProblem) in
      try Lane(kind: one.word("kind"), title: one.text("title"), note: one.text("note"))
    }
    let count = lanes.count
    spans = try part.map("spans") { one throws(ScenarioProblem) in
      try Span(
        lane: one.index("lane", below: count), kind: one.word("kind"), from: one.nanos("from"),
        to: one.nanos("to"), text: one.text("text"))
    }
    overlaps = try part.map("overlaps") { one throws(ScenarioProblem) in
      try Overlap(
        lanes: one.indices("lanes", below: count), from: one.nanos("from"), to: one.nanos("to"))
    }
    arrows = try part.map("arrows") { one throws(ScenarioProblem) in
      try Arrow(
        from: one.index("from", below: count), to: one.index("to", below: count), sent: one.nanos("sent"),
        ended: one.nanos("ended"), end: one.word("end"))
    }
    marks = try part.map("marks") { one throws(ScenarioProblem) in
      try Mark(
        lane: one.index("lane", below: count), at: one.nanos("at"), kind: one.word("kind"),
        text: one.text("text"), step: Int(one.count("step", most: 10)), isTold: one.flag("told"))
    }
    from = try part.nanos("from")
    to = try part.nanos("to")
    note = try part.text("note")
  }
}
