/// What would make a run depend on more than its seed, as far as text can tell.
extension Rules {
  /// Rooms whose code runs inside a run.
  static let inner = ["Contract", "Services", "Locks", "Clients", "Guards", "World", "Faults", "Checks"]

  static let bans: [(pattern: String, sentence: String)] = [
    (#"\bhashValue\b"#, "hashValue differs between processes"),
    (#"\bHasher\s*\("#, "Hasher is seeded anew by each process"),
    (
      #"\bTask\s*[{.(]|\bTaskGroup\b|\bawait\b|\basync let\b|\bDispatchQueue\b"#,
      "no concurrency inside a run"
    ),
    (#"\bDate\s*\(|\bContinuousClock\b|\bSuspendingClock\b|\bclock_gettime\b"#, "no wall clock inside a run"),
    (
      #"\bSystemRandomNumberGenerator\b|\.random\(in:|\.randomElement\(|\.shuffled?\(\)|\barc4random"#,
      "all chance comes from named streams"
    ),
    (
      #"(?<![.\w])(?:log|log2|log10|exp|exp2|pow|sin|cos|tan)\s*\((?!_)"#,
      "the last bits of this function differ between CPUs"
    ),
    (#"\bgetenv\b|\bProcessInfo\b|\bCommandLine\b"#, "a run is a function of its setup alone"),
    (#"\bObjectIdentifier\b"#, "addresses differ between processes"),
  ]

  static func nondeterminism(_ file: SourceText) -> [String] {
    guard inner.contains(file.room) else { return [] }
    return bans.flatMap { ban in file.matches(ban.pattern).map { violation(file, $0.line, ban.sentence) } }
      + unorderedIteration(file)
  }

  /// Loops and transformations over a name that the same file declares as a Dictionary or Set.
  static func unorderedIteration(_ file: SourceText) -> [String] {
    let type = #":\s*(?:Set<|Dictionary<|\[[^\[\]()]+:[^\[\]]+\])"#
    let value = #"=\s*(?:Set[<(]|Dictionary[<(]|\[[\w.]+\s*:\s*[\w.\[\]]+\]\s*\()"#
    let declared = file.matches(
      #"\b(?:var|let)\s+(\w+)\s*(?:TYPE|VALUE)"#
        .replacing("TYPE", with: type).replacing("VALUE", with: value))
    let walks =
      ["forEach", "map", "compactMap", "flatMap", "reduce", "filter", #"first\b"#, "enumerated"]
      + ["makeIterator", "popFirst", "min", "max", "prefix", "values", "keys"]
    return Set(declared.map(\.text)).sorted().flatMap { name -> [String] in
      let loop = #"\bin\s+(?:\w+\.)*NAME\s*(?:\{|$|\.(?:values|keys)\s*\{)"#
      let call = #"\bNAME\.(?:WALKS)(?!\.sorted\()"#.replacing("WALKS", with: walks.joined(separator: "|"))
      return file.matches("(?:\(loop)|\(call))".replacing("NAME", with: name)).map {
        violation(file, $0.line, "\(name) is unordered; sort it by a total key, or keep an array")
      }
    }
  }

  static let valueRooms = inner

  /// Machines, guards, checks and worlds are values, and the compiler can see that they are safe to share.
  static func references(_ file: SourceText) -> [String] {
    guard valueRooms.contains(file.room) else { return [] }
    let kinds = #"(?<![.\w])class\s+\w|@unchecked\b|nonisolated\(unsafe\)|\bactor\s+\w"#
    return file.matches(kinds).map {
      violation(file, $0.line, "\(file.room) holds values only: no class, no actor, nothing unchecked")
    }
  }
}
