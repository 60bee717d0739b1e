import Foundation

/// A file of results that outlives a kill: it grows as `FILE.partial` under a lock, and is `FILE` when done.
///
/// The lock goes with the process, however it ends, so that two never write the same file.
final class PartialFile: GrowingFile {
  let path: String
  /// Where it grows.
  let partial: String
  private(set) var descriptor: Int32
  private var isFinished = false
  /// Whether what it holds is worth keeping, as more than the header was written.
  private var holdsRuns = false
  private var hasHeader = false

  static func partial(of path: String) -> String { path + ".partial" }

  /// Opens or makes the partial file, and locks it.
  ///
  /// - Throws: `Failure` where the folder takes no file, or another process writes this one.
  init(_ path: String) throws(Failure) {
    try ResultFile.refuseFolder(path)
    self.path = path
    partial = PartialFile.partial(of: path)
    repeat {
      descriptor = open(partial, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else {
        isFinished = true
        throw .usage("\(path): the file cannot be written: \(PartialFile.reason)")
      }
      do throws(Failure) {
        try PartialFile.lock(descriptor, partial)
      } catch {
        close(descriptor)
        isFinished = true
        throw error
      }
      if PartialFile.isAt(partial, descriptor) { return }
      // Another process gave the file its name between the two steps.
      close(descriptor)
    } while true
  }

  private static var reason: String { String(cString: strerror(errno)) }

  private static func lock(_ descriptor: Int32, _ path: String) throws(Failure) {
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      if errno == EWOULDBLOCK {
        throw .usage("\(path): another process is writing this file; expected to be the only one")
      }
      throw .usage("\(path): the file cannot be locked (\(reason)); expected a folder whose files can be")
    }
  }

  /// Whether the path still names the open file.
  private static func isAt(_ path: String, _ descriptor: Int32) -> Bool {
    var here = stat()
    var there = stat()
    return fstat(descriptor, &here) == 0 && stat(path, &there) == 0 && here.st_ino == there.st_ino
      && here.st_dev == there.st_dev
  }

  /// Takes an interrupted sweep's `FILE` in place of the partial file, which holds no run.
  ///
  /// The lock on `FILE` is had before it is renamed, so there is no moment without one.
  func adopt() throws(Failure) {
    let other = open(path, O_RDWR | O_CLOEXEC)
    guard other >= 0 else { throw .usage("\(path): the file cannot be written: \(PartialFile.reason)") }
    do throws(Failure) {
      try PartialFile.lock(other, path)
    } catch {
      close(other)
      throw error
    }
    guard rename(path, partial) == 0 else {
      let reason = PartialFile.reason
      close(other)
      throw .broken("\(path): renaming failed: \(reason)")
    }
    close(descriptor)
    descriptor = other
    holdsRuns = true
  }

  /// Keeps the first bytes, which hold runs, and cuts off the rest; writing goes on behind them.
  func keep(_ bytes: Int, holdsRuns: Bool) throws(Failure) {
    self.holdsRuns = holdsRuns
    guard ftruncate(descriptor, off_t(bytes)) == 0, lseek(descriptor, off_t(bytes), SEEK_SET) >= 0 else {
      throw .broken("\(partial): cutting off what is torn failed: \(PartialFile.reason)")
    }
  }

  /// Lets the file stay as it is when this value goes.
  func leave() { holdsRuns = true }

  func write(_ text: String) throws(Failure) {
    if hasHeader { holdsRuns = true }
    hasHeader = true
    guard let error = FileBytes.write(text, to: descriptor) else { return }
    throw .broken("\(partial): writing failed: \(String(cString: strerror(error)))\(advice)")
  }

  private var advice: String { holdsRuns ? "; the same command with --resume goes on from there" : "" }

  func finish() throws(Failure) {
    guard fsync(descriptor) == 0 || errno == EINVAL, rename(partial, path) == 0 else {
      throw .broken("\(path): writing failed: \(PartialFile.reason)\(advice)")
    }
    isFinished = true
    close(descriptor)
  }

  /// A file without runs leaves nothing behind. It goes before the lock does.
  deinit {
    if isFinished { return }
    if !holdsRuns { unlink(partial) }
    close(descriptor)
  }
}
