import Contract
import Foundation

/// The file edge of scenarios: finds, lists and reads files. Nothing else in the laboratory touches a disk.
public enum ScenarioFile {
  /// Where scenarios are looked up by name.
  public static let home = "Scenarios"
  private static let endings = ["json5", "json"]

  /// The scenario of a name, looked up below `home` and its subfolders, or of a file.
  ///
  /// - Parameter planFor: the algorithm whose nodes a plan names, where the file expects no case.
  /// - Throws: `ScenarioProblem` where there is no such file, or it is not right.
  public static func load(
    _ nameOrPath: String, _ catalog: Catalog, home: String = home, planFor algorithm: String? = nil
  ) throws(ScenarioProblem) -> Scenario {
    let path = try path(of: nameOrPath, home: home, program: catalog.program)
    return try ScenarioReader(catalog).scenario(try bytes(of: path), path: path, planFor: algorithm)
  }

  /// The path of a scenario by name, or the path itself where the word is one.
  ///
  /// - Parameter program: what the user calls the command.
  public static func path(
    of nameOrPath: String, home: String = home, program: String = "sim"
  ) throws(ScenarioProblem) -> String {
    if looksLikePath(nameOrPath) {
      guard exists(nameOrPath) else { throw noFile(nameOrPath, home: home) }
      return nameOrPath
    }
    let matches = (exists(home) ? files(in: home) : []).filter { ScenarioReader.stem(of: $0) == nameOrPath }
    switch matches.count {
    case 0:
      if exists(nameOrPath), !isFolder(nameOrPath) { return nameOrPath }
      throw noScenario(nameOrPath, home: home, program)
    case 1: return matches[0]
    default:
      let paths = matches.joined(separator: " and ")
      throw ScenarioProblem(path: nameOrPath, "the name is that of \(paths); give the path of one")
    }
  }

  /// The files that a word means: those below a folder, which may stand below `home`, or the one it names.
  ///
  /// - Throws: `ScenarioProblem` where there is none.
  public static func paths(of word: String, home: String = home) throws(ScenarioProblem) -> [String] {
    if looksLikePath(word), isFolder(word) { return try files(under: [word]) }
    if !looksLikePath(word), !word.isEmpty, isFolder("\(home)/\(word)") {
      return try files(under: ["\(home)/\(word)"])
    }
    return [try path(of: word, home: home)]
  }

  /// Every scenario file at or below these paths, without doubles, in the order of the paths and of names.
  ///
  /// - Throws: `ScenarioProblem` for a path that does not exist, or a folder without scenarios.
  public static func files(under paths: [String] = [home]) throws(ScenarioProblem) -> [String] {
    var found: [String] = []
    var known: Set<String> = []
    for path in paths {
      guard exists(path) else { throw noFile(path, home: home) }
      let files = isFolder(path) ? files(in: path) : [path].filter { !isSchema($0) }
      if files.isEmpty { throw ScenarioProblem(path: path, "there is no scenario file here") }
      for file in files where known.insert(file).inserted { found.append(file) }
    }
    return found
  }

  /// The bytes of a file, of which at most one more is read than a scenario may have.
  public static func bytes(
    of path: String, limit: Int = JSON5.Limits.scenario.bytes
  ) throws(ScenarioProblem) -> [UInt8] {
    guard exists(path) else { throw noFile(path, home: home) }
    if isFolder(path) { throw ScenarioProblem(path: path, "this is a folder; expected a file") }
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      var bytes: [UInt8] = []
      while bytes.count <= limit, let part = try handle.read(upToCount: limit + 1 - bytes.count),
        !part.isEmpty
      {
        bytes += part
      }
      return bytes
    } catch {
      throw ScenarioProblem(path: path, "the file cannot be read")
    }
  }

  // MARK: folders

  private static func looksLikePath(_ word: String) -> Bool {
    word.contains("/") || endings.contains { word.hasSuffix("." + $0) }
  }

  private static func isSchema(_ path: String) -> Bool { path.hasSuffix(".schema.json") }

  private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  /// Scenario files of a folder and its subfolders, by the bytes of their names.
  ///
  /// Hidden files, and links to folders, which may lead in circles, are passed over.
  private static func files(in folder: String) -> [String] {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
      !$0.hasPrefix(".")
    }
    let base = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    var found: [String] = []
    for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      let path = base + "/" + name
      if isFolder(path) {
        if !isLink(path) { found += files(in: path) }
      } else if endings.contains(where: { name.hasSuffix("." + $0) }), !isSchema(name) {
        found.append(path)
      }
    }
    return found
  }

  private static func isLink(_ path: String) -> Bool {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
  }

  // MARK: problems

  private static func noFile(_ path: String, home: String) -> ScenarioProblem {
    let folder = path.contains("/") ? path.split(separator: "/").dropLast().joined(separator: "/") : "."
    let root = path.hasPrefix("/") ? "/" + folder : folder
    let near = exists(root) ? files(in: root) : []
    let names = near.compactMap { $0.split(separator: "/").last.map(String.init) }
    let file = path.split(separator: "/").last.map(String.init) ?? path
    guard let question = Spelling.question(file, among: names) else {
      return ScenarioProblem(path: path, "there is no such file")
    }
    return ScenarioProblem(path: path, "there is no such file; \(question)")
  }

  private static func noScenario(_ name: String, home: String, _ program: String) -> ScenarioProblem {
    let stems = exists(home) ? files(in: home).map(ScenarioReader.stem) : []
    let question = Spelling.question(name, among: stems) ?? "`\(program) list scenarios` names them all"
    return ScenarioProblem(path: name, "there is no such scenario below \(home)/; \(question)")
  }
}
