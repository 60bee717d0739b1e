import Foundation

/// A file that takes results as they come.
protocol GrowingFile: AnyObject {
  func write(_ text: String) throws(Failure)
  /// Gives the file its name.
  func finish() throws(Failure)
}

/// A file that appears when it is complete: it grows beside its place under another name.
final class ResultFile: GrowingFile {
  let path: String
  private let temporary: String
  private let descriptor: Int32
  private var isFinished = false

  /// - Throws: `Failure` where the folder takes no file.
  init(_ path: String) throws(Failure) {
    try ResultFile.refuseFolder(path)
    let temporary = path + ".\(getpid()).partial"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    guard descriptor >= 0 else {
      throw .usage("\(path): the file cannot be written: \(String(cString: strerror(errno)))")
    }
    self.path = path
    self.temporary = temporary
    self.descriptor = descriptor
  }

  static func refuseFolder(_ path: String) throws(Failure) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return }
    throw .usage("\(path): this is a folder; expected the name of a file")
  }

  /// Makes the folder unless it is there; the one above it has to be.
  static func makeFolder(_ path: String) throws(Failure) {
    guard mkdir(path, 0o777) != 0, errno != EEXIST else { return }
    throw .usage("\(path): the folder cannot be made: \(String(cString: strerror(errno)))")
  }

  func write(_ text: String) throws(Failure) {
    guard let error = FileBytes.write(text, to: descriptor) else { return }
    throw .broken("\(path): writing failed: \(String(cString: strerror(error)))")
  }

  func finish() throws(Failure) {
    isFinished = true
    guard close(descriptor) != 0 || rename(temporary, path) != 0 else { return }
    let reason = String(cString: strerror(errno))
    unlink(temporary)
    throw .broken("\(path): writing failed: \(reason)")
  }

  /// Whatever was not finished leaves nothing behind.
  deinit {
    if isFinished { return }
    close(descriptor)
    unlink(temporary)
  }
}
