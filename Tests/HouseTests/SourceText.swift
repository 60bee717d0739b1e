import Foundation

/// One file of the package, as text and as code: the same lines with comments and string contents blanked.
struct SourceText {
  /// From the package's root: `Sources/World/Clock.swift`.
  let path: String
  let lines: [Substring]
  let code: [String]

  init(_ path: String, _ text: String) {
    self.path = path
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    code = SourceText.blanked(lines)
  }

  /// `World` for a file in Sources/World, `WorldTests` for one in Tests/WorldTests.
  var room: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

  /// Code without comments, and strings without their contents; line by line.
  static func blanked(_ lines: [Substring]) -> [String] {
    var isInText = false
    return lines.map { line in
      if isInText {
        if line.contains("\"\"\"") { isInText = false }
        return ""
      }
      var result: [Character] = []
      var isInString = false
      var previous: Character = " "
      for character in line {
        if isInString {
          if character == "\"", previous != "\\" { isInString = false }
          previous = previous == "\\" ? " " : character
          if isInString { continue }
        } else if character == "\"" {
          isInString = true
        } else if character == "/", result.last == "/" {
          result.removeLast()
          break
        }
        result.append(character)
        if !isInString { previous = character }
      }
      // A line with an odd number of triple quotes opens a text of several lines.
      if line.components(separatedBy: "\"\"\"").count % 2 == 0 { isInText = true }
      return String(result)
    }
  }

  /// Where each match of the pattern begins, as line numbers from 1, and what its first group holds.
  func matches(_ pattern: String, inCode: Bool = true) -> [(line: Int, text: String)] {
    let regex = try! NSRegularExpression(pattern: pattern)
    var found: [(line: Int, text: String)] = []
    for (index, line) in (inCode ? code : lines.map(String.init)).enumerated() {
      for match in regex.matches(in: line, range: NSRange(line.startIndex..., in: line)) {
        let group = match.numberOfRanges > 1 ? match.range(at: 1) : match.range
        found.append((index + 1, Range(group, in: line).map { String(line[$0]) } ?? ""))
      }
    }
    return found
  }
}

/// The package around the tests.
enum Package {
  /// Tests/HouseTests/SourceText.swift lies three levels below the root.
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func text(_ path: String) -> String {
    (try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)) ?? ""
  }

  /// Paths of the files below a folder with this ending, in order.
  static func paths(below folder: String, ending: String) -> [String] {
    let base = root.appendingPathComponent(folder)
    guard let walk = FileManager.default.enumerator(atPath: base.path) else { return [] }
    return walk.compactMap { $0 as? String }.filter { $0.hasSuffix(ending) }.map { "\(folder)/\($0)" }
      .sorted()
  }

  static let sources = paths(below: "Sources", ending: ".swift").map { SourceText($0, text($0)) }
  static let tests = paths(below: "Tests", ending: ".swift").map { SourceText($0, text($0)) }
}
