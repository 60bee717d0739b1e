/// A text as Unicode scalars, and a place in it that knows its line and column.
struct TextCursor {
  private let scalars: [Unicode.Scalar]
  private var index = 0
  private(set) var position = TextPosition(line: 1, column: 1)

  /// Where the bytes stop being UTF-8.
  struct BadByte: Error {
    var position: TextPosition
    var offset: Int
  }

  init(_ bytes: [UInt8]) throws(BadByte) {
    var decoder = UTF8()
    var rest = bytes.makeIterator()
    var scalars: [Unicode.Scalar] = []
    scalars.reserveCapacity(bytes.count)
    decoding: while true {
      switch decoder.decode(&rest) {
      case .scalarValue(let scalar): scalars.append(scalar)
      case .emptyInput: break decoding
      case .error:
        let offset = scalars.reduce(0) { $0 + UTF8.width($1) }
        var cursor = TextCursor(scalars)
        while cursor.current != nil { cursor.advance() }
        throw BadByte(position: cursor.position, offset: offset)
      }
    }
    self.init(scalars)
  }

  private init(_ scalars: [Unicode.Scalar]) {
    self.scalars = scalars
    // An editor does not show a byte order mark, and counts no column for it.
    if scalars.first == "\u{feff}" { index = 1 }
  }

  var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }
  var next: Unicode.Scalar? { index + 1 < scalars.count ? scalars[index + 1] : nil }

  /// Steps over one scalar. A line ends at LF, CR or CR LF, as in editors.
  mutating func advance() {
    let passed = scalars[index]
    index += 1
    if passed == "\n" || (passed == "\r" && current != "\n") {
      position = TextPosition(line: position.line + 1, column: 1)
    } else {
      position.column += 1
    }
  }

  /// Steps over this scalar if it is the current one.
  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard current == scalar else { return false }
    advance()
    return true
  }
}
