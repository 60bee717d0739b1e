/// What the command sees of the process that it runs in; tests put an in-memory one in its place.
public protocol Console {
  /// Writes results; false once nobody reads them any more.
  mutating func write(_ text: String) -> Bool
  /// Writes a diagnosis or progress.
  mutating func note(_ text: String)
  var resultsGoToTerminal: Bool { get }
  var notesGoToTerminal: Bool { get }
  func environment(_ name: String) -> String?
  /// Whether the user asked to stop; asked from several threads.
  var isInterrupted: @Sendable () -> Bool { get }
  /// Seconds since some moment; for progress only, never for results.
  func seconds() -> Double
  /// The file of this very program, for runs in a fresh process.
  var executable: String { get }
  var processors: Int { get }
  /// The next line that somebody types or sends; nil at the end.
  mutating func readLine() -> String?
}

extension Console {
  public mutating func readLine() -> String? { nil }
}
