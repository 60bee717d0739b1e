import Foundation

/// A file that others wrote to before, and whose end the command adds to.
final class AppendedFile {
  private let path: String
  private let descriptor: Int32
  /// How many bytes stood in it before.
  let size: Int

  /// - Throws: `Failure` where the file cannot be written.
  init(_ path: String) throws(Failure) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o666)
    guard descriptor >= 0 else {
      throw .usage("\(path): the file cannot be written: \(String(cString: strerror(errno)))")
    }
    var status = stat()
    size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    self.path = path
    self.descriptor = descriptor
  }

  func write(_ text: String) throws(Failure) {
    guard let error = FileBytes.write(text, to: descriptor) else { return }
    throw .broken("\(path): writing failed: \(String(cString: strerror(error)))")
  }

  deinit { close(descriptor) }
}
