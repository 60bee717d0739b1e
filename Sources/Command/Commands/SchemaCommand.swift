import Lab

/// `sim schema`: the JSON Schema that editors check scenario files by.
enum SchemaCommand {
  static func run(_ session: inout Session) throws(Failure) -> Int32 {
    try session.deliver(ScenarioSchema.text(session.catalog))
    return ExitStatus.met
  }
}
