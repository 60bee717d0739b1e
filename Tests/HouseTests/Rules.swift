import Foundation

/// The rules of the house as functions of text; each returns its violations as `path:line: what is wrong`.
enum Rules {
  static func violation(_ file: SourceText, _ line: Int, _ sentence: String) -> String {
    "\(file.path):\(line): \(sentence)"
  }

  // MARK: size

  static func longLines(_ file: SourceText) -> [String] {
    file.lines.indices.filter { file.lines[$0].count > 110 }.map {
      violation(file, $0 + 1, "\(file.lines[$0].count) columns; 110 are the most")
    }
  }

  static func longFiles(_ file: SourceText) -> [String] {
    let count = file.lines.last == "" ? file.lines.count - 1 : file.lines.count
    return count > 400 ? [violation(file, count, "\(count) lines; 400 are the most")] : []
  }

  static func longFunctions(_ file: SourceText) -> [String] {
    functions(file).filter { $0.last - $0.first + 1 > 50 }.map {
      violation(file, $0.first, "a function of \($0.last - $0.first + 1) lines; 50 are the most")
    }
  }

  /// First and last line, from 1, of each function, initialiser and subscript with a body.
  static func functions(_ file: SourceText) -> [(name: String, first: Int, last: Int)] {
    file.matches(#"(?<![.\w`])(?:func +([\w`]+|[^\w\s]+)|(?:init|subscript)[?!]? *[(<])"#).compactMap {
      start in
      bodyEnd(file, start.line - 1).map { (start.text, start.line, $0) }
    }
  }

  /// The last line of the body that begins at or after this line, from 1; nil for a requirement without one.
  static func bodyEnd(_ file: SourceText, _ start: Int) -> Int? {
    var parentheses = 0, braces = 0
    var hasSignature = false
    for index in start..<file.code.count {
      for character in file.code[index] {
        switch character {
        case "(", "[": parentheses += 1
        case ")", "]": parentheses -= 1
        case "{" where parentheses == 0 || braces > 0: braces += 1
        case "}" where braces > 0:
          braces -= 1
          if braces == 0 { return index + 1 }
        case "}": return nil
        default: break
        }
        if parentheses > 0 { hasSignature = true }
      }
      if braces == 0, parentheses == 0, hasSignature, !goesOn(file.code, after: index) { return nil }
    }
    return nil
  }

  /// Whether the next line belongs to the signature that this one did not finish.
  private static func goesOn(_ code: [String], after index: Int) -> Bool {
    guard index + 1 < code.count else { return false }
    let next = code[index + 1].drop { $0 == " " }
    let open = code[index].reversed().drop { $0 == " " }.first
    return open == "{" || open == ">"
      || ["{", "->", "where", "throws", "rethrows", "async", ")"].contains {
        next.hasPrefix($0)
      }
  }

  // MARK: walls

  /// What each room may import; the rooms themselves, and the system libraries of the edges.
  static let walls: [String: [String]] = {
    let inner = ["Contract", "Services", "Clients", "Locks", "Guards", "Checks", "World", "Faults"]
    return [
      "Contract": [],
      "Services": ["Contract"],
      "Clients": ["Contract"],
      "Locks": ["Contract", "Services"],
      "Guards": ["Contract"],
      "Checks": ["Contract"],
      "World": ["Contract"],
      "Faults": ["Contract", "World"],
      "Lab": inner,
      "Rendering": inner + ["Lab"],
      "Live": [
        "Contract", "Services", "Clients", "Locks", "Guards", "Checks", "Foundation", "Glibc", "Darwin",
      ],
      "Command": inner + ["Lab", "Rendering", "Live", "Foundation", "Synchronization", "Glibc", "Darwin"],
      "sim": inner + ["Lab", "Rendering", "Command", "Foundation"],
      "bench": inner + ["Lab", "Rendering", "Command", "Foundation", "Glibc", "Darwin"],
    ]
  }()

  /// Files through which a room that may not import the system touches the outside world.
  static let edges: [String: [String]] = [
    "Sources/Lab/Scenario/ScenarioFile.swift": ["Foundation"],
    "Sources/Lab/Search/Sweep.swift": ["Glibc", "Darwin"],
    "Sources/Rendering/ReportFile.swift": ["Foundation"],
  ]

  static func foreignImports(_ file: SourceText) -> [String] {
    let allowed = (walls[file.room] ?? []) + (edges[file.path] ?? [])
    return file.matches(#"^ *(?:@\w+ +)?(?:public +|internal +|package +)?import +(?:struct +|func +)?(\w+)"#)
      .filter { !allowed.contains($0.text) }
      .map { violation(file, $0.line, "\(file.room) may not import \($0.text)") }
  }

  /// A target of Package.swift may depend on no more than its room may import.
  static func foreignDependencies(_ manifest: SourceText) -> [String] {
    let text = manifest.lines.joined(separator: " ")
    let targets = SourceText(
      "Package.swift",
      text.replacing(".target(", with: "\n.target(")
        .replacing(".executableTarget(", with: "\n.executableTarget(").replacing(
          ".testTarget(", with: "\n.testTarget("))
    return targets.lines.flatMap { line -> [String] in
      guard line.hasPrefix(".target(") || line.hasPrefix(".executableTarget(") else { return [] }
      let names = SourceText("", String(line)).matches(#""(\w+)""#, inCode: false).map(\.text)
      guard let room = names.first, let allowed = walls[room] else { return [] }
      return names.dropFirst().filter { walls[$0] != nil && !allowed.contains($0) }
        .map { "Package.swift: \(room) may not depend on \($0)" }
    }
  }

  static func packages(_ manifest: SourceText) -> [String] {
    let text = manifest.lines.joined(separator: " ")
    let isEmpty = text.contains("dependencies: [],") && !text.contains(".package(")
    return isEmpty ? [] : ["Package.swift: a package that depends on another; dependencies must be []"]
  }

  // MARK: tidiness

  static func unfinished(_ file: SourceText) -> [String] {
    ["TO" + "DO", "FIX" + "ME"].flatMap { word in
      file.matches("\\b\(word)\\b", inCode: false).map {
        violation(file, $0.line, "\(word): finish it, or say why not")
      }
    }
  }

  static func vagueNames(_ file: SourceText) -> [String] {
    file.matches(
      #"\b(?:struct|enum|class|protocol|actor|typealias) +(\w*(?:Utils|Helpers?|Manager|Common)\b)"#
    ).map {
      violation(file, $0.line, "\($0.text): name it after what it is")
    }
  }

  /// Whether `@Test` stands before this function, and before no other.
  private static func isTest(_ file: SourceText, _ first: Int) -> Bool {
    let above = file.code[max(0, first - 9)..<(first - 1)].joined(separator: "\n")
    let own = file.code[first - 1].components(separatedBy: "func ")[0]
    guard let mark = (above + "\n" + own).range(of: "@Test", options: .backwards) else { return false }
    return !(above + "\n" + own)[mark.upperBound...].contains("func ")
  }

  /// Tests in which nothing is expected, neither by themselves nor by a function that they call.
  static func testsWithoutExpectation(_ files: [SourceText]) -> [String] {
    let words = ["#expect", "#require", "Issue.record", "confirmation("]
    var expecting: Set<String> = []
    var bodies: [(file: SourceText, name: String, first: Int, text: String, isTest: Bool)] = []
    for file in files {
      for function in functions(file) {
        let text = file.code[(function.first - 1)..<function.last].joined(separator: "\n")
        bodies.append((file, function.name, function.first, text, isTest(file, function.first)))
      }
    }
    func expects(_ text: String) -> Bool {
      words.contains { text.contains($0) }
        || expecting.contains { text.contains("\($0)(") || text.contains("\($0) {") }
    }
    var count = -1
    while count < expecting.count {
      count = expecting.count
      for body in bodies where !body.isTest && expects(body.text) && body.name.count > 2 {
        expecting.insert(body.name)
      }
    }
    return bodies.filter { $0.isTest && !expects($0.text) }
      .map { violation($0.file, $0.first, "a test that expects nothing") }
  }
}
