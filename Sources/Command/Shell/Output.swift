import Lab

/// Where results go: the file of `--out`, or the standard output.
struct Output {
  private let file: (any GrowingFile)?
  /// Whether somebody still reads.
  private(set) var isOpen = true

  /// - Parameter path: nil for the standard output.
  init(_ path: String?) throws(Failure) {
    if let path { file = try ResultFile(path) } else { file = nil }
  }

  init(_ file: any GrowingFile) { self.file = file }

  mutating func write(_ text: String, _ console: inout any Console) throws(Failure) {
    if let file { return try file.write(text) }
    if isOpen { isOpen = console.write(text) }
  }

  func finish() throws(Failure) {
    try file?.finish()
  }
}
