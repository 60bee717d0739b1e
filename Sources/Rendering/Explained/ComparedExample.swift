import Lab

extension ComparedCase {
  /// The violated check that weighs most: the first of the gravest question; nil where none is.
  var gravest: ComparedCheck? { gravestPlace.map { checks[$0] } }

  private var gravestPlace: Int? {
    for question in ComparedVerdict.gravity {
      if let place = checks.firstIndex(where: { $0.question == question && $0.violated > 0 }) { return place }
    }
    return nil
  }

  /// Tells the first run that violated the gravest check in full; nothing where no check was violated.
  ///
  /// - Parameter runner: that of the case.
  /// - Parameter command: how the reader calls the command, such as `sim`.
  public mutating func explain(_ runner: Runner, command: String) {
    guard let place = gravestPlace, let seed = checks[place].example?.seed else { return }
    checks[place].example?.figure = Explanation(runner, runner.run(seed: seed), command: command)?.json
  }
}
