import Testing

@Suite("In this house")
struct HouseTests {
  static let all = Package.sources + Package.tests

  @Test("the files are found at all")
  func found() {
    #expect(Package.sources.contains { $0.path == "Sources/World/World.swift" })
    #expect(Package.tests.contains { $0.path == "Tests/HouseTests/HouseTests.swift" })
  }

  @Test("lines have at most 110 columns, files 400 lines, functions 50")
  func sizes() {
    #expect(Self.all.flatMap(Rules.longLines) == [])
    #expect(Self.all.flatMap(Rules.longFiles) == [])
    #expect(Self.all.flatMap(Rules.longFunctions) == [])
  }

  @Test("the walls between the rooms stand, in the files and in the manifest")
  func walls() {
    let manifest = SourceText("Package.swift", Package.text("Package.swift"))
    #expect(Package.sources.flatMap(Rules.foreignImports) == [])
    #expect(Rules.foreignDependencies(manifest) == [])
    #expect(Rules.packages(manifest) == [])
    #expect(Set(Package.sources.map(\.room)).isSubset(of: Rules.walls.keys))
  }

  @Test("nothing inside a run depends on more than its seed")
  func determinism() { #expect(Package.sources.flatMap(Rules.nondeterminism) == []) }

  @Test("what takes part in a run is a value")
  func values() { #expect(Package.sources.flatMap(Rules.references) == []) }

  @Test("nothing is left unfinished, and names say what things are")
  func tidiness() {
    #expect(Self.all.flatMap(Rules.unfinished) == [])
    #expect(Self.all.flatMap(Rules.vagueNames) == [])
  }

  @Test("every test expects something")
  func expectations() {
    let rooms = Set(Package.tests.map(\.room)).sorted()
    #expect(
      rooms.flatMap { room in Rules.testsWithoutExpectation(Package.tests.filter { $0.room == room }) } == [])
  }
}
