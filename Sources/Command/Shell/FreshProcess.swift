import Foundation

/// Another process that runs this program, and is talked to in lines.
final class FreshProcess {
  private let process = Process()
  private let toChild = Pipe()
  private let fromChild = Pipe()
  private var unread: [UInt8] = []

  /// - Throws: `Failure` where the process does not start.
  init(_ executable: String, _ arguments: [String]) throws(Failure) {
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.standardInput = toChild
    process.standardOutput = fromChild
    do {
      try process.run()
    } catch {
      throw .broken("\(executable): the fresh process does not start")
    }
  }

  func send(_ line: String) {
    _ = FileBytes.write(line + "\n", to: toChild.fileHandleForWriting.fileDescriptor)
  }

  /// The next line that the process wrote; nil when it is over.
  func readLine() -> String? {
    var searched = 0
    while true {
      if let end = unread[searched...].firstIndex(of: 10) {
        let line = String(decoding: unread[..<end], as: UTF8.self)
        unread.removeSubrange(...end)
        return line
      }
      searched = unread.count
      guard readMore() else { return nil }
    }
  }

  private func readMore() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(fromChild.fileHandleForReading.fileDescriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count > 0 { unread += buffer[..<count] }
      return count > 0
    }
  }

  /// Lets the process go, whatever it is about, and waits for its end.
  func end() {
    send("end")
    try? toChild.fileHandleForWriting.close()
    try? fromChild.fileHandleForReading.close()
    process.waitUntilExit()
  }
}
