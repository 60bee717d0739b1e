import Contract
import Foundation
import Testing

@testable import Lab

@Suite("Scenario files are found")
struct ScenarioFileTests {
  /// A folder with scenarios, gone when the test is over.
  final class Folder {
    let path: String

    init(_ files: [String: String]) throws {
      path = FileManager.default.temporaryDirectory.appendingPathComponent("lab-\(UUID().uuidString)").path
      for (name, text) in files {
        let file = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
      }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  private func folder() throws -> Folder {
    try Folder([
      "story.json5": file(), "deep/er/tale.json5": file().replacing("\"story\"", with: "\"tale\""),
      "deep/old.json": "{}", "scenario.schema.json": "{}", "notes.txt": "", ".hidden.json5": "{}",
      "twin.json5": "{}", "deep/twin.json5": "{}",
    ])
  }

  private func refusal(_ word: String, home: String) -> String? {
    do {
      _ = try ScenarioFile.load(word, samples, home: home)
      return nil
    } catch {
      return error.description
    }
  }

  @Test("By name in any subfolder, or by path")
  func load() throws {
    let folder = try folder()
    #expect(try ScenarioFile.load("story", samples, home: folder.path).name == "story")
    #expect(
      try ScenarioFile.load("tale", samples, home: folder.path).path == folder.path + "/deep/er/tale.json5")
    #expect(try ScenarioFile.load(folder.path + "/story.json5", samples, home: "nowhere").name == "story")
  }

  @Test("What is not there is said, with what was meant")
  func missing() throws {
    let folder = try folder()
    let home = folder.path
    #expect(
      refusal("stroy", home: home)
        == "stroy: there is no such scenario below \(home)/; did you mean \"story\"?")
    #expect(
      refusal("unheard-of", home: home)
        == "unheard-of: there is no such scenario below \(home)/; `sim list scenarios` names them all")
    #expect(
      refusal(home + "/stori.json5", home: home)
        == "\(home)/stori.json5: there is no such file; did you mean \"story.json5\"?")
    #expect(refusal("story", home: "/nowhere")?.hasPrefix("story: there is no such scenario below") == true)
    #expect(refusal(home + "/deep/", home: home) == "\(home)/deep/: this is a folder; expected a file")
    #expect(
      refusal("twin", home: home)
        == "twin: the name is that of \(home)/deep/twin.json5 and \(home)/twin.json5; give the path of one")
  }

  @Test("All below a path are listed in the order of their names, schemas and hidden files not")
  func list() throws {
    let folder = try folder()
    let home = folder.path
    let all = [
      "deep/er/tale.json5", "deep/old.json", "deep/twin.json5", "story.json5", "twin.json5",
    ].map { home + "/" + $0 }
    #expect(try ScenarioFile.files(under: [home]) == all)
    #expect(
      try ScenarioFile.files(under: [home + "/story.json5", home + "/"]) == [all[3]] + all[0...2] + [all[4]])
    let problem = #expect(throws: ScenarioProblem.self) { try ScenarioFile.files(under: [home + "/nothing"]) }
    #expect(problem?.description == "\(home)/nothing: there is no such file")
  }

  @Test("A folder without scenarios is a mistake, not an empty list")
  func empty() throws {
    let folder = try Folder(["a.txt": ""])
    let problem = #expect(throws: ScenarioProblem.self) { try ScenarioFile.files(under: [folder.path]) }
    #expect(problem?.description == "\(folder.path): there is no scenario file here")
  }

  @Test("A file that is too large is refused without being read whole")
  func tooLarge() throws {
    let folder = try Folder(["big.json5": String(repeating: " ", count: 3 << 20)])
    #expect(try ScenarioFile.bytes(of: folder.path + "/big.json5").count == 1 + 1 << 20)
    #expect(
      refusal("big", home: folder.path)
        == "\(folder.path)/big.json5: the file has more than the 1048576 bytes that are read")
  }

  @Test("a word means a file, or all files of a folder, also of one below the home")
  func paths() throws {
    let folder = try folder()
    let home = folder.path
    #expect(try ScenarioFile.paths(of: "story", home: home) == [home + "/story.json5"])
    let deep = ["er/tale.json5", "old.json", "twin.json5"].map { "\(home)/deep/\($0)" }
    #expect(try ScenarioFile.paths(of: "deep", home: home) == deep)
    #expect(try ScenarioFile.paths(of: home + "/deep", home: "nowhere") == deep)
    #expect(throws: ScenarioProblem.self) { _ = try ScenarioFile.paths(of: "none", home: home) }
    #expect(throws: ScenarioProblem.self) { _ = try ScenarioFile.paths(of: "", home: home) }
  }
}
