import Testing

@Suite("A planted violation")
struct PlantedViolationTests {
  static func file(_ text: String, in path: String = "Sources/World/Planted.swift") -> SourceText {
    SourceText(path, text)
  }

  @Test("of a length is found, and its limit is not")
  func lengths() {
    #expect(Rules.longLines(Self.file(String(repeating: "x", count: 110))) == [])
    #expect(Rules.longLines(Self.file("\n" + String(repeating: "x", count: 111))).count == 1)
    #expect(Rules.longFiles(Self.file(String(repeating: "x\n", count: 400))) == [])
    #expect(Rules.longFiles(Self.file(String(repeating: "x\n", count: 401))).count == 1)
    func function(_ lines: Int) -> SourceText {
      // The signature in two lines and the closing brace count too.
      Self.file(
        "func f(\n  a: Int) -> [String: Int] {\n" + String(repeating: "  g()\n", count: lines - 3) + "}\n")
    }
    #expect(Rules.longFunctions(function(50)) == [])
    #expect(Rules.longFunctions(function(51)).count == 1)
    #expect(
      Rules.functions(Self.file("protocol P {\n  func f() -> Int\n  init?(_ a: Int)\n}\nfunc g() {\n}")).count
        == 1)
  }

  @Test("of a wall is found, in an import and in the manifest")
  func walls() {
    #expect(Rules.foreignImports(Self.file("import Contract")) == [])
    #expect(Rules.foreignImports(Self.file("import Locks")).count == 1)
    #expect(Rules.foreignImports(Self.file("import World", in: "Sources/Locks/A.swift")).count == 1)
    #expect(Rules.foreignImports(Self.file("import World", in: "Sources/Services/A.swift")).count == 1)
    #expect(Rules.foreignImports(Self.file("import World", in: "Sources/Guards/A.swift")).count == 1)
    #expect(
      Rules.foreignImports(Self.file("@testable import Services", in: "Sources/Checks/A.swift")).count == 1)
    #expect(Rules.foreignImports(Self.file("import Foundation", in: "Sources/Lab/Run/Run.swift")).count == 1)
    #expect(
      Rules.foreignImports(Self.file("import Foundation", in: "Sources/Lab/Scenario/ScenarioFile.swift"))
        == [])
    let manifest = #"targets: [.target(name: "Locks", dependencies: ["Contract", "World"])]"#
    #expect(Rules.foreignDependencies(SourceText("Package.swift", manifest)).count == 1)
    #expect(Rules.packages(SourceText("Package.swift", #"dependencies: [.package(url: "x")],"#)).count == 1)
  }

  @Test("of determinism is found in code, and not in comments, strings or outer rooms")
  func determinism() {
    let planted = [
      "let a = name.hashValue", "Task { work() }", "let now = Date()", "let clock = ContinuousClock()",
      "Int.random(in: 0..<3)", "let x = log(2.0)", "let x = pow(a, b)", "list.shuffled()",
      "var generator = SystemRandomNumberGenerator()", "await work()",
    ]
    for line in planted { #expect(Rules.nondeterminism(Self.file(line)).count == 1, "\(line)") }
    #expect(Rules.nondeterminism(Self.file("// hashValue\nlet a = \"Date()\" /// sin(x)")) == [])
    #expect(Rules.nondeterminism(Self.file("let now = Date()", in: "Sources/Command/Main.swift")) == [])
    #expect(Rules.nondeterminism(Self.file("plan.explore(3); catalog(4); let e = regexp(5)")) == [])
  }

  @Test("of order is found where a dictionary or a set is walked, and not where it is looked up or sorted")
  func order() {
    let declared = "var places: [Int64: Int] = [:]\nlet seen: Set<Int> = []\nvar more = Set<Int>()\n"
    let planted = [
      "for place in places {", "for place in self.places.values {", "places.map(f)", "seen.forEach(f)",
      "more.first", "places.keys.max()", "let a = seen.min()",
    ]
    for line in planted { #expect(Rules.nondeterminism(Self.file(declared + line)).count == 1, "\(line)") }
    let fine = [
      "places[3] = 4", "seen.contains(3)", "for place in places.keys.sorted() {", "placesOfMine.map(f)",
    ]
    for line in fine { #expect(Rules.nondeterminism(Self.file(declared + line)) == [], "\(line)") }
  }

  @Test("of value semantics is found")
  func references() {
    for line in ["final class Box {", "class Box {", "struct Box: @unchecked Sendable {", "actor Box {"] {
      #expect(Rules.references(Self.file(line)).count == 1, "\(line)")
      #expect(Rules.references(Self.file(line, in: "Sources/Locks/A.swift")).count == 1)
      #expect(Rules.references(Self.file(line, in: "Sources/Command/A.swift")) == [])
    }
    #expect(Rules.references(Self.file("// a class of its own\nlet x = factor")) == [])
  }

  @Test("of tidiness is found")
  func tidiness() {
    #expect(Rules.unfinished(Self.file("// TO" + "DO: later")).count == 1)
    #expect(Rules.unfinished(Self.file("let FIX" + "ME = 1")).count == 1)
    #expect(
      Rules.vagueNames(Self.file("struct StringUtils {\nenum TimeHelper {\nclass LockManager {")).count == 3)
    #expect(Rules.vagueNames(Self.file("struct CommonGround {}")) == [])
  }

  @Test("of a test that expects nothing is found, and a test that calls one who expects is not accused")
  func expectations() {
    let empty = "  @Test(\"a\")\n  func a() {\n    work()\n  }\n"
    let full = "  @Test(\"b\")\n  func b() {\n    #expect(true)\n  }\n"
    let indirect = "  func checks(_ n: Int) {\n    #expect(n == 1)\n  }\n  @Test func c() { checks(1) }\n"
    func found(_ text: String) -> [String] {
      Rules.testsWithoutExpectation([Self.file("struct S {\n" + text + "}\n", in: "Tests/A/A.swift")])
    }
    #expect(found(empty) == ["Tests/A/A.swift:3: a test that expects nothing"])
    #expect(found(full + indirect) == [])
    #expect(found(full + empty + full).count == 1)
  }
}
