import Contract

/// Walks a tree along its form and throws at the first value that does not fit.
struct FormCheck {
  let path: String
  private var steps: [JSONPath.Step] = []

  init(path: String, _ here: JSONPath = JSONPath()) {
    self.path = path
    steps = here.steps
  }

  mutating func check(_ value: JSONValue, _ form: Form) throws(ScenarioProblem) {
    switch form {
    case .text: try checkText(value)
    case .setting(let kind, let isPositive): try checkSetting(value, kind, isPositive)
    case .seeds: try fitting(value) { () throws(Mismatch) in _ = try SeedText.decode(value) }
    case .word:
      guard value.text.flatMap(SeedText.seed) != nil else {
        throw mismatch(value, "expected a number in a string such as \"0x2a\"")
      }
    case .selector:
      let expected = "expected a node such as \"client-1\", or a role such as \"holder\""
      try fitting(value) { () throws(Mismatch) in _ = try NodeText.decode(value, expected: expected) }
    case .node:
      guard case .named? = value.text.flatMap(NodeText.selector) else {
        throw mismatch(value, "expected a node such as \"client-1\"")
      }
    case .name(let names): try checkName(value, names)
    case .list(let entry, let counts, let isDistinct): try checkList(value, entry, counts, isDistinct)
    case .object(let keys): try checkObject(value, keys)
    case .named(let forms, let names, let isEmptyAllowed): try checkNamed(value, forms, names, isEmptyAllowed)
    case .variants(let key, let names, let variants): try checkVariant(value, key, names, variants)
    }
  }

  // MARK: scalars

  private func checkText(_ value: JSONValue) throws(ScenarioProblem) {
    guard let text = value.text, !text.unicodeScalars.allSatisfy(JSON5.isSpace) else {
      throw mismatch(value, "expected a text that is not empty")
    }
  }

  private func checkSetting(
    _ value: JSONValue, _ kind: ParameterSpec.Kind, _ isPositive: Bool
  ) throws(ScenarioProblem) {
    var setting = SettingValue.never
    try fitting(value) { () throws(Mismatch) in setting = try kind.decode(value) }
    if isPositive, setting == .duration(.zero) { throw mismatch(value, "expected a duration longer than 0") }
  }

  private func checkName(_ value: JSONValue, _ names: NameTable) throws(ScenarioProblem) {
    guard let name = value.text else { throw mismatch(value, "expected the name of a \(names.what)") }
    guard names.accepts(name) else { throw mismatch(value, names.sentence(for: name)) }
  }

  // MARK: lists and objects

  private mutating func checkList(
    _ value: JSONValue, _ entry: Form, _ counts: ClosedRange<Int>, _ isDistinct: Bool
  ) throws(ScenarioProblem) {
    guard let values = value.list else { throw mismatch(value, "expected a list") }
    guard values.count <= counts.upperBound else {
      throw problem(value.position, found: "\(values.count) entries", "expected at most \(counts.upperBound)")
    }
    if values.count < counts.lowerBound { throw mismatch(value, "expected a list that is not empty") }
    var seen: [String] = []
    for (position, value) in values.enumerated() {
      steps.append(.index(position))
      try check(value, entry)
      if isDistinct, let text = value.text {
        let bare = text.hasSuffix("?") ? String(text.dropLast()) : text
        if seen.contains(bare) { throw mismatch(value, "which is in the list already") }
        seen.append(bare)
      }
      steps.removeLast()
    }
  }

  private mutating func checkObject(_ value: JSONValue, _ keys: KeyTable) throws(ScenarioProblem) {
    guard let members = value.members else { throw mismatch(value, "expected an object") }
    for member in members {
      steps.append(.key(member.key))
      guard let row = keys.row(member.key) else { throw unknownKey(member, keys) }
      try check(member.value, row.form)
      steps.removeLast()
    }
    for row in keys.rows where row.isRequired && value[row.name] == nil {
      throw problem(value.position, "the key \"\(row.name)\" is missing: \(row.summary)")
    }
    for (left, right) in keys.exclusive {
      guard value[left] != nil, let other = value.member(right) else { continue }
      steps.append(.key(right))
      throw problem(other.keyPosition, "\"\(right)\" and \"\(left)\" exclude each other")
    }
    try checkExactlyOne(value, keys.exactlyOne)
  }

  private mutating func checkExactlyOne(_ value: JSONValue, _ keys: [String]) throws(ScenarioProblem) {
    guard !keys.isEmpty else { return }
    let given = keys.compactMap { value.member($0) }
    if given.isEmpty {
      throw problem(value.position, "expected either \(NameTable.either(keys))")
    }
    if given.count > 1 {
      steps.append(.key(given[1].key))
      throw problem(given[1].keyPosition, "\"\(given[1].key)\" and \"\(given[0].key)\" exclude each other")
    }
  }

  private mutating func checkNamed(
    _ value: JSONValue, _ forms: [(name: String, form: Form)], _ names: NameTable, _ isEmptyAllowed: Bool
  ) throws(ScenarioProblem) {
    guard let members = value.members else {
      throw mismatch(value, "expected an object whose keys are names of \(names.what)s")
    }
    if members.isEmpty, !isEmptyAllowed {
      throw problem(value.position, found: "no \(names.what)", "expected at least one")
    }
    for member in members {
      steps.append(.key(member.key))
      guard let form = forms.first(where: { $0.name == member.key })?.form else {
        let found = JSONText.quoted(JSONValue.shortened(member.key))
        throw problem(member.keyPosition, found: found, names.sentence(for: member.key))
      }
      try check(member.value, form)
      steps.removeLast()
    }
  }

  private mutating func checkVariant(
    _ value: JSONValue, _ key: String, _ names: NameTable, _ variants: [(name: String, keys: KeyTable)]
  ) throws(ScenarioProblem) {
    guard value.members != nil else { throw mismatch(value, "expected an object with the key \"\(key)\"") }
    guard let word = value[key] else {
      throw problem(value.position, "the key \"\(key)\" is missing: the name of a \(names.what)")
    }
    steps.append(.key(key))
    try checkName(word, names)
    steps.removeLast()
    guard let keys = variants.first(where: { $0.name == word.text })?.keys else {
      preconditionFailure("no keys for the \(names.what) \(word.shown)")
    }
    try checkObject(value, keys)
  }

  // MARK: problems

  private func unknownKey(_ member: JSONMember, _ keys: KeyTable) -> ScenarioProblem {
    let names = keys.rows.map(\.name)
    let question = Spelling.question(member.key, among: names) ?? "expected \(NameTable.either(names))"
    return problem(member.keyPosition, "unknown key; \(question)")
  }

  private func fitting(
    _ value: JSONValue, _ decode: () throws(Mismatch) -> Void
  ) throws(ScenarioProblem) {
    do {
      try decode()
    } catch {
      guard let entry = error.entry, let list = value.list else {
        throw problem(value.position, found: error.found, error.sentence)
      }
      var inner = problem(list[entry].position, found: error.found, error.sentence)
      inner.keyPath = inner.keyPath.index(entry)
      throw inner
    }
  }

  private func mismatch(_ value: JSONValue, _ sentence: String) -> ScenarioProblem {
    problem(value.position, found: value.shown, sentence)
  }

  private func problem(_ position: TextPosition, found: String? = nil, _ sentence: String) -> ScenarioProblem
  {
    ScenarioProblem(path: path, at: position, keyPath: JSONPath(steps), found: found, sentence)
  }
}
