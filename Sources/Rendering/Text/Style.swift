/// Whether text forms are painted: colour for a terminal, none for pipes and files.
///
/// Colour only repeats what the characters say; every form reads the same without it.
public struct Style: Sendable {
  let color: Bool

  public init(color: Bool) { self.color = color }

  func paint(_ text: String, _ ink: Ink) -> String {
    guard color, let code = ink.code, !text.isEmpty else { return text }
    return "\u{1b}[\(code)m\(text)\u{1b}[0m"
  }
}

/// What a piece of text is, whence its colour.
enum Ink: Sendable {
  case plain, strong, faint, good, bad, warning

  /// The terminal's code (ECMA-48, "select graphic rendition"); nil: as it is.
  var code: String? {
    switch self {
    case .plain: nil
    case .strong: "1"
    case .faint: "2"
    case .good: "32"
    case .bad: "1;31"
    case .warning: "33"
    }
  }
}
