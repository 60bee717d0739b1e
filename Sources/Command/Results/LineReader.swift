import Foundation
import Lab

/// One line of a file.
struct FileLine {
  let bytes: [UInt8]
  /// From 1.
  let number: Int
  /// Where it begins, in bytes from the start of the file.
  let start: Int
  /// Whether a line feed ends it, which a file that was cut off lacks.
  let isWhole: Bool

  var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// Reads a file line by line, in memory for one line.
struct LineReader {
  let path: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var used = 0
  private var number = 0
  private var offset = 0
  /// No line of results is anywhere near as long.
  static let longest = 1 << 28

  /// - Parameter descriptor: at the start of the file; it stays open.
  init(_ path: String, _ descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  /// The next line; nil at the end of the file.
  mutating func next() throws(ScenarioProblem) -> FileLine? {
    var searched = used
    while true {
      if let end = buffer[searched...].firstIndex(of: 10) { return take(upTo: end, isWhole: true) }
      searched = buffer.count - used
      guard searched < LineReader.longest else {
        throw ScenarioProblem(
          path: path, at: TextPosition(line: number + 1, column: 1),
          "the line has more than the \(LineReader.longest) bytes that are read")
      }
      let isOver = try !readMore()
      searched += used
      if isOver { return used < buffer.count ? take(upTo: buffer.count, isWhole: false) : nil }
    }
  }

  /// The first byte of the next line; nil at the end of the file.
  mutating func peek() throws(ScenarioProblem) -> UInt8? {
    if used == buffer.count, try !readMore() { return nil }
    return buffer[used]
  }

  private mutating func take(upTo end: Int, isWhole: Bool) -> FileLine {
    number += 1
    let line = FileLine(bytes: Array(buffer[used..<end]), number: number, start: offset, isWhole: isWhole)
    offset += line.bytes.count + (isWhole ? 1 : 0)
    used = end + (isWhole ? 1 : 0)
    return line
  }

  private mutating func readMore() throws(ScenarioProblem) -> Bool {
    buffer.removeSubrange(..<used)
    used = 0
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &part, part.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 {
        throw ScenarioProblem(path: path, "the file cannot be read: \(String(cString: strerror(errno)))")
      }
      buffer += part[..<count]
      return count > 0
    }
  }
}

/// A file that is open for reading until nobody needs it.
final class OpenFile {
  let descriptor: Int32

  init(_ path: String) throws(ScenarioProblem) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 {
      let reason = errno == ENOENT ? "there is no such file" : String(cString: strerror(errno))
      throw ScenarioProblem(path: path, reason)
    }
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      close(descriptor)
      throw ScenarioProblem(path: path, "this is a folder; expected a file")
    }
  }

  deinit { close(descriptor) }
}
