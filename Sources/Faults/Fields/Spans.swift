import Contract

/// The field `for`: how long a fault lasts.
enum Length {
  static let spec = ParameterSpec("for", .duration, nil, "how long it lasts; absent: until the run ends")
}

extension Settings {
  /// How long the fault lasts; nil: until the run ends.
  func length() throws(FieldProblem) -> Nanos? {
    guard let length = duration("for") else { return nil }
    guard length != .zero else {
      throw FieldProblem(
        "for", "a fault of no length does nothing; give a longer time, or none to last until the run ends")
    }
    return length
  }

  /// A duration that must be given and must not be zero.
  func span(_ name: String) throws(FieldProblem) -> Nanos {
    guard let span = duration(name) else {
      throw FieldProblem(name, "\"\(name)\" is missing; give a duration such as \"10s\"")
    }
    guard span != .zero else {
      throw FieldProblem(name, "a time of zero changes nothing; give a duration such as \"10s\"")
    }
    return span
  }
}
