import Contract

/// The JSON Schema of scenario files, made from the same forms by which they are read.
public enum ScenarioSchema {
  /// The schema as a file, for editors and for other tools.
  ///
  /// It says less than the reader where JSON Schema cannot say it: how values must agree with each other.
  /// Source: JSON Schema, draft 2020-12.
  public static func text(_ catalog: Catalog) -> String { JSONText.indented(json(catalog)) }

  /// The schema as a tree.
  public static func json(_ catalog: Catalog) -> JSONValue {
    .object(
      [
        ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
        ("title", .text("Lockstep scenario")),
      ] + members(of: .object(ScenarioKeys(catalog).file)))
  }

  typealias Members = [(key: String, value: JSONValue?)]

  static func schema(_ form: Form) -> JSONValue { .object(members(of: form)) }

  static func members(of form: Form) -> Members {
    switch form {
    case .text: [("type", .text("string")), ("pattern", .text("\\S"))]
    case .setting(let kind, let isPositive): setting(kind, isPositive)
    case .seeds: seeds
    case .word: pattern(seed)
    case .selector: pattern(selector)
    case .node: pattern(node)
    case .name(let names): [("enum", .list((names.names + optional(names)).map(JSONValue.text)))]
    case .list(let entry, let counts, let isDistinct):
      [
        ("type", .text("array")), ("items", schema(entry)), ("maxItems", .integer(counts.upperBound)),
        ("minItems", counts.lowerBound == 0 ? nil : .integer(counts.lowerBound)),
        ("uniqueItems", isDistinct ? .flag(true) : nil),
      ]
    case .object(let keys): object(keys)
    case .named(let forms, let names, let isEmptyAllowed): named(forms, names, isEmptyAllowed)
    case .variants(let key, let names, let variants):
      [
        ("type", .text("object")), ("required", .list([.text(key)])),
        ("properties", .object([(key, .object([("enum", .list(names.names.map(JSONValue.text)))]))])),
        ("allOf", .list(variants.map { variant(key, $0.name, $0.keys) })),
      ]
    }
  }

  private static func optional(_ names: NameTable) -> [String] {
    names.mayBeOptional ? names.names.map { $0 + "?" } : []
  }

  // MARK: objects

  private static func object(_ keys: KeyTable) -> Members {
    let required = keys.rows.filter(\.isRequired).map { JSONValue.text($0.name) }
    let oneOf = keys.exactlyOne.map { JSONValue.object([("required", .list([.text($0)]))]) }
    let exclusive = keys.exclusive.map { left, right in
      JSONValue.object([("not", .object([("required", .list([.text(left), .text(right)]))]))])
    }
    return [
      ("type", .text("object")), ("properties", .object(keys.rows.map { ($0.name, property($0)) })),
      ("additionalProperties", .flag(false)), ("required", required.isEmpty ? nil : .list(required)),
      ("oneOf", oneOf.isEmpty ? nil : .list(oneOf)), ("allOf", exclusive.isEmpty ? nil : .list(exclusive)),
    ]
  }

  private static func property(_ row: KeyRow) -> JSONValue {
    .object(members(of: row.form) + [("description", .text(row.summary)), ("default", row.standard)])
  }

  /// Where all names have one form, it is written once.
  private static func named(_ forms: [(name: String, form: Form)], _ names: NameTable, _ isEmptyAllowed: Bool)
    -> Members
  {
    let schemas = forms.map { (key: $0.name, value: schema($0.form)) }
    let texts = schemas.map { JSONText.compact($0.value) }
    let least: Members = [("type", .text("object")), ("minProperties", isEmptyAllowed ? nil : .integer(1))]
    if let first = texts.first, texts.count > 1, texts.allSatisfy({ $0 == first }) {
      let names = JSONValue.object([("enum", .list(names.names.map(JSONValue.text)))])
      return least + [("propertyNames", names), ("additionalProperties", schemas[0].value)]
    }
    let properties = JSONValue.object(schemas.map { ($0.key, $0.value) })
    return least + [("properties", properties), ("additionalProperties", .flag(false))]
  }

  /// What holds if the key that tells the variants apart has this value.
  private static func variant(_ key: String, _ name: String, _ keys: KeyTable) -> JSONValue {
    let isThis = JSONValue.object([(key, .object([("const", .text(name))]))])
    let condition = JSONValue.object([("properties", isThis), ("required", .list([.text(key)]))])
    return .object([("if", condition), ("then", .object(object(keys)))])
  }

  // MARK: scalars

  private static func setting(_ kind: ParameterSpec.Kind, _ isPositive: Bool) -> Members {
    let some = isPositive ? "(?=.*[1-9])" : ""
    switch kind {
    case .duration: return pattern(some + duration)
    case .signedDuration: return pattern("-?" + duration)
    case .durationOrNever: return pattern("(never|\(some)\(duration))")
    case .count(let range):
      return [
        ("type", .text("integer")), ("minimum", range.lowerBound == .min ? nil : .integer(range.lowerBound)),
        ("maximum", range.upperBound == .max ? nil : .integer(range.upperBound)),
      ]
    case .choice(let words): return [("enum", .list(words.map(JSONValue.text)))]
    case .flag: return [("type", .text("boolean"))]
    case .rate(let signed): return pattern((signed ? "-?" : "") + "[0-9]+(\\.[0-9]+)?ppm")
    case .probability: return [("type", .text("number")), ("minimum", .integer(0)), ("maximum", .integer(1))]
    case .factor:
      return [("type", .text("number")), ("minimum", .integer(0)), ("maximum", .integer(1_000_000))]
    case .nodes:
      let one = JSONValue.object(pattern(selector))
      let several = JSONValue.object([
        ("type", .text("array")), ("items", one), ("minItems", .integer(1)), ("uniqueItems", .flag(true)),
      ])
      return [("anyOf", .list([one, several]))]
    }
  }

  private static let duration = "[0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h)"
  private static let seed = "(0[xX][0-9a-fA-F]+|[0-9]+)"
  private static let node = "(resource|(service|layer|client)-[1-9][0-9]*)"
  private static let selector = "(\(node)|\(NodeSelector.roles.map(\.word).joined(separator: "|")))"

  private static func pattern(_ whole: String) -> Members {
    [("type", .text("string")), ("pattern", .text("^\(whole)$"))]
  }

  private static let seeds: Members = {
    let number = JSONValue.object([("type", .text("integer")), ("minimum", .integer(0))])
    let text = JSONValue.object(pattern(seed + "(\\.\\." + seed + ")?"))
    let one = JSONValue.object([("anyOf", .list([number, text]))])
    let several = JSONValue.object([("type", .text("array")), ("items", one), ("minItems", .integer(1))])
    return [("anyOf", .list([number, text, several]))]
  }()
}
