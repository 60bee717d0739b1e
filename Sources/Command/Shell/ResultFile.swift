import Foundation

/// A file that takes results as they come.
protocol GrowingFile: AnyObject {
  func write(_ text: String) throws(Failure)
  /// Gives the file its name.
  func finish() throws(Failure)
}

/// A file that appears when it is complete: it grows beside its place under another name.
///
/// A device or pipe stays what it is and is written to at once: a rename would put a file where everybody
/// else on the machine expects `/dev/null`. A link stays a link: the file that it leads to is replaced.
final class ResultFile: GrowingFile {
  let path: String
  /// Where the file is to be in the end; nil where it is written in place.
  private let place: String?
  private let temporary: String
  private let descriptor: Int32
  private var isFinished = false

  /// - Throws: `Failure` where the folder takes no file.
  init(_ path: String) throws(Failure) {
    try ResultFile.refuseFolder(path)
    let place = ResultFile.isStream(path) ? nil : ResultFile.resolved(path)
    let temporary = (place ?? path) + ".\(getpid()).partial"
    let descriptor =
      place == nil
      ? open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
      : open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    guard descriptor >= 0 else {
      throw .usage("\(path): the file cannot be written: \(String(cString: strerror(errno)))")
    }
    self.path = path
    self.place = place
    self.temporary = temporary
    self.descriptor = descriptor
  }

  /// Whether the path names a device, a pipe or an open file of a process, whose place no file may take.
  static func isStream(_ path: String) -> Bool {
    if ["/dev/stdout", "/dev/stderr"].contains(path) { return true }
    if ["/dev/fd/", "/proc/"].contains(where: path.hasPrefix) { return true }
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    return status.st_mode & S_IFMT != S_IFREG && status.st_mode & S_IFMT != S_IFDIR
  }

  /// The file that a path leads to over links; the path itself where there is none yet.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
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
    let isClosed = close(descriptor) == 0
    guard let place else { return }
    guard !isClosed || rename(temporary, place) != 0 else { return }
    let reason = String(cString: strerror(errno))
    unlink(temporary)
    throw .broken("\(path): writing failed: \(reason)")
  }

  /// Whatever was not finished leaves nothing behind.
  deinit {
    if isFinished { return }
    close(descriptor)
    if place != nil { unlink(temporary) }
  }
}
